"""One comment for each pull request and key: what is done about it, and when nothing is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from drift.comment.forge import Comment, Forge, UnansweredError
from drift.comment.marker import Marker, marked, remarked, retired
from drift.comment.race import ATTEMPTS, Own, Race, highest, lowest, too_fast
from drift.comment.trouble import GoneError, no_user
from drift.errors import CommentError

When: TypeAlias = Literal["drift", "always", "change"]
Mode: TypeAlias = Literal["update", "recreate", "hide"]
Action: TypeAlias = Literal["created", "updated", "resolved", "unchanged", "outdated", "unneeded"]

SENDING: frozenset[Action] = frozenset(("created", "updated", "resolved"))
"""What changes what people read."""

_GREEN = "in_sync"


class Draft(NamedTuple):
    """What a run has to say. `resolved` takes the place of `text` once the drift is gone."""

    marker: Marker
    text: str
    resolved: str


class Outcome(NamedTuple):
    """What became of the comment, and where it is."""

    action: Action
    url: str = ""


@dataclass(frozen=True)
class Keeper:
    """What keeps the comment of one pull request up to date."""

    forge: Forge
    draft: Draft
    when: When = "drift"
    mode: Mode = "update"

    def keep(self) -> Outcome:
        """Bring the comment up to date, and return what was done; raise `CommentError`."""
        race = self._race()
        for _ in range(ATTEMPTS):
            outcome = self._attempt(race)
            if outcome:
                return outcome
        raise too_fast()

    def foresee(self) -> Outcome:
        """Return what `keep` would do; nothing is written."""
        race = self._race()
        own = race.own(self.forge.comments())
        return self._decided(self._pick(own) if own else None, race)

    def _race(self) -> Race:
        pull = self.forge.pull_request()
        if not pull.is_open:
            raise CommentError(
                "The pull request is closed, so nobody would read a comment.",
                "Run drift comment while it is open.",
            )
        try:
            me = self.forge.me()
        except GoneError:
            raise no_user() from None
        return Race(self.forge, me, self.draft.marker.key, pull.head)

    def _pick(self, own: Iterable[Own]) -> Own:
        return lowest(own) if self.mode == "update" else highest(own)

    def _decided(self, there: Own | None, race: Race) -> Outcome:
        """Return what is to be done about the comment that is there."""
        here = self.draft.marker
        if there is None:
            wanted = self.when == "always" or here.verdict != _GREEN
            return Outcome("created" if wanted else "unneeded")
        url, marker = there.comment.url, there.marker
        if race.rank(marker) > race.rank(here):
            return Outcome("outdated", url)
        # The marker tells what was written, and not what stands there now: it may be edited.
        if here.verdict == _GREEN:
            is_told = marker.intact and marker.verdict == _GREEN
            return Outcome("unchanged" if is_told else "resolved", url)
        said = marker.verdict, marker.digest
        alike = marker.intact and said == (here.verdict, here.digest)
        if (self.when == "change" and alike) or _same(there.comment.body, self._body("updated")):
            return Outcome("unchanged", url)
        return Outcome("updated", url)

    def _body(self, action: Action) -> str:
        draft = self.draft
        return marked(draft.resolved if action == "resolved" else draft.text, draft.marker)

    def _attempt(self, race: Race) -> Outcome | None:
        """Do what is to be done; None if somebody else did something in between."""
        comments = list(self.forge.comments())
        own = race.own(comments)
        if len(own) > 1:  # left by a run that crashed, or another one is at it
            race.settle(self._pick)
            return None
        there = own[0] if own else None
        outcome = self._decided(there, race)
        if there and outcome.action == "unchanged" and not self._vouched(race, there):
            return None
        if outcome.action not in SENDING:
            return outcome
        body = self._body(outcome.action)
        if there and self.mode == "update":
            return outcome if race.write(there, body) else None
        last = max(comments, key=lambda one: one.age, default=None)
        created = self._created(race, body, last)
        left = self._left_alone(race, created, there, last)
        if left and left.marker != self.draft.marker:
            return Outcome("outdated", left.comment.url)
        return Outcome(outcome.action, (left.comment if left else created).url)

    def _vouched(self, race: Race, there: Own) -> bool:
        """Let a drift that is told already be of this run; return False if somebody was faster.

        Else a run that read live between the two would count as newer than what is told.
        """
        here = self.draft.marker
        if here.verdict == _GREEN or race.rank(here) <= race.rank(there.marker):
            return True
        return race.write(there, remarked(there.comment.body, here))

    def _created(self, race: Race, body: str, last: Comment | None) -> Comment:
        try:
            return self.forge.create(body)
        except UnansweredError:
            for one in race.since(last):
                if _same(one.comment.body, body):
                    return one.comment
        return self.forge.create(body)

    def _left_alone(
        self, race: Race, created: Comment, there: Own | None, last: Comment | None
    ) -> Own | None:
        """Make the comment that was created the only one, and return the one that is left."""
        if self.mode == "update":
            return race.settle(self._pick, created.id, last)
        left = race.inherit(Own(created, self.draft.marker), last)
        # The one that was there goes only now, so that there always is one.
        if there and self.mode == "hide":
            if race.write(there, retired(there.comment.body)):
                self.forge.hide(there.comment.id)
        elif there:
            self.forge.delete(there.comment.id)
        return left


def _same(there: str, here: str) -> bool:
    """Return whether two bodies are equal, but for what forges do to the ends of lines."""
    return there.replace("\r\n", "\n").strip() == here.replace("\r\n", "\n").strip()
