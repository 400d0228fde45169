"""The plan as JSON, under the published schema."""

from drift.plan import Plan
from drift.planfile import dumps
from drift.render import Screen


def render(plan: Plan, _screen: Screen) -> str:
    """Return the plan as JSON."""
    return dumps(plan)
