"""What is shown of many faults has no say in the verdict."""

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from drift.desired.layout import Layout, layout
from drift.desired.load import load
from drift.diagnostic import Diagnostic
from drift.policy.keywords import DIALECT
from drift.waivers.load import load as load_waivers

LIMITS = st.integers(1, 4)
LIST_SCHEMAS = [
    {"contains": {"const": "TLSv1.2"}},
    {"not": {"contains": {"const": "TLSv1"}}},
    {"minLength": 1},
    {"items": {"type": "number"}},
]
SUITE_SCHEMAS = [
    {"items": {"not": {"enum": ["NEW-A", "NEW-B", "NEW-C"]}}},
    {"items": {"not": {"pattern": "^NEW-"}}},
    {"items": {"not": {"enum": ["NEW-D", "NEW-E"]}}},
    {"items": {"enum": ["NEW-A", "NEW-A", 1]}},
    {"zzz": 1},
]
SUITES = ["ECDHE-RSA-AES128-GCM-SHA256", "RC4-SHA", "AES128-SHA", "NEW-A", "NEW-B", "NEW-C"]


@st.composite
def policies(draw: st.DrawFn) -> str:
    """A policy with some errors and some warnings, in any order."""
    versions = draw(st.lists(st.sampled_from(LIST_SCHEMAS), max_size=1))
    suites = draw(st.lists(st.sampled_from(SUITE_SCHEMAS), max_size=4))
    parts = {
        "TLS": {"properties": {"TLSVersion": {"allOf": versions or [True]}}},
        "CipherSuite": {"properties": {"CustomCipherSuite": {"allOf": suites or [True]}}},
    }
    ordered = {name: parts[name] for name in draw(st.permutations(list(parts)))}
    schema = {"properties": {"HttpsConfiguration": {"properties": ordered}}}
    aim = draw(st.sampled_from([*[{"Bucket": "*"}] * 4, {"Bucket": None, "x": 1}]))
    return json.dumps({"$schema": DIALECT, "x-drift": aim, **schema})


@st.composite
def desired_files(draw: st.DrawFn) -> str:
    """A desired file with some errors and some warnings."""
    ciphers = {
        "Enable": draw(st.sampled_from([True, True, True, "true", None])),
        "StrongCipherSuite": False,
        "CustomCipherSuite": draw(st.lists(st.sampled_from(SUITES), max_size=5)),
    }
    tls = {
        "Enable": True,
        "TLSVersion": draw(st.sampled_from([["TLSv1.0"], ["TLSv1.1"], ["1.2"] * 4])),
    }
    return json.dumps(
        {
            "Bucket": draw(st.sampled_from(["app-a", "app-b", "app-c", ["A", "B", "C"]])),
            "HttpsConfiguration": {"CipherSuite": ciphers, "TLS": tls},
        }
    )


@st.composite
def waivers(draw: st.DrawFn) -> str:
    """A file of waivers with some errors."""
    good = {
        "Bucket": "app-a",
        "Setting": "HttpsConfiguration",
        "Pointer": "/HttpsConfiguration/TLS",
        "Live": {"Enable": False, "TLSVersion": []},
        "Reason": "r",
        "Owner": "o",
        "Expires": "2027-03-01",
    }
    changes = st.dictionaries(st.sampled_from([*good, "x"]), st.none() | st.just("no"), max_size=3)
    return json.dumps({"Waivers": [good | one for one in draw(st.lists(changes, max_size=5))]})


def verdict(found: tuple[Diagnostic, ...]) -> tuple[bool, bool]:
    """Return whether a file can be used, and whether it can with `--strict`."""
    return all(one.severity == "warning" for one in found), not found


def on_disk(text: str, *, limit: int) -> list[Any]:
    """Return what each reader of files says of a text, if so much of it is shown."""
    with TemporaryDirectory() as folder, patch("drift.diagnostic.MOST", limit):
        path = Path(folder, "waivers.json")
        path.write_text(text)
        waived = load_waivers([path], today=date(2026, 11, 30)).faults
        path = path.rename(Path(folder, "a.json"))
        desired, laid = load([path]), layout(path)
        warned = [len(one.warnings) > 0 for one in desired.declarations]
        return [verdict(waived), verdict(desired.diagnostics), warned, isinstance(laid, Layout)]


@given(policies() | desired_files() | waivers(), LIMITS)
@example('{"Bucket": "app-a", "Bucket": "app-a", "HttpsConfiguration": {}}', 1)
def test_the_verdict_is_the_same_however_little_is_shown(text: str, limit: int) -> None:
    """Whether a file can be used does not depend on how many of its faults are shown."""
    assert on_disk(text, limit=limit) == on_disk(text, limit=10**6)


@given(policies() | desired_files() | waivers(), LIMITS)
def test_no_more_is_shown_than_the_limit_and_that_there_is_more(text: str, limit: int) -> None:
    """So many diagnostics of each step of reading a file, and one that says that there are more."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.json")
        path.write_text(text)
        every = set(load([path]).diagnostics)
        with patch("drift.diagnostic.MOST", limit):
            shown = load([path]).diagnostics
    more = [one for one in shown if "the others are not shown" in one.summary]
    assert {*shown} - {*more} <= every
    assert bool(more) == ({*shown} - {*more} < every)
