"""A compiled TLS server on this machine: it answers after 20 ms, and costs a client few cycles."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

import trustme

from tests.bench.recordings import IN_SYNC

HOST = "oss.localhost"
"""The endpoint; each bucket is a host of its own below it."""

NEEDS = "haproxy curl libnss-myhostname"
"""The Debian packages without which nothing can be measured."""

_CONFIGURATION = """
global
  maxconn 4000
  nbthread 2
  lua-load {folder}/delay.lua
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend tls
  bind 127.0.0.1:{port} ssl crt {folder}/server.pem
  http-request lua.delay
  http-request return status 200 content-type application/xml file {folder}/answer.xml
"""
_DELAY = 'core.register_action("delay", {"http-req"}, function(txn) core.msleep(20) end)\n'


class Server(NamedTuple):
    """Where it is, and the file with the certificate to trust."""

    url: str
    ca: Path


def missing() -> str:
    """Return what this machine lacks, or nothing."""
    lacking = [name for name in ("haproxy", "curl") if shutil.which(name) is None]
    try:
        socket.getaddrinfo(f"bucket.{HOST}", 443)
    except OSError:
        lacking.append(f"the name bucket.{HOST}")
    return ", ".join(lacking)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve one answer for every bucket while the context lasts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    authority.issue_cert(HOST, f"*.{HOST}").private_key_and_cert_chain_pem.write_to_path(
        str(folder / "server.pem")
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "answer.xml").write_text(IN_SYNC)
    (folder / "delay.lua").write_text(_DELAY)
    configuration = folder / "haproxy.cfg"
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port))
    with subprocess.Popen(["haproxy", "-db", "-q", "-f", configuration]) as process:
        try:
            _wait(port)
            yield Server(f"https://{HOST}:{port}", folder / "ca.pem")
        finally:
            process.terminate()


def _wait(port: int) -> None:
    end = monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if monotonic() > end:
                raise
            sleep(0.05)
        else:
            return
