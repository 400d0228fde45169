"""Access keys in environment variables, under the names of either family of tools."""

from collections.abc import Mapping

from drift.errors import CredentialsError
from drift.live.credentials.key import Fixed
from drift.live.credentials.section import Section

_FAMILIES = {
    # The OSS SDKs and ossutil know only the first, the Alibaba Cloud CLI and the libraries of
    # every other service only the second.
    "OSS": "OSS_ACCESS_KEY_ID OSS_ACCESS_KEY_SECRET OSS_SESSION_TOKEN",
    "ALIBABA_CLOUD": (
        "ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET ALIBABA_CLOUD_SECURITY_TOKEN"
    ),
}


def exported(environ: Mapping[str, str], family: str) -> Fixed | None:
    """Return the key that the variables of a family hold; None if they hold none."""
    key_id, secret, token = _FAMILIES[family].split()
    advice = f"Export {key_id} and {secret}, and {token} if it is temporary."
    key = Section("", environ, advice).key(key_id, secret, token)
    return Fixed(key, f"the environment ({key_id})") if key else None


def missing() -> CredentialsError:
    """Return the error to raise where there are no credentials at all."""
    return CredentialsError(
        "There are no credentials.",
        "Export OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, and OSS_SESSION_TOKEN if it is "
        "temporary; or give --profile.",
    )
