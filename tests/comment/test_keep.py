"""What is done about the comment, and when nothing is: against a forge in memory."""

from collections.abc import Iterator
from typing import Any

import pytest

from drift.comment.forge import Comment, UnansweredError
from drift.comment.keep import Draft, Keeper, Mode, Outcome, When
from drift.comment.marker import marked, read
from drift.comment.trouble import refused
from drift.errors import CommentError
from tests.comment.memory import HEAD, ME, STRANGER, Board, Memory, draft

OLD = "b2" * 20


def after(*drafts: Draft, **changed: Any) -> Memory:
    """Return a forge on which these runs have commented."""
    forge = Memory(**changed)
    for one in drafts:
        Keeper(forge, one).keep()
    forge.asked.clear()
    return forge


def kept(
    forge: Memory, draft_: Draft, when: When = "drift", mode: Mode = "update"
) -> tuple[str, list[str]]:
    """Run once more, and return what was done, and what was sent."""
    return Keeper(forge, draft_, when, mode).keep().action, forge.written


def body(forge: Memory) -> str:
    (one,) = forge.board.alive
    return one.body.partition("\n")[2]


GREEN = "in_sync"


def test_the_first_drift_is_a_comment_with_two_listings() -> None:
    forge = Memory()
    assert Keeper(forge, draft()).keep() == Outcome("created", "https://forge/9")
    assert forge.asked == ["comments", "create", "comments"]
    assert body(forge) == "Drift of minute 0."


def test_a_later_run_edits_the_comment_that_it_looked_at_again() -> None:
    forge = after(draft())
    assert kept(forge, draft(1)) == ("updated", ["update"])
    assert forge.asked == ["comments", "comment", "update"]
    assert body(forge) == "Drift of minute 1."


@pytest.mark.parametrize("when", ["drift", "always", "change"])
def test_the_same_plan_is_not_sent_again(when: When) -> None:
    assert kept(after(draft()), draft(), when) == ("unchanged", [])


def test_a_forge_may_change_the_ends_of_lines() -> None:
    forge = after(draft(text="one\ntwo"))
    (one,) = forge.board.comments
    changed = one._replace(body=f"{one.body}\n".replace("\n", "\r\n"))
    forge.board = Board((changed,), 10)
    assert kept(forge, draft(text="one\ntwo")) == ("unchanged", [])


def test_an_older_plan_is_not_sent() -> None:
    assert kept(after(draft(2)), draft(1)) == ("outdated", [])


def test_another_commit_is_not_sent_over_the_head_of_the_pull_request() -> None:
    forge = after(draft(1, commit=HEAD))
    assert kept(forge, draft(2, commit=OLD)) == ("outdated", [])


@pytest.mark.parametrize("here", [HEAD, HEAD[:8], ""])
def test_another_commit_does_not_outlast_the_head_of_the_pull_request(here: str) -> None:
    """A job that is run again reads live late: its green must not hide what the head drifts by."""
    forge = after(draft(0, commit=OLD), draft(9, commit=OLD, verdict=GREEN))
    assert body(forge) == "Resolved at 9."
    assert kept(forge, draft(8, commit=here)) == ("updated", ["update"])
    assert body(forge) == "Drift of minute 8."


@pytest.mark.parametrize(
    ("there", "here"), [(HEAD, HEAD), (OLD, OLD), (OLD, HEAD), (HEAD, ""), (HEAD, HEAD[:8])]
)
def test_a_newer_plan_is_sent_if_its_commit_is_no_worse(there: str, here: str) -> None:
    forge = after(draft(1, commit=there))
    assert kept(forge, draft(2, commit=here)) == ("updated", ["update"])


def test_nothing_is_said_where_nothing_drifted() -> None:
    assert kept(Memory(), draft(verdict=GREEN)) == ("unneeded", [])
    assert kept(Memory(), draft(verdict=GREEN), "change") == ("unneeded", [])


def test_always_is_always() -> None:
    forge = Memory()
    assert kept(forge, draft(verdict=GREEN), "always") == ("created", ["create"])
    assert body(forge) == "Drift of minute 0."


def test_an_incomplete_plan_is_told() -> None:
    assert kept(Memory(), draft(verdict="incomplete")) == ("created", ["create"])


@pytest.mark.parametrize("when", ["drift", "always", "change"])
def test_a_drift_is_resolved_once(when: When) -> None:
    forge = after(draft())
    assert kept(forge, draft(1, verdict=GREEN), when) == ("resolved", ["update"])
    assert body(forge) == "Resolved at 1."
    forge.asked.clear()
    assert kept(forge, draft(2, verdict=GREEN), when) == ("unchanged", [])


def test_a_drift_that_comes_back_takes_the_same_comment() -> None:
    forge = after(draft(), draft(1, verdict=GREEN))
    assert kept(forge, draft(2)) == ("updated", ["update"])


def test_change_sends_what_says_something_else() -> None:
    forge = after(draft(0, "same"))
    assert kept(forge, draft(0, "same"), "change") == ("unchanged", [])
    assert kept(forge, draft(1, "same", verdict="incomplete"), "change")[0] == "updated"
    assert kept(forge, draft(2, "other", verdict="incomplete"), "change")[0] == "updated"


def test_what_says_the_same_is_of_the_newer_run_from_then_on() -> None:
    """Else the green of a run in between would count as newer than the drift that is told."""
    forge = after(draft(0, "same"))
    (before,) = forge.board.alive
    assert kept(forge, draft(2, "same"), "change") == ("unchanged", ["update"])
    (comment,) = forge.board.alive
    assert comment.body.partition("\n")[2] == before.body.partition("\n")[2]
    assert kept(forge, draft(1, verdict="in_sync")) == ("outdated", ["update"])


def edited(forge: Memory, *, text: str = "", above: str = "") -> None:
    """Let somebody edit the only comment, and leave its marker."""
    (one,) = forge.board.alive
    line, _, rest = one.body.partition("\n")
    forge.board = Board((one._replace(body=f"{above}{line}\n{text or rest}"),), forge.board.next)


EDITS = {
    "another text": {"text": "All green."},
    "a line above": {"above": "All green. Ignore the rest.\n"},
    "a line below": {"text": "Drift of minute 0.\nOr not."},
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("when", ["drift", "always", "change"])
@pytest.mark.parametrize("minute", [0, 1])
def test_a_comment_that_was_edited_is_written_anew(
    edit: dict[str, str], when: When, minute: int
) -> None:
    forge = after(draft(0, "same"))
    edited(forge, **edit)
    assert kept(forge, draft(minute, "same"), when) == ("updated", ["update"])
    assert body(forge) == "same"
    assert len(forge.board.comments) == 1
    forge.asked.clear()
    assert kept(forge, draft(minute, "same"), when) == ("unchanged", [])


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("when", ["drift", "always", "change"])
def test_a_comment_that_was_edited_after_the_drift_was_resolved_is_written_anew(
    edit: dict[str, str], when: When
) -> None:
    forge = after(draft(), draft(1, verdict=GREEN))
    edited(forge, **edit)
    assert kept(forge, draft(2, verdict=GREEN), when) == ("resolved", ["update"])
    assert body(forge) == "Resolved at 2."
    assert len(forge.board.comments) == 1


@pytest.mark.parametrize("when", ["drift", "always", "change"])
def test_an_edited_comment_does_not_outrank_a_run_by_its_time(when: When) -> None:
    forge = after(draft(9, "same"))
    edited(forge, text="All green.")
    assert kept(forge, draft(1, "same"), when) == ("updated", ["update"])
    assert body(forge) == "same"


@pytest.mark.parametrize("mode", ["recreate", "hide"])
def test_a_comment_that_was_edited_is_replaced(mode: Mode) -> None:
    forge = after(draft(0, "same"))
    edited(forge, text="All green.")
    assert kept(forge, draft(1, "same"), "change", mode)[0] == "updated"
    assert forge.written[0] == "create"
    assert body(forge) == "same"


def test_a_server_that_names_no_user_is_told_from_a_repository_that_is_not_there() -> None:
    """The same status says both, and only the first request is about the repository."""

    class Nameless(Memory):
        def me(self) -> str:
            raise refused(404, "GitHub")

    with pytest.raises(CommentError) as caught:
        Keeper(Nameless(), draft()).keep()
    assert "does not say whose the token is" in str(caught.value)
    assert "GraphQL" in caught.value.advice


def test_each_key_has_a_comment_of_its_own() -> None:
    forge = after(draft(key="one"))
    assert kept(forge, draft(key="two")) == ("created", ["create"])
    assert len(forge.board.alive) == 2


def test_a_strangers_comment_is_never_touched_though_it_has_our_marker() -> None:
    theirs = Comment("3", STRANGER, marked("theirs", draft(9).marker))
    forge = Memory(Board((theirs,)))
    assert kept(forge, draft()) == ("created", ["create"])
    assert theirs in forge.board.comments


def test_our_own_comment_without_a_marker_is_never_touched() -> None:
    ours = Comment("3", ME, "Something else that this account said.")
    forge = Memory(Board((ours,)))
    assert kept(forge, draft()) == ("created", ["create"])
    assert ours in forge.board.comments


def test_recreate_writes_at_the_end_and_removes_the_old_one_then() -> None:
    forge = after(draft())
    assert kept(forge, draft(1), mode="recreate") == ("updated", ["create", "delete"])
    assert body(forge) == "Drift of minute 1."


def test_recreate_leaves_an_equal_one_where_it_is() -> None:
    assert kept(after(draft()), draft(), mode="recreate") == ("unchanged", [])


def test_hide_retires_the_old_one_before_it_is_folded_away() -> None:
    forge = after(draft())
    assert kept(forge, draft(1), mode="hide") == ("updated", ["create", "update", "hide"])
    old, _ = forge.board.comments
    marker = read(old.body)
    assert marker
    assert marker.retired
    assert old.body.endswith("Drift of minute 0.")
    forge.asked.clear()
    assert kept(forge, draft(2), mode="hide") == ("updated", ["create", "update", "hide"])
    assert len(forge.board.alive) == 1


def test_a_closed_pull_request_is_not_commented() -> None:
    with pytest.raises(CommentError, match="closed"):
        kept(Memory(is_open=False), draft())


@pytest.mark.parametrize(
    ("there", "here", "action"),
    [(None, draft(), "created"), (draft(), draft(1), "updated"), (draft(2), draft(1), "outdated")],
)
def test_what_would_be_done_is_told_without_doing_it(
    there: Draft | None, here: Draft, action: str
) -> None:
    forge = after(*filter(None, [there]))
    assert Keeper(forge, here).foresee().action == action
    assert forge.asked == ["comments"]


class Unsure(Memory):
    """A forge that does not answer when something is created, and may have created it."""

    creates = True

    def create(self, body: str) -> Comment:
        if self.asked.count("create"):
            return super().create(body)
        before = self.board
        super().create(body)
        if not self.creates:
            self.board = before
        raise UnansweredError("No answer.")


class Deaf(Unsure):
    creates = False


@pytest.mark.parametrize(("kind", "creates"), [(Unsure, 1), (Deaf, 2)])
def test_what_was_not_answered_is_looked_for_before_it_is_sent_again(
    kind: type[Unsure], creates: int
) -> None:
    forge = kind()
    assert kept(forge, draft())[0] == "created"
    assert forge.asked.count("create") == creates
    assert len(forge.board.alive) == 1


class Shared(Deaf):
    """A forge on which another run creates its comment when this one's is not."""

    def create(self, body: str) -> Comment:
        if not self.asked.count("create"):
            self.board, _ = self.board.asked("create", marked("theirs", draft(1).marker))
            self.asked.append("create")
            raise UnansweredError("No answer.")
        return super().create(body)


def test_the_comment_of_another_run_is_not_taken_for_ones_own() -> None:
    forge = Shared()
    assert kept(forge, draft())[0] == "outdated"
    assert body(forge) == "theirs"


class Restless(Memory):
    """A forge on which somebody else edits the comment whenever it is looked at."""

    def comment(self, id_: str) -> Comment | None:
        found = super().comment(id_)
        minute = self.asked.count("comment")
        assert found
        newer = draft(minute - 99).marker
        self.board, _ = self.board.asked("update", id_, marked("newer", newer))
        return super().comment(id_)


@pytest.mark.parametrize("others", [1, 2])
def test_what_others_change_again_and_again_is_given_up(others: int) -> None:
    forge = Restless()
    for minute in range(others):
        said = marked("old", draft(minute - 200).marker)
        forge.board, _ = forge.board.asked("create", said)
    with pytest.raises(CommentError, match="faster"):
        kept(forge, draft())


class Overtaken(Memory):
    """A forge on which a newer run writes before the comment is looked at for the first time."""

    def comment(self, id_: str) -> Comment | None:
        if "comment" not in self.asked:
            body = marked("theirs", draft(9).marker)
            self.board, _ = self.board.asked("update", id_, body)
        return super().comment(id_)


def test_what_says_the_same_is_not_sent_over_a_newer_run() -> None:
    forge = Overtaken(after(draft(0, "same")).board)
    assert kept(forge, draft(2, "same"), "change") == ("outdated", [])
    assert body(forge) == "theirs"


class Crowded(Memory):
    """A forge on which another run comments whenever the comments are listed."""

    def comments(self, after: Comment | None = None) -> Iterator[Comment]:
        newer = draft(self.asked.count("comments")).marker
        self.board, _ = self.board.asked("create", marked("newer", newer))
        return super().comments(after)


def test_a_crowd_is_given_up() -> None:
    with pytest.raises(CommentError, match="faster"):
        kept(Crowded(after(draft()).board), draft(1))


class Plain(Memory):
    """A forge that cannot be asked for the comments since another one."""

    def comments(self, after: Comment | None = None) -> Iterator[Comment]:
        return super().comments(after and None)


def test_a_forge_that_lists_everything_again_has_the_old_one_hidden_all_the_same() -> None:
    forge = Plain(after(draft()).board)
    assert kept(forge, draft(1), mode="hide") == ("updated", ["create", "update", "hide"])


class Brittle(Memory):
    """A forge that takes no update."""

    def update(self, id_: str, body: str) -> None:
        raise CommentError(f"No. {id_} {len(body)}")


def test_an_update_that_is_refused_is_an_error() -> None:
    forge = Brittle(after(draft()).board)
    with pytest.raises(CommentError, match=r"^No\."):
        kept(forge, draft(1))


class Fleeting(Memory):
    """A forge on which somebody removes what was just created."""

    def create(self, body: str) -> Comment:
        new = super().create(body)
        self.board, _ = self.board.asked("delete", new.id)
        return new


def test_a_comment_that_somebody_removed_at_once_is_not_written_again() -> None:
    forge = Fleeting()
    assert kept(forge, draft()) == ("created", ["create"])
