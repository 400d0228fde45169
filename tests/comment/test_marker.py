"""The line that a comment says of itself: read back as written, and nothing else is read."""

import json
from datetime import UTC, datetime, timedelta, timezone

import cmarkgfm
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drift.comment.marker import (
    KEY,
    LONGEST,
    Marker,
    digest,
    marked,
    plausible,
    read,
    remarked,
    retired,
)
from tests.hostile import HOSTILE

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MARKER = Marker("default", NOON, "a1" * 20, "drift", digest("x"))

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
markers = st.builds(
    Marker,
    key=st.from_regex(KEY, fullmatch=True),
    time=st.datetimes(datetime(2020, 1, 2), datetime(2100, 1, 1), timezones=zones),  # noqa: DTZ001
    commit=st.text("0123456789abcdef", max_size=64),
    verdict=st.sampled_from(["in_sync", "drift", "incomplete"]),
    digest=st.text("0123456789abcdef", min_size=32, max_size=32),
    retired=st.booleans(),
    intact=st.just(True),
)
texts = st.text() | st.sampled_from(HOSTILE)


@given(markers, texts)
@example(MARKER._replace(key="a--b"), "-->")
def test_a_marker_is_read_back_as_it_was_written(marker: Marker, text: str) -> None:
    """Law: whatever the text behind it is."""
    body = marked(text, marker)
    assert read(body) == marker
    head, _, rest = body.partition("\n")
    assert rest == text
    assert len(head) < LONGEST
    inner = head.removeprefix("<!-- ").removesuffix(" -->")
    assert not {"--", "<", ">"} & {
        inner[at : at + size] for at in range(len(inner)) for size in (1, 2)
    }


@given(markers)
def test_a_marker_is_not_seen(marker: Marker) -> None:
    """Law: GitHub's own renderer makes an HTML comment of it, and of nothing behind it."""
    page = cmarkgfm.github_flavored_markdown_to_html(
        marked("## Drift", marker), options=cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE
    )
    shown = page.partition("-->")[2].strip()
    assert shown == "<h2>Drift</h2>"


@given(st.text(max_size=200) | st.sampled_from(HOSTILE))
def test_what_drift_did_not_write_has_no_marker(text: str) -> None:
    assert read(text) is None
    assert retired(text) == text


@given(markers, st.data())
def test_a_marker_that_was_cut_short_is_none(marker: Marker, data: st.DataObject) -> None:
    line = marked("", marker).rstrip("\n")
    assert read(line[: data.draw(st.integers(0, len(line) - 1))]) is None


def written(**changed: object) -> str:
    said = {
        "v": 1,
        "key": "default",
        "time": NOON.isoformat(),
        "commit": "",
        "verdict": "drift",
        "digest": "",
    }
    return f"<!-- drift:comment {json.dumps(said | changed)} -->\n"


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2},
        {"v": None},
        {"key": ""},
        {"key": 1},
        {"key": "two\nlines"},
        {"key": "k" * 101},
        {"time": "noon"},
        {"time": "2026-11-22T12:00:00"},
        {"time": "9999-12-31T23:59:59-14:00"},
        {"time": "0001-01-01T00:00:00+14:00"},
        {"time": None},
        {"commit": "HEAD"},
        {"digest": []},
        {"more": "x" * LONGEST},
    ],
)
def test_a_marker_that_says_nonsense_is_none(changed: dict[str, object]) -> None:
    assert read(written())
    assert read(written(**changed)) is None


@pytest.mark.parametrize("inner", ["[]", "1", "{", "[" * 900, "9" * 900, '{"v": 1}', "null", ""])
def test_what_is_no_object_is_no_marker(inner: str) -> None:
    assert read(f"<!-- drift:comment {inner} -->") is None


@given(markers, texts, st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1))
def test_a_marker_is_found_below_what_people_write_above_it(
    marker: Marker, text: str, above: str
) -> None:
    """Law: and it shows that the comment was edited, unless only blanks were added."""
    body = f"{above}\n{marked(text, marker)}"
    assert read(body) == marker._replace(intact=not above.strip())
    again = remarked(body, marker)
    assert read(again) == marker
    assert again.partition("\n")[2] == f"{above}\n{text}"


@given(markers, texts, texts)
def test_a_marker_shows_that_its_comment_was_edited(marker: Marker, text: str, other: str) -> None:
    line = marked(text, marker).partition("\n")[0]
    found = read(f"{line}\n{other}")
    assert found
    assert found.intact == (bare(text) == bare(other))
    assert found._replace(intact=True) == marker


def bare(text: str) -> str:
    """Return a text without the blanks that forges may add or take away."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def test_a_marker_without_a_digest_of_its_text_is_not_intact() -> None:
    """Such are the markers that drift wrote before they had one."""
    found = read(written())
    assert found
    assert not found.intact


def test_a_text_may_hold_half_a_character() -> None:
    """JSON can say so, and whoever may comment can write it."""
    found = read(f"{marked('text', MARKER)}\ud800")
    assert found == MARKER._replace(intact=False)


def test_a_marker_that_is_quoted_is_none() -> None:
    assert read(f"> {marked('', MARKER)}") is None
    assert read(f"text {marked('', MARKER)}") is None


def test_the_first_marker_counts_that_drift_wrote() -> None:
    other = MARKER._replace(key="other")
    body = f"{written(v=2)}{marked(marked('text', other), MARKER)}"
    assert read(body) == MARKER._replace(intact=False)


def test_a_forge_may_end_lines_in_another_way() -> None:
    assert read(marked("text", MARKER).replace("\n", "\r\n")) == MARKER


def test_a_plan_is_not_from_the_future_nor_older_than_drift() -> None:
    day = timedelta(days=1)
    assert plausible(NOON + day, NOON) == NOON
    assert plausible(NOON - day, NOON) == NOON - day
    ancient = plausible(datetime(1, 1, 1, tzinfo=UTC), NOON)
    assert read(marked("", MARKER._replace(time=ancient)))


@pytest.mark.parametrize(
    ("commit", "head", "equal"),
    [("ab12", "ab12cd", True), ("ab12cd", "ab12", True), ("", "ab", False), ("ab", "", False)],
)
def test_commits_may_be_cut_short(commit: str, head: str, *, equal: bool) -> None:
    assert MARKER._replace(commit=commit).is_of(head) == equal
