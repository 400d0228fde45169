"""prettier, the formatter that most repositories run, leaves alone what `drift fmt` writes."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from drift.desired.layout import laid_out
from tests.cli.running import ROOT
from tests.laws.test_fmt_laws import files, written
from tests.needs import PRETTIER, lacking

FORMATTER = ROOT / "tests/node_modules/prettier/bin/prettier.cjs"
NODE = shutil.which("node")


@pytest.fixture(scope="module", autouse=True)
def formatter() -> None:
    """Fail in CI, and skip elsewhere, where prettier is not installed."""
    if not (NODE and FORMATTER.exists()):
        lacking(PRETTIER)


# Letters, what JSON escapes, and characters that are two columns wide, or none.
TEXT = st.text("ab \"\\/'{}[],:\n\t\x7f\u00e9\u0301\u4e2d\u3002\u200b")
LONG = st.builds(lambda text, times: text * times, TEXT, st.integers(1, 30))
NUMBERS = st.integers(-(10**12), 10**12) | st.sampled_from([0.5, -1.5, 10**40])
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT | LONG
ROWS = st.lists(st.lists(SCALARS, max_size=3), max_size=3)
TABLES = ROWS | st.lists(st.dictionaries(TEXT, SCALARS, max_size=3), max_size=3)
VALUES = st.recursive(
    SCALARS | TABLES | st.lists(NUMBERS, max_size=30),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT | LONG, inner, max_size=4),
    max_leaves=25,
)


def named(length: int, value: Any) -> dict[str, Any]:
    """Return an object of which one member begins at a column of its own."""
    return {"a" * length: value, "b": {"c" * length: value}}


# Around column 80 a list goes on one line, or does not: each way to get there.
AROUND_80 = st.builds(
    named,
    st.integers(1, 76),
    st.lists(st.sampled_from(["x", "中" * 9, 7, 10**12, [], {}, [1], [1, 2]]), max_size=9),
)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """A schema with lists and objects in each other as policies have them."""
    names = st.lists(st.sampled_from(["TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256"]), max_size=4)
    leaf: st.SearchStrategy[dict[str, Any]] = st.builds(dict, enum=names) | st.builds(
        dict, const=st.booleans() | names
    )
    schema: st.SearchStrategy[dict[str, Any]] = st.recursive(
        leaf,
        lambda inner: (
            st.builds(dict, allOf=st.lists(inner, max_size=3))
            | st.builds(dict, properties=st.dictionaries(st.sampled_from(["TLS", "a"]), inner))
        ),
        max_leaves=6,
    )
    return {"$schema": "x", "x-drift": {"Bucket": draw(names)}, **draw(schema)}


# Tags may have any characters, and of a new emoji two tables of widths may say different things.
DESIRED = files().filter(lambda file: "Tags" not in file)
DOCUMENTS = DESIRED | policies() | AROUND_80 | st.dictionaries(TEXT, VALUES, max_size=4)


def prettier(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run prettier with its defaults on all files of a folder."""
    defaults = ("--no-config", "--no-editorconfig", "--ignore-path", "none")
    command = (NODE or "node", str(FORMATTER), *defaults, *options, ".")
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )


def changed_by_prettier(texts: Sequence[str]) -> list[str]:
    """Return those of the texts that prettier would write otherwise."""
    with TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            Path(folder, f"{number}.json").write_text(text, encoding="utf-8", newline="")
        ran = prettier(Path(folder), "--list-different")
        assert ran.stderr == "", ran.stderr[-2000:]
        return [texts[int(name.removesuffix(".json"))] for name in ran.stdout.split()]


@settings(max_examples=10, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(DOCUMENTS, min_size=10, max_size=30), st.data())
def test_prettier_leaves_alone_what_fmt_writes(
    values: list[dict[str, Any]], data: st.DataObject
) -> None:
    """`prettier --check`, with its defaults, accepts the layout of whatever is written."""
    texts = [laid_out(data.draw(written(value))) for value in values[:3]]
    texts += [laid_out(json.dumps(value, ensure_ascii=False)) for value in values]
    assert changed_by_prettier(texts) == []


@pytest.mark.parametrize("spelled", ["1E+5", "1.50", "1e-07", "0.0", "-0", "1e400"])
def test_how_prettier_spells_a_number_stays(tmp_path: Path, spelled: str) -> None:
    """A number keeps its spelling, also that which prettier has given to it: no endless fight."""
    path = tmp_path / "a.json"
    path.write_text(laid_out(f'{{"a": [{spelled}, 1], "b": {spelled}}}'))
    assert prettier(tmp_path, "--write").returncode == 0
    assert laid_out(path.read_text()) == path.read_text()


def test_prettier_leaves_the_samples_alone() -> None:
    folders = [ROOT / "samples" / name for name in ("desired", "policies", "starter")]
    texts = [path.read_text("utf-8") for folder in folders for path in folder.rglob("*.json")]
    assert len(texts) > 10
    assert changed_by_prettier(texts) == []
