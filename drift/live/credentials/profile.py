"""Profiles of the Alibaba Cloud CLI, in `~/.aliyun/config.json`, which is never written to."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import time
from typing import NamedTuple

from drift.errors import CredentialsError
from drift.live.credentials.address import refuse_plain
from drift.live.credentials.key import Credentials, Fixed, Provider
from drift.live.credentials.search import Search, contents
from drift.live.credentials.section import Section, names_there
from drift.live.credentials.sts import Place, Role
from drift.live.credentials.temporary import (
    Identity,
    assumed,
    exchanged,
    external,
    file_text,
    identified,
    key_pair,
    metadata,
    single_sign_on,
    uri,
)

_ADVICE = "Correct the profile with `aliyun configure`, or name another with --profile."
_DISABLE = "Mend it, or set ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true."
_UNSUPPORTED = ("Anonymous", "BearerToken")
"""Modes of the CLI that sign nothing, or in a way that OSS does not know."""

_OAUTH = {
    "CN": "https://oauth.aliyun.com",
    "INTL": "https://oauth.alibabacloud.com",
}


class Profiles(NamedTuple):
    """The profiles of one file."""

    search: Search
    place: str
    current: str
    sections: Mapping[str, Section]
    repeated: frozenset[str]

    def provider(self, name: str, above: tuple[str, ...] = ()) -> Provider | None:
        """Return what a profile stands for; None if it is there and holds no key at all.

        `above` has the profiles that led here, which must not be met again.
        """
        section = self._section(name, above)
        mode = section.text("mode") or "AK"
        if mode == "ChainableRamRoleArn":
            source = section.needed("source_profile")
            return _role(section, self.provider(source, (*above, name)), self.search)
        if mode in _UNSUPPORTED:
            message = f"{section.name} has the mode {mode}, which drift does not support."
            raise CredentialsError(message, "Name another profile with --profile.")
        if mode not in _MODES:
            message = f"{section.place('mode')} is none that drift knows."
            known = ", ".join(sorted([*_MODES, "ChainableRamRoleArn"]))
            raise CredentialsError(message, f"It knows {known}.")
        return _MODES[mode](section, self.search)

    def current_provider(self) -> Provider | None:
        """Return what the current profile stands for; None if it holds no key, or none is there.

        Raise `CredentialsError` if the file names a profile that it does not have.
        """
        if not self.sections and self.current == "default":
            return None
        if self.current not in self.sections:
            message = f"`current` of {self.place} names a profile that does not exist."
            raise CredentialsError(message, f"Run `aliyun configure switch`. {self._known()}")
        return self.provider(self.current)

    def _section(self, name: str, above: tuple[str, ...]) -> Section:
        if name in self.sections and name not in above and name not in self.repeated:
            return self.sections[name]
        fault = "does not exist"
        if name in above:
            fault = "leads back to itself"
        elif name in self.repeated:
            fault = "is there more than once"
        if above and name not in self.sections:
            # Somebody may have put a secret where a name belongs.
            member = self.sections[above[-1]].place("source_profile")
            raise CredentialsError(f"{member} names a profile that {fault}.", self._known())
        raise CredentialsError(f'The profile "{name}" of {self.place} {fault}.', self._known())

    def _known(self) -> str:
        return f"Profiles that are there: {names_there(self.sections)}."


def profiles(search: Search) -> Profiles | None:
    """Return the CLI's profiles; None if there is no file, or no folder for it."""
    if search.home is None:
        return None
    path = search.home / ".aliyun" / "config.json"
    place = search.shown(path)
    try:
        document = json.loads(contents(path))
        found = [(_text(one["name"]), one) for one in document.get("profiles") or ()]
        current = _text(document.get("current", "default"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CredentialsError(f"{place} cannot be read: {error.strerror}.") from None
    except json.JSONDecodeError as error:
        message = f"{place}:{error.lineno}:{error.colno} is not JSON: {error.msg}."
        raise CredentialsError(message, f"JSON has no comments. {_DISABLE}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        message = f"{place} is no file of the Alibaba Cloud CLI."
        raise CredentialsError(message, _DISABLE) from None
    sections = {
        name: Section(f'profile "{name}" of {place}', values, _ADVICE) for name, values in found
    }
    times = Counter(name for name, _ in found)
    repeated = frozenset(name for name, number in times.items() if number > 1)
    return Profiles(search, place, current, sections, repeated)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _key(section: Section) -> Credentials | None:
    return section.key("access_key_id", "access_key_secret", "sts_token")


def _access_key(section: Section, _search: Search) -> Provider | None:
    # A token there is left over from another mode: the CLI does not use it, either.
    key = section.key("access_key_id", "access_key_secret")
    return Fixed(key, section.name) if key else None


def _token(section: Section, _search: Search) -> Provider | None:
    key = _key(section)
    if key is None:
        return None
    section.needed("sts_token")
    ends = section.number("sts_expiration")
    if 0 < ends <= time():
        raise section.wrong(f"The temporary credentials of {section.name} have expired.")
    return Fixed(replace(key, expires=ends or None), section.name)


def _role_of_key(section: Section, search: Search) -> Provider:
    key = _key(section)
    return _role(section, Fixed(key) if key else None, search)


def _role_of_instance(section: Section, search: Search) -> Provider:
    return _role(section, _ecs(section, search), search)


def _role(section: Section, base: Provider | None, search: Search) -> Provider:
    if base is None:
        raise section.wrong(f"{section.name} has no access key to assume its role with.")
    role = _session(section, search)._replace(external_id=section.text("external_id"))
    return assumed(base, section.name, search, role)


def _session(section: Section, search: Search) -> Role:
    """Return the role of a profile, and what its session is like."""
    session = section.text("ram_session_name") or section.text("role_session_name")
    return Role(
        section.needed("ram_role_arn"),
        session or search.session,
        _place(section),
        section.number("expired_seconds") or 3600,
        section.text("policy"),
    )


def _place(section: Section) -> Place:
    internal = section.values.get("enable_vpc")
    return Place(
        section.text("sts_endpoint"),
        section.place("sts_endpoint"),
        section.text("sts_region"),
        internal if isinstance(internal, bool) else None,
    )


def _oidc(section: Section, search: Search) -> Provider:
    identity = Identity(
        section.needed("oidc_provider_arn"),
        section.needed("oidc_token_file"),
        section.place("oidc_token_file"),
    )
    return identified(section.name, search, _session(section, search), identity)


def _ecs(section: Section, search: Search) -> Provider:
    return metadata(section.name, section.text("ram_role_name"), search)


def _key_pair(section: Section, search: Search) -> Provider:
    public, member = section.needed("key_pair_name"), "private_key"
    private = file_text(section.needed(member), section.place(member))
    return key_pair(section.name, search, _place(section), Credentials(public, private))


def _uri(section: Section, search: Search) -> Provider:
    member = "credentials_uri"
    return uri(section.name, search, section.needed(member), section.place(member))


def _single_sign_on(section: Section, search: Search) -> Provider:
    url = section.needed("cloud_sso_sign_in_url")
    refuse_plain(url, section.place("cloud_sso_sign_in_url"))
    _refuse_ended(section, section.number("cloud_sso_access_token_expire"))
    return single_sign_on(
        section.name,
        search,
        url,
        token=section.header("access_token"),
        account=section.needed("cloud_sso_account_id"),
        configuration=section.needed("cloud_sso_access_config"),
    )


def _oauth(section: Section, search: Search) -> Provider:
    """Use what the CLI signed in for, and never its refresh token.

    That one may be good for one use only, and its successor would have to be written to the file.
    """
    site = section.text("oauth_site_type").upper() or "CN"
    if site not in _OAUTH:
        raise section.wrong(f"{section.place('oauth_site_type')} is neither CN nor INTL.")
    ends, key = section.number("sts_expiration"), _key(section)
    held = replace(key, expires=ends) if key and key.token else None
    if held is None or ends <= time():
        _refuse_ended(section, section.number("oauth_access_token_expire"))
    token = section.header("oauth_access_token") if section.text("oauth_access_token") else ""
    return exchanged(section.name, search, _OAUTH[site], token=token, held=held)


def _refuse_ended(section: Section, ends: int) -> None:
    if ends <= time():
        message = f"The sign-in of {section.name} has expired."
        raise CredentialsError(message, "Sign in again with the Alibaba Cloud CLI.")


def _external(section: Section, search: Search) -> Provider:
    command = section.needed("process_command")
    if not search.allow_process:
        message = f"{section.name} runs a program that prints credentials."
        raise CredentialsError(message, "Give --allow-process if drift may run it.")
    return external(section.name, search, command)


_MODES: dict[str, Callable[[Section, Search], Provider | None]] = {
    "AK": _access_key,
    "CloudSSO": _single_sign_on,
    "CredentialsURI": _uri,
    "EcsRamRole": _ecs,
    "External": _external,
    "OAuth": _oauth,
    "OIDC": _oidc,
    "RamRoleArn": _role_of_key,
    "RamRoleArnWithRoleName": _role_of_instance,
    "RsaKeyPair": _key_pair,
    "StsToken": _token,
}
