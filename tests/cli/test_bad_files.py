"""What a bad desired file gets: a sentence with a place, exit code 1, and no traceback."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from drift.desired.files import LARGEST
from drift.desired.load import load
from tests.cli.running import STRONG, TLS, Ran, desired, text

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]


def suites(*names: str, **more: object) -> dict[str, object]:
    return {"Enable": True, "StrongCipherSuite": False, "CustomCipherSuite": list(names), **more}


def test_a_good_file_is_valid(drift: Drift, write: Write) -> None:
    ran = drift("validate", write("a.json"))
    assert ran == (0, "The desired files are valid: 1 declared, 0 errors, 0 warnings.\n", "")


def test_the_default_is_the_folder_desired(drift: Drift, write: Write) -> None:
    drift("validate").failed("desired: error: The file cannot be read: No such file or directory.")
    write("desired/a.json")
    assert drift("validate").code == 0


def test_a_path_that_is_not_there(drift: Drift) -> None:
    ran = drift("validate", "nowhere").failed("nowhere: error: The file cannot be read: No such")
    assert ran.out == "The desired files cannot be used: 1 error, 0 warnings.\n"


def test_an_empty_folder_is_an_error(drift: Drift, folder: Path, write: Write) -> None:
    (folder / "empty").mkdir()
    for paths in (["empty"], ["empty", write("a.json")]):
        drift("validate", *paths).failed("empty: error: There is no desired file in this folder.")


def test_a_folder_of_other_files_is_an_error(drift: Drift, write: Write) -> None:
    write("desired/a.yaml", "")
    write("desired/.hidden/a.json")
    drift("validate").failed("desired: error: There is no desired file in this folder.")


def test_a_folder_is_searched_to_any_depth(drift: Drift, write: Write) -> None:
    write("desired/a/b/c/d.json")
    write("desired/e.json", desired("another"))
    assert "2 declared" in drift("validate").out


def test_every_fault_of_every_file_is_reported(drift: Drift, write: Write) -> None:
    write("desired/a.json", '{"Bucket": "A"}')
    write("desired/b.json", "{")
    write("desired/c.json", text(desired(TLS={"Enable": "true", "TLSVersion": ["1.2"]})))
    write("desired/d.json")
    ran = drift("validate").failed(
        'desired/a.json:1:12: error: "A" is no bucket name: 3 to 63 lower-case letters, digits and '
        "inner hyphens. [/Bucket]\n",
        "desired/b.json:1:2: error: Not JSON: Expecting property name enclosed in double quotes.\n",
        'desired/c.json:6:17: error: "true" is neither true nor false. Leave out the quotes. '
        "[/HttpsConfiguration/TLS/Enable]\n",
        'desired/c.json:8:9: error: "1.2" is not one of TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3. '
        "Did you mean TLSv1.2? [/HttpsConfiguration/TLS/TLSVersion/0]\n",
    )
    assert "desired/a.json:1:1: error: The file declares no setting. Add Https" in ran.err
    assert ran.out == "The desired files cannot be used: 5 errors, 0 warnings.\n"
    assert len(ran.err.splitlines()) == 5


def test_nothing_is_compared_if_any_file_is_bad(
    drift: Drift, write: Write, recorded: tuple[str, Path]
) -> None:
    write("desired/a.json")
    write("desired/b.json", "{}")
    ran = drift("plan", *recorded, "--out", "plan.json")
    ran.failed("Error: Nothing was compared: the desired files have errors.")
    assert ran.out == ""
    assert not Path("plan.json").exists()


NOT_JSON = {
    "nothing": ("", "Expecting value"),
    "blanks": (" \n", "Expecting value"),
    "words": ("Bucket: oss-example", "Expecting value"),
    "a comma too many": ('{"Bucket": "oss-example",}', "Not JSON: "),
    "half": ('{"Bucket"', "Expecting ':' delimiter"),
    "two documents": ("{} {}", "Extra data"),
    "a raw control character": ('{"Bucket": "a\x1b[31m"}', "Invalid control character"),
    "UTF-16 without a mark": ("{}".encode("utf-16-le"), "Expecting property name"),
    "zeros": (bytes(1000), "Expecting value"),
}


@pytest.mark.parametrize(("content", "reason"), NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_not_json(drift: Drift, write: Write, content: object, reason: str) -> None:
    ran = drift("validate", write("a.json", content))
    assert re.fullmatch(r"a\.json:\d+:\d+: error: Not JSON: .+\.\n", ran.failed(reason).err)


@pytest.mark.parametrize("content", ["[]", "1", '"oss-example"', "true"])
def test_json_that_is_no_object(drift: Drift, write: Write, content: str) -> None:
    drift("validate", write("a.json", content)).failed("a.json:1:1: error:", "is not an object")


def test_a_hundred_megabytes_are_refused_unread(drift: Drift, folder: Path) -> None:
    path = folder / "a.json"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    drift("validate", path.name).failed("a.json: error: The file is larger than 16 MiB. Split it.")
    with path.open("wb") as file:
        file.truncate(LARGEST)
    drift("validate", path.name).failed("a.json:1:1: error: Not JSON: Expecting value.")


@pytest.mark.parametrize("start", ["[", '{"a":'])
def test_json_of_a_hundred_thousand_levels(drift: Drift, write: Write, start: str) -> None:
    ran = drift("validate", write("a.json", start * 100_000))
    ran.failed("a.json: error: The JSON is nested too deeply.")


def test_a_string_of_megabytes_is_handled_in_little_memory(drift: Drift, write: Write) -> None:
    import tracemalloc

    path = write("a.json", text({"$schema": "a" * 3_000_000, **desired(TLS={"Enable": "true"})}))
    tracemalloc.start()
    try:
        drift("validate", path).failed("a.json:7:17: error:", "Leave out the quotes.")
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_a_thousand_faults_of_one_file_are_enough(drift: Drift, write: Write) -> None:
    ran = drift("validate", write("a.json", "[" + ", ".join(["null"] * 5000) + "]"))
    more = (
        "a.json: error: The file has more than 1,000 errors and warnings; the others are not shown"
    )
    assert "1001 errors" in ran.failed(more).out


def test_a_folder_named_like_a_file(drift: Drift, folder: Path, write: Write) -> None:
    (folder / "desired/x.json").mkdir(parents=True)
    write("desired/a.json")
    for path in ("desired/x.json", "desired"):
        drift("validate", path).failed("x.json: error: This is a folder, not a desired file.")


def test_what_is_no_regular_file_is_not_waited_for(drift: Drift, folder: Path) -> None:
    (folder / "desired").mkdir()
    os.mkfifo(folder / "desired/x.json")
    for path in ("desired/x.json", "desired"):
        drift("validate", path).failed("This is no regular file, not a desired file.")


def test_a_link_that_leads_nowhere(drift: Drift, folder: Path) -> None:
    (folder / "desired").mkdir()
    (folder / "desired/a.json").symlink_to("gone.json")
    drift("validate").failed("desired/a.json: error: The file cannot be read: No such file")


def test_links_that_lead_to_each_other(drift: Drift, folder: Path) -> None:
    (folder / "desired").mkdir()
    (folder / "desired/a.json").symlink_to("b.json")
    (folder / "desired/b.json").symlink_to("a.json")
    drift("validate").failed("desired/a.json: error: The file cannot be read: Too many levels")


def test_a_name_that_is_too_long(drift: Drift) -> None:
    drift("validate", "a" * 300).failed("error: The file cannot be read: File name too long.")


def test_a_folder_that_cannot_be_read(
    drift: Drift, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever runs the tests may be allowed to read everything, so the system is played.
    write("desired/a.json")
    write("desired/b/c.json")
    scan = os.scandir

    def refusing(path: str) -> Any:
        if str(path).endswith("/b"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    drift("validate", folder / "desired").failed(
        "desired/b: error: The folder cannot be read: Permission denied."
    )


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding(drift: Drift, write: Write, encoding: str) -> None:
    content = '{"Bucket": "größe"}'.encode(encoding)
    ran = drift("validate", write("a.json", content))
    ran.failed("a.json: error: The file is not UTF-8: byte ", "Save it as UTF-8.")


def test_a_byte_order_mark_is_accepted(drift: Drift, write: Write) -> None:
    content = text(desired()).encode("utf-8-sig")
    assert drift("validate", write("a.json", content)).code == 0


def test_windows_line_ends_count_as_lines(drift: Drift, write: Write) -> None:
    content = text(desired("A")).replace("\n", "\r\n").encode()
    drift("validate", write("a.json", content)).failed("a.json:2:13: error:")


@pytest.mark.parametrize("word", ["null", "NaN", "Infinity", "-Infinity"])
def test_what_is_no_value_is_one_fault_with_its_place(
    drift: Drift, write: Write, word: str
) -> None:
    setting = '"HttpsConfiguration": {"TLS": {"Enable": false}}'
    ran = drift("validate", write("a.json", f'{{"Bucket": {word}, {setting}}}'))
    ran.failed(
        f"a.json:1:12: error: {word} is no value here. Leave the member out: what is left out is "
        "not managed. [/Bucket]\n"
    )
    assert "1 error," in ran.out


def test_null_is_an_error_even_where_a_member_may_be_left_out(drift: Drift, write: Write) -> None:
    content = {"$schema": None, **desired(TLS=TLS, CipherSuite=None)}
    ran = drift("validate", write("a.json", content))
    ran.failed("[/$schema]\n", "[/HttpsConfiguration/CipherSuite]\n", "null is no value here")


@pytest.mark.parametrize("digits", [5, 5000])
def test_a_number_where_a_name_belongs(drift: Drift, write: Write, digits: int) -> None:
    ran = drift("validate", write("a.json", f'{{"Bucket": {"1" * digits}}}'))
    ran.failed("a.json:1:12: error: `Bucket` is a name, or a list of at least one name. [/Bucket]")


@pytest.mark.parametrize("number", ["1", "1.5", "1e999", "9" * 5000])
def test_a_number_where_a_boolean_belongs(drift: Drift, write: Write, number: str) -> None:
    content = text(desired(TLS={"Enable": "?"})).replace('"?"', number)
    ran = drift("validate", write("a.json", content))
    ran.failed("a.json:6:17: error: ", " is neither true nor false")
    assert len(ran.err) < 300


HOSTILE = {
    "an escape": "\x1b[31mred\x1b[0m",
    "a bell": "\x07",
    "an eight-bit control": "\x9b31m",
    "a new line": "a\nb: error: forged",
    "a carriage return": "a\rb",
    "text that runs backwards": "\u202egnp.exe",
    "an isolate": "\u2066x\u2069",
    "a lone surrogate": "\ud800",
    "both surrogates, swapped": "\udc00\ud800",
    "zero": "\x00",
    "markup": "[bold red]x[/] [link=http://x]y[/link]",
    "very long": "x" * 100_000,
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_harmless_wherever_it_stands(
    drift: Drift, write: Write, hostile: str
) -> None:
    suite = suites(hostile, TLS13CustomCipherSuite=[hostile])
    for content in (
        desired(hostile),
        desired([hostile, "oss-example"]),
        desired(region=hostile),
        desired(f"{hostile}*"),
        desired(["oss-*", f"!{hostile}"]),
        desired("oss-*", f"{hostile}*"),
        desired("oss-*") | {"Tags": {"\n" + hostile: "a"}},
        desired("oss-*") | {"Tags": {"a": "\n" + hostile}},
        desired(TLS={"Enable": True, "TLSVersion": [hostile]}),
        desired(TLS={"Enable": hostile}),
        desired(CipherSuite=suite),
        desired(TLS=TLS | {hostile: 1}),
        desired() | {hostile: {hostile: [hostile]}},
        hostile,
        [hostile],
    ):
        path = write("a.json", json.dumps(content))
        ran = drift("validate", path).failed("a.json:1:")
        assert all(len(line) < 1000 for line in ran.err.splitlines())
        assert not [line for line in ran.err.splitlines() if line.startswith("b: error: forged")]
        json.loads(drift("validate", "--format", "json", path).failed().out)


def test_a_hostile_name_of_a_file_is_harmless(
    drift: Drift, write: Write, recorded: tuple[str, Path]
) -> None:
    name = "\x1b[31m\n\u202e\udcff.json"
    write(f"desired/{name}")
    write("desired/b.json", desired(TLS={"Enable": False}))
    ran = drift("validate").failed(r"is declared differently in desired/\x1b[31m\n\u202e\udcff")
    assert ran.err.count("\n") == 1
    Path("desired/b.json").unlink()
    assert drift("plan", *recorded).code == 0
    json.loads(drift("plan", *recorded, "--format", "json").out)
    (Path("desired") / name).write_text("{")
    drift("validate").failed(r"desired/\x1b[31m\n\u202e\udcff.json:1:2: error: Not JSON")
    drift("validate", "\x1b[31m/nowhere").failed(r"\x1b[31m/nowhere: error:")
    good = write("b.json")
    drift("plan", good, "--live", "\x1b[31m/nowhere").failed(r"\x1b[31m/nowhere cannot be read")
    drift("plan", good, "--out", "\x1b[31m/nowhere").failed(r"\x1b[31m/nowhere cannot be written")
    drift("show", "\x1b[31m/nowhere").failed(r"\x1b[31m/nowhere cannot be read")


def test_a_member_that_is_given_twice(drift: Drift, write: Write) -> None:
    content = '{"Bucket": "oss-one",\n "Bucket": "oss-two", "HttpsConfiguration": {"TLS": '
    content += '{"Enable": false, "Enable": false}}}'
    drift("validate", write("a.json", content)).failed(
        "a.json:2:2: error: `Bucket` is given more than once. Keep one of them. [/Bucket]\n",
        "`Enable` is given more than once. Keep one of them. [/HttpsConfiguration/TLS/Enable]\n",
    )


def test_a_member_that_is_given_twice_hides_no_other_fault(drift: Drift, write: Write) -> None:
    content = '{"Bucket": 1, "Bucket": 2, "Regoin": "x"}'
    drift("validate", write("a.json", content)).failed(
        "`Bucket` is given more than once", "`Bucket` is a name", "unknown member `Regoin`"
    )


FAULTS = {
    "booleans as strings": (
        desired(CipherSuite={"Enable": "false"}),
        (
            '"false" is neither true nor false. Leave out the quotes. '
            "[/HttpsConfiguration/CipherSuite/Enable]"
        ),
    ),
    "a boolean in other letters": (
        desired(TLS={"Enable": "yes"}),
        '"yes" is neither true nor false. [/HttpsConfiguration/TLS/Enable]',
    ),
    "an unknown TLS version": (
        desired(TLS={"Enable": True, "TLSVersion": ["TLS1.2"]}),
        '"TLS1.2" is not one of TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3. Did you mean TLSv1.2? ',
    ),
    "an unknown TLS version, even where it has no effect": (
        desired(TLS={"Enable": False, "TLSVersion": ["SSLv3"]}),
        '"SSLv3" is not one of TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3.',
    ),
    "an unknown member": (
        desired() | {"Buckets": ["oss-example"]},
        "unknown member `Buckets`. Did you mean Bucket? [/Buckets]",
    ),
    "an unknown member inside": (
        desired(TLS={**TLS, "tlsversion": []}),
        "unknown member `tlsversion`. Did you mean TLSVersion? ",
    ),
    "an unknown member that is like none": (
        desired(TLS={**TLS, "Zzz": 1}),
        "unknown member `Zzz`. Known here are Enable, TLSVersion. [/HttpsConfiguration/TLS/Zzz]",
    ),
    "credentials": (
        desired() | {"AccessKeySecret": "s"},
        "unknown member `AccessKeySecret`.",
    ),
    "an endpoint": (desired() | {"Endpoint": "http://x"}, "unknown member `Endpoint`."),
    "Enable without TLSVersion": (
        desired(TLS={"Enable": True}),
        (
            "`TLSVersion` must name at least one version where `Enable` is true. "
            "[/HttpsConfiguration/TLS]"
        ),
    ),
    "Enable with an empty TLSVersion": (
        desired(TLS={"Enable": True, "TLSVersion": []}),
        "`TLSVersion` must name at least one version where `Enable` is true.",
    ),
    "suites that are neither strong nor named": (
        desired(CipherSuite={"Enable": True}),
        (
            "`CipherSuite` is enabled, but is neither strong nor names a suite. "
            "[/HttpsConfiguration/CipherSuite]"
        ),
    ),
    "suites that are neither strong nor named, in words": (
        desired(CipherSuite=suites()),
        "`CipherSuite` is enabled, but is neither strong nor names a suite.",
    ),
    "a version twice": (
        desired(TLS={"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.2"]}),
        '"TLSv1.2" is listed more than once. [/HttpsConfiguration/TLS/TLSVersion]',
    ),
    "a suite twice": (desired(CipherSuite=suites("A", "B", "A")), '"A" is listed more than once.'),
    "a bucket twice in a list": (
        desired(["oss-example", "oss-example"]),
        '"oss-example" is listed more than once. [/Bucket]',
    ),
    "a version that stands alone": (
        desired(TLS={"Enable": True, "TLSVersion": "TLSv1.2"}),
        '"TLSv1.2" is not a list.',
    ),
    "a region with oss-": (
        desired(region="oss-cn-hangzhou"),
        (
            '"oss-cn-hangzhou" is no region: it names an endpoint of cn-hangzhou, so write '
            "cn-hangzhou. [/Region]"
        ),
    ),
    "a region with -internal": (
        desired(region="cn-hangzhou-internal"),
        (
            '"cn-hangzhou-internal" is no region: it names an endpoint of cn-hangzhou, so write '
            "cn-hangzhou. [/Region]"
        ),
    ),
    "the host of an internal endpoint": (
        desired(region="oss-cn-beijing-internal.aliyuncs.com"),
        (
            '"oss-cn-beijing-internal.aliyuncs.com" is no region: it names an endpoint of '
            "cn-beijing, so write cn-beijing. [/Region]"
        ),
    ),
    "a region in capitals": (
        desired(region="CN"),
        '"CN" is no region: its id is like cn-hangzhou, without oss- and -internal. [/Region]',
    ),
    "no bucket": ({"HttpsConfiguration": {"TLS": TLS}}, "`Bucket` is missing."),
    "an empty list of buckets": (desired([]), "`Bucket` is a name, or a list of at least one"),
    "a bucket that is a number": (desired([1]), "1 is not a string. [/Bucket/0]"),
    "a bucket with a dot": (desired("oss.example"), '"oss.example" is no bucket name'),
    "a bucket above its folder": (desired("../example"), '"../example" is no bucket name'),
    "a pattern with a dot": (
        desired("oss.*"),
        (
            '"oss.*" is no pattern of buckets: at most 63 lower-case letters, digits, *, ? and '
            "inner hyphens. [/Bucket]"
        ),
    ),
    "a pattern that is too long": (desired("a" * 63 + "*"), '"aaa'),
    "an exclusion with a dot": (desired(["oss-*", "!oss.a"]), '"oss.a" is no bucket name'),
    "an exclusion of exclusions": (desired(["oss-*", "!!oss-*"]), '"!oss-*" is no pattern'),
    "an exclusion alone": (
        desired("!oss-example"),
        'there is no pattern that "!oss-example" could exclude from. [/Bucket]',
    ),
    "an exclusion beside names": (
        desired(["oss-example", "!oss-*"]),
        'there is no pattern that "!oss-*" could exclude from. [/Bucket]',
    ),
    "a pattern twice": (desired(["oss-*", "oss-*"]), '"oss-*" is listed more than once.'),
    "a pattern of regions with oss-": (
        desired("oss-*", "oss-cn-*"),
        '"oss-cn-*" is no pattern of regions: one is like cn-*, without oss- and -internal.',
    ),
    "a pattern of regions with -internal": (
        desired("oss-*", "cn-*-internal"),
        '"cn-*-internal" is no pattern of regions: one is like cn-*, without oss- and -internal.',
    ),
    "tags without a pattern": (
        desired() | {"Tags": {"stage": "prod"}},
        "there is no pattern in `Bucket` that `Tags` could narrow. [/Tags]",
    ),
    "tags that are a list": (
        desired("oss-*") | {"Tags": ["stage"]},
        '`Tags` is an object of at least one tag, such as {"stage": "prod"}. [/Tags]',
    ),
    "no tag": (desired("oss-*") | {"Tags": {}}, "`Tags` is an object of at least one tag"),
    "many tags": (
        desired("oss-*") | {"Tags": {f"tag-{number}": "x" for number in range(21)}},
        "a bucket has at most 20 tags. [/Tags]",
    ),
    "a tag that is a number": (
        desired("oss-*") | {"Tags": {"stage": 1}},
        "1 is not a string. [/Tags/stage]",
    ),
    "a tag without a value": (
        desired("oss-*") | {"Tags": {"stage": ""}},
        '"" is no value of a tag: 1 to 128 characters, and none of them a control character. ',
    ),
    "a tag without a key": (
        desired("oss-*") | {"Tags": {"": "prod"}},
        '"" is no key of a tag: 1 to 64 characters, and none of them a control character. ',
    ),
    "a tag that hides something": (
        desired("oss-*") | {"Tags": {"stage": "prod\ud800"}},
        '"prod\\ud800" is no value of a tag',
    ),
    "a configuration without parts": (
        {"Bucket": "oss-example", "HttpsConfiguration": {}},
        (
            "`HttpsConfiguration` manages nothing. Add at least one member to it. "
            "[/HttpsConfiguration]"
        ),
    ),
    "no setting at all": (
        {"Bucket": "oss-example"},
        "The file declares no setting. Add HttpsConfiguration.",
    ),
    "a part that is no object": (desired(TLS=True), "true is not an object. "),
    "a part without Enable": (desired(TLS={}), "`Enable` is missing. [/HttpsConfiguration/TLS]"),
    "a suite with a blank": (
        desired(CipherSuite=suites("A B")),
        '"A B" is not a name without blanks',
    ),
}


@pytest.mark.parametrize(("content", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_fault_has_a_place_a_reason_and_a_remedy(
    drift: Drift, write: Write, content: object, sentence: str
) -> None:
    ran = drift("validate", write("a.json", content))
    assert re.search(
        rf"^a\.json:\d+:\d+: error: {re.escape(sentence)}", ran.failed().err, re.MULTILINE
    )
    assert "1 error," in ran.out


def test_the_same_bucket_declared_differently_names_both_places(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    write("desired/b.json", desired(["other", "oss-example"], TLS=TLS, CipherSuite=STRONG))
    drift("validate").failed(
        "desired/b.json:4:5: error: oss-example is declared differently in desired/a.json:2:13. "
        "Keep one of them, or make them equal. [/Bucket/1]\n"
    )


def test_the_same_bucket_in_two_regions_is_declared_differently(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    write("desired/b.json", desired(region="cn-beijing"))
    drift("validate").failed("oss-example is declared differently in desired/a.json:2:13")


def test_the_same_bucket_declared_alike_is_declared_once(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    write("desired/b.json", desired(TLS={"Enable": True, "TLSVersion": ["TLSv1.3", "TLSv1.2"]}))
    assert "1 declared, 0 errors" in drift("validate").out


def test_a_file_that_is_named_twice_is_read_once(drift: Drift, write: Write, folder: Path) -> None:
    path = write("desired/a.json", "{")
    assert "1 error," in drift("validate", path, path, "desired", folder / path).failed().out


WARNINGS = {
    "an unknown suite": (
        desired(CipherSuite=suites("ECDHE-RSA-AES128-GCM-SHA265")),
        (
            '"ECDHE-RSA-AES128-GCM-SHA265" is a cipher suite that drift does not know; '
            "did you mean "
            "ECDHE-RSA-AES128-GCM-SHA256?"
        ),
    ),
    "an unknown suite that is like none": (
        desired(CipherSuite=suites("?")),
        '"?" is a cipher suite that drift does not know. ',
    ),
    "a misplaced suite": (
        desired(CipherSuite=suites("TLS_AES_128_GCM_SHA256")),
        '"TLS_AES_128_GCM_SHA256" is a suite for TLS 1.3; its place is `TLS13CustomCipherSuite`. ',
    ),
    "an unusable suite": (
        desired(
            TLS={"Enable": True, "TLSVersion": ["TLSv1.3"]}, CipherSuite=suites("AES256-SHA256")
        ),
        (
            '"AES256-SHA256" can be used by none of the enabled TLS versions. '
            "[/HttpsConfiguration/CipherSuite/CustomCipherSuite/0]"
        ),
    ),
    "lists beside strong": (
        desired(CipherSuite={**STRONG, "CustomCipherSuite": ["AES256-SHA256"]}),
        (
            "has no effect beside the other members. "
            "[/HttpsConfiguration/CipherSuite/CustomCipherSuite]"
        ),
    ),
    "versions beside Enable false": (
        desired(TLS={**TLS, "Enable": False}),
        "has no effect beside the other members. [/HttpsConfiguration/TLS/TLSVersion]",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), WARNINGS.values(), ids=WARNINGS)
def test_what_is_only_suspicious_is_a_warning(
    drift: Drift, write: Write, content: object, sentence: str
) -> None:
    ran = drift("validate", write("a.json", content))
    assert re.search(rf"^a\.json:\d+:\d+: warning: {re.escape(sentence)}", ran.err, re.MULTILINE)
    assert ran.code == 0
    assert "1 declared, 0 errors, 1 warning." in ran.out


@pytest.mark.parametrize("content", [case for case, _ in WARNINGS.values()], ids=WARNINGS)
def test_with_strict_a_warning_is_a_problem(
    drift: Drift, write: Write, recorded: tuple[str, Path], content: object
) -> None:
    write("desired/a.json", content)
    assert drift("plan", *recorded).code in (0, 2)
    ran = drift("plan", *recorded, "--strict")
    assert ran.code == 1
    assert "With --strict, a warning is a problem: /HttpsConfiguration/" in ran.out
    assert "Verdict: incomplete" in ran.out


def test_with_strict_a_warning_counts_in_whichever_file_it_stands(
    drift: Drift, write: Write, recorded: tuple[str, Path]
) -> None:
    plain = desired("example-website", TLS={"Enable": False})
    inert = desired("example-website", TLS={"Enable": False, "TLSVersion": ["TLSv1.2"]})
    for first, second in ((plain, inert), (inert, plain)):
        write("desired/a.json", first)
        write("desired/b.json", second)
        ran = drift("plan", *recorded)
        assert (ran.code, ran.err.count("warning: has no effect")) == (2, 1)
        ran = drift("plan", *recorded, "--strict")
        assert ran.code == 1
        assert "With --strict, a warning is a problem: " in ran.out


def test_a_warning_is_said_once_for_a_thousand_buckets(write: Write) -> None:
    names = [f"bucket-{number:04}" for number in range(1000)]
    path = write("a.json", desired(names, CipherSuite=suites("X", "Y")))
    found = load([path])
    assert [len(one.warnings) for one in found.declarations] == [2] * 1000
    assert len(found.diagnostics) == 2


def test_a_link_to_a_folder_is_not_passed_over_in_silence(
    drift: Drift, write: Write, folder: Path
) -> None:
    write("desired/a.json")
    write("elsewhere/b.json")
    (folder / "desired/linked").symlink_to("../elsewhere")
    ran = drift("validate").failed("desired/linked: error: Links to folders are not followed.")
    assert "1 error" in ran.out


def test_a_file_without_a_setting_says_so_beside_its_other_faults(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json", {"Bucket": "x"})
    drift("validate").failed('"x" is no bucket name', "The file declares no setting")
