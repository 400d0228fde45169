"""One desired and one live setting in, changes out: the one door to deepdiff."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, Literal, TypeAlias

from pydantic import JsonValue

from drift.plan import Change, Source
from drift.settings.setting import Difference, Normal, Setting

Locate: TypeAlias = Callable[[str], Source]
"""Takes a JSON pointer into the document, and returns where the desired value there stands."""


def diff(
    desired: Setting, live: Setting | None, locate: Locate, *, strict: bool = False
) -> tuple[Change, ...]:
    """Return what must change in `live` to be as desired, in the order of the document.

    None stands for a bucket that never had the setting. With `strict`, what the service does not
    report is not taken for its default.
    """
    seen = (type(desired)() if live is None else live).as_live(strict=strict)
    wanted = desired.normal()
    found = {name: part for name, part in seen.normal().items() if name in wanted}
    if found == wanted:
        return ()
    # Part by part, and in each the members as desired, then those that only live has.
    order = [
        path
        for name in wanted
        for side in (wanted, found)
        for path in _paths((name,), side.get(name, {}))
    ]
    base = {} if live is None else found
    differing = {name: part for name, part in wanted.items() if base.get(name) != part}
    differences = sorted(
        _differences({name: base[name] for name in differing if name in base}, differing),
        key=lambda one: (order.index(one.path), str(one.desired if one.live is None else one.live)),
    )
    return tuple(_change(desired, seen, locate, difference) for difference in differences)


def _paths(path: tuple[str, ...], branch: object) -> Iterator[tuple[str, ...]]:
    if not isinstance(branch, Mapping):
        yield path
        return
    for name, inner in branch.items():
        yield from _paths((*path, name), inner)


def _change(desired: Setting, live: Setting, locate: Locate, difference: Difference) -> Change:
    path = "/".join(("", desired.root, *difference.path))
    return Change(
        path=path,
        action=_action(difference),
        before=difference.live,
        after=difference.desired,
        impact=desired.impact(live, difference),
        source=locate(path),
        severity=desired.severity(live, difference),
    )


def _action(difference: Difference) -> Literal["add", "remove", "update"]:
    if difference.live is None:
        return "add"
    return "remove" if difference.desired is None else "update"


def _differences(live: Normal, desired: Normal) -> Iterator[Difference]:
    """Yield what deepdiff finds; what is on one side only is spelled out entry by entry."""
    from deepdiff import DeepDiff  # noqa: PLC0415 - 0.2 s, and most runs find no drift
    from deepdiff.helper import notpresent  # noqa: PLC0415

    # By default a third of equal members is not enough, and the root itself is one big change.
    tree = DeepDiff(live, desired, view="tree", threshold_to_diff_deeper=0)
    for level in chain.from_iterable(tree.values()):
        path = _path(level)
        if level.t1 is notpresent:
            yield from (Difference(at, None, value) for at, value in _entries(path, level.t2))
        elif level.t2 is notpresent:
            yield from (Difference(at, value, None) for at, value in _entries(path, level.t1))
        else:
            yield Difference(path, level.t1, level.t2)


def _path(level: Any) -> tuple[str, ...]:  # noqa: ANN401 - deepdiff's own type of a difference
    # An entry of a set has no name of its own: its last step is None.
    return tuple(step for step in level.path(output_format="list") if step is not None)


def _entries(
    path: tuple[str, ...], branch: "Normal | bool | int | str | frozenset[str]"
) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    """Yield every leaf and every list entry of a branch of a normal form."""
    if isinstance(branch, Mapping):
        for name, inner in branch.items():
            yield from _entries((*path, name), inner)
    elif isinstance(branch, frozenset):
        yield from ((path, entry) for entry in sorted(branch))
    else:
        yield path, branch
