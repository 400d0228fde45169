"""Access keys in environment variables, under the names that the tools of Alibaba Cloud read."""

from collections.abc import Mapping

from drift.errors import CredentialsError
from drift.live.credentials.key import Fixed
from drift.live.credentials.section import Section

# The OSS SDKs and ossutil know only these.
_OSS = ("OSS_ACCESS_KEY_ID OSS_ACCESS_KEY_SECRET OSS_SESSION_TOKEN",)

_GENERAL = (
    # The libraries of every other service.
    "ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET ALIBABA_CLOUD_SECURITY_TOKEN",
    # The Alibaba Cloud CLI, besides.
    "ALIBABACLOUD_ACCESS_KEY_ID ALIBABACLOUD_ACCESS_KEY_SECRET ALIBABACLOUD_SECURITY_TOKEN",
    "ALICLOUD_ACCESS_KEY_ID ALICLOUD_ACCESS_KEY_SECRET ALICLOUD_SECURITY_TOKEN",
    # The Terraform provider.
    "ALICLOUD_ACCESS_KEY ALICLOUD_SECRET_KEY ALICLOUD_SECURITY_TOKEN",
)


def exported_for_oss(environ: Mapping[str, str]) -> Fixed | None:
    """Return the key that the variables of OSS hold; None if they hold none."""
    return _exported(environ, _OSS)


def exported(environ: Mapping[str, str]) -> Fixed | None:
    """Return the key that the variables for all services hold; None if they hold none.

    Raise `CredentialsError` if they hold several: the tools disagree on which counts.
    """
    return _exported(environ, _GENERAL)


def missing() -> CredentialsError:
    """Return the error to raise where there are no credentials at all."""
    return CredentialsError(
        "There are no credentials.",
        "Export OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, and OSS_SESSION_TOKEN if it is "
        "temporary; or give --profile.",
    )


def _exported(environ: Mapping[str, str], families: tuple[str, ...]) -> Fixed | None:
    keys = {}
    for family in families:
        key_id, secret, token = family.split()
        advice = f"Export {key_id} and {secret}, and {token} if it is temporary."
        key = Section("", environ, advice).key(key_id, secret, token)
        if key:
            keys[key_id] = key
    if len(set(keys.values())) > 1:
        message = f"{' and '.join(keys)} belong to different keys."
        raise CredentialsError(message, "Unset all but one key.")
    return next((Fixed(key, f"the environment ({name})") for name, key in keys.items()), None)
