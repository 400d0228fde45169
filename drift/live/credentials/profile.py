"""Profiles of the Alibaba Cloud CLI, in `~/.aliyun/config.json`, which is never written to."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import time
from typing import NamedTuple

from drift.errors import CredentialsError
from drift.live.credentials.key import Credentials, Fixed, Provider
from drift.live.credentials.search import Search, contents
from drift.live.credentials.section import Section
from drift.live.credentials.temporary import (
    assumed,
    given,
    identified,
    metadata,
    refuse_plain,
)

_ADVICE = "Correct the profile with `aliyun configure`, or name another with --profile."
_OAUTH = {
    # The CLI's own sites and client ids, which the library has, too.
    "CN": ("https://oauth.aliyun.com", "4038181954557748008"),
    "INTL": ("https://oauth.alibabacloud.com", "4103531455503354461"),
}


class Profiles(NamedTuple):
    """The profiles of one file."""

    search: Search
    place: str
    current: str
    sections: Mapping[str, Section]

    def provider(self, name: str, above: tuple[str, ...] = ()) -> Provider | None:
        """Return what a profile stands for; None if it is there and holds no key at all.

        `above` has the profiles that led here, which must not be met again.
        """
        section = self.sections.get(name)
        if section is None or name in above:
            fault = "leads back to itself" if name in above else "does not exist"
            known = ", ".join(sorted(self.sections)) or "none"
            message = f'The profile "{name}" of {self.place} {fault}.'
            raise CredentialsError(message, f"Profiles that are there: {known}.")
        mode = section.text("mode") or "AK"
        if mode == "ChainableRamRoleArn":
            source = section.needed("source_profile")
            return _role(section, self.provider(source, (*above, name)), self.search)
        if mode not in _MODES:
            raise section.wrong(f'{section.name} has the mode "{mode}", which drift does not know.')
        return _MODES[mode](section, self.search)


def profiles(search: Search) -> Profiles | None:
    """Return the CLI's profiles; None if there is no file, or no folder for it."""
    if search.home is None:
        return None
    path = search.home / ".aliyun" / "config.json"
    place = search.shown(path)
    try:
        document = json.loads(contents(path))
        found = {str(one["name"]): one for one in document.get("profiles") or ()}
        current = str(document.get("current") or "default")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CredentialsError(f"{place} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        message = f"{place} is no file of the Alibaba Cloud CLI."
        advice = "Mend it, or set ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true."
        raise CredentialsError(message, advice) from None
    sections = {
        name: Section(f'profile "{name}" of {place}', values, _ADVICE)
        for name, values in found.items()
    }
    return Profiles(search, place, current, sections)


def _key(section: Section) -> Credentials | None:
    return section.key("access_key_id", "access_key_secret", "sts_token")


def _static(section: Section, _search: Search) -> Provider | None:
    key = _key(section)
    ends = section.number("sts_expiration")
    if key and key.token and 0 < ends <= time():
        raise section.wrong(f"The temporary credentials of {section.name} have expired.")
    return Fixed(replace(key, expires=ends or None), section.name) if key else None


def _role_of_key(section: Section, search: Search) -> Provider:
    key = _key(section)
    return _role(section, Fixed(key) if key else None, search)


def _role(section: Section, base: Provider | None, search: Search) -> Provider:
    if base is None:
        raise section.wrong(f"{section.name} has no access key to assume its role with.")
    external = section.text("external_id") or None
    return assumed(base, section.name, search, external_id=external, **_session(section, search))


def _session(section: Section, search: Search) -> dict[str, object]:
    """Return what the library wants to know of a role and its session."""
    session = section.text("ram_session_name") or section.text("role_session_name")
    return {
        "role_arn": section.needed("ram_role_arn"),
        "role_session_name": session or search.session,
        "duration_seconds": section.number("expired_seconds") or None,
        "policy": section.text("policy") or None,
        "sts_region_id": section.text("sts_region") or None,
        "enable_vpc": section.values.get("enable_vpc"),
    }


def _oidc(section: Section, search: Search) -> Provider:
    return identified(
        section.name,
        search,
        provider=section.needed("oidc_provider_arn"),
        token_file=section.needed("oidc_token_file"),
        **_session(section, search),
    )


def _ecs(section: Section, search: Search) -> Provider:
    return metadata(section.name, section.text("ram_role_name"), search)


def _single_sign_on(section: Section, _search: Search) -> Provider:
    url = section.needed("cloud_sso_sign_in_url")
    refuse_plain(url, f"`cloud_sso_sign_in_url` of {section.name}")
    ends = section.number("cloud_sso_access_token_expire")
    _refuse_ended(section, ends)
    return given(
        "CloudSSO",
        section.name,
        sign_in_url=url,
        account_id=section.needed("cloud_sso_account_id"),
        access_config=section.needed("cloud_sso_access_config"),
        access_token=section.needed("access_token"),
        access_token_expire=ends,
    )


def _oauth(section: Section, _search: Search) -> Provider:
    """Use what the CLI signed in for, and never its refresh token.

    That one may be good for one use only, and its successor would have to be written to the file.
    """
    site = section.text("oauth_site_type").upper() or "CN"
    if site not in _OAUTH:
        raise section.wrong(f"`oauth_site_type` of {section.name} is neither CN nor INTL.")
    ends, key = section.number("sts_expiration"), _key(section)
    if key is None or not key.token or ends <= time():
        _refuse_ended(section, section.number("oauth_access_token_expire"))
    url, client = _OAUTH[site]
    return given(
        "OAuth",
        section.name,
        client_id=client,
        sign_in_url=url,
        access_token=section.text("oauth_access_token"),
        access_key_id=key and key.key_id,
        access_key_secret=key and key.secret,
        security_token=key and key.token,
        sts_expiration=ends,
    )


def _refuse_ended(section: Section, ends: int) -> None:
    if ends <= time():
        message = f"The sign-in of {section.name} has expired."
        raise CredentialsError(message, "Sign in again with the Alibaba Cloud CLI.")


def _external(section: Section, search: Search) -> Provider:
    command = section.needed("process_command")
    if not search.allow_process:
        message = f"{section.name} runs a program that prints credentials."
        raise CredentialsError(message, "Give --allow-process if drift may run it.")
    return given("External", section.name, process_command=command)


_MODES: dict[str, Callable[[Section, Search], Provider | None]] = {
    "AK": _static,
    "CloudSSO": _single_sign_on,
    "EcsRamRole": _ecs,
    "External": _external,
    "OAuth": _oauth,
    "OIDC": _oidc,
    "RamRoleArn": _role_of_key,
    "StsToken": _static,
}
