"""Running the command line, in this process and in others, and what must hold of every run."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from drift.cli import main

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "samples"
PATIENCE = 60
"""Seconds after which a sub-process that should have ended long ago is given up."""

_MEDDLING = re.compile(
    r"(DRIFT|OSS|ALIBABA_CLOUD)_.*|.*_proxy|(NO|FORCE)_COLOR|COLUMNS|TERM"
    r"|(REQUESTS|CURL)_CA_BUNDLE|CI|(CI|GITHUB|GITLAB|GITEE|CODEUP|FLOW|YUNXIAO|PIPELINE|BUILD)_.*",
    re.IGNORECASE,
)
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Ran(NamedTuple):
    """What came of a run of the command line."""

    code: int
    out: str
    err: str

    def harmless(self) -> "Ran":
        """Return it, once it is sure that it is fit for a terminal and has no traceback."""
        assert "Traceback" not in self.err, self.err
        for stream in (self.out, self.err):
            assert not _CONTROL.search(stream), repr(stream)
        return self

    def failed(self, *sentences: str) -> "Ran":
        """Return it, once it is sure that it is an error which says `sentences`."""
        assert self.code == 1
        for sentence in sentences:
            assert sentence in self.err, self.err
        return self


def is_meddling(name: str) -> bool:
    """Return whether an environment variable could change what a test sees."""
    return bool(_MEDDLING.fullmatch(name))


def by_itself(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: str) -> Path:
    """Go to `folder`, which is home, with nothing in the environment that drift looks at."""
    for name in filter(is_meddling, list(os.environ)):
        monkeypatch.delenv(name)
    nowhere = {"HOME": str(folder), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    for name, value in (nowhere | more).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    return folder


def run_here(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Ran:
    """Run drift in this process; whatever it prints must be harmless."""
    capsys.readouterr()
    code = main([*map(str, arguments)])
    return Ran(code, *capsys.readouterr()).harmless()


def environment(**more: str) -> dict[str, str]:
    """Return an environment for a sub-process, with nothing in it that drift looks at."""
    kept = {name: value for name, value in os.environ.items() if not is_meddling(name)}
    nowhere = {"HOME": "/nonexistent", "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    return {**kept, **nowhere, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "", **more}


def command(*arguments: str | Path) -> list[str]:
    """Return the command that runs drift with `arguments`."""
    return [sys.executable, "-m", "drift", *map(str, arguments)]


def process(*arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path) -> Ran:
    """Run drift in a process of its own, to its end."""
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(**(env or {})),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@contextmanager
def begun(
    *arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path
) -> Iterator[subprocess.Popen[str]]:
    """Run drift in a process of its own, which does not outlive the context."""
    with subprocess.Popen(
        command(*arguments),
        cwd=cwd,
        env=environment(**(env or {})),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def shell(script: str, *, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run a line of shell in which `drift` is drift."""
    done = subprocess.run(
        ["bash", "-c", f'drift() {{ "{sys.executable}" -m drift "$@"; }}; {script}'],
        cwd=cwd,
        env=environment(**(env or {})),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def python(code: str, *, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run a piece of Python in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=environment(**(env or {})),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


TLS = {"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.3"]}
STRONG = {"Enable": True, "StrongCipherSuite": True}


def desired(
    bucket: object = "oss-example", region: str | None = "cn-hangzhou", **parts: object
) -> dict[str, Any]:
    """Return a desired file; without parts, it declares TLS 1.2 and 1.3."""
    head = {"Bucket": bucket} | ({"Region": region} if region else {})
    return {**head, "HttpsConfiguration": parts or {"TLS": TLS}}


def text(document: object) -> str:
    """Return a document as JSON on several lines."""
    return json.dumps(document, indent=2)
