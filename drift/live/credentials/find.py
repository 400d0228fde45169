"""The order in which credentials are looked for."""

from drift.errors import CredentialsError
from drift.live.credentials.credentials_file import of_file
from drift.live.credentials.environment import exported, missing
from drift.live.credentials.key import Provider
from drift.live.credentials.profile import Profiles, profiles
from drift.live.credentials.search import Search
from drift.live.credentials.section import Section
from drift.live.credentials.temporary import OFF, assumed, identified, metadata, uri

_OIDC = (
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    "ALIBABA_CLOUD_ROLE_ARN",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
)


def find(search: Search) -> Provider:
    """Return the first source that is there, once it has handed out credentials.

    The order: the profile that was asked for; the `OSS_*` variables; then that of the official
    library. A source that is there and cannot be used raises `CredentialsError`: to go on to the
    next would use an account that nobody expects.
    """
    base = _asked_for(search) if search.profile else _first(search)
    if search.role_arn:
        name = f"the role {search.role_arn}, assumed with {base.name}"
        base = assumed(base, name, search, role_arn=search.role_arn)
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
    for source in _SOURCES:
        if provider := source(search):
            return provider
    raise missing()


def _oss(search: Search) -> Provider | None:
    return exported(search.environ, "OSS")


def _alibaba_cloud(search: Search) -> Provider | None:
    return exported(search.environ, "ALIBABA_CLOUD")


def _oidc(search: Search) -> Provider | None:
    # A role without the rest is no half of this source: other tools read it for other ends.
    if not (search.says(_OIDC[0]) or search.says(_OIDC[2])):
        return None
    variables = Section("", search.environ, f"Export {', '.join(_OIDC[:2])} and {_OIDC[2]}.")
    token, role, provider = map(variables.needed, _OIDC)
    return identified(
        f"the OIDC role of the environment ({_OIDC[1]})",
        search,
        provider=provider,
        token_file=token,
        role_arn=role,
        role_session_name=search.session,
    )


def _profile(search: Search) -> Provider | None:
    if search.switched("ALIBABA_CLOUD_CLI_PROFILE_DISABLED"):
        return None
    found, wanted = profiles(search), search.says("ALIBABA_CLOUD_PROFILE")
    if found is None or (wanted or found.current) not in found.sections:
        return None  # the name may be that of a section of the credentials file
    return _named(found, wanted) if wanted else found.provider(found.current)


def _file(search: Search) -> Provider | None:
    found, wanted = of_file(search), search.says("ALIBABA_CLOUD_PROFILE")
    if found is None and wanted:
        message = f'ALIBABA_CLOUD_PROFILE names the profile "{wanted}", which does not exist.'
        raise CredentialsError(message, "Correct it, or unset it.")
    return found


def _ecs(search: Search) -> Provider | None:
    if search.switched(OFF):
        return None
    role = search.says("ALIBABA_CLOUD_ECS_METADATA")
    try:
        provider = metadata("the RAM role of this ECS instance", role, search)
        provider.credentials()
    except CredentialsError:
        if role:
            raise
        return None  # most machines are no such instance
    return provider


def _uri(search: Search) -> Provider | None:
    return uri(search) if search.says("ALIBABA_CLOUD_CREDENTIALS_URI") else None


_SOURCES = (_oss, _alibaba_cloud, _oidc, _profile, _file, _ecs, _uri)
