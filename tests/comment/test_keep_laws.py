"""Runs that come to a pull request at once, in every order that their calls can have."""

from itertools import permutations

import pytest

from drift.comment.forge import Comment
from drift.comment.keep import Keeper, Mode
from drift.comment.marker import marked
from tests.comment.memory import STRANGER, Board, Memory, Run, draft, ends

MODES: tuple[Mode, ...] = ("update", "recreate", "hide")
EMPTY = Board()
LOOKED = ((),)
"""The answers of a run that has listed the comments, and found none."""

COPY = Comment("3", STRANGER, marked("I am drift.", draft(99).marker))
FULL = Board((COPY,)).asked("create", marked("Of noon.", draft().marker))[0]


def runs(mode: Mode, *minutes: int, answers: tuple[object, ...] = ()) -> tuple[Run, ...]:
    return tuple(Run(draft(minute), mode, answers) for minute in minutes)


def only(board: Board) -> Comment:
    """Return the only comment that is alive."""
    (one,) = board.alive
    return one


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("minutes", [(1, 2), (2, 1), (1, 1)])
@pytest.mark.parametrize("start", [EMPTY, FULL], ids=["empty", "full"])
def test_two_runs_at_once_end_with_one_comment(
    mode: Mode, minutes: tuple[int, ...], start: Board
) -> None:
    """Law: in whatever order their calls come, exactly one comment is alive in the end."""
    for board in ends(start, runs(mode, *minutes)):
        only(board)
        assert [one for one in board.comments if one.author == STRANGER] == [
            one for one in start.comments if one.author == STRANGER
        ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("minutes", [(1, 2), (2, 1)])
def test_what_two_runs_leave_is_of_the_newest_plan(mode: Mode, minutes: tuple[int, ...]) -> None:
    """Law: a race that begins without a comment ends with what the newest plan says."""
    for board in ends(EMPTY, runs(mode, *minutes)):
        assert "minute 2" in only(board).body


def test_of_two_comments_that_were_created_at_once_the_first_stays() -> None:
    for board in ends(EMPTY, runs("update", 1, 2, answers=LOOKED)):
        assert only(board).id == "9"


def test_of_two_that_were_created_anew_at_once_the_last_stays() -> None:
    for board in ends(EMPTY, runs("recreate", 1, 2, answers=LOOKED)):
        assert only(board).id == "10"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("minutes", list(permutations((1, 2, 3))))
def test_three_runs_that_found_none_leave_the_newest_plan(
    mode: Mode, minutes: tuple[int, ...]
) -> None:
    """Law: so do three that all looked before any had written."""
    for board in ends(EMPTY, runs(mode, *minutes, answers=LOOKED)):
        assert "minute 3" in only(board).body


@pytest.mark.parametrize("start", [EMPTY, FULL], ids=["empty", "full"])
def test_three_runs_at_once_end_with_one_comment(start: Board) -> None:
    for board in ends(start, runs("update", 1, 2, 3)):
        only(board)


@pytest.mark.parametrize("mode", MODES)
def test_three_runs_from_nothing_end_with_one_comment(mode: Mode) -> None:
    for board in ends(EMPTY, runs(mode, 1, 2, 3)):
        only(board)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("start", "minutes"), [(EMPTY, (1, 2)), (FULL, (1, 2)), (EMPTY, (3, 1, 2))]
)
def test_after_crashes_one_more_run_leaves_one_comment(
    mode: Mode, start: Board, minutes: tuple[int, ...]
) -> None:
    """Law: wherever runs crashed, one more run leaves exactly one comment."""
    for board in ends(start, runs(mode, *minutes), crashes=True):
        forge = Memory(board)
        Keeper(forge, draft(9), mode=mode).keep()
        assert "minute 9" in only(forge.board).body
        if start is FULL:
            assert COPY in forge.board.comments


@pytest.mark.parametrize("mode", MODES)
def test_after_a_crash_an_older_run_tidies_up_too(mode: Mode) -> None:
    for board in ends(FULL, runs(mode, 2, 3), crashes=True):
        newest = max(one.body for one in board.alive)
        forge = Memory(board)
        Keeper(forge, draft(1), mode=mode).keep()
        assert only(forge.board).body == newest or "Of noon" in newest
