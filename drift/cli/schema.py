"""`drift schema`: print a JSON Schema."""

from typing import Annotated, Literal

import typer

from drift.cli import output


def schema(
    name: Annotated[
        Literal["oss-bucket", "waivers", "plan"],
        typer.Argument(
            help="`oss-bucket` for desired files, `waivers` for waivers, `plan` for saved plans."
        ),
    ] = "oss-bucket",
) -> int:
    """Print the JSON Schema (draft 2020-12) of desired files, of waivers or of saved plans."""
    from drift.starter import schema_text

    output.write(schema_text(name), for_people=False)
    return 0
