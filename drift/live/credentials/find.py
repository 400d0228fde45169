"""The order in which credentials are looked for."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from drift.errors import CredentialsError
from drift.live.credentials.caller import Caller
from drift.live.credentials.credentials_file import FILE, PROFILE, of_file
from drift.live.credentials.environment import exported, exported_for_oss, missing
from drift.live.credentials.imds import attached_role
from drift.live.credentials.issued import is_role
from drift.live.credentials.key import Provider
from drift.live.credentials.profile import Profiles, profiles
from drift.live.credentials.search import Search
from drift.live.credentials.section import Section
from drift.live.credentials.sts import Role
from drift.live.credentials.temporary import OFF, Identity, assumed, identified, metadata, uri

_Look: TypeAlias = Callable[[Search], Provider | None]

_OIDC = (
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    "ALIBABA_CLOUD_ROLE_ARN",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
)
_INSTANCE = "ALIBABA_CLOUD_ECS_METADATA"
_URI = "ALIBABA_CLOUD_CREDENTIALS_URI"

_OF_OTHER_TOOLS = (
    "OSS_ROLE_ARN",  # of ossutil
    "ALICLOUD_ASSUME_ROLE_ARN",  # of the Terraform provider, as the following
    "ALICLOUD_ECS_ROLE_NAME",
    "ALICLOUD_SHARED_CREDENTIALS_FILE",
)
"""Variables that choose the account for another tool, and that drift does not read."""

_PROBE = 0.6
"""Seconds for each request that tells whether this machine is an ECS instance with a role."""


class _Source(NamedTuple):
    look: _Look
    variables: tuple[str, ...] = ()
    """Those that name this source. Where they are set, it is the one that somebody wants."""


def find(search: Search) -> Provider:
    """Return the first source that is there, once it has handed out credentials.

    The order: the profile that was asked for; the `OSS_*` variables; then that of the official
    library. A source that is there and cannot be used raises `CredentialsError`: to go on to the
    next would use an account that nobody expects. So does one that a variable names where another
    comes before it.
    """
    base = _asked_for(search) if search.profile else _first(search)
    if search.role_arn:
        role = f"the role {search.role_arn}" if is_role(search.role_arn) else "the role"
        name = f"{role}, assumed with {base.name}"
        base = assumed(base, name, search, Role(search.role_arn, search.session))
    base.credentials()
    return base


def _asked_for(search: Search) -> Provider:
    name = str(search.profile)
    if search.home is None:
        message = f'There is no profile "{name}": this user has no home folder.'
        raise CredentialsError(message, "Set HOME, or leave --profile out.")
    found = profiles(search)
    if found is None:
        message = f'There is no profile "{name}": the Alibaba Cloud CLI has no file here.'
        raise CredentialsError(message, "Run `aliyun configure`, or leave --profile out.")
    return _named(found, name)


def _named(found: Profiles, name: str) -> Provider:
    provider = found.provider(name)
    if provider is None:
        raise found.sections[name].wrong(f"{found.sections[name].name} has no access key.")
    return provider


def _first(search: Search) -> Provider:
    _refuse_other_tools(search)
    for source in _SOURCES:
        if provider := source.look(search):
            _refuse_passed_over(search, source, provider)
            return provider
    raise missing()


def _refuse_other_tools(search: Search) -> None:
    """Raise `CredentialsError` if a variable of another tool chooses an account."""
    for variable in _OF_OTHER_TOOLS:
        if not search.role_arn and search.environ.get(variable, "").strip():
            message = f"{variable} chooses an account for another tool, and drift does not read it."
            advice = "Give --role-arn or --profile, or unset it for drift."
            raise CredentialsError(message, advice)


def _refuse_passed_over(search: Search, used: _Source, provider: Provider) -> None:
    """Raise `CredentialsError` if a variable names a source that is not the one to be used."""
    for source in _SOURCES:
        for variable in source.variables:
            is_off = variable == _INSTANCE and search.switched(OFF)
            if search.says(variable) and variable not in used.variables and not is_off:
                message = (
                    f"{search.spelled(variable)} names a source of credentials that would not be "
                    f"used: {provider.name} comes before it."
                )
                raise CredentialsError(message, "Remove one of them, or give --profile.")


def _oss(search: Search) -> Provider | None:
    return exported_for_oss(search.environ)


def _alibaba_cloud(search: Search) -> Provider | None:
    return exported(search.environ)


def _oidc(search: Search) -> Provider | None:
    # A role without the rest is no half of this source: other tools read it for other ends.
    if not (search.says(_OIDC[0]) or search.says(_OIDC[2])):
        return None
    token, role, provider = map(search.spelled, _OIDC)
    variables = Section("", search.environ, f"Export {token}, {role} and {provider}.")
    return identified(
        f"the OIDC role of the environment ({role})",
        search,
        Role(variables.needed(role), search.session),
        Identity(variables.needed(provider), variables.needed(token), token),
    )


def _profile(search: Search) -> Provider | None:
    switches = ("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE")
    if any(map(search.switched, switches)):
        return None
    found, wanted = profiles(search), search.says(PROFILE)
    if found is None:
        return None
    if not wanted:
        return found.current_provider()
    # The name may be that of a section of the credentials file.
    return _named(found, wanted) if wanted in found.sections else None


def _file(search: Search) -> Provider | None:
    found = of_file(search)
    if found is None and search.says(PROFILE):
        message = f"{search.spelled(PROFILE)} names a profile that does not exist."
        raise CredentialsError(message, "Correct it, or unset it.")
    return found


def _ecs(search: Search) -> Provider | None:
    role = search.says(_INSTANCE)
    if not role:
        if search.switched(OFF):
            return None
        # Most machines are no such instance, and shall not wait to find out.
        caller = Caller("ECS", replace(search, retries=0, timeout=_PROBE))
        only_version_2 = search.switched("ALIBABA_CLOUD_IMDSV1_DISABLED")
        role = attached_role(caller, only_version_2=only_version_2) or ""
    return metadata("the RAM role of this ECS instance", role, search) if role else None


def _uri(search: Search) -> Provider | None:
    address, place = search.says(_URI), search.spelled(_URI)
    return uri(place, search, address, place) if address else None


_SOURCES = (
    _Source(_oss),
    _Source(_alibaba_cloud),
    _Source(_oidc, _OIDC[:1]),
    _Source(_profile, (PROFILE,)),
    _Source(_file, (PROFILE, FILE)),
    _Source(_ecs, (_INSTANCE,)),
    _Source(_uri, (_URI,)),
)
