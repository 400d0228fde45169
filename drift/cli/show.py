"""`drift show`: print a saved plan in any format."""

import gc
from typing import Annotated

import typer

from drift.cli import output
from drift.cli.options import ColorOption, ExplainOption
from drift.cli.plan_argument import PlanArgument, read_plan
from drift.render import Format, render


def show(
    path: PlanArgument,
    *,
    name: Annotated[
        Format, typer.Option("--format", envvar="DRIFT_FORMAT", help="What is printed.")
    ] = "text",
    explain: ExplainOption = False,
    color: ColorOption = "auto",
) -> int:
    """Print a saved plan in any format.

    Exits with 0 if it could be printed, whatever its verdict, as `terraform show` does.
    """
    gc.set_threshold(1_000_000, 50, 100)  # a plan is no garbage: to look for some took a tenth
    plan = read_plan(path)
    output.warn(plan)
    text = render(plan, name, output.screen(color, explain=explain))
    output.write(text, for_people=name == "text")
    return 0
