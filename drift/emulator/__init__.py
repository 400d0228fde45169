"""A local OSS endpoint that serves a recording over HTTP, and checks who asks.

It answers GET and PUT of the sub-resource of every setting, by the facts that are known of the
service. For all else it has the service's error codes: 405 MethodNotAllowed for other methods on
these sub-resources, and 400 NotImplemented for requests that it has no answer to.
"""

from drift.emulator.server import EMULATOR_KEY, Emulator
from drift.emulator.signature import Key

__all__ = ["EMULATOR_KEY", "Emulator", "Key"]
