"""`drift emulator`: serve a recording as a local OSS endpoint."""

from pathlib import Path
from typing import Annotated

import typer

from drift.cli import output
from drift.errors import OptionError


def emulator(
    recording: Annotated[
        Path | None,
        typer.Argument(help="The folder of a recording.", show_default="the samples"),
    ] = None,
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="0 takes any free port.")
    ] = 0,
    write: Annotated[
        bool, typer.Option("--write", help="Store what is PUT in the recording's files.")
    ] = False,
) -> int:
    """Serve a recording as an OSS endpoint on this machine, until Ctrl-C."""
    from drift.bundled import samples
    from drift.emulator import EMULATOR_KEY, Emulator
    from drift.live.recording import Recording

    if write and recording is None:
        raise OptionError("--write would change the samples.", "Name a recording of your own.")
    folder = recording or samples() / "recording"

    def ready(url: str) -> None:
        output.note(f"Serving {folder} on {url}. Stop with Ctrl-C.")
        output.write(
            f"export DRIFT_ENDPOINT={url}\n"
            f"export OSS_ACCESS_KEY_ID={EMULATOR_KEY.id}\n"
            f"export OSS_ACCESS_KEY_SECRET={EMULATOR_KEY.secret}\n"
            "unset OSS_SESSION_TOKEN\n"
        )

    Emulator(Recording(folder), port=port, write=write).serve_forever(ready)
    return 0
