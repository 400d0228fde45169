"""Sections of `~/.alibabacloud/credentials.ini`, the file of the libraries of Alibaba Cloud."""

from collections.abc import Callable
from configparser import ConfigParser, MissingSectionHeaderError, ParsingError
from configparser import Error as FormatError
from pathlib import Path

from drift.errors import CredentialsError
from drift.live.credentials.key import Credentials, Fixed, Provider
from drift.live.credentials.search import Search, contents
from drift.live.credentials.section import Section, names_there
from drift.live.credentials.sts import Place, Role
from drift.live.credentials.temporary import (
    Identity,
    assumed,
    file_text,
    identified,
    key_pair,
    metadata,
)

FILE = "ALIBABA_CLOUD_CREDENTIALS_FILE"
PROFILE = "ALIBABA_CLOUD_PROFILE"


def of_file(search: Search) -> Provider | None:
    """Return what the section of the profile stands for; None if there is no file.

    A file that has sections, and not the one that is sought, is an error: the next source could be
    another account.
    """
    named = search.says(FILE)
    if not named and search.home is None:
        return None
    path = Path(named or f"{search.home}/.alibabacloud/credentials.ini")
    # Somebody may have put the content where the path belongs, so that it is not repeated.
    place = f"The file that {search.spelled(FILE)} names" if named else search.shown(path)
    parser = _parsed(path, place, is_named=bool(named))
    if parser is None:
        return None
    wanted = search.says(PROFILE)
    name = wanted or "default"
    if not parser.has_section(name):
        if not named and not parser.sections() and not parser.defaults():
            return None
        raise _without_section(search, place, parser)
    # As the library has it: what follows a # is a comment.
    values = {key: value.partition("#")[0].strip() for key, value in parser.items(name)}
    where = search.shown(path)
    section = Section(f'section "{name}" of {where}', values, f"Correct {where}.")
    kind = section.needed("type")
    if kind not in _TYPES:
        message = f"{section.place('type')} is none that drift knows."
        raise CredentialsError(message, f"It knows {', '.join(sorted(_TYPES))}.")
    return _TYPES[kind](section, search)


def _parsed(path: Path, place: str, *, is_named: bool) -> ConfigParser | None:
    # No interpolation: a secret may hold a percent sign.
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(contents(path).decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        if is_named:
            raise CredentialsError(f"{place} does not exist.", _ADVICE) from None
        return None
    except OSError as error:
        raise CredentialsError(f"{place} cannot be read: {error.strerror}.", _ADVICE) from None
    except (FormatError, ValueError) as error:
        line = f": look at line {number}" if (number := _line(error)) else ""
        raise CredentialsError(f"{place} is no credentials file{line}.", _FORMAT) from None
    return parser


_ADVICE = "Set ALIBABA_CLOUD_CREDENTIALS_FILE to the path of a file that this user may read."
_FORMAT = "It has lines like `[default]` and `type = access_key`, each section and key once."


def _line(error: Exception) -> int | None:
    """Return the line that an error is about. Its text is not looked at: it repeats the line."""
    if isinstance(error, ParsingError) and not isinstance(error, MissingSectionHeaderError):
        return error.errors[0][0]
    number: int | None = getattr(error, "lineno", None)
    return number


def _without_section(search: Search, place: str, parser: ConfigParser) -> CredentialsError:
    advice = f"Sections that are there: {names_there(parser.sections())}."
    if search.says(PROFILE):
        message = f"{search.spelled(PROFILE)} names a profile that does not exist, also in {place}."
        return CredentialsError(message, f"Correct it, or unset it. {advice}")
    return CredentialsError(f'{place} has no section "default".', advice)


def _access_key(section: Section, _search: Search) -> Provider:
    key = section.key("access_key_id", "access_key_secret", "security_token")
    if key is None:
        raise section.wrong(f"{section.name} has no access key.")
    return Fixed(key, section.name)


def _role(section: Section, search: Search) -> Provider:
    return assumed(_access_key(section, search), section.name, search, _session(section, search))


def _session(section: Section, search: Search) -> Role:
    return Role(
        section.needed("role_arn"),
        section.text("role_session_name") or search.session,
        policy=section.text("policy"),
    )


def _oidc(section: Section, search: Search) -> Provider:
    identity = Identity(
        section.needed("oidc_provider_arn"),
        section.needed("oidc_token_file_path"),
        section.place("oidc_token_file_path"),
    )
    return identified(section.name, search, _session(section, search), identity)


def _ecs(section: Section, search: Search) -> Provider:
    return metadata(section.name, section.text("role_name"), search)


def _key_pair(section: Section, search: Search) -> Provider:
    public, member = section.needed("public_key_id"), "private_key_file"
    private = file_text(section.needed(member), section.place(member))
    return key_pair(section.name, search, Place(), Credentials(public, private))


_TYPES: dict[str, Callable[[Section, Search], Provider]] = {
    "access_key": _access_key,
    "ecs_ram_role": _ecs,
    "oidc_role_arn": _oidc,
    "ram_role_arn": _role,
    "rsa_key_pair": _key_pair,
}
