"""The plan as JSON: written, and read back without believing a word of it."""

from drift.planfile.read import load
from drift.planfile.write import dumps, harmless

__all__ = ["dumps", "harmless", "load"]
