"""`drift emulator`: serve a recording as a local OSS endpoint."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from drift.cli import output
from drift.cli.options import whole
from drift.docstring import docstring
from drift.errors import OptionError

_MORE = """
\b
Buckets are in the path below 127.0.0.1 and localhost; below oss.localhost
each has a host of its own.

\b
A RULE of --fault is BUCKETS:WHAT[,p=P][,seed=N][,times=N], in quotes, such as
'logs-*:status=503,p=0.2,times=2'. BUCKETS is a pattern of names; ListBuckets
has the empty name. P is the part of the requests that is hit (default 1), the
seed decides which, and each bucket is hit at most that many times. WHAT:

\b
  status=503        an error with that status; code=CODE says which one, and
                    delay=MS or retry-after=S when to come back
  throttle=50       more requests in a second get
                    MetaOperationQpsLimitExceeded; code, delay and
                    retry-after as above
  latency=0.1       an answer that is so many seconds late; 0.1..0.5 for
                    anything between, exp:0.1 for an exponential one
  reset, hangup     the connection is reset, or closed, without an answer
  cutoff            the connection is closed after half of the body
  garbage           200 with bytes that are no document
  clock=-1200       the service's clock is off by so many seconds
  handshake=refuse  TLS is refused; old: it is TLS 1.2 with CBC suites only
"""

_TRUST = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""Where Python's clients, curl, and all that is made of OpenSSL or Go look for authorities."""


def emulator(
    recording: Annotated[
        Path | None,
        typer.Argument(help="The folder of a recording.", show_default="the samples"),
    ] = None,
    *,
    port: Annotated[
        int,
        typer.Option(metavar="N", parser=whole(0, 65535), help="0 takes any free port."),
    ] = 0,
    write: Annotated[
        bool, typer.Option("--write", help="Store what is PUT in the recording's files.")
    ] = False,
    tls: Annotated[
        bool, typer.Option("--tls", help="Speak https, with a throw-away authority.")
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE", help="Let requests fail; may be repeated.", show_default=False
        ),
    ] = None,
) -> int:
    """Serve a recording as an OSS endpoint on this machine, until Ctrl-C."""
    from drift import masking
    from drift.bundled import samples
    from drift.emulator import Emulator
    from drift.emulator.fault_rule import fault_of
    from drift.live.recording import Recording

    if write and recording is None:
        raise OptionError("--write would change the samples.", "Name a recording of your own.")
    folder = recording or samples() / "recording"
    faults = tuple(map(fault_of, fault or ()))
    served = Emulator(Recording(folder), port=port, write=write, faults=faults, tls=tls)

    masking.forget()  # the emulator's own key is no secret, and a shell may have exported it

    def ready(url: str) -> None:
        output.note(f"Serving {folder} on {url}. Stop with Ctrl-C.")
        output.write(_exports(url, served.ca))

    served.serve_forever(ready)
    return 0


emulator.__doc__ = f"{docstring(emulator)}\n\n{_MORE}"


def _exports(url: str, ca: Path | None) -> str:
    """Return what a shell has to know for clients to find the emulator, and to trust it."""
    from drift.emulator import EMULATOR_KEY

    values = {
        "DRIFT_ENDPOINT": url,
        "OSS_ACCESS_KEY_ID": EMULATOR_KEY.id,
        "OSS_ACCESS_KEY_SECRET": EMULATOR_KEY.secret,
    }
    if ca is not None:
        values |= dict.fromkeys(_TRUST, shlex.quote(str(ca)))
    lines = [f"export {name}={value}\n" for name, value in values.items()]
    return "".join(lines) + "unset OSS_SESSION_TOKEN\n"
