"""Several runs at once, or one that crashed: what is done so that one comment is left.

Forges have no way to say "only if nobody else was faster". So whoever created a comment looks
again, and which one stays depends on nothing but its age. Nobody removes that one, so one is left;
and what has a newer plan is copied before it is removed, so none is lost.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

from drift.comment.forge import Comment, Forge
from drift.comment.marker import Marker, read
from drift.errors import CommentError

ATTEMPTS = 8


class Own(NamedTuple):
    """A comment that is this run's to change, with what it says of itself."""

    comment: Comment
    marker: Marker


Pick: TypeAlias = Callable[[Iterable[Own]], Own]


def lowest(own: Iterable[Own]) -> Own:
    """Return the one that stays where comments are updated: the first that was created."""
    return min(own, key=lambda one: one.comment.age)


def highest(own: Iterable[Own]) -> Own:
    """Return the one that stays where comments are created anew: the last."""
    return max(own, key=lambda one: one.comment.age)


@dataclass(frozen=True)
class Race:
    """The comments of one author and key, and the head of the pull request."""

    forge: Forge
    me: str
    key: str
    head: str

    def own(self, comments: Iterable[Comment]) -> list[Own]:
        """Return those comments that are alive, and this author's, and of this key."""
        marked = ((one, self._marker(one)) for one in comments)
        return [Own(one, marker) for one, marker in marked if marker]

    def rank(self, marker: Marker) -> tuple[bool, bool, datetime]:
        """Return what is higher for the plan that counts as newer.

        Of a comment that somebody edited, neither the text nor the time can be believed.

        One of a commit that is not at the head counts as older than any other, whenever its live
        side was read: a job that is run again is late, and its commit is not the one in question.
        """
        left_behind = marker.commit and self.head and not marker.is_of(self.head)
        return not left_behind, marker.intact, marker.time

    def since(self, after: Comment | None) -> list[Own]:
        """Return those that were created after `after`, which may be asked for alone."""
        own = self.own(self.forge.comments(after))
        return [one for one in own if after is None or one.comment.age > after.age]

    def write(self, there: Own, body: str) -> bool:
        """Replace a body; return False if somebody was faster, and nothing was sent."""
        if self._marker(self.forge.comment(there.comment.id)) != there.marker:
            return False
        try:
            self.forge.update(there.comment.id, body)
        except CommentError:
            if self.forge.comment(there.comment.id) is None:
                return False
            raise
        return True

    def settle(self, pick: Pick, mine: str = "", after: Comment | None = None) -> Own | None:
        """Leave the one that is picked, with the newest plan of all, and return it.

        With `mine`, the comment that this run created, those after `after` are looked at.
        """
        for _ in range(ATTEMPTS):
            own = self.since(after)
            if not own:
                return None
            winner = pick(own)
            if winner.comment.id == mine:
                return winner  # who created a later one sees to that
            rest = [one for one in own if one is not winner]
            newest = max(own, key=lambda one: self.rank(one.marker))
            if self.rank(newest.marker) > self.rank(winner.marker):
                self.write(winner, newest.comment.body)
                continue  # what was written meanwhile is seen before anything is removed
            if not rest or self._leaves(rest, mine):
                return winner
            for one in sorted(rest, key=lambda one: one.comment.id == mine):
                self.forge.delete(one.comment.id)
        raise too_fast()

    def inherit(self, mine: Own, after: Comment | None) -> Own:
        """Take over from those that came before the comment which this run created, and return it.

        Only its own run writes into it; the run of a later one, which is returned, takes over from
        all of them.
        """
        own = self.since(after)
        newest = max([mine, *own], key=lambda one: self.rank(one.marker))
        if not _heir(mine, own) and self.rank(newest.marker) > self.rank(mine.marker):
            self.write(mine, newest.comment.body)
            own = self.since(after)
            if _heir(mine, own):  # its run may have folded mine away just before that
                self.forge.delete(mine.comment.id)
        heir = _heir(mine, own)
        if heir:
            return heir
        for one in own:
            if one.comment.id != mine.comment.id:
                self.forge.delete(one.comment.id)
        return newest

    def _leaves(self, rest: list[Own], mine: str) -> bool:
        """Return whether the rest is to be left to the run of an older plan.

        It may be about to write that. Once it has, it looks again, finds the newer plan only if
        that is still here, and removes both.
        """
        claim = next((one for one in rest if one.comment.id == mine), None)
        if claim is None:
            return False
        return any(self.rank(one.marker) < self.rank(claim.marker) for one in rest)

    def _marker(self, comment: Comment | None) -> Marker | None:
        # A marker can be copied by anybody; the forge vouches for the author.
        if comment is None or comment.author != self.me:
            return None
        marker = read(comment.body)
        return marker if marker and marker.key == self.key and not marker.retired else None


def _heir(mine: Own, own: list[Own]) -> Own | None:
    later = [one for one in own if one.comment.age > mine.comment.age]
    return highest(later) if later else None


def too_fast() -> CommentError:
    """Return that others never stop."""
    return CommentError(
        "Others change the comments faster than drift can.", "Run drift comment again later."
    )
