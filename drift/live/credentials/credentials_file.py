"""Sections of `~/.alibabacloud/credentials.ini`, the file of the libraries of Alibaba Cloud."""

from collections.abc import Callable
from configparser import ConfigParser
from configparser import Error as FormatError
from pathlib import Path

from drift.errors import CredentialsError
from drift.live.credentials.key import Fixed, Provider
from drift.live.credentials.search import Search, contents
from drift.live.credentials.section import Section
from drift.live.credentials.temporary import assumed, given, identified, metadata

_VARIABLE = "ALIBABA_CLOUD_CREDENTIALS_FILE"


def of_file(search: Search) -> Provider | None:
    """Return what the section of the profile stands for; None if there is none."""
    named = search.says(_VARIABLE)
    if not named and search.home is None:
        return None
    path = Path(named or f"{search.home}/.alibabacloud/credentials.ini")
    place = search.shown(path)
    # No interpolation: a secret may hold a percent sign.
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(contents(path).decode())
    except (FileNotFoundError, NotADirectoryError):
        if named:
            raise CredentialsError(f"{place} does not exist.", f"Correct {_VARIABLE}.") from None
        return None
    except OSError as error:
        raise CredentialsError(f"{place} cannot be read: {error.strerror}.") from None
    except (FormatError, ValueError):
        raise CredentialsError(f"{place} is no credentials file.", "Mend it.") from None
    name = search.says("ALIBABA_CLOUD_PROFILE") or "default"
    if not parser.has_section(name):
        return None
    # As the library has it: what follows a # is a comment.
    values = {key: value.partition("#")[0].strip() for key, value in parser.items(name)}
    section = Section(f'section "{name}" of {place}', values, f"Correct {place}.")
    kind = section.needed("type")
    if kind not in _TYPES:
        raise section.wrong(f'{section.name} has the type "{kind}", which drift does not know.')
    return _TYPES[kind](section, search)


def _access_key(section: Section, _search: Search) -> Provider:
    key = section.key("access_key_id", "access_key_secret", "security_token")
    if key is None:
        raise section.wrong(f"{section.name} has no access key.")
    return Fixed(key, section.name)


def _role(section: Section, search: Search) -> Provider:
    return assumed(_access_key(section, search), section.name, search, **_session(section, search))


def _session(section: Section, search: Search) -> dict[str, object]:
    return {
        "role_arn": section.needed("role_arn"),
        "role_session_name": section.text("role_session_name") or search.session,
        "policy": section.text("policy") or None,
    }


def _oidc(section: Section, search: Search) -> Provider:
    return identified(
        section.name,
        search,
        provider=section.needed("oidc_provider_arn"),
        token_file=section.needed("oidc_token_file_path"),
        **_session(section, search),
    )


def _ecs(section: Section, search: Search) -> Provider:
    return metadata(section.name, section.text("role_name"), search)


def _key_pair(section: Section, search: Search) -> Provider:
    return given(
        "RsaKeyPair",
        section.name,
        public_key_id=section.needed("public_key_id"),
        private_key_file=section.needed("private_key_file"),
        sts_endpoint=search.sts,
    )


_TYPES: dict[str, Callable[[Section, Search], Provider]] = {
    "access_key": _access_key,
    "ecs_ram_role": _ecs,
    "oidc_role_arn": _oidc,
    "ram_role_arn": _role,
    "rsa_key_pair": _key_pair,
}
