"""The values that every stage speaks. Their shape is the plan as JSON, format version 1.

Those of which every bucket has one are dataclasses with slots: a fleet has 100,000 buckets, and
such a value takes a seventh of the memory of a model, and half its time to be validated.
"""

from drift.plan.change import Change, DocumentChange, Violation, Waiver
from drift.plan.impact import Impact, Severity
from drift.plan.plan import FORMAT_VERSION, FailOn, Plan, Summary, Undeclared, Verdict
from drift.plan.resource import BUCKET, ResourceChange, Status
from drift.plan.value import Finding, Inert, Problem, Source

__all__ = [
    "BUCKET",
    "FORMAT_VERSION",
    "Change",
    "DocumentChange",
    "FailOn",
    "Finding",
    "Impact",
    "Inert",
    "Plan",
    "Problem",
    "ResourceChange",
    "Severity",
    "Source",
    "Status",
    "Summary",
    "Undeclared",
    "Verdict",
    "Violation",
    "Waiver",
]
