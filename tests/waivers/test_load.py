import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from drift.desired.files import find, find_waivers
from drift.desired.load import load as load_desired
from drift.diagnostic import Diagnostic
from drift.waivers.load import LARGEST, load
from tests.waivers.given import CIPHERS, TLS, TODAY, waiver

ROOT, OFF = "/HttpsConfiguration", {"TLS": {"Enable": False}}
GOOD = waiver(f"{TLS}/TLSVersion", ["TLSv1.0"])


def put(folder: Path, content: Any) -> Path:
    """Write a file of waivers: text as it is, anything else as the list of waivers."""
    file = folder / "waivers.json"
    text = content if isinstance(content, str) else json.dumps({"Waivers": content}, indent=2)
    file.write_text(text, "utf-8", "surrogatepass")
    return file


def faults(folder: Path, content: Any) -> tuple[Diagnostic, ...]:
    return load([put(folder, content)], today=TODAY).faults


def said(found: tuple[Diagnostic, ...]) -> list[tuple[str, str, str]]:
    return [(one.place.pointer, one.summary, one.detail) for one in found]


@pytest.mark.parametrize(
    ("members", "pointer", "summary", "detail"),
    [
        ({"Bucket": "Logs"}, "Bucket", '"Logs" is no bucket name', ""),
        ({"Bucket": "!logs-*"}, "Bucket", '"!logs-*" is no pattern of buckets', ""),
        ({"Bucket": ["logs-a"]}, "Bucket", "a list is not a string", ""),
        ({"Setting": "Https"}, "Setting", '"Https" is no setting: there is HttpsConfiguration', ""),
        ({"Pointer": f"{TLS}/TLSVersions"}, "Pointer", f"did you mean {TLS}/TLSVersion?", ""),
        ({"Pointer": f"{TLS}/TLSVersion/0"}, "Pointer", f"did you mean {TLS}/TLSVersion?", ""),
        ({"Pointer": "x"}, "Pointer", f"there is /HttpsConfiguration, {TLS}, ", ""),
        ({"Live": ["TLSv1.4"]}, "Live/0", '"TLSv1.4" is not one of TLSv1.0', "mean TLSv1.3?"),
        ({"Live": "TLSv1.0"}, "Live", '"TLSv1.0" is not a list', ""),
        ({"Live": ["TLSv1.0"] * 2}, "Live", '"TLSv1.0" is listed more than once', ""),
        ({"Pointer": f"{TLS}/Enable", "Live": "true"}, "Live", '"true" is neither', "quotes"),
        ({"Pointer": TLS, "Live": {"Enabled": True}}, "Live", "`Enable` is missing", ""),
        ({"Pointer": TLS, "Live": {"Enable": True}}, "Live", "`TLSVersion` must name", ""),
        (
            {"Pointer": "/HttpsConfiguration", "Live": {"TLS": {"Enable": False, "Tls": 1}}},
            "Live/TLS/Tls", "unknown member `Tls`", "Known here are Enable, TLSVersion.",
        ),
        ({"Pointer": ROOT, "Live": {}}, "Live", "`TLS` is missing", "Pin what is live there, too"),
        ({"Pointer": ROOT, "Live": OFF}, "Live", "`CipherSuite` is missing", "or point to what"),
        ({"Pointer": ROOT, "Live": {"CipherSuite": OFF["TLS"]}}, "Live", "`TLS` is missing", ""),
        ({"Live": None}, "Live", "null is no value here", "Give it a value."),
        ({"Reason": ""}, "Reason", '"" is no reason: 1 to 1,000 characters, not all', ""),
        ({"Reason": " \u3000\u200b"}, "Reason", "not all of them blank", ""),
        ({"Reason": "x" * 1001}, "Reason", "is no reason", ""),
        ({"Reason": "a\x1b[31m"}, "Reason", r'"a\x1b[31m" is no reason', ""),
        ({"Owner": "\t"}, "Owner", r'"\t" is no owner: 1 to 200 characters', ""),
        ({"Owner": 1}, "Owner", "1 is not a string", ""),
        ({"Expires": "2027-02-29"}, "Expires", "`Expires` is a day of the calendar", ""),
        ({"Expires": "20270301"}, "Expires", "such as 2027-03-01", ""),
        ({"Expires": 20270301}, "Expires", "such as 2027-03-01", ""),
        ({"Expires": "2027-11-23"}, "Expires", "within a year: by 2027-11-22 at the latest", ""),
        ({"Expire": "2027-03-01"}, "Expire", "unknown member `Expire`", "Did you mean Expires?"),
    ],
)  # fmt: skip
def test_a_mistake_is_an_error_with_its_place_and_a_remedy(
    tmp_path: Path, members: dict[str, Any], pointer: str, summary: str, detail: str
) -> None:
    found = faults(tmp_path, [GOOD, GOOD | members])
    (one,) = [fault for fault in found if summary in fault.summary]
    assert one.severity == "error"
    assert one.place.pointer == f"/Waivers/1/{pointer}"
    assert one.place.start is not None
    assert one.place.start.line > 12
    assert detail in one.detail


@pytest.mark.parametrize("name", GOOD)
def test_no_member_may_be_left_out(tmp_path: Path, name: str) -> None:
    lacking = {key: value for key, value in GOOD.items() if key != name}
    assert said(faults(tmp_path, [lacking])) == [("/Waivers/0", f"`{name}` is missing", "")]


def test_all_mistakes_are_said_in_one_run(tmp_path: Path) -> None:
    wrong = {"Bucket": "B", "Pointer": f"{CIPHERS}/Enable", "Live": 1, "Owner": "", "More": 1}
    found = faults(tmp_path, [wrong, GOOD | {"Live": []} | {"Expires": "soon"}])
    places = [one.place.pointer.removeprefix("/Waivers/") for one in found]
    assert sorted(places) == [
        "0", "0", "0", "0/Bucket", "0/Live", "0/More", "0/Owner", "1/Expires",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("[]", "a list is not an object"),
        ("{}", "`Waivers` is missing"),
        ('{"Waivers": {}}', "an object is not a list"),
        ('{"Waivers": [1]}', "1 is not an object"),
        ('{"Waivers": [], "Waivers": []}', "`Waivers` is given more than once"),
        ('{"Waivers": NaN}', "NaN is no value here"),
        ('{"Waivers": [], "$schema": null}', "null is no value here"),
        ('{"Waivers": [], "More": 1}', "unknown member `More`"),
        ("{", "Not JSON"),
        ("[" * 100_000, "The JSON is nested too deeply"),
    ],
)
def test_a_file_of_another_shape_is_an_error(tmp_path: Path, text: str, summary: str) -> None:
    (found,) = faults(tmp_path, text)
    assert summary in found.summary


def test_deep_nesting_in_a_live_value_is_an_error(tmp_path: Path) -> None:
    deep = '{"TLS":' * 900 + "1" + "}" * 900
    text = json.dumps({"Waivers": [GOOD | {"Pointer": TLS, "Live": 0}]}).replace("0}", f"{deep}}}")
    assert faults(tmp_path, text)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, '{"Waivers": []' + " " * 10_000_000 + "}")
    assert (found.summary, found.detail) == ("The file is larger than 4 MiB", "Split it.")


def test_a_hundred_thousand_waivers_are_one_mistake(tmp_path: Path) -> None:
    text = '{"Waivers": [' + ",".join(['{"Live":[{}]}'] * 100_000) + "]}"
    assert len(text) < LARGEST
    (found,) = faults(tmp_path, text)
    assert found.summary == "a file has at most 1,000 waivers, not 100,000"


def test_a_thousand_mistakes_are_enough(tmp_path: Path) -> None:
    assert len(faults(tmp_path, [{"x": None}] * 900)) == 1001


def test_a_file_with_a_mistake_excuses_nothing(tmp_path: Path) -> None:
    found = load([put(tmp_path, [GOOD, GOOD | {"Owner": ""}])], today=TODAY)
    assert found.entries == ()
    assert found.of("oss-example") == ()


def test_waivers_that_expired_long_ago_are_no_mistake(tmp_path: Path) -> None:
    assert not faults(tmp_path, [GOOD | {"Expires": "1999-12-31"}])


def test_no_waivers_are_no_mistake(tmp_path: Path) -> None:
    assert not faults(tmp_path, [])


def test_waivers_are_found_in_folders_beside_files_and_by_name(tmp_path: Path) -> None:
    inner = tmp_path / "prod" / "eu"
    inner.mkdir(parents=True)
    for folder in (tmp_path, inner):
        put(folder, [GOOD])
        (folder / "a.json").write_text("{}")
    (tmp_path / ".git").mkdir()
    put(tmp_path / ".git", [GOOD])

    def found(*paths: Path) -> list[tuple[str, bool]]:
        return [(str(f.path.relative_to(tmp_path)), f.searched) for f in find_waivers(paths)]

    assert found(tmp_path) == [("prod/eu/waivers.json", True), ("waivers.json", True)]
    assert found(inner) == [("prod/eu/waivers.json", True)]
    assert found(tmp_path / "a.json") == [("waivers.json", False)]
    assert found(tmp_path / "waivers.json") == [("waivers.json", False)]
    assert found(tmp_path / "a.json", tmp_path / "waivers.json") == [("waivers.json", False)]
    assert found(inner / "a.json", inner, inner / "b.json") == [("prod/eu/waivers.json", True)]
    assert found(tmp_path / "prod" / "none.json") == []
    assert found(tmp_path / ("x" * 5000) / "a.json") == []


def test_waivers_are_no_desired_file(tmp_path: Path) -> None:
    file = put(tmp_path, [GOOD])
    assert find([file]).files == ()
    (fault,) = load_desired([tmp_path]).diagnostics
    assert fault.summary == "There is no desired file in this folder"
    (tmp_path / "a.json").write_text("{}")
    assert find([tmp_path]).files == (str(tmp_path / "a.json"),)


def test_a_folder_called_like_waivers_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "waivers.json").mkdir()
    (found,) = load([tmp_path], today=date(2026, 1, 1)).faults
    assert "This is a folder" in found.summary


def test_a_waiver_is_placed_where_it_stands(tmp_path: Path) -> None:
    (entry,) = load([put(tmp_path, [GOOD])], today=TODAY).entries
    assert (entry.waiver.source.line, entry.waiver.source.column) == (3, 5)
    assert str(entry.place("Expires")).endswith("waivers.json:12:18")
