"""The options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, TypeVar

import typer

from drift.cli.output import Color
from drift.untrusted import visible

_DAY = 86_400

N = TypeVar("N", int, float)


def seconds(value: str | float) -> float:
    """Return the number of seconds that `value` is.

    The clocks of sockets and queues overflow at some weeks or years, so a day is the most.
    """
    number = _number(float, value)
    if number is None or not 0 < number <= _DAY:
        raise typer.BadParameter(f"it is not a number of seconds above 0, and at most {_DAY}")
    return number


def whole(least: int, most: int) -> Callable[[str | int], int]:
    """Return what takes whole numbers from `least` to `most`, and says so if it is given none."""

    def parsed(value: str | int) -> int:
        number = _number(int, value)
        if number is None or not least <= number <= most:
            raise typer.BadParameter(f"it is not a whole number from {least} to {most}")
        return number

    return parsed


def _number(kind: type[N], value: str | float) -> N | None:
    try:
        return kind(value)
    except ValueError:
        return None


def path(value: str) -> Path:
    """Return the path that `value` names; an empty one would be the current folder."""
    if not value:
        raise typer.BadParameter("it is empty")
    return Path(value)


def region_id(value: str | None) -> str | None:
    """Return `value` if it is shaped like a region id."""
    from drift.desired.file_model import checked_region

    try:
        return None if value is None else checked_region(value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def patterns(values: list[str] | None) -> list[str]:
    """Return the patterns of paths, if they are in the syntax of .gitignore."""
    if values:
        from drift.desired.ignore import PatternError, Patterns

        try:
            Patterns("/", values)
        except PatternError as error:
            shown = visible(values[error.line - 1])
            raise typer.BadParameter(f'"{shown}" {error}') from None
    return values or []


Paths: TypeAlias = Annotated[
    list[Path] | None,
    typer.Argument(
        parser=path,
        metavar="[PATHS]...",
        help="Desired files, or folders that are searched for *.json; without any, `desired`.",
        show_default=False,
    ),
]
ExcludeOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="PATTERN",
        callback=patterns,
        help="Leave out of folders what matches, in the syntax of .gitignore; may be repeated.",
        show_default=False,
    ),
]
ColorOption: TypeAlias = Annotated[
    Color, typer.Option("--color", help="When to use colour; NO_COLOR and FORCE_COLOR count too.")
]
ExplainOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--explain",
        envvar="DRIFT_EXPLAIN",
        help="In text, say of each drift how much it matters, and to whom.",
    ),
]
RegionOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--region",
        envvar="DRIFT_REGION",
        metavar="ID",
        callback=region_id,
        help="The region of files that name none.",
    ),
]
EndpointOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--endpoint",
        envvar="DRIFT_ENDPOINT",
        metavar="URL",
        help="Use it for every bucket and region.",
    ),
]
TimeoutOption: TypeAlias = Annotated[
    float,
    typer.Option(
        "--timeout",
        envvar="DRIFT_TIMEOUT",
        metavar="S",
        parser=seconds,
        help="Seconds for one request, at most a day.",
    ),
]
TransportOption: TypeAlias = Annotated[
    Literal["auto", "openssl"],
    typer.Option(
        "--transport",
        envvar="DRIFT_TRANSPORT",
        help="What speaks TLS: the fastest, or this Python's OpenSSL.",
    ),
]
FailOnOption: TypeAlias = Annotated[
    Literal["any", "weaker"],
    typer.Option(
        "--fail-on",
        envvar="DRIFT_FAIL_ON",
        help="Which drift counts; with `weaker`, none that only refuses more, or changes nothing.",
    ),
]
UndeclaredOption: TypeAlias = Annotated[
    Literal["ignore", "report", "fail"] | None,
    typer.Option(
        "--undeclared",
        envvar="DRIFT_UNDECLARED",
        help="What becomes of buckets that no file declares; `fail` makes them drift.",
        show_default="report, if a file has a pattern; else ignore",
    ),
]


def paths_or_default(paths: list[Path] | None) -> list[Path]:
    """Return the paths, or the folder that desired files are kept in."""
    return paths or [Path("desired")]
