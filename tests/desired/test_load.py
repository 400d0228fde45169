"""Files that declare alike share what is worked out of them, and keep what is their own."""

import json
from pathlib import Path
from typing import Any

import pytest

from drift.cli import main
from drift.desired.load import _share, load
from drift.settings.https import HttpsConfiguration


def write(folder: Path, name: str, bucket: str, https: Any, *, blank_lines: int = 0) -> None:
    content = {"Bucket": bucket, "Region": "cn-hangzhou", "HttpsConfiguration": https}
    (folder / f"{name}.json").write_text("\n" * blank_lines + json.dumps(content))


def test_files_that_declare_alike_share_one_setting(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path, name, f"bucket-{name}", {"TLS": {"Enable": False}})
    write(tmp_path, "c", "bucket-c", {"TLS": {"Enable": True, "TLSVersion": ["TLSv1.2"]}})
    first, second, third = load([tmp_path]).declarations
    assert first.setting is second.setting
    assert third.setting != first.setting


@pytest.mark.parametrize(("value", "other"), [(True, 1), (False, 0), (True, "true")])
def test_what_python_takes_for_equal_is_not_shared(
    tmp_path: Path, value: object, other: object
) -> None:
    write(tmp_path, "a", "bucket-a", {"TLS": {"Enable": value, "TLSVersion": ["TLSv1.2"]}})
    write(tmp_path, "b", "bucket-b", {"TLS": {"Enable": other, "TLSVersion": ["TLSv1.2"]}})
    found = load([tmp_path])
    assert [one.bucket for one in found.declarations] == ["bucket-a"]
    errors = [one for one in found.diagnostics if one.severity == "error"]
    assert [one.place.file[-6:] for one in errors] == ["b.json"]


def test_what_differs_only_in_what_is_left_out_is_not_shared(tmp_path: Path) -> None:
    write(tmp_path, "a", "bucket-a", {"TLS": {"Enable": False}})
    write(tmp_path, "b", "bucket-b", {"TLS": {"Enable": False, "TLSVersion": []}})
    first, second = (one.setting for one in load([tmp_path]).declarations)
    assert first.document() != second.document()


def test_a_document_that_is_unusually_large_is_validated_by_itself(tmp_path: Path) -> None:
    suites = [f"SUITE-{number}" for number in range(900)]
    ciphers = {"Enable": True, "StrongCipherSuite": False, "CustomCipherSuite": suites}
    for name in ("a", "b"):
        write(tmp_path, name, f"bucket-{name}", {"CipherSuite": ciphers})
    first, second = (one.setting for one in load([tmp_path]).declarations)
    assert first == second
    assert first is not second


def test_a_document_that_is_nested_too_deeply_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for depth in range(800, 1000):
        nested = '{"a": ' * depth + "1" + "}" * depth
        path.write_text(f'{{"Bucket": "bucket-a", "HttpsConfiguration": {nested}}}')
        assert not load([path]).valid


def test_a_document_deeper_than_python_writes_is_not_shared() -> None:
    document: dict[str, Any] = {}
    for _ in range(100_000):
        document = {"a": document}
    assert _share(HttpsConfiguration, document) is None


def test_buckets_that_drift_alike_are_declared_in_their_own_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, name in enumerate(("a", "b")):
        write(tmp_path, name, f"bucket-{name}", {"TLS": {"Enable": False}}, blank_lines=number)
        recorded = tmp_path / f"recording/cn-hangzhou/bucket-{name}/httpsConfig.xml"
        recorded.parent.mkdir(parents=True)
        recorded.write_text(
            "<HttpsConfiguration><TLS><Enable>true</Enable><TLSVersion>TLSv1.2</TLSVersion></TLS>"
            "</HttpsConfiguration>"
        )
    files = [str(tmp_path / f"{name}.json") for name in ("a", "b")]
    live = str(tmp_path / "recording")
    assert main(["plan", *files, "--live", live, "--format", "json"]) == 2
    resources = json.loads(capsys.readouterr().out)["resource_changes"]
    places = [
        {(place["file"], place["line"]) for place in (one["source"], *sources(one))}
        for one in resources
    ]
    assert places == [{(files[0], 1)}, {(files[1], 2)}]


def sources(resource: dict[str, Any]) -> list[dict[str, Any]]:
    return [change["source"] for change in resource["changes"]]
