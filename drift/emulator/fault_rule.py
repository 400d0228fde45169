"""A fault as the command line spells it: `BUCKETS:WHAT,KEY=VALUE…`."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from drift.emulator.fault import (
    Clock,
    CutOff,
    Effect,
    ErrorAnswer,
    Fault,
    Garbage,
    Handshake,
    HangUp,
    Latency,
    Reset,
    Throttle,
)
from drift.errors import OptionError
from drift.untrusted import visible

Words: TypeAlias = dict[str, str]
"""What is left to be read of a rule: values by their keys; a word without a value has ``."""

_CODES = {
    400: "InvalidArgument",
    403: "AccessDenied",
    404: "NoSuchBucket",
    429: "QpsLimitExceeded",
    500: "InternalError",
    503: "ServiceUnavailable",
}
_ADVICE = (
    "A rule is BUCKETS:WHAT[,p=0..1][,seed=N][,times=N]; drift emulator --help says what WHAT is."
)


def fault_of(rule: str) -> Fault:
    """Return the fault that `rule` describes; raise `OptionError`."""
    try:
        return _fault(rule)
    except ValueError as reason:
        shown = visible(rule)
        raise OptionError(f"--fault '{shown}' cannot be used: {reason}.", _ADVICE) from None


def _fault(rule: str) -> Fault:
    buckets, colon, text = rule.partition(":")
    if not colon:
        raise ValueError("it has no colon after the pattern of buckets")
    words = _words(text)
    p, seed = _number(words, "p", 1.0), _whole(words, "seed") or 0
    times = _whole(words, "times")
    effect = _effect(words)
    if words:
        raise ValueError(f"'{visible(next(iter(words)))}' has no place in it")
    return Fault(effect, buckets, p=p, seed=seed, times=times)


def _words(text: str) -> Words:
    pairs = [word.strip().partition("=")[::2] for word in text.split(",")]
    words = dict(pairs)
    if len(words) != len(pairs):
        raise ValueError("it says something twice")
    return words


def _effect(words: Words) -> Effect:
    for name, read in _EFFECTS.items():
        if name in words:
            return read(words)
    raise ValueError(f"it says none of {', '.join(_EFFECTS)}")


def _throttle(words: Words) -> Effect:
    rate = _whole(words, "throttle") or 0
    return Throttle(rate, _error(words, "MetaOperationQpsLimitExceeded"))


def _latency(words: Words) -> Effect:
    text = words.pop("latency")
    if text.startswith("exp:"):
        return Latency(mean=_number({"latency": text.removeprefix("exp:")}, "latency", 0.0))
    ends = [_number({"latency": end}, "latency", 0.0) for end in text.split("..", 1)]
    return Latency(*ends)


def _clock(words: Words) -> Effect:
    return Clock(_number(words, "clock", 0.0))


def _handshake(words: Words) -> Effect:
    match words.pop("handshake"):
        case "refuse":
            return Handshake("refuse")
        case "old":
            return Handshake("old")
        case other:
            raise ValueError(f"handshake is '{visible(other)}', and must be refuse or old")


def _error(words: Words, default: str | None = None) -> ErrorAnswer:
    status = _whole(words, "status")
    code = words.pop("code", default or _CODES.get(status or 503))
    if code is None:
        raise ValueError(f"status is {status}, which needs a code beside it")
    waits = _whole(words, "delay"), _whole(words, "retry-after")
    return ErrorAnswer(code, status, qos_delay=waits[0], retry_after=waits[1])


def _flag(name: str, effect: Effect) -> Callable[[Words], Effect]:
    def read(words: Words) -> Effect:
        if words.pop(name):
            raise ValueError(f"{name} takes no value")
        return effect

    return read


_EFFECTS: Mapping[str, Callable[[Words], Effect]] = {
    "throttle": _throttle,
    "latency": _latency,
    "reset": _flag("reset", Reset()),
    "hangup": _flag("hangup", HangUp()),
    "cutoff": _flag("cutoff", CutOff()),
    "garbage": _flag("garbage", Garbage()),
    "clock": _clock,
    "handshake": _handshake,
    "status": _error,
    "code": _error,
}


def _number(words: Words, name: str, default: float) -> float:
    text = words.pop(name, None)
    try:
        return default if text is None else float(text)
    except ValueError:
        raise ValueError(f"{name} is '{visible(text or '')}', which is no number") from None


def _whole(words: Words, name: str) -> int | None:
    text = words.pop(name, None)
    try:
        return None if text is None else int(text)
    except ValueError:
        raise ValueError(f"{name} is '{visible(text or '')}', which is no whole number") from None
