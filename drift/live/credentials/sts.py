"""The Security Token Service: which endpoint is asked, and how requests to it are signed.

https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-overview
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha1
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

from drift.errors import CredentialsError
from drift.live.credentials.address import refuse_plain
from drift.live.credentials.caller import Call, Caller, members
from drift.live.credentials.issued import PAIR, account_of, temporary
from drift.live.credentials.key import Credentials, Service
from drift.live.credentials.search import Search
from drift.live.endpoint import is_loopback

_OWN_HOSTS = (".aliyuncs.com", ".alibabacloud.com")


class Place(NamedTuple):
    """What a source says about the endpoint of STS, and what people call that member."""

    endpoint: str = ""
    name: str = ""
    region: str = ""
    is_internal: bool | None = None


class Role(NamedTuple):
    """The RAM role that is assumed, and what its session is like."""

    arn: str
    session: str
    place: Place = Place()
    seconds: int = 3600
    policy: str = ""
    external_id: str = ""

    def parameters(self) -> dict[str, str]:
        """Return the parameters that AssumeRole and AssumeRoleWithOIDC share."""
        asked = {
            "RoleArn": self.arn,
            "RoleSessionName": self.session,
            "DurationSeconds": str(self.seconds),
            "Policy": self.policy,
            "ExternalId": self.external_id,
        }
        return {name: value for name, value in asked.items() if value}


def sts_of(search: Search, place: Place) -> Service:
    """Return the STS that a source names, or the environment, or else that of the region.

    Raise `CredentialsError` for an address that is neither https nor this machine.
    """
    variable = search.spelled("ALIBABA_CLOUD_STS_ENDPOINT")
    named = {
        "the endpoint": search.sts or "",
        place.name: place.endpoint,
        variable: search.says(variable),
    }
    for name, address in named.items():
        if address:
            return _named(address, name)
    internal = place.is_internal
    if internal is None:
        internal = search.switched("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED")
    region = place.region or search.says("ALIBABA_CLOUD_STS_REGION")
    host = f"{'sts-vpc' if internal else 'sts'}.{region}" if region else "sts"
    return _named(f"{host}.aliyuncs.com", "the region of STS")


def assume(caller: Caller, service: Service, base: Credentials, role: Role) -> Credentials:
    """Return the credentials of a role that is assumed with others."""
    asked = role.parameters() | {"Action": "AssumeRole"}
    return caller.ask(
        lambda: _call(service, _signed(asked, base)), lambda body: _of_role(body, role)
    )


def assume_by_token(
    caller: Caller, service: Service, role: Role, *, provider: str, token: str
) -> Credentials:
    """Return the credentials of a role that stands for the token of an OIDC provider."""
    asked = role.parameters() | {
        "Action": "AssumeRoleWithOIDC",
        "OIDCProviderArn": provider,
        "OIDCToken": token,
    }
    return caller.ask(lambda: _call(service, _common() | asked), lambda body: _of_role(body, role))


def open_session(caller: Caller, service: Service, pair: Credentials, seconds: int) -> Credentials:
    """Return the credentials of a key pair, as the official library asks for them."""
    asked = {"Action": "GenerateSessionAccessKey", "DurationSeconds": str(seconds)}
    return caller.ask(
        lambda: _call(service, _signed(asked, pair)),
        lambda body: temporary(members(body).get("SessionAccessKey"), PAIR),
    )


def _named(address: str, name: str) -> Service:
    url = (address if "://" in address else f"https://{address}").rstrip("/")
    refuse_plain(url, name)
    parts = urlsplit(url)
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        message = f"{name} must hold nothing but https://HOST or https://HOST:PORT."
        raise CredentialsError(message, "Correct it; a password or a token does not belong there.")
    host = str(parts.hostname)
    shown = url if host.endswith(_OWN_HOSTS) or is_loopback(host) else f"The address in {name}"
    return Service(url, shown)


def _of_role(body: bytes, role: Role) -> Credentials:
    answer = members(body)
    user = answer.get("AssumedRoleUser")
    arn = user.get("Arn") if isinstance(user, Mapping) else None
    return temporary(answer.get("Credentials"), account=account_of(arn) or account_of(role.arn))


def _common() -> dict[str, str]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"Format": "JSON", "Version": "2015-04-01", "Timestamp": now}


def _signed(asked: Mapping[str, str], key: Credentials) -> dict[str, str]:
    """Return the parameters of a request with their signature, by version 1.0 of the RPC style."""
    parameters = {
        **_common(),
        **asked,
        "AccessKeyId": key.key_id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": str(uuid4()),
    }
    if key.token:
        parameters["SecurityToken"] = key.token
    text = f"GET&%2F&{quote(_query(dict(sorted(parameters.items()))), safe='')}"
    digest = hmac.new(f"{key.secret}&".encode(), text.encode(), sha1).digest()
    return {**parameters, "Signature": b64encode(digest).decode()}


def _query(parameters: Mapping[str, str]) -> str:
    return urlencode(parameters, quote_via=quote, safe="")


def _call(service: Service, parameters: Mapping[str, str]) -> Call:
    return Call(f"{service.url}/?{_query(parameters)}")
