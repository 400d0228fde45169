"""What `dumps` writes, `load` accepts, however much a live document or a desired file holds."""

from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import pytest
from pydantic import ValidationError

from drift.errors import PlanFileError
from drift.plan import Plan, Problem, ResourceChange, Verdict
from drift.planfile import dumps, load
from drift.settings.document import read
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from drift.settings.lists import MAX_ENTRIES
from drift.xml import LIMIT
from tests.declared import declared, planned

OFF = HttpsConfiguration(TLS=Tls(Enable=False))
STRONG = HttpsConfiguration(CipherSuite=CipherSuite(Enable=True, StrongCipherSuite=True))


def full(head: str, tail: str, *repeated: str) -> bytes:
    """Return a document that is as large as an answer may be."""
    room = LIMIT - len(head) - len(tail)
    body = "".join(repeated)
    return (head + body * (room // len(body)) + tail).encode()


TLS_OFF = "<TLS><Enable>false</Enable></TLS>"
CUSTOM = "<CipherSuite><Enable>true</Enable><StrongCipherSuite>false</StrongCipherSuite>"


def loaded(plan: Plan, tmp_path: Path) -> Plan:
    path = tmp_path / "plan.json"
    path.write_text(dumps(plan))
    return load(path)


def unknown(names: int) -> str:
    return "".join(f"<u{number:x}/>" for number in range(names))


@pytest.mark.parametrize(
    "body",
    [
        full(f"<HttpsConfiguration>{TLS_OFF}", "</HttpsConfiguration>", "<a/>"),
        f"<HttpsConfiguration>{TLS_OFF}{unknown(100_000)}</HttpsConfiguration>".encode(),
        full(
            f"<HttpsConfiguration>{TLS_OFF}{CUSTOM}",
            "</CipherSuite></HttpsConfiguration>",
            *(f"<CustomCipherSuite a{n}='1'>A</CustomCipherSuite>" for n in range(1000)),
        ),
    ],
    ids=["one unknown element, again and again", "many unknown elements", "unknown attributes"],
)
def test_unknown_elements_are_named_up_to_a_number_and_then_counted(
    body: bytes, tmp_path: Path
) -> None:
    plan = planned([declared(OFF)], {"oss-example": body})
    (resource,) = plan.resource_changes
    assert 1 <= len(resource.warnings) <= 11
    assert len(dumps(plan)) < 10_000
    assert loaded(plan, tmp_path) == plan
    assert planned([declared(OFF)], {"oss-example": body}, strict=True).verdict == "incomplete"


def test_what_is_not_named_is_counted() -> None:
    body = f"<HttpsConfiguration x='1'>{TLS_OFF}{unknown(100)}{unknown(3)}</HttpsConfiguration>"
    *named, last = read(HttpsConfiguration, body.encode()).unknown
    assert [one.message.split(" that ")[0] for one in named] == [
        "the answer has an attribute x",
        *(f"the answer has an element <u{number}>" for number in range(9)),
    ]
    assert last.message.startswith("the answer has 91 more elements or attributes that drift does")


def test_every_place_of_an_unknown_element_is_kept() -> None:
    """An unknown element in a part may be a member of it that is declared, by another name."""
    crowd = unknown(1000)
    body = f"<HttpsConfiguration>{crowd}<TLS><Enable>true</Enable><TLSVersion>TLSv1.2</TLSVersion>"
    body += f"</TLS>{CUSTOM}{crowd}<CustomCipherSuite>A</CustomCipherSuite></CipherSuite>"
    body += "</HttpsConfiguration>"
    paths = {one.path for one in read(HttpsConfiguration, body.encode()).unknown}
    assert paths == {"/HttpsConfiguration", "/HttpsConfiguration/CipherSuite"}
    suites = CipherSuite(Enable=True, CustomCipherSuite=("A",))
    plan = planned(
        [declared(HttpsConfiguration(CipherSuite=suites))], {"oss-example": body.encode()}
    )
    assert plan.verdict is Verdict.INCOMPLETE


def suites(number: int) -> str:
    return "".join(f"<CustomCipherSuite>{'#' * 190}{n}</CustomCipherSuite>" for n in range(number))


@pytest.mark.parametrize(("number", "status"), [(MAX_ENTRIES, "drift"), (1001, "unreadable")])
def test_a_live_list_that_is_too_long_makes_the_bucket_unreadable(
    number: int, status: str, tmp_path: Path
) -> None:
    body = f"<HttpsConfiguration>{CUSTOM}{suites(number)}</CipherSuite></HttpsConfiguration>"
    desired = CipherSuite(Enable=True, StrongCipherSuite=False, CustomCipherSuite=("A",))
    plan = planned(
        [declared(HttpsConfiguration(CipherSuite=desired))], {"oss-example": body.encode()}
    )
    (resource,) = plan.resource_changes
    assert resource.status == status
    if resource.problem:
        assert "a list has at most 1,000 entries, not 1,001" in resource.problem.message
        assert loaded(plan, tmp_path) == plan


def test_a_desired_list_that_is_too_long_is_an_error() -> None:
    names = tuple(f"X-{number}" for number in range(MAX_ENTRIES + 1))
    with pytest.raises(ValidationError, match="a list has at most 1,000 entries, not 1,001"):
        CipherSuite(Enable=True, CustomCipherSuite=names)


def with_message(length: int) -> ResourceChange:
    (resource,) = planned([declared(OFF)], {"oss-example": b"<Error/>"}).resource_changes
    return replace(resource, problem=Problem(code="X", message="x" * length, advice=""))


def test_a_bucket_that_show_would_refuse_is_not_written(tmp_path: Path) -> None:
    plan = planned([declared(OFF)], {"oss-example": b"<Error/>"})
    overhead = len(dumps(plan.model_copy(update={"resource_changes": (with_message(0),)})))
    largest = (1 << 20) - overhead
    fits = plan.model_copy(update={"resource_changes": (with_message(largest),)})
    assert loaded(fits, tmp_path) == fits
    too_large = plan.model_copy(update={"resource_changes": (with_message(1 << 20),)})
    with pytest.raises(PlanFileError, match="oss-example takes more than 1 MiB of it") as caught:
        dumps(too_large)
    assert "Declare less for this bucket" in caught.value.advice


def test_the_largest_bucket_that_is_written_is_read(tmp_path: Path) -> None:
    plan = planned([declared(OFF)], {"oss-example": b"<Error/>"})
    empty = plan.model_copy(update={"resource_changes": (with_message(0),)})
    (entry,) = (line.strip() for line in dumps(empty).splitlines() if "oss-example" in line)
    room = (1 << 20) - len(entry)
    edges = (
        plan.model_copy(update={"resource_changes": (with_message(length),)})
        for length in range(room - 3, room + 3)
    )
    written = list(takewhile(is_written, edges))
    assert 1 < len(written) < 6
    assert all(loaded(edge, tmp_path) == edge for edge in written)


def is_written(plan: Plan) -> bool:
    try:
        return bool(dumps(plan))
    except PlanFileError:
        return False


def test_a_plan_that_show_would_refuse_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned([declared(OFF)], {"oss-example": b"<Error/>"})
    limit = "drift.planfile.write.MAX_PLAN_BYTES"
    monkeypatch.setattr(limit, len(dumps(plan)))
    assert dumps(plan)
    monkeypatch.setattr(limit, len(dumps(plan)) - 1)
    with pytest.raises(PlanFileError, match="it is larger than 0 MiB"):
        dumps(plan)
    monkeypatch.undo()
    commas = plan.model_copy(update={"resource_changes": (with_message(0),) * 2})
    monkeypatch.setattr("drift.planfile.write.MIN_VALUE_BYTES", 256 << 20)
    with pytest.raises(PlanFileError, match="it is larger than 256 MiB"):
        dumps(commas)
