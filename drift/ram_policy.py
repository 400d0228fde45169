"""The least RAM policy with which drift can look at what is declared.

Source: the documentation of OSS, "Authorization syntax and elements" (of a resource: "supports the
wildcard *"), and of CreatePolicy (a document has "1 to 6,144 characters").
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from drift.desired.declaration import Declaration
from drift.desired.pattern import is_pattern, matcher
from drift.plan import Undeclared

_MOST = 6144


class Policy(NamedTuple):
    """A policy as JSON, and what a person should know of it."""

    text: str
    notes: tuple[str, ...]


def policy(declarations: Sequence[Declaration], undeclared: Undeclared | None = None) -> Policy:
    """Return the policy for what is declared: to read each setting, and to list if that is needed.

    The list is for patterns, for regions that are none, and for what is undeclared. The same
    declarations in any order give the same text.
    """
    actions: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for action in {type(one.setting).permission for one in declarations}:
        names = {one.bucket for one in declarations if type(one.setting).permission == action}
        actions[_resources(names)].add(action)
    sought = any(one.is_pattern or one.is_vague for one in declarations)
    if sought or undeclared in ("report", "fail"):
        actions["acs:oss:*:*:*",].add("oss:ListBuckets")
    statements = [
        {"Effect": "Allow", "Action": sorted(allowed), "Resource": list(resources)}
        for resources, allowed in actions.items()
    ]
    statements.sort(key=lambda one: (one["Action"], one["Resource"]))
    text = json.dumps({"Version": "1", "Statement": statements}, indent=2) + "\n"
    return Policy(text, tuple(_notes(text, declarations)))


def _resources(names: Iterable[str]) -> tuple[str, ...]:
    """Return the resources that names and patterns stand for, without those within others."""
    wild = {re.sub(r"[*?]*[?][*?]*|\*+", "*", name) for name in names}
    patterns = [(name, matcher(name)) for name in wild if is_pattern(name)]
    least = (
        name
        for name in wild
        if not any(other != name and matches(name) for other, matches in patterns)
    )
    return tuple(f"acs:oss:*:*:{name}" for name in sorted(least))


def _notes(text: str, declarations: Sequence[Declaration]) -> Iterable[str]:
    if any("?" in one.bucket for one in declarations):
        yield "The policy has * in place of ?: * is the one wildcard that OSS documents."
    if len(text) > _MOST:
        yield (
            f"The policy has {len(text):,} characters, and RAM takes at most {_MOST:,}. "
            "Declare buckets by a pattern, or make several policies of its resources."
        )
