"""`drift fmt`: what it writes, what it prints, and what it leaves alone."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, Ran

CANONICAL = """{
  "$schema": "oss-bucket.schema.json",
  "Bucket": ["logs-*", "!logs-old"],
  "Region": "cn-*",
  "Tags": { "owner": "web", "stage": "prod" },
  "HttpsConfiguration": {
    "TLS": { "Enable": true, "TLSVersion": ["TLSv1.3", "TLSv1.2"] },
    "CipherSuite": {
      "Enable": true,
      "StrongCipherSuite": false,
      "CustomCipherSuite": [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384"
      ],
      "TLS13CustomCipherSuite": [
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384"
      ]
    }
  }
}
"""
SHUFFLED = """{"HttpsConfiguration":{"CipherSuite":{
"TLS13CustomCipherSuite":["TLS_AES_128_GCM_SHA256",
"TLS_AES_256_GCM_SHA384"],"CustomCipherSuite":["ECDHE-ECDSA-AES128-GCM-SHA256",
"ECDHE-RSA-AES128-GCM-SHA256","ECDHE-ECDSA-AES256-GCM-SHA384"],
"StrongCipherSuite":false,"Enable":true},"TLS":{"TLSVersion":["TLSv1.3","TLSv1.2"],"Enable":true}},
"Tags":{"stage":"prod","owner":"web"},\t"Region":"cn-*","Bucket":["logs-*","!logs-old"],\r
"$schema":"oss-bucket.schema.json"}"""
LOOSE = '{"Region": "cn-hangzhou", "HttpsConfiguration": {}, "Bucket": "app-a"}'
TIDY = """{
  "Bucket": "app-a",
  "Region": "cn-hangzhou",
  "HttpsConfiguration": {}
}
"""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
OTHERS = {
    "package.json": {"name": "web", "version": "1.0.0", "dependencies": {}},
    "package-lock.json": {"lockfileVersion": 3, "packages": {}},
    "map.geojson.json": {"type": "FeatureCollection", "features": []},
    "upload.json": {"Bucket": "app-a", "Key": "index.html"},
    "answer.json": {"HttpsConfiguration": {"TLS": {"Enable": False}}},
    "schema.json": {"$schema": DIALECT, "type": "object"},
    "old.json": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"},
    "others/waivers.json": {"waivers": []},
    "list.json": [{"Bucket": "app-a"}],
    "number.json": 1,
}

DEEP = '{{"Bucket": {}, "HttpsConfiguration": 1}}'

Run = Callable[..., Ran]
Write = Callable[..., Path]


def test_members_stand_in_the_order_of_the_schema(drift: Run, write: Write) -> None:
    path = write("desired/logs.json", SHUFFLED)
    assert drift("fmt") == (0, "desired/logs.json\n", "")
    assert path.read_text() == CANONICAL


def test_what_is_right_already_is_not_written(drift: Run, write: Write) -> None:
    path = write("desired/logs.json", CANONICAL)
    path.parent.chmod(0o500)
    before = path.stat()
    assert drift("fmt") == (0, "", "")
    assert path.stat() == before


def test_the_samples_are_right_already(drift: Run) -> None:
    assert drift("fmt", "--check", SAMPLES / "desired") == (0, "", "")


def test_unknown_members_keep_their_order_at_the_end(drift: Run, write: Write) -> None:
    path = write("a.json", f'{{"z": {{"b": 1, "a": 2}}, "y": [], "Tags": {{}}, {LOOSE[1:]}')
    drift("fmt", "a.json")
    assert [*json.loads(path.read_text())][3:] == ["HttpsConfiguration", "z", "y"]
    assert '"z": { "b": 1, "a": 2 }' in path.read_text()


def test_a_line_ends_at_column_80_with_its_comma(drift: Run, write: Write) -> None:
    fits, too_long = (f'["{"a" * length}", "b"]' for length in (63, 64))
    path = write("a.json", f'{{"a": {fits}, "b": {too_long}, "c": {too_long}, {LOOSE[1:]}')
    drift("fmt", "a.json")
    lines = path.read_text().splitlines()[4:]
    assert lines[0] == f'  "a": {fits},'
    assert len(lines[0]) == 80
    assert lines[1] == '  "b": ['
    assert lines[5] == f'  "c": {too_long}'  # no comma follows it


def test_only_what_is_ours_is_written(drift: Run, write: Write) -> None:
    """Of all other files `fmt` says what `validate` says, and leaves them as they are."""
    others = {write(f"work/{name}", json.dumps(value)): value for name, value in OTHERS.items()}
    loose = write("work/desired/loose.json", LOOSE)
    policy = write("work/policy.json", json.dumps({"x-drift": {"Bucket": "*"}, "$schema": DIALECT}))
    waivers = write("work/waivers.json", '{"Waivers": [\n]}')
    ran = drift("fmt", "work").failed(*(f"{path}" for path in others))
    assert sorted(ran.out.splitlines()) == [str(path) for path in (loose, policy, waivers)]
    for path, value in others.items():
        assert path.read_text() == json.dumps(value)
    assert {*ran.err.splitlines()} <= {*drift("validate", "work").err.splitlines()}
    assert drift("fmt", *(path for path in others)).out == ""


@pytest.mark.parametrize("before", [f"\ufeff{TIDY}", TIDY.replace("\n", "\r\n"), TIDY[:-1]])
def test_marks_and_line_ends_are_part_of_the_layout(drift: Run, write: Write, before: str) -> None:
    path = write("a.json", before.encode())
    assert drift("fmt", "--check", "a.json") == (1, "a.json\n", "")
    assert drift("fmt", "a.json") == (0, "a.json\n", "")
    assert path.read_bytes() == TIDY.encode()


def test_check_names_the_files_and_writes_nothing(drift: Run, write: Write) -> None:
    loose, tidy = write("desired/loose.json", LOOSE), write("desired/tidy.json", TIDY)
    assert drift("fmt", "--check") == (1, "desired/loose.json\n", "")
    assert (loose.read_text(), tidy.read_text()) == (LOOSE, TIDY)
    drift("fmt")
    assert drift("fmt", "--check") == (0, "", "")


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--check",), 1)])
def test_diff_shows_what_changes(
    drift: Run, write: Write, options: tuple[str, ...], code: int
) -> None:
    path = write(
        "a.json", '{\r\n  "Region": "cn-\x9b*", "HttpsConfiguration": {},\n  "Bucket": "a"}'
    )
    ran = drift("fmt", "--diff", *options, "a.json")
    assert ran.code == code
    assert ran.out == (
        "--- a.json\n+++ a.json\n@@ -1,3 +1,5 @@\n"
        '-{\\r\n-  "Region": "cn-\\x9b*", "HttpsConfiguration": {},\n-  "Bucket": "a"}\n'
        "\\ No newline at end of file\n"
        '+{\n+  "Bucket": "a",\n+  "Region": "cn-\\x9b*",\n+  "HttpsConfiguration": {}\n+}\n'
    )
    assert (b"\r" in path.read_bytes()) == bool(options)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"Bucket": }', "bad.json:1:12: error: Not JSON: Expecting value."),
        (b'{"HttpsConfiguration": 1, "Bucket": "a", "Bucket": "b"}', "bad.json:1:42: error: `Bu"),
        (b'{\n"Bucket": NaN, "HttpsConfiguration": 1}', "bad.json:2:11: error: NaN is no value"),
        (b'{"Bucket": "\xff"}', "bad.json: error: The file is not UTF-8: byte 12 cannot be read."),
        (DEEP.format("[" * 32 + "]" * 32).encode(), "bad.json: error: The JSON is nested too deep"),
        (b"[" * 99_999, "bad.json: error: The JSON is nested too deeply."),
        (b"", "bad.json:1:1: error: Not JSON: Expecting value."),
    ],
)
@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_what_is_not_json_is_left_alone_and_the_others_are_not(
    drift: Run, write: Write, content: bytes, sentence: str, option: str
) -> None:
    bad, loose = write("desired/bad.json", content), write("desired/loose.json", LOOSE)
    ran = drift("fmt", option).failed(f"desired/{sentence}")
    assert "desired/loose.json\n" in ran.out
    drift("fmt").failed(f"desired/{sentence}")
    assert (bad.read_bytes(), loose.read_text()) == (content, TIDY)


def test_32_levels_are_not_too_deep(drift: Run, write: Write) -> None:
    text = DEEP.format("[" * 31 + "1" + "]" * 31)
    path = write("a.json", text)
    assert drift("fmt", "a.json").code == 0
    assert json.loads(path.read_text()) == json.loads(text)


def test_no_more_words_than_the_most_are_laid_out(
    drift: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 8 MB of small lists, each word would take a hundred times its size."""
    monkeypatch.setattr("drift.desired.layout._MOST_WORDS", 13)
    write("good.json", '{"Bucket": "a, b", "HttpsConfiguration": [1, 2]}')
    assert drift("fmt", "--check", "good.json") == (1, "good.json\n", "")
    write("bad.json", '{"Bucket": "a, b", "HttpsConfiguration": [1, 2, 3]}')
    said = "bad.json: error: The JSON has more than 13 names, values and marks. Split it."
    assert drift("fmt", "--check", "bad.json").failed(said).out == ""


def test_a_null_is_json_and_laid_out(drift: Run, write: Write) -> None:
    path = write("a.json", '{"HttpsConfiguration":{},"Bucket":null}')
    assert drift("fmt", "a.json").code == 0
    assert path.read_text() == '{\n  "Bucket": null,\n  "HttpsConfiguration": {}\n}\n'


def test_a_folder_without_files_is_an_error(drift: Run, folder: Path) -> None:
    (folder / "desired").mkdir()
    drift("fmt", "--check").failed("desired: error: There is no desired file in this folder.")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_a_file_keeps_its_mode_and_nothing_is_left_beside_it(
    drift: Run, write: Write, mode: int
) -> None:
    path = write("desired/loose.json", LOOSE)
    path.chmod(mode)
    drift("fmt")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert [*path.parent.iterdir()] == [path]


def test_a_link_stays_a_link_and_its_file_is_written(drift: Run, write: Write) -> None:
    path = write("elsewhere/loose.json", LOOSE)
    link = Path("link.json")
    link.symlink_to(path)
    assert drift("fmt", "link.json") == (0, "link.json\n", "")
    assert link.is_symlink()
    assert path.read_text() == TIDY


def test_a_file_that_cannot_be_written_is_an_error_and_the_others_are_written(
    drift: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = write("desired/1.json", LOOSE), write("desired/2.json", LOOSE)
    rename = Path.replace

    def refusing(draft: Path, target: Path) -> Path:
        if target.name == "1.json":
            raise PermissionError(13, "Permission denied")
        return rename(draft, target)

    monkeypatch.setattr(Path, "replace", refusing)
    ran = drift("fmt").failed("desired/1.json cannot be written: Permission denied.")
    assert ran.out == "desired/2.json\n"
    assert (first.read_text(), second.read_text()) == (LOOSE, TIDY)
    assert len([*first.parent.iterdir()]) == 2


def test_the_name_of_a_file_is_harmless(drift: Run, write: Write) -> None:
    write("desired/\x1b[2J.json", LOOSE)
    assert drift("fmt", "--check").out == "desired/\\x1b[2J.json\n"
    assert drift("fmt", "--diff").out.startswith("--- desired/\\x1b[2J.json\n")


def test_standard_input_is_no_desired_file(drift: Run) -> None:
    os.mkfifo("pipe.json")
    drift("fmt", "pipe.json").failed("pipe.json: error: This is no regular file")
