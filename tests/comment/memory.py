"""A forge in memory, and all the orders in which runs can come to it, one call at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from drift.comment.forge import Comment, PullRequest
from drift.comment.keep import Draft, Keeper, Mode
from drift.comment.marker import Marker, digest, read
from drift.errors import CommentError

ME, STRANGER = "drift-bot", "mallory"
HEAD = "a1" * 20
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def draft(
    minute: int = 0,
    text: str = "",
    *,
    verdict: str = "drift",
    commit: str = "",
    key: str = "default",
) -> Draft:
    """Return what a run says whose plan was made that many minutes after noon."""
    text = text or f"Drift of minute {minute}."
    made = NOON + timedelta(minutes=minute)
    return Draft(Marker(key, made, commit, verdict, digest(text)), text, f"Resolved at {minute}.")


class Board(NamedTuple):
    """The comments of a pull request: a value, so that states can be compared."""

    comments: tuple[Comment, ...] = ()
    next: int = 9
    """The next id; the first ones have one digit, and then two."""

    def asked(self, name: str, *given: Any) -> tuple["Board", Any]:
        """Return what becomes of it, and what it answers."""
        found = next((one for one in self.comments if given and one.id == given[0]), None)
        rest = tuple(one for one in self.comments if one is not found)
        match name:
            case "comments":
                after = given[0]
                later = (one for one in self.comments if not after or one.age > after.age)
                return self, tuple(later)
            case "comment":
                return self, found
            case "create":
                new = Comment(str(self.next), ME, given[0], f"https://forge/{self.next}")
                return Board((*self.comments, new), self.next + 1), new
            case "update" if found:
                changed = found._replace(body=given[1])
                kept = (changed if one is found else one for one in self.comments)
                return self._replace(comments=tuple(kept)), None
            case "update":
                return self, CommentError("It is gone.")
            case "delete":
                return self._replace(comments=rest), None
        return self, None

    @property
    def alive(self) -> list[Comment]:
        """The comments that a run would take for its own."""
        own = [(one, read(one.body)) for one in self.comments if one.author == ME]
        return [one for one, marker in own if marker and not marker.retired]


@dataclass
class Memory:
    """A forge in memory that notes what it was asked."""

    board: Board = field(default_factory=Board)
    is_open: bool = True
    head: str = HEAD
    asked: list[str] = field(default_factory=list)
    largest: int = 65_536

    def answer(self, name: str, *given: Any) -> Any:
        """Answer a call, or raise what it fails with."""
        self.asked.append(name)
        self.board, answer = self.board.asked(name, *given)
        if isinstance(answer, CommentError):
            raise answer
        return answer

    def pull_request(self) -> PullRequest:
        return PullRequest(self.is_open, self.head)

    def me(self) -> str:
        return ME

    def comments(self, after: Comment | None = None) -> Iterator[Comment]:
        yield from self.answer("comments", after)

    def comment(self, id_: str) -> Comment | None:
        found: Comment | None = self.answer("comment", id_)
        return found

    def create(self, body: str) -> Comment:
        new: Comment = self.answer("create", body)
        return new

    def update(self, id_: str, body: str) -> None:
        self.answer("update", id_, body)

    def delete(self, id_: str) -> None:
        self.answer("delete", id_)

    def hide(self, id_: str) -> None:
        self.answer("hide", id_)

    def close(self) -> None:
        """Nothing is open."""

    @property
    def written(self) -> list[str]:
        """The calls that changed something."""
        return [name for name in self.asked if name not in ("comments", "comment")]


Call: TypeAlias = tuple[Any, ...]


class _PauseError(Exception):
    """The next call of a run has no answer yet."""


@dataclass
class _Replay(Memory):
    """A forge that gives the answers of before, and stops the run at the next call."""

    answers: tuple[Any, ...] = ()
    call: Call = ()

    def answer(self, name: str, *given: Any) -> Any:
        if not self.answers:
            self.call = (name, *given)
            raise _PauseError
        answer, self.answers = self.answers[0], self.answers[1:]
        if isinstance(answer, CommentError):
            raise answer
        return answer


class Run(NamedTuple):
    """A run, which is what it has to say and the answers that it has had so far."""

    draft: Draft
    mode: Mode
    answers: tuple[Any, ...] = ()

    def next(self) -> Call | None:
        """Return what it asks next; None if it has ended."""
        forge = _Replay(answers=self.answers)
        try:
            Keeper(forge, self.draft, mode=self.mode).keep()
        except _PauseError:
            return forge.call
        return None


def ends(board: Board, runs: tuple[Run, ...], *, crashes: bool = False) -> Iterator[Board]:
    """Yield every state in which all runs may have ended, in whatever order their calls come.

    With `crashes`, each of them may also end before any of its calls.
    """
    seen = set()
    todo = [(board, runs)]
    calls: dict[tuple[Any, ...], Call | None] = {}
    while todo:
        board, runs = todo.pop()
        waiting = False
        for index, run in enumerate(runs):
            if run not in calls:
                calls[run] = run.next()
            call = calls[run]
            others = runs[:index] + runs[index + 1 :]
            if call is None:
                steps = [(board, others)]
            else:
                after, answer = board.asked(*call)
                went_on = run._replace(answers=(*run.answers, answer))
                steps = [(after, tuple(sorted((*others, went_on), key=repr)))]
                if crashes:
                    steps.append((board, others))
            waiting = True
            for step in steps:
                if step not in seen:
                    seen.add(step)
                    todo.append(step)
            if call is None:
                break
        if not waiting:
            yield board
