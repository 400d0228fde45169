"""The metadata service of ECS, which knows the RAM role of the instance that asks.

https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata

It is asked directly: an address of this instance is behind no proxy, and a proxy that runs in the
cloud would answer with a role of its own.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

from drift.live.credentials.caller import NONSENSE, AnswerError, Call, Caller, members
from drift.live.credentials.issued import temporary
from drift.live.credentials.key import Credentials, ServiceFailedError

_PATH = "/latest/meta-data/ram/security-credentials/"
_ROLE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_TOKEN = re.compile(rb"[!-~]{1,1000}")


def attached_role(caller: Caller, *, only_version_2: bool) -> str | None:
    """Return the name of the role of this instance; None if it has none, or is none."""
    try:
        headers = _session(caller, only_version_2=only_version_2)
        return caller.ask(lambda: _call(caller, headers), _role)
    except ServiceFailedError:
        return None


def role_of_instance(caller: Caller, role: str, *, only_version_2: bool) -> Credentials:
    """Return the credentials of a role of this instance; without a name, of the one that it has."""
    headers = _session(caller, only_version_2=only_version_2)
    named = role or caller.ask(lambda: _call(caller, headers), _role)
    return caller.ask(lambda: _call(caller, headers, named), _key)


def _session(caller: Caller, *, only_version_2: bool) -> dict[str, str]:
    """Return the header that version 2 of the service wants; none if it has version 1 only."""
    url = f"{caller.search.metadata}/latest/api/token"
    lifetime = {"X-aliyun-ecs-metadata-token-ttl-seconds": "21600"}
    try:
        token = caller.ask(lambda: Call(url, "PUT", lifetime), _token)
    except ServiceFailedError:
        if only_version_2:
            raise
        return {}
    return {"X-aliyun-ecs-metadata-token": token}


def _call(caller: Caller, headers: Mapping[str, str], role: str = "") -> Call:
    return Call(f"{caller.search.metadata}{_PATH}{quote(role, safe='')}", headers=headers)


def _token(body: bytes) -> str:
    if not _TOKEN.fullmatch(body):
        raise AnswerError(NONSENSE)
    return body.decode()


def _role(body: bytes) -> str:
    if not _ROLE.fullmatch(body):
        raise AnswerError(NONSENSE)
    return body.decode()


def _key(body: bytes) -> Credentials:
    answer = members(body)
    if answer.get("Code") != "Success":
        raise AnswerError(NONSENSE)
    return temporary(answer)
