"""What holds for the clients of GitLab, Codeup and Gitee alike, each against its fake."""

import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from drift.comment import door, patience
from drift.comment.forge import Forge, UnansweredError
from drift.comment.forges import connect
from drift.errors import CommentError
from tests.comment.fake_codeup import FakeCodeup
from tests.comment.fake_forge import ME, STRANGER, FakeForge, Reply, running
from tests.comment.fake_gitee import FakeGitee
from tests.comment.fake_gitlab import FakeGitLab
from tests.hostile import HOSTILE
from tests.live.tls import certificate_in
from tests.live.wire import ENOUGH, endless, hanging_up, saying, served

SECRET = "glpat-SECRET0123456789"
TEXT = "text of a server \x1b[31m <b>"
PATCHES = [
    {
        "relatedMergeItemType": "MERGE_SOURCE",
        "versionNo": 1,
        "patchSetBizId": "first",
        "commitId": "a1" * 20,
    }
]


class Service(NamedTuple):
    """A fake, and the client that was made for it."""

    fake: FakeForge
    client: Forge


@contextlib.contextmanager
def service(fake: FakeForge) -> Iterator[Service]:
    """Serve a fake, and connect to it."""
    fake.token = SECRET
    with running(fake), contextlib.closing(_connected(fake)) as client:
        yield Service(fake, client)


def _connected(fake: FakeForge, **changed: Any) -> Forge:
    place = fake.place(**changed)
    if isinstance(fake, FakeCodeup):
        from drift.comment.codeup import Codeup

        return Codeup(place, central=True)
    return connect(place)


@pytest.fixture(params=[FakeGitLab, FakeCodeup, FakeGitee])
def kind(request: pytest.FixtureRequest) -> type[FakeForge]:
    """Return each kind of fake in turn."""
    found: type[FakeForge] = request.param
    return found


@pytest.fixture
def forge(kind: type[FakeForge]) -> Iterator[Service]:
    """Return each fake in turn, with its client."""
    with service(kind()) as made:
        yield made


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that would have been waited; nobody waits for them here."""
    found: list[float] = []
    monkeypatch.setattr(patience, "sleep", found.append)
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    for name in (*proxies, *map(str.lower, proxies), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    return found


CALLS: dict[str, Callable[[Forge], object]] = {
    "pull_request": lambda client: client.pull_request(),
    "me": lambda client: client.me(),
    "comments": lambda client: list(client.comments()),
    "comment": lambda client: client.comment("101"),
    "create": lambda client: client.create("text"),
    "update": lambda client: client.update("101", "text"),
    "delete": lambda client: client.delete("101"),
}


def calls_of(fake: FakeForge, *names: str) -> Iterator[str]:
    """Yield the name of each call, with nothing asked and nothing scripted before it."""
    for name in names or CALLS:
        fake.requests.clear()
        fake.scripted.clear()
        yield name


def failed(client: Forge, call: str) -> CommentError:
    """Return what a call fails with, once it is sure that it says nothing that it must not."""
    with pytest.raises(CommentError) as caught:
        CALLS[call](client)
    error = caught.value
    said = f"{error} {error.advice} {error!r}"
    assert str(error).endswith(".")
    assert error.advice
    assert SECRET not in said
    assert "text of a server" not in said
    assert error.__cause__ is None or SECRET not in str(error.__cause__)
    return error


def test_a_comment_is_created_found_changed_and_removed(forge: Service) -> None:
    made = forge.client.create("first")
    assert forge.client.me() == made.author == ME
    assert [one.id for one in forge.client.comments()] == [made.id]
    forge.client.update(made.id, "second")
    found = forge.client.comment(made.id)
    assert found
    assert found.body == "second"
    forge.client.delete(made.id)
    assert not list(forge.client.comments())


def test_the_pull_request_has_a_state_and_a_head(forge: Service) -> None:
    assert forge.client.pull_request().is_open
    assert len(forge.client.pull_request().head) == 40
    forge.fake.is_open = False
    assert not forge.client.pull_request().is_open


def test_many_comments_are_all_listed_once(forge: Service) -> None:
    ids = [forge.fake.add(f"comment {n}", STRANGER if n % 2 else ME) for n in range(250)]
    found = list(forge.client.comments())
    assert sorted(one.id for one in found) == sorted(ids)
    assert len(forge.fake.requests) <= 3


def test_a_hundred_comments_take_two_requests_at_most(forge: Service) -> None:
    for n in range(100):
        forge.fake.add(str(n))
    assert len(list(forge.client.comments())) == 100
    assert len(forge.fake.requests) <= 2


def test_what_was_added_since_is_listed(forge: Service) -> None:
    for n in range(150):
        forge.fake.add(str(n))
    last = max(forge.client.comments(), key=lambda one: one.age)
    new = forge.fake.add("new")
    assert new in {one.id for one in forge.client.comments(last)}


def test_the_author_tells_a_copied_marker_from_the_true_one(forge: Service) -> None:
    mine, copied = forge.fake.add("<!-- drift -->"), forge.fake.add("<!-- drift -->", STRANGER)
    authors = {one.id: one.author for one in forge.client.comments()}
    assert authors == {mine: forge.client.me(), copied: STRANGER}


def test_bodies_come_back_as_they_were_sent(forge: Service) -> None:
    for text in (text for text in HOSTILE if text and not text.startswith("\ud800")):
        made = forge.client.create(text)
        assert made.body == text
        found = forge.client.comment(made.id)
        assert found
        assert found.body == text


def test_the_longest_body_fits(forge: Service) -> None:
    text = "\U0001f600" * forge.client.largest
    assert forge.client.create(text).body == text


def test_a_comment_that_is_gone_is_none(forge: Service) -> None:
    made = forge.client.create("text")
    forge.fake.said.clear()
    assert forge.client.comment(made.id) is None


def test_to_remove_what_is_gone_is_no_error(forge: Service) -> None:
    made = forge.client.create("text")
    forge.fake.said.clear()
    forge.client.delete(made.id)


def test_to_change_what_is_gone_is_an_error(forge: Service) -> None:
    made = forge.client.create("text")
    forge.fake.said.clear()
    with pytest.raises(CommentError, match="no such"):
        forge.client.update(made.id, "text")


def test_none_of_them_hides_comments(forge: Service) -> None:
    with pytest.raises(CommentError, match="cannot hide") as caught:
        forge.client.hide("101")
    assert "--mode update" in caught.value.advice


def test_a_wrong_token_is_one_sentence(forge: Service) -> None:
    forge.fake.token = "another"
    for call in calls_of(forge.fake):
        assert "(401)" in str(failed(forge.client, call))
        assert len(forge.fake.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 413, 418, 422, 301, 302, 307, 308])
def test_what_is_refused_is_one_sentence_and_not_tried_again(forge: Service, status: int) -> None:
    headers = {"Location": forge.fake.url, "X-Text": "text of a server"}
    for call in calls_of(forge.fake):
        forge.fake.says(Reply(status, {"message": TEXT}, headers))
        assert f"({status})" in str(failed(forge.client, call))
        assert len(forge.fake.requests) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_pull_request_is_one_sentence(forge: Service, status: int) -> None:
    for call in calls_of(forge.fake, "pull_request", "me", "comments", "create", "update"):
        forge.fake.says(Reply(status, {"message": TEXT}))
        assert "no such repository" in str(failed(forge.client, call))


def test_a_redirect_does_not_get_the_token(kind: type[FakeForge]) -> None:
    thief = kind()
    with running(thief), service(kind()) as forge:
        for call in calls_of(forge.fake):
            forge.fake.says(Reply(307, {}, {"Location": f"{thief.url}/"}))
            assert "another address" in str(failed(forge.client, call))
            assert not thief.requests


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_in_trouble_is_asked_again_if_that_does_no_harm(
    forge: Service, status: int, waits: list[float]
) -> None:
    for call in calls_of(forge.fake):
        waits.clear()
        forge.fake.says(*(Reply(status, {"message": TEXT}) for _ in range(9)))
        error = failed(forge.client, call)
        assert f"({status})" in str(error)
        assert isinstance(error, UnansweredError)
        if call == "create" and not isinstance(forge.fake, FakeCodeup):  # which reads, at first
            assert forge.fake.asked == ["POST"]
        else:
            assert len(forge.fake.requests) == 5
            assert waits == [0, 2, 4, 8]


def test_a_comment_that_may_have_been_added_is_not_sent_again(forge: Service) -> None:
    if isinstance(forge.fake, FakeCodeup):
        forge.fake.says(Reply(200, PATCHES))
    forge.fake.says(Reply(502, {}), Reply(500, {}))
    with pytest.raises(UnansweredError):
        forge.client.create("text")
    assert forge.fake.asked.count("POST") == 1


def test_trouble_that_passes_is_not_seen(forge: Service) -> None:
    made = forge.client.create("first")
    forge.fake.says(Reply(502, b"<html>"), Reply(503))
    forge.client.update(made.id, "second")
    forge.fake.says(Reply(500, b"<html>"))
    assert [one.body for one in forge.client.comments()] == ["second"]
    forge.fake.says(Reply(504))
    forge.client.delete(made.id)
    assert not forge.fake.said


def test_a_retry_after_is_obeyed(forge: Service, waits: list[float]) -> None:
    for call in calls_of(forge.fake):
        waits.clear()
        forge.fake.says(Reply(429, {"message": TEXT}, {"Retry-After": "17"}))
        with contextlib.suppress(CommentError):  # no fake has a comment 101
            CALLS[call](forge.client)
        assert len(forge.fake.requests) > 1
        assert waits == [17]


def test_a_retry_after_may_be_a_date(forge: Service, waits: list[float]) -> None:
    due = datetime.now(UTC) + timedelta(seconds=50)
    forge.fake.says(Reply(503, {}, {"Retry-After": format_datetime(due, usegmt=True)}))
    forge.client.me()
    (waited,) = waits
    assert 0 < waited <= 50


def test_a_retry_after_that_is_none_is_as_good_as_none(forge: Service, waits: list[float]) -> None:
    for asked in ("", "soon", "-1", "1e9", "\u00b2", "Fri, 99 Nov 2026", "1" * 99):
        waits.clear()
        forge.fake.says(Reply(429, {}, {"Retry-After": asked}))
        assert forge.client.me() == ME
        assert waits == [0]


def test_a_retry_after_of_an_hour_is_an_error_that_says_so(
    forge: Service, waits: list[float]
) -> None:
    for call in calls_of(forge.fake):
        forge.fake.says(Reply(429, {"message": TEXT}, {"Retry-After": "3600"}))
        assert "3600 seconds" in str(failed(forge.client, call))
        assert len(forge.fake.requests) == 1
    assert not waits


def test_too_many_requests_for_ever_is_an_error(forge: Service) -> None:
    for call in calls_of(forge.fake):
        forge.fake.says(*(Reply(429, {"message": TEXT}) for _ in range(9)))
        assert "no more requests" in str(failed(forge.client, call))
        assert len(forge.fake.requests) == 5


GARBAGE: dict[str, Any] = {
    "nothing": b"",
    "null": None,
    "html": b"<html>text of a server",
    "bytes": b"\xff\xfe\x00text of a server",
    "half": b'{"id": ',
    "deep": b"[" * 100_000,
    "deep objects": b'{"id":' * 100_000,
    "long number": b"1" * 10_000,
    "text": "text of a server",
    "number": 7,
    "list of numbers": [7],
    "list of lists": [[]],
    "empty object": {},
    "wrong kinds": {"id": None, "body": 7, "state": [], "login": {}, "username": 0, "sha": 1},
    "list of empty objects": [{}],
    "infinity": b"[Infinity]",
    "id that leads elsewhere": [
        {
            "id": "../7",
            "comment_biz_id": "../7",
            "content": "",
            "body": "",
            "author": {"userId": "a", "username": "a"},
            "user": {"login": "a"},
        }
    ],
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_an_answer_that_makes_no_sense_is_one_sentence(forge: Service, body: object) -> None:
    for call in calls_of(forge.fake, "pull_request", "me", "comments", "create"):
        forge.fake.says(Reply(200, body))
        error = failed(forge.client, call)
        assert isinstance(error, UnansweredError)
        assert "something that its API does not" in str(error)


def test_an_answer_without_measure_is_not_read(
    forge: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = json.dumps({"id": ME, "login": ME, "username": ME}).encode()
    forge.fake.says(*[Reply(200, user + b" " * 200_000)] * 2)
    assert forge.client.me() == ME
    monkeypatch.setattr(door, "LARGEST", 100_000)
    assert "something that its API does not" in str(failed(forge.client, "me"))


@pytest.mark.parametrize("status", [b"200", b"403", b"503"])
def test_an_answer_without_end_is_not_read(kind: type[FakeForge], status: bytes) -> None:
    talk = endless(b"HTTP/1.1 " + status + b" Some\r\n\r\n", b" " * 65_536)
    with served(talk) as wire, contextlib.closing(_at(kind, wire.url)) as client:
        failed(client, "me")
    assert wire.sent < ENOUGH


def test_an_answer_that_drips_is_not_waited_for(
    forge: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "SECONDS", -1)
    assert "in time" in str(failed(forge.client, "me"))


def test_what_was_left_unread_does_not_spoil_the_next_request(
    forge: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LARGEST", 100_000)
    forge.fake.says(Reply(200, b" " * 200_000), Reply(403, b" " * 200_000))
    failed(forge.client, "me")
    failed(forge.client, "me")
    assert forge.client.me() == ME


def test_a_server_that_hangs_up_is_one_sentence(kind: type[FakeForge]) -> None:
    with served(hanging_up) as wire, contextlib.closing(_at(kind, wire.url)) as client:
        for call in CALLS:
            wire.heads.clear()
            assert isinstance(failed(client, call), UnansweredError)
            if call == "create":
                assert [line.split()[0] for line in wire.lines].count("POST") <= 1


def test_no_http_at_all_is_one_sentence(kind: type[FakeForge]) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"
    for said in (b"text of a server\r\n\r\n", half):
        with served(saying(said)) as wire, contextlib.closing(_at(kind, wire.url)) as client:
            for call in CALLS:
                assert "cannot be reached" in str(failed(client, call))


def test_nobody_there_is_one_sentence(kind: type[FakeForge]) -> None:
    with service(kind()) as forge:
        pass
    for call in CALLS:
        assert "cannot be reached" in str(failed(forge.client, call))


def _at(kind: type[FakeForge], url: str) -> Forge:
    return _connected(kind(url=url, token=SECRET))


def test_a_certificate_that_nobody_vouches_for_does_not_get_the_token(
    kind: type[FakeForge], tmp_path: Path, waits: list[float]
) -> None:
    fake = kind(token=SECRET)
    with running(fake, certificate_in(tmp_path)), contextlib.closing(_connected(fake)) as client:
        for call in CALLS:
            assert "not trusted" in str(failed(client, call))
    assert not fake.requests
    assert not waits


def test_a_certificate_that_the_environment_vouches_for_is_trusted(
    kind: type[FakeForge], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, certificate = kind(token=SECRET), certificate_in(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.authority))
    with running(fake, certificate), contextlib.closing(_connected(fake)) as client:
        assert client.me() == ME


def test_a_certificate_for_another_name_is_not_trusted(
    kind: type[FakeForge], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, certificate = kind(token=SECRET), certificate_in(tmp_path, "DNS:forge.example")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.authority))
    with running(fake, certificate), contextlib.closing(_connected(fake)) as client:
        assert "not trusted" in str(failed(client, "me"))
    assert not fake.requests


PEM = "-----BEGIN CERTIFICATE-----\n" + "MIIBhunter2" * 500 + "\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize("value", ["/etc/passwd/nowhere", "/dev/full", PEM])
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_that_cannot_be_read_are_one_sentence_without_the_value(
    kind: type[FakeForge], variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(CommentError, match=f"{variable} names cannot be read") as raised:
        _connected(kind(url="https://127.0.0.1:1"))
    assert value not in f"{raised.value} {raised.value.advice}"


def test_the_password_of_a_netrc_is_not_sent(
    forge: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert forge.client.me() == ME
    (request,) = forge.fake.requests
    assert "Basic" not in str(request.headers)


def test_cookies_are_not_kept(forge: Service) -> None:
    forge.fake.says(Reply(200, {}, {"Set-Cookie": "session=1"}))
    failed(forge.client, "me")
    forge.client.me()
    assert "cookie" not in forge.fake.requests[-1].headers


def test_the_proxy_of_the_environment_is_asked(
    kind: type[FakeForge], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with served(refusal) as wire:
        at = wire.url.removeprefix("http://")
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass%40word@{at}")
        with contextlib.closing(_at(kind, "https://forge.invalid")) as client:
            for call in CALLS:
                assert "cannot be reached" in str(failed(client, call))
        assert wire.lines[0].startswith("CONNECT forge.invalid:443 ")
        assert SECRET not in str(wire.heads)
        assert "authorization: basic dxnlcjpwyxnzqhdvcmq=" in wire.heads[0].lower()


def test_this_machine_is_never_asked_for_through_a_proxy(
    forge: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with contextlib.closing(_at(type(forge.fake), forge.fake.url)) as client:
        assert client.me() == ME


PROXIES = {
    "nonsense://x y": "HTTPS_PROXY is not the URL of a proxy",
    "http://[bad": "HTTPS_PROXY is not the URL of a proxy",
    "socks5://127.0.0.1:1": "cannot be reached",
    "http://%E2%98%83:password@127.0.0.1:1": "cannot be reached",  # no header can carry the name
}


@pytest.mark.parametrize(("proxy", "message"), PROXIES.items())
def test_a_proxy_that_is_none_is_one_sentence(
    kind: type[FakeForge], proxy: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(CommentError, match=message):
        _at(kind, "https://forge.invalid").me()


def test_nothing_is_logged(
    forge: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for call in calls_of(forge.fake):
        forge.fake.says(Reply(429, {"message": TEXT}), Reply(403, {"message": TEXT}))
        failed(forge.client, call)
    out, err = capfd.readouterr()
    assert SECRET not in caplog.text + out + err
    assert "text of a server" not in caplog.text + out + err


def test_the_token_is_in_no_address(forge: Service) -> None:
    for call in CALLS.values():
        with contextlib.suppress(CommentError):  # no fake has a comment 101
            call(forge.client)
    for request in forge.fake.requests:
        assert SECRET not in str((request.parts, request.query, request.body))
        assert SECRET in str(request.headers)
