"""What is written where, and what becomes of a run whose streams or terminal are odd."""

import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from typing import TypeAlias, get_args

import pytest

from drift.cli import main, output
from drift.render import Format
from tests.cli.running import (
    PATIENCE,
    SAMPLES,
    STRONG,
    Ran,
    command,
    desired,
    environment,
    process,
    shell,
)

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

LIVE = SAMPLES / "recording"
PLAN = f"drift plan '{SAMPLES / 'desired/oss-example.json'}' --live '{LIVE}'"
FULL = "Error: Standard output cannot be written: No space left on device.\n"
COLOR = re.compile(r"\x1b\[[0-9;]*m")


def test_standard_output_carries_the_plan_and_nothing_else(drift: Drift, write: Write) -> None:
    suite = {**STRONG, "CustomCipherSuite": ["AES256-SHA256"]}
    path = write("a.json", desired(CipherSuite=suite))
    ran = drift("plan", path, "--live", LIVE, "--format", "json")
    assert "warning: has no effect beside the other members." in ran.err
    assert json.loads(ran.out)["verdict"] == "drift"


def test_a_warning_is_given_once_with_its_place(drift: Drift, write: Write) -> None:
    suite = {**STRONG, "CustomCipherSuite": ["AES256-SHA256"]}
    path = write("a.json", desired(["oss-example", "example-new"], CipherSuite=suite))
    ran = drift("plan", path, "--live", LIVE)
    assert re.fullmatch(r"a\.json:\d+:\d+: warning: .*\n", ran.err)


def test_what_the_answer_has_beyond_drifts_knowledge_is_a_warning(
    drift: Drift, write: Write
) -> None:
    body = "<HttpsConfiguration><TLS><Enable>false</Enable><Neü/></TLS>"
    write("live/cn-hangzhou/oss-example/httpsConfig.xml", body + "</HttpsConfiguration>")
    path = write("a.json", desired(TLS={"Enable": False}))
    ran = drift("plan", path, "--live", "live")
    assert ran.code == 0
    assert ran.err.startswith("oss_bucket_https_config.oss-example: warning: the answer has an ")
    assert drift("plan", path, "--live", "live", "--strict").code == 1


@pytest.mark.parametrize(
    "script",
    [
        PLAN,
        f"{PLAN} --format json",
        f"drift validate '{SAMPLES / 'desired'}'",
        f"drift validate '{SAMPLES / 'desired'}' --format json",
        "drift schema",
        "drift demo",
        "drift --version",
        "drift --help",
        "drift plan --help",
        "drift",
    ],
)
def test_a_full_disk_behind_standard_output(folder: Path, script: str) -> None:
    ran = shell(f"{script} >/dev/full", cwd=folder).harmless()
    assert ran == (1, "", FULL)


@pytest.mark.parametrize("script", [PLAN, "drift --help"])
def test_a_standard_output_that_is_closed(folder: Path, script: str) -> None:
    ran = shell(f"{script} >&-", cwd=folder).harmless()
    assert ran == (1, "", "Error: Standard output cannot be written: Bad file descriptor.\n")


def test_a_reader_that_went_away(folder: Path) -> None:
    gone, pipe = os.pipe()
    os.close(gone)
    done = subprocess.run(
        command("plan", SAMPLES / "desired", "--live", LIVE, "--out", "plan.json"),
        cwd=folder,
        env=environment(),
        stdout=pipe,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
    )
    os.close(pipe)
    assert done.returncode == 1
    assert done.stderr == "Error: Standard output cannot be written: Broken pipe.\n"
    assert (folder / "plan.json").exists()


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_a_standard_error_that_cannot_be_written_changes_no_verdict(
    folder: Path, write: Write, redirection: str
) -> None:
    # A warning goes to standard error, so that there is something to be lost.
    body = "<HttpsConfiguration><TLS><Enable>false</Enable></TLS><New/></HttpsConfiguration>"
    write("live/cn-hangzhou/oss-example/httpsConfig.xml", body)
    for enabled, code in (({"Enable": False}, 0), ({"Enable": True, "TLSVersion": ["TLSv1.3"]}, 2)):
        write("a.json", desired(TLS=enabled))
        ran = shell(f"drift plan a.json --live live {redirection}", cwd=folder)
        assert ran.code == code
        assert ran.out.endswith(f"Verdict: {'drift' if code else 'in_sync'}\n")
    assert shell(f"drift plan nowhere {redirection}", cwd=folder) == (1, "", "")


def test_all_streams_closed_is_still_no_green(folder: Path) -> None:
    assert shell(f"{PLAN} <&- >&- 2>&-", cwd=folder).code == 1


def test_closed_streams_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        patch.setattr(sys, "stderr", None)
        code = main(["--version"])
        streams = (sys.stdout, sys.stderr)
    assert code == 1
    for stream in streams:
        assert isinstance(stream, io.TextIOWrapper)
        stream.close()


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_help_that_cannot_be_written_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", full)
            code = main(arguments)
        assert (code, capsys.readouterr().err) == (1, FULL)


def test_an_error_that_cannot_be_written_is_no_other_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Path("/dev/full").open("w") as full:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", full)
            code = main(["plan", "nowhere"])
        assert code == 1


def test_a_stream_that_is_no_file_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream := io.StringIO())
        assert main(["--version"]) == 0
    assert stream.getvalue().startswith("drift ")


def test_an_encoding_without_the_letters_is_no_error(write: Write, folder: Path) -> None:
    write("größe/a.json", "{")
    write("größe/☃/b.json", desired(TLS={"Enable": True, "TLSVersion": ["TLSv1.3"]}))
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    ran = process("validate", "größe/a.json", cwd=folder, env=ascii_only).harmless()
    assert ran.failed().err.isascii()
    ran = process("plan", "größe/☃", "--live", LIVE, cwd=folder, env=ascii_only).harmless()
    assert ran.code == 2
    assert r"Declared in gr\xf6\xdfe/\u2603/b.json:2." in ran.out


CONSOLES = {
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "utf-16": {"PYTHONIOENCODING": "utf-16"},
    "the C locale": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}
SNOWMAN = "☃"
FOR_PROGRAMS = tuple(name for name in get_args(Format) if name != "text")


@pytest.fixture
def broken_policy(write: Write) -> tuple[str | Path, ...]:
    """Return the arguments of a plan with a rule that is broken, whose title has rare letters."""
    tls = {"properties": {"TLS": {"properties": {"Enable": {"const": False}}}}}
    rule = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Größe {SNOWMAN}",
        "x-drift": {"Bucket": "oss-example", "Region": "cn-hangzhou"},
        "properties": {"HttpsConfiguration": tls},
    }
    return "plan", write("rule.json", rule), "--live", LIVE


def written(
    *arguments: str | Path, cwd: Path, console: dict[str, str], out: int = subprocess.PIPE
) -> bytes:
    """Return the bytes that drift writes to its standard output, if that is a pipe."""
    done = subprocess.run(
        command(*arguments), cwd=cwd, env=environment(**console), stdout=out, timeout=PATIENCE
    )
    return done.stdout


@pytest.mark.parametrize("console", CONSOLES.values(), ids=CONSOLES)
def test_formats_for_programs_are_utf_8_whatever_the_console_has(
    broken_policy: tuple[str | Path, ...], folder: Path, console: dict[str, str]
) -> None:
    written(*broken_policy, "--out", "plan.json", cwd=folder, console=console)
    assert json.loads(Path("plan.json").read_bytes().decode())["verdict"] == "drift"
    for name in FOR_PROGRAMS:
        show = ("show", "plan.json", "--format", name)
        utf8 = written(*show, cwd=folder, console={"PYTHONIOENCODING": "utf-8"})
        assert written(*show, cwd=folder, console=console) == utf8, name
        assert utf8.isascii() or SNOWMAN in utf8.decode(), name


@pytest.mark.parametrize("console", CONSOLES.values(), ids=CONSOLES)
def test_a_plan_for_programs_is_utf_8_whatever_the_console_has(
    broken_policy: tuple[str | Path, ...], folder: Path, console: dict[str, str]
) -> None:
    report = written(*broken_policy, "--format", "junit", cwd=folder, console=console)
    assert SNOWMAN in report.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "rule.json", "--live", LIVE, "--list", "--format", "json"),
        ("validate", "rule.json", "--format", "json"),
        ("doctor", "rule.json", "--format", "json"),
        ("policy", "rule.json"),
        ("schema", "plan"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_json_of_every_command_is_utf_8_whatever_the_console_has(
    broken_policy: tuple[str | Path, ...], folder: Path, arguments: tuple[str | Path, ...]
) -> None:
    assert broken_policy
    printed = written(*arguments, cwd=folder, console=CONSOLES["utf-16"])
    assert json.loads(printed.decode())


def test_formats_for_programs_are_utf_8_on_a_terminal(
    broken_policy: tuple[str | Path, ...], folder: Path
) -> None:
    ours, theirs = pty.openpty()
    written(
        *broken_policy, "--format", "markdown", cwd=folder, console=CONSOLES["latin-1"], out=theirs
    )
    os.close(theirs)
    assert SNOWMAN in os.read(ours, 100_000).decode()
    os.close(ours)


def test_text_has_the_encoding_of_the_console(
    broken_policy: tuple[str | Path, ...], folder: Path
) -> None:
    text = written(*broken_policy, cwd=folder, console=CONSOLES["latin-1"])
    assert "Größe \\u2603".encode("latin-1") in text


@pytest.mark.parametrize(
    ("options", "variables", "colored"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_a_pipe_gets_no_colour_unless_it_is_asked_for(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    variables: dict[str, str],
    *,
    colored: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["plan", str(SAMPLES / "desired"), "--live", str(LIVE), *options]) == 1
    assert ("\x1b[" in capsys.readouterr().out) == colored


def test_colour_changes_nothing_else(drift: Drift) -> None:
    plain = drift("plan", SAMPLES / "desired", "--live", LIVE)
    with_color = process(
        "plan", SAMPLES / "desired", "--live", LIVE, "--color", "always", cwd=Path()
    )
    assert COLOR.sub("", with_color.out) == plain.out
    assert with_color.code == plain.code


def test_json_is_never_coloured(folder: Path) -> None:
    ran = process(
        "plan", SAMPLES / "desired", "--live", LIVE, "--color", "always", "--format", "json",
        cwd=folder,
    )  # fmt: skip
    assert ran.out.isascii()
    json.loads(ran.harmless().out)


def on_terminal(width: int, *arguments: str | Path, cwd: Path, **variables: str) -> tuple[int, str]:
    """Run drift on a pseudo-terminal of `width` columns; return its exit code and what it shows."""
    here, there = pty.openpty()
    ioctl(there, TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    env = environment(**{"TERM": "xterm", **variables})
    with subprocess.Popen(
        command(*arguments), cwd=cwd, env=env, stdin=there, stdout=there, stderr=subprocess.PIPE
    ) as running:
        os.close(there)
        shown = b""
        with os.fdopen(here, "rb", buffering=0) as terminal:
            while chunk := read(terminal):
                shown += chunk
        running.communicate(timeout=PATIENCE)
    return running.returncode, shown.decode().replace("\r\n", "\n")


def read(terminal: io.FileIO) -> bytes:
    try:
        return terminal.read(65536) or b""
    except OSError:  # Linux' way to say that nobody writes any more
        return b""


def test_sentences_are_wrapped_to_a_narrow_terminal(folder: Path) -> None:
    code, shown = on_terminal(40, "plan", SAMPLES / "desired", "--live", LIVE, cwd=folder)
    assert code == 1
    assert "\x1b[" in shown
    lines = COLOR.sub("", shown).splitlines()
    # The document itself, which stands deeper, is drawn and not wrapped.
    wrapped = [line for line in lines if not re.match(r" {5}|  [~+!?-] resource|    }", line)]
    # A word that is longer than a line stands on a line of its own.
    long = [line for line in wrapped if len(line) > 40 and len(line.lstrip(" #!?").split()) > 1]
    assert not long
    assert len([line for line in wrapped if 30 < len(line) <= 40]) > 10
    wide = process("plan", SAMPLES / "desired", "--live", LIVE, cwd=folder)
    words = [re.sub(r"[\s#]+", "", text) for text in ("".join(lines), wide.out)]
    assert words[0] == words[1]


def test_the_width_is_that_of_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for width in (40, 72):
        monkeypatch.setenv("COLUMNS", str(width))
        main(["plan", str(SAMPLES / "desired"), "--live", str(LIVE), "--color", "never"])
        said = [line for line in capsys.readouterr().out.splitlines() if " # It " in line]
        assert all(width - 20 < len(line) <= width for line in said if len(line) > 40)
        assert max(map(len, said)) > width - 20


def test_a_terminal_can_do_without_colour(folder: Path) -> None:
    arguments = ("plan", SAMPLES / "desired", "--live", LIVE)
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_terminal(80, *arguments, cwd=folder, **variables)[1]
    assert "\x1b" not in on_terminal(80, *arguments, "--color", "never", cwd=folder)[1]


def test_a_terminal_of_no_width_is_no_error(folder: Path) -> None:
    assert on_terminal(0, "plan", SAMPLES / "desired", "--live", LIVE, cwd=folder)[0] == 1
    assert on_terminal(1, "plan", SAMPLES / "desired", "--live", LIVE, cwd=folder)[0] == 1


def test_a_long_list_of_unread_buckets_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    from drift.errors import StoppedError

    output.fail_stopped(StoppedError(tuple(f"bucket-{number:02}" for number in range(53))))
    err = capsys.readouterr().err
    assert err.startswith("Error: Stopped. 53 buckets were not looked at: bucket-00, bucket-01,")
    assert err.endswith(", bucket-49 and 3 more.\n")


def test_who_stops_before_any_bucket_is_known_is_told_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from drift.errors import StoppedError

    output.fail_stopped(StoppedError(()))
    assert capsys.readouterr().err == "Error: Stopped. No bucket was looked at.\n"
