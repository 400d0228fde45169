"""Requests for credentials: which road they take, whom they trust, and how often they are tried."""

from contextlib import closing

from drift.live.transport.openssl import OpenSSL
from drift.live.transport.transport import Request
from tests.live.wire import http, served


def test_openssl_sends_any_method_with_its_body() -> None:
    with served(http(b"done")) as server, closing(OpenSSL(proxies=False)) as transport:
        request = Request("POST", f"{server.url}/path?a=b", {"x-a": "b"}, b"body")
        assert transport.send(request, 5).body == b"done"
    assert server.lines == ["POST /path?a=b HTTP/1.1"]
    assert server.header("Content-Length") == "4"
    assert server.header("X-A") == "b"
