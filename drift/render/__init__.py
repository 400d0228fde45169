"""A plan in, a string out: one module a format, named like the format."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from drift.plan import Plan

Format: TypeAlias = Literal[
    "text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab", "terraform-json"
]


@dataclass(frozen=True)
class Screen:
    """Where text will be shown, and whether it explains why a change matters.

    Without a width, lines are as long as they are.
    """

    width: int | None = None
    color: bool = False
    explain: bool = False


class _Module(Protocol):
    def render(self, plan: "Plan", screen: Screen) -> str: ...


_FILE = Screen()


def render(plan: "Plan", name: Format, screen: Screen = _FILE) -> str:
    """Return the plan in the format `name`. Only that format's module is loaded."""
    module: _Module = import_module(f"{__name__}.{name.replace('-', '_')}")
    return module.render(plan, screen)
