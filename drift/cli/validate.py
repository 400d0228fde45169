"""`drift validate`: check desired files only; no network, no credentials."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from drift.cli import output
from drift.cli.options import ExcludeOption, Paths, RegionOption, paths_or_default

if TYPE_CHECKING:
    from drift.desired.load import Desired
    from drift.diagnostic import Diagnostic
    from drift.positions import Position


def validate(
    paths: Paths = None,
    *,
    region: RegionOption = None,
    exclude: ExcludeOption = None,
    name: Annotated[
        Literal["text", "json"],
        typer.Option("--format", help="What is printed."),
    ] = "text",
) -> int:
    """Check desired files, and the waivers beside them, without network or credentials.

    Exits with 0 if all can be used, and with 1 if not.
    """
    from drift.desired.load import load
    from drift.waivers.load import load as load_waivers
    from drift.waivers.report import with_waivers

    places = paths_or_default(paths)
    left_out = exclude or ()
    waivers = load_waivers(places, today=datetime.now(UTC).date(), exclude=left_out)
    desired = with_waivers(load(places, region=region, exclude=left_out), waivers)
    output.note_ignored(desired.ignored)
    if name == "json":
        output.write(_json(desired), for_people=False)
    else:
        output.report(desired.diagnostics)
        output.write(_text(desired, len(waivers.entries)))
    return 0 if desired.valid else 1


def _count(desired: "Desired", severity: str) -> int:
    return sum(found.severity == severity for found in desired.diagnostics)


def _text(desired: "Desired", waivers: int) -> str:
    errors, warnings = (_count(desired, severity) for severity in ("error", "warning"))
    found = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    if not desired.valid:
        return f"The desired files cannot be used: {found}.\n"
    waived = f"{waivers} waiver{'s' * (waivers != 1)}, " if waivers else ""
    declared = len(desired.declarations)
    return f"The desired files are valid: {declared} declared, {waived}{found}.\n"


def _json(desired: "Desired") -> str:
    """Return the findings in the shape of `terraform validate -json`."""
    document = {
        "format_version": "1.0",
        "valid": desired.valid,
        "error_count": _count(desired, "error"),
        "warning_count": _count(desired, "warning"),
        "diagnostics": [_diagnostic(found) for found in desired.diagnostics],
    }
    return json.dumps(document, indent=2) + "\n"


def _diagnostic(found: "Diagnostic") -> dict[str, Any]:
    document: dict[str, Any] = {
        "severity": found.severity,
        "summary": found.summary,
        "detail": found.detail,
        "range": {"filename": found.place.file},
        "pointer": found.place.pointer,
    }
    if found.place.start and found.place.end:
        document["range"] |= {
            "start": _position(found.place.start),
            "end": _position(found.place.end),
        }
    return document


def _position(position: "Position") -> dict[str, int]:
    return position._asdict()
