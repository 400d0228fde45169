"""Providers of temporary credentials: roles, the metadata service, sign-ons and programs."""

from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from drift.errors import CredentialsError
from drift.live.credentials.key import Credentials, Provider
from drift.live.credentials.refreshing import Refreshing
from drift.live.credentials.search import Search
from drift.live.endpoint import is_loopback
from drift.live.in_time import in_time

if TYPE_CHECKING:
    from drift.live.credentials.library import Kind

OFF = "ALIBABA_CLOUD_ECS_METADATA_DISABLED"

_PROBE = 1.25
"""Seconds after which nobody is taken to be where the metadata service of ECS would be."""

_LONGEST = 10
"""Seconds for the whole answer of a service that hands out credentials."""

_PROGRAM = 65
"""Seconds for a program, which may wait for a person; the library ends it after 60."""


class _Http(NamedTuple):
    """What the library takes for its `HttpOptions`; times in milliseconds."""

    proxy: str | None
    connect_timeout: int = 500  # two connections are made, one after the other
    read_timeout: int = 1000


def given(kind: "Kind", name: str, **arguments: object) -> Refreshing:
    """Return what the library's provider of this kind gives when it is given `arguments`."""
    seconds = _PROGRAM if kind == "External" else _LONGEST
    return Refreshing(name, lambda: _fetched(kind, name, seconds, **arguments))


def assumed(base: Provider, name: str, search: Search, **arguments: object) -> Refreshing:
    """Return a RAM role that is assumed with the credentials of `base`."""

    def fetch() -> Credentials:
        key = base.credentials()
        asked = {
            "access_key_id": key.key_id,
            "access_key_secret": key.secret,
            "security_token": key.token,
            "sts_endpoint": search.sts,
            "role_session_name": search.session,
            **arguments,
        }
        return _fetched("RamRoleArn", name, _LONGEST, **asked)

    return Refreshing(name, fetch)


def identified(
    name: str, search: Search, *, provider: str, token_file: str, **session: object
) -> Refreshing:
    """Return a RAM role that a CI system's token stands for; `session` says which."""
    return given(
        "OIDCRoleArn",
        name,
        oidc_provider_arn=provider,
        oidc_token_file_path=token_file,
        sts_endpoint=search.sts,
        **session,
    )


def metadata(name: str, role: str, search: Search) -> Refreshing:
    """Return the RAM role of this ECS instance; whether it is one is known within two seconds."""

    def ask() -> Credentials:
        return _fetched(
            "EcsRamRole",
            name,
            _PROBE,
            role_name=role,
            disable_imds_v1=search.switched("ALIBABA_CLOUD_IMDSV1_DISABLED"),
            http_options=_Http(search.metadata),
            async_update_enabled=False,  # it would start a scheduler, and threads
        )

    if search.switched(OFF):
        message = f"No credentials come from {name}: {OFF} is true."
        raise CredentialsError(message, "Unset it, or name another source.")
    if search.metadata is None:
        _refuse_proxy(name, search)
    return Refreshing(name, ask)


def uri(search: Search) -> Refreshing:
    """Return what the server at ALIBABA_CLOUD_CREDENTIALS_URI gives: https, or this machine."""
    name, address = "ALIBABA_CLOUD_CREDENTIALS_URI", search.says("ALIBABA_CLOUD_CREDENTIALS_URI")
    refuse_plain(address, name)
    if not address.startswith("https:"):
        _refuse_proxy(name, search)
    return given("URL", name, uri=address)


def refuse_plain(address: str, place: str) -> None:
    """Raise `CredentialsError` if an address is neither https nor this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        fits = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        fits = fits and bool(host) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits:
        message = f"{place} is no address to get credentials from: it must be https://HOST."
        raise CredentialsError(message, "Correct it; plain http is for this machine only.")


def _refuse_proxy(name: str, search: Search) -> None:
    """Raise `CredentialsError` where the library would ask a proxy for plain http.

    It heeds no NO_PROXY. A proxy that runs in the cloud would answer with a role of its own.
    """
    for variable in ("HTTP_PROXY", "http_proxy"):
        if search.says(variable):
            message = f"No credentials come from {name}: a proxy would be asked for them."
            raise CredentialsError(message, f"Unset {variable} for drift.")


def _fetched(kind: "Kind", name: str, seconds: float, **arguments: object) -> Credentials:
    # A quarter of a second, and two on a cold machine: those who export a key do not need it, and
    # it is no part of what a service may take.
    from drift.live.credentials.library import fetch  # noqa: PLC0415

    try:
        return in_time(partial(fetch, kind, name, **arguments), seconds)
    except TimeoutError:
        message = f"No credentials come from {name}: it does not answer in time."
        raise CredentialsError(message, "Look at the network, or name another source.") from None
