"""No part of a key, a token or a signature comes out, whatever a service repeats, however loud."""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from socket import socket
from urllib.parse import quote

import pytest

from tests.cli.running import desired, python, text
from tests.live.tls import Certificate, certificate_in, https
from tests.live.wire import Wire, http, served

CANARY = "CaNaRy"
"""What each secret has in it, and nothing else."""
SECRETS = {
    "OSS_ACCESS_KEY_ID": f"LTAI5t{CANARY}0001",
    "OSS_ACCESS_KEY_SECRET": f"{CANARY}/Secret+0002==",
    "OSS_SESSION_TOKEN": f"CAIS{CANARY}/Token+0003==",
}
COMMANDS = (
    ("plan", "names.json", "--format", "json", "--out", "plan.json"),
    ("plan", "patterns.json"),
    ("plan", "patterns.json", "--list"),
    ("doctor", "names.json", "patterns.json"),
    ("doctor", "patterns.json", "--format", "json"),
)
LOUD = """
import logging
logging.basicConfig(level=1)
logging.debug("All is logged.")
import drift.live.patience, tenacity
drift.live.patience._JITTER = tenacity.wait_none()
from drift.cli import main
for arguments in {commands!r}:
    assert main([*arguments, "--endpoint", {url!r}, "--verbose", "--timeout", "5"]) == 1
"""
_EVERY = " ".join(SECRETS.values())
_ENDPOINT = f"oss-{CANARY.lower()}.aliyuncs.com"


def _error(code: str, status: str, **headers: str) -> bytes:
    members = ("Message", "RequestId", "HostId", "EC", "SecurityToken", "StringToSign")
    inner = "".join(f"<{name}>{_EVERY}</{name}>" for name in members)
    return http(f"<Error><Code>{code}</Code>{inner}</Error>".encode(), status, **headers)


ECHOES: Sequence[bytes] = (
    _error("SecurityTokenExpired", "403 Forbidden"),
    _error("SignatureDoesNotMatch", "403 Forbidden"),
    _error("ServiceUnavailable", "503 Later"),
    _error("QpsLimitExceeded", "429 Later", Retry_After=_EVERY, x_oss_qos_delay_time=_EVERY),
    _error("RequestTimeTooSkewed", "403 Forbidden", Date="Mon, 02 Nov 2026 00:00:00 GMT"),
    _error("RequestTimeTooSkewed", "403 Forbidden", Date=_EVERY),
    _error(SECRETS["OSS_ACCESS_KEY_ID"], "403 Forbidden"),
    _error("AccessDenied", "403 Forbidden").replace(
        b"</Error>", f"<Endpoint>{_ENDPOINT}.{_EVERY}</Endpoint></Error>".encode()
    ),
    http(f"<HttpsConfiguration><{CANARY}/></HttpsConfiguration>".encode() * 2),
    http(f'<ListAllMyBucketsResult a="{_EVERY}"><Owner>{_EVERY}'.encode()),
    http(_EVERY.encode(), "500 Oops"),
    http(b"", f"403 {_EVERY}", x_oss_request_id=_EVERY, x_oss_ec=_EVERY),
    http(b"", "302 Found", Location=f"http://127.0.0.1:9/{quote(_EVERY)}"),
    http(b"").replace(b"\r\n\r\n", f"\r\n{_EVERY}\r\n\r\n".encode()),
    http(_EVERY.encode(), Content_Encoding="gzip"),
    http(_EVERY.encode(), Content_Length=9999),
    _EVERY.encode(),
)


def repeating() -> Callable[[Wire, socket], None]:
    """Return what answers with one echo after the other."""
    number = count()

    def talk(_wire: Wire, connection: socket) -> None:
        connection.sendall(ECHOES[next(number) % len(ECHOES)])

    return talk


def leaks(said: str, wire: Wire) -> list[str]:
    """Return what of the secrets, or of the signatures made with them, is in a text."""
    bits = [b64encode(b"-" * shift + CANARY.encode()).decode()[4:8] for shift in range(3)]
    signatures = re.findall(r"Signature=([0-9a-f]{64})", "".join(wire.heads))
    return [form for form in (CANARY, quote(CANARY), *bits, *signatures) if form in said]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a certificate of this machine."""
    return certificate_in(tmp_path_factory.mktemp("certificate"))


@pytest.mark.parametrize("transport", ["auto", "openssl"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_command_says_a_secret_with_all_logs_on(
    folder: Path, certificate: Certificate, scheme: str, transport: str
) -> None:
    names = [f"oss-{number:03}" for number in range(2 * len(ECHOES))]
    (folder / "names.json").write_text(text(desired(names)))
    (folder / "patterns.json").write_text(text(desired(["oss-*", *names[:5]])))
    loud = {"RUST_LOG": "trace", "REQUESTS_CA_BUNDLE": str(certificate.authority)}
    server = served if scheme == "http" else partial(https, certificate)
    with server(repeating()) as wire:
        code = LOUD.format(commands=COMMANDS, url=wire.url)
        ran = python(code, cwd=folder, env={**SECRETS, **loud, "DRIFT_TRANSPORT": transport})
    assert ran.code == 0, ran.err
    assert len(wire.heads) > len(names)
    assert all(SECRETS["OSS_SESSION_TOKEN"] in head for head in wire.heads if head)
    assert "DEBUG:root:All is logged." in ran.err
    assert "Credentials: the environment (OSS_ACCESS_KEY_ID)." in ran.err
    assert "Traceback" not in ran.err
    assert not leaks(ran.out + ran.err + (folder / "plan.json").read_text(), wire)
