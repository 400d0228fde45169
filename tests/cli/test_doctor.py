"""`drift doctor`: what would go wrong before it goes wrong."""

import json
import re
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import format_datetime
from os import terminal_size
from pathlib import Path
from socket import create_server
from typing import Any, TypeAlias

import pytest

from drift.desired.load import load
from drift.doctor.case import Case, Level
from drift.doctor.checks import CHECKS, Result, examine
from drift.emulator import EMULATOR_KEY, Clock, Emulator, ErrorAnswer, Fault
from drift.live.credentials import Credentials, Fixed, Provider
from drift.live.oss import Oss
from drift.live.recording import Recording
from tests.cli.running import PATIENCE, SAMPLES, Ran, begun, desired, process
from tests.cli.test_stopping import url
from tests.live.services import answering, success
from tests.live.services import key as key_of_service
from tests.live.tls import Certificate, certificate_in, https
from tests.live.wire import DOCUMENT, http, saying, served, silent

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]
KEY = {"OSS_ACCESS_KEY_ID": EMULATOR_KEY.id, "OSS_ACCESS_KEY_SECRET": EMULATOR_KEY.secret}
SECRET = EMULATOR_KEY.secret
NOT_COMPARED = "It could not be compared with that of the service."


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(Recording(SAMPLES / "recording")) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a certificate for this machine by address."""
    return certificate_in(tmp_path_factory.mktemp("here"))


def failing(*faults: Fault, tls: bool = False) -> Emulator:
    """Return an emulator of the samples at which something goes wrong."""
    return Emulator(Recording(SAMPLES / "recording"), faults=faults, tls=tls)


def found(ran: Ran, *, healthy: bool) -> list[tuple[str, str, str]]:
    """Return the level, the check and the message of each finding."""
    document = json.loads(ran.out)
    assert document["format_version"] == "1.0"
    assert document["healthy"] is healthy
    assert ran.code == (0 if healthy else 1)
    assert SECRET not in ran.out + ran.err
    return [(one["level"], one["check"], one["message"]) for one in document["results"]]


def said(ran: Ran, check: str, *, healthy: bool) -> list[tuple[str, str]]:
    """Return the level and the message of each finding of one check."""
    every = found(ran, healthy=healthy)
    return [(level, message) for level, title, message in every if title == check]


def test_where_nothing_would_go_wrong_every_check_says_so(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    ran = drift("doctor", write("a.json"), "--endpoint", emulator.url, "--format", "json")
    every = found(ran, healthy=True)
    assert [check for _, check, _ in every] == [
        "Desired files", "Credentials", "Proxy", "Endpoint", "TLS of this machine", "Clock",
        "Permission",
    ]  # fmt: skip
    assert {level for level, _, _ in every} == {"ok"}
    messages = [message for _, _, message in every]
    assert messages[0] == "They are valid: 1 declared."
    assert messages[1] == (
        "They come from the environment (OSS_ACCESS_KEY_ID); they have no known end."
    )
    assert messages[3] == f"{emulator.url} is reached."
    assert "speaks TLSv1.2 and TLSv1.3" in messages[4]
    assert messages[6] == "oss-example can be read (oss:GetBucketHttpsConfig)."


def test_text_has_a_line_for_each_finding(drift: Drift, write: Write, emulator: Emulator) -> None:
    ran = drift("doctor", write("a.json"), "--endpoint", emulator.url)
    assert ran.code == 0
    assert all(line.startswith("ok       ") for line in ran.out.splitlines())
    assert len(ran.out.splitlines()) == 7
    assert ran.err == ""


def test_on_a_terminal_lines_are_wrapped(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in KEY:
        monkeypatch.delenv(name)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: terminal_size((50, 9)))
    with served(http(), listens=False) as wire:
        ran = drift("doctor", write("a.json"), "--endpoint", wire.url)
    lines = ran.out.splitlines()
    assert max(map(len, lines)) <= 50
    assert "         Export OSS_ACCESS_KEY_ID and" in lines


def test_bad_files_are_a_problem(drift: Drift, write: Write, emulator: Emulator) -> None:
    write("desired/a.json", "{")
    write("desired/b.json")
    ran = drift("doctor", "--endpoint", emulator.url, "--format", "json")
    ((level, message),) = said(ran, "Desired files", healthy=False)
    assert level == "problem"
    assert message.startswith("desired/a.json:1:")


def test_suspicious_files_are_a_warning(drift: Drift, write: Write, emulator: Emulator) -> None:
    suite = {"Enable": True, "StrongCipherSuite": False, "CustomCipherSuite": ["NO-SUCH-SUITE"]}
    file = write("a.json", desired(CipherSuite=suite))
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    levels = [level for level, _ in said(ran, "Desired files", healthy=True)]
    assert levels == ["warning", "ok"]


def test_without_credentials_the_rest_is_still_looked_at(
    drift: Drift, write: Write, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OSS_ACCESS_KEY_SECRET")
    file = write("a.json", desired("app-*"))
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    every = found(ran, healthy=False)
    assert ("problem", "Credentials") in [one[:2] for one in every]
    assert "OSS_ACCESS_KEY_SECRET is not set" in ran.out
    assert said(ran, "Endpoint", healthy=False) == [("ok", f"{emulator.url} is reached.")]
    assert said(ran, "Clock", healthy=False)[0][0] == "warning"
    assert said(ran, "Permission", healthy=False) == [
        ("warning", "None was tried without credentials.")
    ]
    assert said(ran, "Buckets", healthy=False) == []


def test_a_permission_that_is_missing_is_named(drift: Drift, write: Write) -> None:
    with failing(Fault(ErrorAnswer("AccessDenied"))) as emulator:
        file = write("a.json", desired(["oss-example", "example-*"]))
        ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    ((_, permission),) = said(ran, "Permission", healthy=False)
    assert permission == "oss-example: These credentials may not read the setting."
    ((_, buckets),) = said(ran, "Buckets", healthy=False)
    assert buckets == "They cannot be listed: These credentials may not list the buckets."
    assert "oss:GetBucketHttpsConfig on acs:oss:*:*:oss-example" in ran.out
    assert "oss:ListBuckets on acs:oss:*:*:*" in ran.out


def test_buckets_of_a_pattern_are_listed_and_one_is_tried(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    file = write("a.json", desired("oss-*", region=None))
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    assert said(ran, "Buckets", healthy=True) == [("ok", "They can be listed (oss:ListBuckets).")]
    assert said(ran, "Permission", healthy=True) == [
        ("ok", "oss-example can be read (oss:GetBucketHttpsConfig).")
    ]


def test_a_pattern_that_matches_nothing_is_a_warning(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    file = write("a.json", desired(["nothing-*", "oss-example"]))
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    levels = [level for level, _ in said(ran, "Buckets", healthy=True)]
    assert levels == ["warning", "ok"]
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json", "--strict")
    levels = [level for level, _ in said(ran, "Buckets", healthy=False)]
    assert levels == ["problem", "ok"]


def test_where_nothing_is_declared_there_is_no_health(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    file = write("a.json", desired("nothing-*"))
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    assert said(ran, "Buckets", healthy=False)[1:] == [
        ("ok", "They can be listed (oss:ListBuckets)."),
        ("problem", "No bucket is declared, so that there is nothing to judge."),
    ]
    assert said(ran, "Clock", healthy=False) == [("ok", "It agrees with that of the service.")]


def test_a_bucket_of_no_known_region_is_a_problem(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    file = write("a.json", desired(["oss-nowhere", "oss-example"], region=None))
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    message = "oss-nowhere: No region is declared, and requests are signed for one."
    assert said(ran, "Buckets", healthy=False)[1:] == [("problem", message)]


def test_with_strict_a_warning_of_a_file_is_a_problem(
    drift: Drift, write: Write, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = {"Enable": True, "StrongCipherSuite": False, "CustomCipherSuite": ["NO-SUCH-SUITE"]}
    monkeypatch.setenv("DRIFT_STRICT", "1")
    file = write("a.json", desired(CipherSuite=suite))
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    levels = [level for level, _ in said(ran, "Desired files", healthy=False)]
    assert levels == ["problem", "ok"]


def test_what_is_undeclared_needs_the_list(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRIFT_UNDECLARED", "fail")
    with failing() as emulator:
        ran = drift("doctor", write("a.json"), "--endpoint", emulator.url, "--format", "json")
    listed = [("ok", "They can be listed (oss:ListBuckets).")]
    assert said(ran, "Buckets", healthy=True) == listed
    with failing(Fault(ErrorAnswer("AccessDenied"))) as emulator:
        ran = drift("doctor", write("a.json"), "--endpoint", emulator.url, "--format", "json")
    ((level, message),) = said(ran, "Buckets", healthy=False)
    assert level == "problem"
    assert message.startswith("They cannot be listed: ")


@pytest.mark.parametrize("transport", ["auto", "openssl"])
def test_the_transport_of_the_plan_is_tried(
    drift: Drift, write: Write, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    asked: list[object] = []

    def noted(provider: Provider, **options: Any) -> Oss:
        asked.append(options["carrier"])
        return Oss(provider, **options)

    monkeypatch.setattr("drift.live.oss.Oss", noted)
    monkeypatch.setenv("DRIFT_TRANSPORT", transport)
    ran = drift("doctor", write("a.json"), "--endpoint", emulator.url)
    assert ran.code == 0
    assert asked == [transport]
    assert ("rustls, which is tried first" in ran.out) is (transport == "auto")


def test_silence_is_given_more_time_by_an_option_that_there_is(drift: Drift, write: Write) -> None:
    with served(silent) as wire:
        options = ("--endpoint", wire.url, "--timeout", "0.2")
        ran = drift("doctor", write("a.json", desired(["oss-example", "app-*"])), *options)
    assert ran.code == 1
    assert "--deadline" not in ran.out
    assert ran.out.count("Give --timeout more seconds.") == 2


def test_ctrl_c_ends_the_doctor_at_once_while_it_asks_for_the_time(
    write: Write, folder: Path
) -> None:
    write("a.json")
    with (
        closing(create_server(("127.0.0.1", 0))) as server,
        begun(
            *("doctor", "a.json", "--endpoint", url(server), "--timeout", "600"),
            env=KEY,
            cwd=folder,
        ) as running,
    ):
        server.settimeout(PATIENCE)
        tried, asked = (server.accept()[0] for _ in range(2))
        assert asked.recv(1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=PATIENCE)
        tried.close()
        asked.close()
    assert running.returncode == 130
    assert "Traceback" not in out + err


def test_a_bucket_that_does_not_exist_tries_no_permission(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    file = write("a.json", desired("gone"))
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    ((level, message),) = said(ran, "Permission", healthy=True)
    assert level == "warning"
    assert message.startswith("gone does not exist")


@pytest.mark.parametrize(("seconds", "side"), [(7200, "behind"), (-300, "ahead of")])
def test_a_clock_that_is_off_is_a_warning(
    drift: Drift, write: Write, seconds: float, side: str
) -> None:
    with failing(Fault(Clock(seconds))) as emulator:
        ran = drift("doctor", write("a.json"), "--endpoint", emulator.url, "--format", "json")
    ((level, message),) = said(ran, "Clock", healthy=True)
    assert level == "warning"
    assert side in message
    assert "seconds" in message


@pytest.mark.parametrize("date", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "soon"])
def test_a_date_that_is_none_is_a_warning(drift: Drift, write: Write, date: str) -> None:
    with served(saying(http(DOCUMENT, Date=date))) as wire:
        ran = drift("doctor", write("a.json"), "--endpoint", wire.url, "--format", "json")
    assert said(ran, "Clock", healthy=True) == [("warning", NOT_COMPARED)]


@pytest.mark.parametrize("seconds", [-100, 0, 50, 100])
def test_a_service_that_takes_its_time_is_not_blamed_on_the_clock(
    write: Write, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """A request of 100 seconds; the service wrote its date 50 after the beginning, or not then."""
    begun = datetime(2026, 1, 2, tzinfo=UTC)
    date = format_datetime(begun + timedelta(seconds=seconds), usegmt=True)
    moments = iter((begun, begun + timedelta(seconds=100)))

    class Time(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            assert tz is UTC
            return next(moments)

    monkeypatch.setattr("drift.doctor.case.datetime", Time)
    with served(saying(http(DOCUMENT, Date=date))) as wire:
        offset = case(write("a.json"), endpoint=wire.url).clock_offset
    assert offset == timedelta(seconds=min(seconds, 0))


def test_an_endpoint_that_cannot_be_reached_is_a_problem(drift: Drift, write: Write) -> None:
    with failing() as emulator:
        pass
    options = ("--endpoint", emulator.url, "--timeout", "0.5", "--format", "json")
    ran = drift("doctor", write("a.json", desired("app-*")), *options)
    ((level, message),) = said(ran, "Endpoint", healthy=False)
    assert level == "problem"
    assert message == f"{emulator.url}: The connection failed or broke off."
    assert said(ran, "Clock", healthy=False) == [("warning", NOT_COMPARED)]


def test_a_bucket_that_would_speak_only_what_this_machine_cannot_is_a_problem(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    old = {"Enable": True, "TLSVersion": ["TLSv1.0", "TLSv1.1"]}
    off = {"Enable": False}
    write("desired/a.json", desired(TLS=old))
    write("desired/b.json", desired("example-new", TLS=off))
    ran = drift("doctor", "--endpoint", emulator.url, "--format", "json")
    levels = [level for level, _ in said(ran, "TLS of this machine", healthy=False)]
    assert levels == ["ok", "problem"]
    assert "oss-example is to accept only versions that this machine cannot speak" in ran.out


def case(*paths: Path, source: bool = True, endpoint: str | None = None) -> Case:
    """Return a case of the service itself, at which nothing is asked."""
    provider = Fixed(
        Credentials("id", "secret", None, datetime(2026, 1, 2, tzinfo=UTC).timestamp())
    )
    oss = Oss(provider, endpoint=endpoint) if source else None
    return Case(load(paths), provider, oss, endpoint, timeout=5)


def results(one: Case, title: str) -> Sequence[Result]:
    """Return what the check of this title finds."""
    names = {str(check.__doc__).removesuffix("."): check for check in CHECKS}
    return [Result(title, one) for one in names[title](one)]


def test_each_declared_region_is_an_endpoint(write: Write) -> None:
    write("desired/a.json", desired("a-1", "cn-hangzhou-finance"))
    write("desired/b.json", desired(["b-1", "b-2"], "cn-beijing"))
    write("desired/c.json", desired("c-*", "eu-*"))
    assert case(Path("desired"), source=False).urls == (
        "https://oss-cn-beijing.aliyuncs.com",
        "https://oss-cn-hzfinance.aliyuncs.com",
    )


def test_without_a_region_no_endpoint_is_tried(write: Write) -> None:
    (one,) = results(case(write("a.json", desired(region=None)), source=False), "Endpoint")
    assert one.found.level is Level.WARNING
    assert one.found.advice == "Give --region."


def test_a_bucket_without_a_region_is_not_tried(write: Write) -> None:
    assert case(write("a.json", desired(region=None))).samples == ()


def test_a_proxy_is_shown_without_its_password_and_tried_in_place_of_the_endpoint(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(http(), listens=False) as proxy:
        address = proxy.url.removeprefix("http://")
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:hunter2@{address}")
        one = case(write("a.json"), source=False)
        (shown,) = results(one, "Proxy")
        (tried,) = results(one, "Endpoint")
    url = "https://oss-cn-hangzhou.aliyuncs.com"
    assert shown.found.message == (f"{url} is asked through the proxy http://{address}.")
    assert tried.found.message == f"{url} is reached as far as its proxy."


PROXIES = {
    "http://127.0.0.1:abc": None,
    "http://127.0.0.1:99999": None,
    "http://[::1": None,
    "ftp://127.0.0.1": None,
    "http://user:12345/hunter2@127.0.0.1:9": None,
    "http://127.0.0.1:9/hunter2": None,
    "http://127.0.0.1:9/?hunter2": None,
    "http://user:hunter2@hunter2@127.0.0.1:9/": "http://127.0.0.1:9",
    "user:hunter2@127.0.0.1:9": "http://127.0.0.1:9",
}


@pytest.mark.parametrize(("proxy", "shown"), PROXIES.items())
def test_what_is_no_proxy_is_a_problem_and_no_password_is_shown(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch, proxy: str, shown: str | None
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    ran = drift("doctor", write("a.json"), "--timeout", "0.2", "--format", "json")
    url = "https://oss-cn-hangzhou.aliyuncs.com"
    assert "hunter2" not in ran.out + ran.err
    assert said(ran, "Proxy", healthy=False) == [
        ("ok", f"{url} is asked through the proxy {shown}.")
        if shown
        else ("problem", f"{url}: The value of HTTPS_PROXY is not the URL of a proxy.")
    ]
    assert bool(said(ran, "Endpoint", healthy=False)) is bool(shown)


def test_no_proxy_stands_before_this_machine(
    write: Write, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    one = case(write("a.json"), endpoint=emulator.url, source=False)
    assert [
        found.found.message for found in (*results(one, "Proxy"), *results(one, "Endpoint"))
    ] == [
        "None applies.",
        f"{emulator.url} is reached.",
    ]


def test_over_tls_the_version_is_said(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    with failing(tls=True) as emulator:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(emulator.ca))
        (one,) = results(case(write("a.json"), endpoint=emulator.url, source=False), "Endpoint")
    assert one.found.message == f"{emulator.url} is reached with TLSv1.3."


def test_the_end_of_temporary_credentials_is_said(write: Write) -> None:
    (one,) = results(case(write("a.json"), source=False), "Credentials")
    assert one.found.message == (
        "They come from the given key; they end at 2026-01-02 00:00:00 UTC."
    )


@pytest.mark.parametrize(("seconds", "level"), [(200, Level.WARNING), (4000, Level.OK)])
def test_an_end_that_is_near_is_a_warning(write: Write, seconds: float, level: Level) -> None:
    ends = int(datetime.now(UTC).timestamp() + seconds)
    one = case(write("a.json"), source=False)
    one = replace(one, provider=Fixed(Credentials("id", "secret", "token", ends)))
    ((_, found),) = results(one, "Credentials")
    assert found.level is level
    assert bool(found.advice) is (level is Level.WARNING)


def region_of(ran: Ran) -> list[str]:
    """Return the levels of what is said of regions."""
    every = json.loads(ran.out)["results"]
    return [one["level"] for one in every if "the file says" in one["message"]]


@pytest.mark.parametrize("names", [["oss-example"], ["oss-example", "nowhere-*"]])
def test_a_region_that_is_not_the_buckets_is_said_once_as_by_the_plan(
    drift: Drift, write: Write, names: list[str]
) -> None:
    """Whether the list tells it, or the service when the bucket is asked for."""
    path = write("a.json", desired(names, "cn-beijing"))
    write("recording/cn-hangzhou/oss-example/httpsConfig.xml", DOCUMENT)
    options = (path, "--format", "json", "--endpoint")
    with Emulator(Recording(Path("recording"))) as emulator:
        assert region_of(drift("doctor", *options, emulator.url)) == ["warning"]
        ran = drift("doctor", *options, emulator.url, "--strict")
        assert drift("plan", *options, emulator.url, "--strict").code == 1
    assert (ran.code, region_of(ran)) == (1, ["problem"])


def test_a_region_that_only_a_pattern_says_is_told_as_by_the_plan(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    path = write("a.json", desired("oss-nowhere", "cn-*"))
    ran = drift("doctor", path, "--endpoint", emulator.url, "--format", "json")
    messages = [message for _, message in said(ran, "Buckets", healthy=False)]
    assert any("Only a pattern says in which region" in one for one in messages)


@pytest.mark.parametrize("expires", [1790000000000, 10**30, -(10**30)])
def test_an_end_that_is_no_time_is_not_known(write: Write, expires: int) -> None:
    one = case(write("a.json"), source=False)
    one = replace(one, provider=Fixed(Credentials("id", "secret", "token", expires)))
    ((_, found),) = results(one, "Credentials")
    assert found.message == "They come from the given key; they have no known end."


def test_every_check_has_a_title_and_a_finding_or_none(write: Write, emulator: Emulator) -> None:
    checks = [one.check for one in examine(case(write("a.json"), endpoint=emulator.url))]
    assert checks == sorted(checks, key=[str(c.__doc__)[:-1] for c in CHECKS].index)
    assert len({check.__doc__ for check in CHECKS}) == len(CHECKS)


def test_a_hostile_file_name_is_harmless(drift: Drift, write: Write, emulator: Emulator) -> None:
    write("desired/\x1b[31m.json", "{")
    for name in ("text", "json"):
        drift("doctor", "--endpoint", emulator.url, "--format", name)


def test_bad_options_are_errors(drift: Drift, write: Write) -> None:
    drift("doctor", write("a.json"), "--endpoint", "http://example.com").failed("plain http is for")
    drift("doctor", write("a.json"), "--profile", " ").failed("--profile", "it is empty")
    drift("doctor", write("a.json"), "--role-arn", "").failed("--role-arn", "it is empty")


def test_verbose_says_the_source_and_never_the_key(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    ran = drift("doctor", write("a.json"), "--endpoint", emulator.url, "--verbose")
    assert ran.err == "Credentials: the environment (OSS_ACCESS_KEY_ID).\n"
    for part in (EMULATOR_KEY.id[:8], SECRET[:8]):
        assert part not in ran.err


def test_in_a_process_of_its_own_it_ends_and_says_the_same(
    write: Write, folder: Path, emulator: Emulator
) -> None:
    file = write("a.json")
    ran = process("doctor", file, "--endpoint", emulator.url, env=KEY, cwd=folder)
    assert ran.code == 0, ran
    assert ran.out.count("ok       ") == 7


def test_another_bucket_is_tried_in_place_of_one_that_does_not_exist(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    file = write("a.json", desired(["gone", "oss-example", "zzz-not-needed"]))
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    assert [level for level, _ in said(ran, "Permission", healthy=True)] == ["warning", "ok"]


def test_only_a_few_buckets_are_tried(drift: Drift, write: Write, emulator: Emulator) -> None:
    file = write("a.json", desired([f"gone-{number}" for number in range(20)]))
    ran = drift("doctor", file, "--endpoint", emulator.url, "--format", "json")
    assert [level for level, _ in said(ran, "Permission", healthy=True)] == ["warning"] * 5


ROLE = ("--role-arn", "acs:ram::1234567890123456:role/drift")


def test_the_road_to_the_service_of_credentials_is_checked(
    drift: Drift, write: Write, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = key_of_service(AccessKeyId=EMULATOR_KEY.id, AccessKeySecret=EMULATOR_KEY.secret)
    with answering(success({"Credentials": known})) as sts:
        monkeypatch.setenv("ALIBABA_CLOUD_STS_ENDPOINT", sts.url)
        options = ("--endpoint", emulator.url, "--format", "json", *ROLE)
        ran = drift("doctor", write("a.json"), *options)
    # Its token is none that the emulator knows.
    assert ("ok", f"{sts.url} is reached.") in said(ran, "Endpoint", healthy=False)
    assert "account 1234567890123456; they end at" in said(ran, "Credentials", healthy=False)[0][1]


def test_a_service_of_credentials_that_is_not_trusted_is_a_problem(
    drift: Drift, write: Write, here: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with https(here, saying(http())) as sts:
        monkeypatch.setenv("ALIBABA_CLOUD_STS_ENDPOINT", sts.url)
        options = ("--endpoint", "http://127.0.0.1:9", "--format", "json", *ROLE)
        ran = drift("doctor", write("a.json"), *options)
    message = f"{sts.url}: The endpoint's certificate is not trusted by this machine."
    assert ("problem", message) in said(ran, "Endpoint", healthy=False)
    ((_, credentials),) = said(ran, "Credentials", healthy=False)
    assert credentials.endswith("this machine does not trust the certificate of its endpoint.")
    assert "Credentials come from there. Check its address" in ran.out


def test_the_proxy_before_the_service_of_credentials_is_checked(
    drift: Drift, write: Write, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(http(b"", "403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        options = ("--endpoint", emulator.url, "--format", "json", *ROLE)
        ran = drift("doctor", write("a.json"), *options)
    message = f"https://sts.aliyuncs.com is asked through the proxy {proxy.url}."
    assert ("ok", message) in said(ran, "Proxy", healthy=False)
    ((_, credentials),) = said(ran, "Credentials", healthy=False)
    assert credentials.endswith("the proxy does not let the request through.")


VALUE = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize("name", ["text", "json"])
@pytest.mark.parametrize(
    "variable",
    [
        "ALIBABA_CLOUD_CREDENTIALS_FILE",
        "ALIBABA_CLOUD_CREDENTIALS_URI",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
        "ALIBABA_CLOUD_PROFILE",
        "ALIBABA_CLOUD_STS_ENDPOINT",
    ],
)
def test_a_secret_where_a_path_or_an_address_belongs_is_not_repeated(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch, variable: str, name: str
) -> None:
    role = ROLE if variable == "ALIBABA_CLOUD_STS_ENDPOINT" else ()
    for exported in () if role else KEY:
        monkeypatch.delenv(exported)
    monkeypatch.setenv("ALIBABA_CLOUD_ROLE_ARN", ROLE[1])
    if variable == "ALIBABA_CLOUD_OIDC_TOKEN_FILE":
        monkeypatch.setenv("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "provider")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv(variable, VALUE)
    ran = drift("doctor", write("a.json"), "--timeout", "1", "--format", name, *role)
    assert ran.code == 1
    assert not re.search("eyJhbGci|eyJzdWIi|c2lnbmF0", ran.out + ran.err)
    assert variable in ran.out
