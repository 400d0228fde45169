"""The plan as JSON: written, and read back without believing a word of it."""

from drift.planfile.limits import MAX_PLAN_BYTES
from drift.planfile.read import load, parse
from drift.planfile.write import dumps, harmless

__all__ = ["MAX_PLAN_BYTES", "dumps", "harmless", "load", "parse"]
