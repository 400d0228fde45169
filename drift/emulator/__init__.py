"""A local OSS endpoint that serves a recording over HTTP, and checks who asks.

It answers GET and PUT of the sub-resource of every setting, and ListBuckets, by the facts that are
known of the service. For all else it has the service's error codes: 405 MethodNotAllowed for other
methods on these sub-resources, and 400 NotImplemented for requests that it has no answer to.

The endpoint is `127.0.0.1` or `localhost`, with the bucket in the path, and `oss.localhost`, below
which each bucket has a host of its own.

`faults` make it fail: `Emulator(recording, faults=(Fault(Reset(), "logs-*", p=0.2, times=2),))`.
"""

from drift.emulator.fault import (
    Clock,
    CutOff,
    ErrorAnswer,
    Fault,
    Garbage,
    Handshake,
    HangUp,
    Latency,
    Reset,
    Throttle,
)
from drift.emulator.server import EMULATOR_KEY, Emulator
from drift.emulator.signature import Key

__all__ = [
    "EMULATOR_KEY",
    "Clock",
    "CutOff",
    "Emulator",
    "ErrorAnswer",
    "Fault",
    "Garbage",
    "Handshake",
    "HangUp",
    "Key",
    "Latency",
    "Reset",
    "Throttle",
]
