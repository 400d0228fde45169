"""A whole run of the command line against a server, and what came of its one bucket."""

import json
import logging
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pyreqwest.client import SyncClientBuilder

from drift.cli import main
from drift.live.transport.either import Name
from tests.cli.running import Ran, by_itself, desired, text
from tests.live.tls import Certificate, certificate_in

LOCAL_NAMES = frozenset(
    f"{bucket}.oss.localhost" for bucket in ("oss-example", *map("b{}".format, range(300)))
)
KEY = {"OSS_ACCESS_KEY_ID": "LTAI5tExample", "OSS_ACCESS_KEY_SECRET": "example-secret"}


class Found(NamedTuple):
    """What a run said of the one bucket that was declared."""

    ran: Ran
    plan: dict[str, Any]

    @property
    def bucket(self) -> dict[str, Any]:
        """The bucket as the plan has it."""
        found: dict[str, Any] = self.plan["resource_changes"][0]
        return found

    def is_in_sync(self) -> "Found":
        """Return it, once it is sure that all is green."""
        assert self.ran.code == 0, self.ran
        assert self.plan["verdict"] == self.bucket["status"] == "in_sync"
        assert "No changes." in self.ran.out
        return self

    def has_drifted(self, status: str = "drift") -> "Found":
        """Return it, once it is sure that it was read, and that the verdict is drift."""
        assert self.ran.code == 2, self.ran
        assert self.plan["verdict"] == "drift"
        assert self.bucket["status"] == status
        assert self.bucket["problem"] is None
        return self

    def is_a_problem(self, code: str, *sentences: str) -> "Found":
        """Return it, once it is sure that the bucket was not judged, and that it says why."""
        assert self.ran.code == 1, self.ran
        assert self.plan["verdict"] == "incomplete"
        assert self.bucket["status"] == "unreadable"
        assert self.bucket["change"] == {"actions": [], "before": None, "after": None}
        problem = self.bucket["problem"]
        assert problem["code"] == code, problem
        assert problem["message"].endswith(".")
        assert problem["advice"].endswith(".")
        for said in (code, problem["message"], problem["advice"], *sentences):
            assert said in self.ran.out
        return self


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which everything happens, away from the environment's wishes."""
    return by_itself(tmp_path, monkeypatch, **KEY)


@pytest.fixture(autouse=True)
def quiet_logging() -> Iterator[None]:
    """Leave the levels of the SDK's loggers as they were."""
    loggers = [logging.getLogger(name) for name in ("oss2", "urllib3")]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture(params=["auto", "openssl"])
def carrier(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Name:
    """Return the name of each transport in turn, which is what the command line takes, too."""
    name: Name = request.param
    monkeypatch.setenv("DRIFT_TRANSPORT", name)
    return name


@pytest.fixture
def against(
    folder: Path, carrier: Name, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Found]:
    """Make a plan of one bucket against the server at a URL, as the command line does.

    By each transport.
    """
    del carrier

    def run(url: str | None, *options: str, declared: object = None) -> Found:
        (folder / "a.json").write_text(text(desired() if declared is None else declared))
        where = ["--endpoint", url] if url else []
        capsys.readouterr()
        once = ["--timeout", "5", "--retries", "0"]
        code = main(["plan", "a.json", *once, "--out", "plan.json", *where, *options])
        ran = Ran(code, *capsys.readouterr()).harmless()
        return Found(ran, json.loads((folder / "plan.json").read_text()))

    return run


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a certificate for this machine by address."""
    return certificate_in(tmp_path_factory.mktemp("here"))


@pytest.fixture(scope="session")
def named(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a certificate for the hosts of buckets: on this machine, and behind a proxy."""
    names = "DNS:*.oss.localhost,DNS:*.oss.example,IP:192.0.2.1"
    return certificate_in(tmp_path_factory.mktemp("named"), names)


@pytest.fixture
def local_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the hosts of buckets lead to this machine, whatever its resolver knows."""
    lookup = socket.getaddrinfo

    def getaddrinfo(host: str, *rest: Any, **more: Any) -> Any:
        return lookup("127.0.0.1" if host in LOCAL_NAMES else host, *rest, **more)

    def builder() -> SyncClientBuilder:  # rustls asks the system itself
        made = SyncClientBuilder()
        for name in LOCAL_NAMES:
            made = made.resolve(name, "127.0.0.1", 0)
        return made

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr("drift.live.transport.rustls.SyncClientBuilder", builder)


@pytest.fixture
def trusting(
    here: Certificate, named: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trust both certificates, which are in one file."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(here.authority.read_bytes() + named.authority.read_bytes())
    monkeypatch.setenv("CURL_CA_BUNDLE", str(bundle))
