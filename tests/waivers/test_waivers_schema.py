import copy
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift import schema
from drift.waivers.load import load
from drift.waivers.target import MOST_WAIVERS, TARGETS, year_after
from tests.laws.test_fmt_laws import on_disk
from tests.laws.test_schema_laws import JUNK, holders
from tests.strategies import live_documents
from tests.waivers.given import TODAY, likely, waiver

VALIDATOR = jsonschema.Draft202012Validator(json.loads(schema.dumps("waivers")))
NAMES = st.sampled_from(
    ["$schema", "Waivers", "Bucket", "Setting", "Pointer", "Live", "Reason", "Owner", "Expires",
     "TLS", "Enable", "TLSVersion", "Tags"]
)  # fmt: skip
MORE: list[Any] = [
    *JUNK, "HttpsConfiguration", *TARGETS, "/HttpsConfiguration/TLS/", "/", "2027-02-28",
    "2027-02-29", "2028-02-29", "2027-2-1", "20270201", "2027-W01-1", "2027-13-01", "0000-01-01",
    " ", "\u200b", "\u3000", "a\x00", "\ud800", "x" * 200, "x" * 201,
    "x" * 1000, "x" * 1001, " x ", {"TLS": {"Enable": False}},
    {"CipherSuite": {"Enable": False}},
    {"TLS": {"Enable": False}, "CipherSuite": {"Enable": False}},
]  # fmt: skip


@st.composite
def nearly_waivers(draw: st.DrawFn) -> dict[str, Any]:
    """A file of waivers with up to three members changed, added or taken away."""
    given = draw(st.lists(live_documents.flatmap(likely), max_size=3))
    given = copy.deepcopy(given)
    file: dict[str, Any] = {"Waivers": given}
    for _ in range(draw(st.integers(0, 3))):
        holder = draw(st.sampled_from([file, *(h for one in given for h in holders(one))]))
        if draw(st.booleans()):
            holder[draw(NAMES)] = copy.deepcopy(draw(st.sampled_from(MORE)))
        elif holder:
            del holder[draw(st.sampled_from(sorted(holder)))]
    return file


def is_valid(file: dict[str, Any], today: date = date(2026, 3, 1)) -> bool:
    def has_no_fault(path: Path) -> bool:
        return not load([path.rename(path.with_name("waivers.json"))], today=today).faults

    return bool(on_disk(json.dumps(file), has_no_fault))


def near(file: Any) -> bool:
    """Whether no date is too far ahead, of which the schema knows nothing."""
    waivers = file.get("Waivers")
    days = [one.get("Expires") for one in waivers if isinstance(one, dict)] if isinstance(
        waivers, list) else []  # fmt: skip
    return not any(isinstance(day, str) and day > "2027-03-01" for day in days)


@given(nearly_waivers())
def test_the_published_schema_and_the_models_agree(file: dict[str, Any]) -> None:
    """A file is valid under the JSON Schema iff drift accepts it, dates too far ahead aside."""
    if near(file):
        assert VALIDATOR.is_valid(file) == is_valid(file)


def test_they_agree_on_every_value_of_every_member() -> None:
    """The same, for each value in each place."""
    valid = 0
    for name in waiver("", None):
        for value in MORE:
            file = {
                "Waivers": [waiver("/HttpsConfiguration/TLS/Enable", live=True) | {name: value}]
            }
            if value is not None and near(file):
                assert VALIDATOR.is_valid(file) == is_valid(file), file
                valid += is_valid(file)
    assert valid > 30


@pytest.mark.parametrize("name", ["Reason", "Owner", "Expires"])
def test_they_agree_that_no_line_ends_in_a_text(name: str) -> None:
    one = waiver("/HttpsConfiguration/TLS/Enable", live=True)
    file = {"Waivers": [one | {name: f"{one[name]}\n"}]}
    assert not VALIDATOR.is_valid(file)
    assert not is_valid(file)


def test_they_agree_on_every_live_value_at_every_pointer() -> None:
    valid = 0
    for pointer in TARGETS:
        for value in MORE:
            file = {"Waivers": [waiver(pointer, value)]}
            if value is not None:
                assert VALIDATOR.is_valid(file) == is_valid(file), file
                valid += is_valid(file)
    assert valid > 15


def test_they_agree_on_how_many_waivers_a_file_has() -> None:
    one = waiver("/HttpsConfiguration/TLS/Enable", live=True)
    for number in (0, 1, MOST_WAIVERS, MOST_WAIVERS + 1):
        file = {"Waivers": [one] * number}
        assert VALIDATOR.is_valid(file) == is_valid(file) == (number <= MOST_WAIVERS)


@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 29), date(2027, 3, 1), date(2026, 12, 31)])
def test_a_waiver_expires_within_a_year(today: date) -> None:
    last = year_after(today)
    assert last <= date(today.year + 1, today.month, today.day if today.month != 2 else 28)
    for day, good in ((last, True), (last + timedelta(1), False)):
        one = waiver("/HttpsConfiguration/TLS/Enable", live=True, Expires=day.isoformat())
        assert is_valid({"Waivers": [one]}, today) == good


def test_the_schema_helps_an_editor_on_every_member() -> None:
    document = json.loads(schema.dumps("waivers"))
    for one in (document, *document["$defs"].values()):
        for name, member in one["properties"].items():
            assert "$ref" in member or (member["title"] and member["description"]), name
        assert one["description"]
