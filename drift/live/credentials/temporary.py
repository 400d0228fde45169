"""Providers of temporary credentials: roles, the metadata service, sign-ons and programs."""

import json
from functools import partial
from pathlib import Path
from time import time
from typing import NamedTuple
from urllib.parse import urlsplit

from drift.errors import CredentialsError
from drift.live.credentials import imds, sts
from drift.live.credentials.address import refuse_plain
from drift.live.credentials.caller import NONSENSE, AnswerError, Call, Caller, members
from drift.live.credentials.issued import temporary
from drift.live.credentials.key import Credentials, Provider, Service
from drift.live.credentials.program import printed
from drift.live.credentials.refreshing import Refreshing
from drift.live.credentials.search import Search, contents
from drift.live.credentials.sts import Role

OFF = "ALIBABA_CLOUD_ECS_METADATA_DISABLED"


class Identity(NamedTuple):
    """The token by which a CI system vouches for a job."""

    provider: str
    token_file: str
    place: str
    """What people call the variable or the member that names the file."""


def assumed(base: Provider, name: str, search: Search, role: Role) -> Refreshing:
    """Return a RAM role that is assumed with the credentials of `base`."""
    service = sts.sts_of(search, role.place)

    def fetch() -> Credentials:
        key = base.credentials()
        held = (key.key_id, key.secret, key.token or key.secret)
        return sts.assume(Caller(name, search, service, held), service, key, role)

    return Refreshing(name, fetch, service=service)


def identified(name: str, search: Search, role: Role, identity: Identity) -> Refreshing:
    """Return a RAM role that a CI system's token stands for."""
    service = sts.sts_of(search, role.place)

    def fetch() -> Credentials:
        token = file_text(identity.token_file, identity.place)
        caller = Caller(name, search, service, (token,))
        return sts.assume_by_token(caller, service, role, provider=identity.provider, token=token)

    return Refreshing(name, fetch, service=service)


def key_pair(name: str, search: Search, place: sts.Place, pair: Credentials) -> Refreshing:
    """Return the session of a key pair, whose secret is the private key."""
    service = sts.sts_of(search, place)
    caller = Caller(name, search, service, (pair.key_id, pair.secret))
    return Refreshing(name, partial(sts.open_session, caller, service, pair, 3600), service=service)


def metadata(name: str, role: str, search: Search) -> Refreshing:
    """Return the RAM role of this ECS instance."""
    if search.switched(OFF):
        message = f"No credentials come from {name}: {search.spelled(OFF)} is true."
        raise CredentialsError(message, "Unset it, or name another source.")
    only_version_2 = search.switched("ALIBABA_CLOUD_IMDSV1_DISABLED")
    ask = partial(imds.role_of_instance, role=role, only_version_2=only_version_2)
    return Refreshing(name, partial(ask, Caller(name, search)))


def uri(name: str, search: Search, address: str, place: str) -> Refreshing:
    """Return what the server at an address gives: https, or this machine."""
    refuse_plain(address, place)
    service = Service(address, f"The address in {place}")
    ask = partial(Caller(name, search, service).ask, lambda: Call(address), _of_uri)
    return Refreshing(name, ask, service=service)


def single_sign_on(  # noqa: PLR0913 - what the service wants to know
    name: str, search: Search, url: str, *, token: str, account: str, configuration: str
) -> Refreshing:
    """Return what CloudSSO gives for its access token."""
    asked = {"AccountId": account, "AccessConfigurationId": configuration}

    def parse(body: bytes) -> Credentials:
        named = account if account.isdecimal() else None
        return temporary(members(body).get("CloudCredential"), account=named)

    service = _service(url, "cloud_sso_sign_in_url")
    call = Call(
        f"{service.url}/cloud-credentials",
        "POST",
        _bearing(token) | {"Accept": "application/json"},
        json.dumps(asked).encode(),
    )
    caller = Caller(name, search, service, (token,))
    return Refreshing(name, partial(caller.ask, lambda: call, parse), service=service)


def exchanged(
    name: str, search: Search, url: str, *, token: str, held: Credentials | None
) -> Refreshing:
    """Return what the CLI's sign-in gives for its access token, once those `held` are over."""
    service = Service(url, url)
    caller = Caller(name, search, service, (token,))
    call = Call(f"{url}/v1/exchange", "POST", _bearing(token))

    def fetch() -> Credentials:
        if held and held.expires and held.expires > time():
            return held
        return caller.ask(lambda: call, lambda body: temporary(members(body)))

    is_needed = held is None or (held.expires or 0) <= time()
    return Refreshing(name, fetch, service=service if is_needed else None)


def external(name: str, search: Search, command: str) -> Refreshing:
    """Return what a program prints."""
    return Refreshing(name, partial(printed, Caller(name, search), command))


def file_text(path: str, place: str) -> str:
    """Return the text of a file that a variable or a member names, without blanks around it.

    Raise `CredentialsError`, which names `place` and not the path: it may be what is in the file.
    """
    advice = f"Set {place} to the path of a file that this user may read."
    try:
        text = contents(Path(path)).decode("utf-8-sig").strip()
    except OSError as error:
        message = f"The file that {place} names cannot be read: {error.strerror}."
        raise CredentialsError(message, advice) from None
    except ValueError:  # of bytes that are no text, or a path that is none
        raise CredentialsError(f"{place} does not name a text file.", advice) from None
    if not text:
        raise CredentialsError(f"The file that {place} names is empty.", advice)
    return text


def _bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def _service(url: str, place: str) -> Service:
    parts = urlsplit(url)
    return Service(f"{parts.scheme}://{parts.netloc}", f"The address in {place}")


def _of_uri(body: bytes) -> Credentials:
    answer = members(body)
    if answer.get("Code") != "Success":
        raise AnswerError(NONSENSE)
    return temporary(answer)
