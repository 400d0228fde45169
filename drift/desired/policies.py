"""Policies among the desired files: checked, reasoned about, and turned into declarations."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import TypeAlias

from pydantic import ValidationError

from drift.desired.aim import Aim
from drift.desired.declaration import Declaration
from drift.desired.entries import entries
from drift.desired.faults import faults, lapses, nulls
from drift.diagnostic import Diagnostic, limit
from drift.plan import Finding
from drift.policy import faults as schema_faults
from drift.policy.demand import ANYWHERE, Case, Demand
from drift.policy.keywords import OWN
from drift.policy.policy import Policy, canonical
from drift.policy.reason import clashes, named, says_nothing, spares_the_laxest
from drift.policy.senseless import senseless
from drift.policy.vain import impossible, is_open, unknown
from drift.positions import JsonText
from drift.untrusted import visible

Loaded: TypeAlias = tuple[tuple[Declaration, ...], tuple[Diagnostic, ...]]
"""What a file declares, and what is wrong with it."""

_POINTER = f"/{OWN}"
_MOST_CASES = 100
"""Of so many names it is asked beforehand whether anything satisfies a policy that looks at them;
of others, once they are read."""


def load_policy(text: JsonText, schema: dict[str, object], region: str | None) -> Loaded:
    """Return what a policy declares; `region` is where the buckets are that it names."""
    wrong = schema_faults.faults(text, schema)
    if len(text.text) > schema_faults.LARGEST:  # nor is it looked at for anything else
        return (), wrong
    wrong += limit(chain(lapses(text, ""), _aimless(text, schema)))
    if wrong:
        return (), wrong
    aim = Aim.model_validate(schema[OWN])
    policy = Policy(text, canonical(schema), aim.gravity, aim.help)
    if wrong := limit(chain(senseless(policy), impossible(policy))) or _unusable(policy):
        return (), wrong
    strange = limit((), unknown(policy))
    doubts = strange + tuple(_doubts(policy, all_known=not strange))
    warnings = tuple(_warning(one) for one in doubts)
    declarations = tuple(
        replace(one, warnings=warnings, policy=policy)
        for kind in policy.settings
        for one in entries(aim, kind(), text, region, below=_POINTER)
    )
    wrong = () if is_open(policy) else tuple(_impossible(declarations))
    return (() if wrong else declarations), wrong + doubts


def _warning(doubt: Diagnostic) -> Finding:
    message = f"{doubt.summary}, in {visible(doubt.place.file, 300)}"
    return Finding(path=doubt.place.pointer or _POINTER, message=message)


def _aimless(text: JsonText, schema: dict[str, object]) -> Iterator[Diagnostic]:
    """Yield what is wrong with what says which buckets the policy is for."""
    if OWN not in schema:
        said = f"The policy has no `{OWN}`, and so it is for no bucket"
        yield Diagnostic("error", text.value(""), said, f'Add "{OWN}": {{"Bucket": "*"}}.')
        return
    # In what the schema spells out, a null is a value as any other.
    found = nulls(text, "Leave the member out.")
    yield from (one for one in found if one.place.pointer.startswith(_POINTER))
    try:
        Aim.model_validate(schema[OWN])
    except ValidationError as error:
        yield from faults(text, error, Aim, _POINTER)


def _unusable(policy: Policy) -> tuple[Diagnostic, ...]:
    try:
        _ = policy.validator
    except ValueError as error:
        return (Diagnostic("error", policy.text.value(""), f"The policy cannot be used: {error}"),)
    return ()


def _impossible(declarations: tuple[Declaration, ...]) -> Iterator[Diagnostic]:
    """Yield that nothing satisfies the policy, with the keywords that are to blame."""
    told: set[object] = set()
    for one, policy, case in islice(_cases(declarations), _MOST_CASES):
        found = clashes(Demand(one.setting, (policy,)), case)
        key = tuple(clash.keyword for clash in found)
        if found and key not in told:
            told.add(key)
            yield Diagnostic(
                "error",
                policy.text.name(policy.text.nearest(found[0].keyword)),
                f"No {one.setting.root} can satisfy this policy",
                f"In conflict: {named(found)}." if key[1:] else "",
            )


def _cases(
    declarations: tuple[Declaration, ...],
) -> Iterator[tuple[Declaration, Policy, Case]]:
    """Yield the buckets for which a policy may say different things, each with its setting.

    For some buckets of a pattern it may be possible: each is judged by itself.
    """
    for one in declarations:
        if one.policy and one.policy.looks_at_the_place and not one.is_pattern:
            yield one, one.policy, Case(one.bucket, one.exact_region or "")
    for one in {type(one.setting): one for one in declarations}.values():
        if one.policy and not one.policy.looks_at_the_place:
            yield one, one.policy, ANYWHERE


def _doubts(policy: Policy, *, all_known: bool) -> Iterator[Diagnostic]:
    """Yield what a policy may not mean; what everything satisfies, only if all names are known."""
    for kind in policy.settings:
        root = policy.text.value("")
        if all_known and says_nothing(policy, kind):
            yield Diagnostic("warning", root, f"Every {kind.root} satisfies this policy")
        for name in spares_the_laxest(policy, kind):
            said = f"This policy refuses some lists of {name}, and accepts {name} without any limit"
            yield Diagnostic("warning", root, said, f"Say that `Enable` of {name} is true.")
