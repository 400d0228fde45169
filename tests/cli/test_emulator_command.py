"""`drift emulator`: its options, what it prints, and how it ends."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import requests

from drift.emulator import Emulator, ErrorAnswer, Fault, Reset
from tests.cli.running import PATIENCE, SAMPLES, Ran, begun, shell

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Emulator]:
    """Return the emulators that would have been served, each for a moment."""
    seen: list[Emulator] = []

    def serve(emulator: Emulator, ready: Callable[[str], None]) -> None:
        with emulator:
            seen.append(emulator)
            ready(emulator.url)

    monkeypatch.setattr(Emulator, "serve_forever", serve)
    return seen


def test_faults_are_those_of_the_rules_in_their_order(drift: Drift, served: list[Emulator]) -> None:
    rules = ("--fault", "logs-*:p=0.2,seed=7,status=503", "--fault", "*:reset,times=1")
    assert drift("emulator", *rules).code == 0
    assert served[0].faults == (
        Fault(ErrorAnswer("ServiceUnavailable", 503), "logs-*", p=0.2, seed=7),
        Fault(Reset(), times=1),
    )


def test_without_a_rule_nothing_goes_wrong(drift: Drift, served: list[Emulator]) -> None:
    assert drift("emulator").code == 0
    assert served[0].faults == ()


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("logs-*", "it has no colon after the pattern of buckets."),
        ("*:reset,p=2", "p is 2.0, and must be from 0 to 1."),
        ("*:\x1b[31m", "it says none of throttle, latency"),
    ],
)
def test_a_rule_that_cannot_be_used_is_a_clear_error(
    drift: Drift, served: list[Emulator], rule: str, reason: str
) -> None:
    ran = drift("emulator", "--fault", rule).failed("--fault '", reason, "A rule is BUCKETS:WHAT")
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert not served


def test_a_fault_of_the_handshake_without_tls_is_a_clear_error(
    drift: Drift, served: list[Emulator]
) -> None:
    drift("emulator", "--fault", "*:handshake=old").failed(
        "A fault of the handshake needs TLS. Add --tls."
    )
    assert not served


def test_the_help_says_what_can_go_wrong(drift: Drift) -> None:
    words = ("status=503", "throttle=50", "latency=0.1", "reset, hangup", "cutoff", "garbage")
    ran = drift("emulator", "--help")
    assert ran.code == 0
    for word in (*words, "clock=-1200", "handshake=refuse", "--fault", "--tls"):
        assert word in ran.out


def test_with_tls_it_prints_what_makes_clients_trust_it(
    drift: Drift, served: list[Emulator]
) -> None:
    ran = drift("emulator", "--tls", "--fault", "*:handshake=old")
    assert ran.code == 0
    (emulator,) = served
    lines = ran.out.splitlines()
    assert lines[0] == f"export DRIFT_ENDPOINT={emulator.url}"
    assert emulator.url.startswith("https://")
    assert lines[3:] == [
        f"export REQUESTS_CA_BUNDLE={emulator.ca}",
        f"export CURL_CA_BUNDLE={emulator.ca}",
        f"export SSL_CERT_FILE={emulator.ca}",
        "unset OSS_SESSION_TOKEN",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_over_tls_a_client_gets_what_it_prints_and_nothing_is_left(
    folder: Path, number: signal.Signals
) -> None:
    (folder / "a tmp").mkdir()
    arguments = ("emulator", SAMPLES / "recording", "--tls", "--fault", "*:latency=0")
    with begun(*arguments, env={"TMPDIR": str(folder / "a tmp")}, cwd=folder) as emulator:
        assert emulator.stdout
        exports = "".join(emulator.stdout.readline() for _ in range(7))
        ran = shell(f'{exports} echo $DRIFT_ENDPOINT; cat "$SSL_CERT_FILE"', cwd=folder)
        url, _, certificate = ran.out.partition("\n")
        (folder / "ca.pem").write_text(certificate)
        here = f"https://127.0.0.1:{url.rpartition(':')[2]}/"
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(here, verify=str(folder / "ca.pem"), timeout=PATIENCE)
        emulator.send_signal(number)
        out, err = emulator.communicate(timeout=PATIENCE)
    assert answer.status_code == 403
    assert (emulator.returncode, out) == (0, "")
    assert err.startswith("Serving ")
    assert err.count("\n") == 1
    assert list((folder / "a tmp").iterdir()) == []
