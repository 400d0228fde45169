"""The text of a fault, as the command line takes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.emulator import (
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
from drift.emulator.fault import Effect
from drift.emulator.fault_rule import fault_of
from drift.errors import OptionError

EFFECTS = (
    *("throttle", "latency", "reset", "hangup", "cutoff", "garbage", "clock", "handshake"),
    *("status", "code"),
)
META = "MetaOperationQpsLimitExceeded"


@pytest.mark.parametrize(
    ("rule", "effect"),
    [
        ("status=503", ErrorAnswer("ServiceUnavailable", 503)),
        ("status=429", ErrorAnswer("QpsLimitExceeded", 429)),
        ("status=500,code=Unheard", ErrorAnswer("Unheard", 500)),
        ("code=AccessDenied", ErrorAnswer("AccessDenied")),
        (
            "code=ServiceUnavailable,delay=200,retry-after=1",
            ErrorAnswer("ServiceUnavailable", qos_delay=200, retry_after=1),
        ),
        ("throttle=50", Throttle(50, ErrorAnswer(META))),
        ("throttle=5,code=QpsLimitExceeded", Throttle(5, ErrorAnswer("QpsLimitExceeded"))),
        ("throttle=5,status=429", Throttle(5, ErrorAnswer(META, 429))),
        ("delay=20,throttle=5", Throttle(5, ErrorAnswer(META, qos_delay=20))),
        ("latency=0.1", Latency(0.1)),
        ("latency=0.1..0.5", Latency(0.1, 0.5)),
        ("latency=exp:0.2", Latency(mean=0.2)),
        ("reset", Reset()),
        ("hangup", HangUp()),
        ("cutoff", CutOff()),
        ("garbage", Garbage()),
        ("clock=-1200", Clock(-1200)),
        ("handshake=refuse", Handshake("refuse")),
        ("handshake=old", Handshake("old")),
    ],
)
def test_a_rule_says_what_happens(rule: str, effect: Effect) -> None:
    assert fault_of(f"logs-*:{rule}") == Fault(effect, "logs-*")
    assert fault_of(f":{rule}, p=0.2, seed=-7 ,times=3") == Fault(
        effect, "", p=0.2, seed=-7, times=3
    )
    assert fault_of(f"*:p=0.2,{rule}") == Fault(effect, p=0.2)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("", "it has no colon after the pattern of buckets"),
        ("logs-*", "it has no colon after the pattern of buckets"),
        (
            "*:p=1",
            f"it says none of {', '.join(EFFECTS)}",
        ),
        ("*:reset,p=2", "p is 2.0, and must be from 0 to 1"),
        ("*:reset,p=half", "p is 'half', which is no number"),
        ("*:reset,p=", "p is '', which is no number"),
        ("*:reset,seed=1.5", "seed is '1.5', which is no whole number"),
        ("*:reset,times=0", "times is 0, and must be from 1 to 1000000"),
        ("*:reset,garbage", "'garbage' has no place in it"),
        ("*:reset,", "'' has no place in it"),
        ("*:reset,code=AccessDenied", "'code' has no place in it"),
        ("*:reset,\x1b[31m=1", r"'\x1b[31m' has no place in it"),
        ("*:reset=1", "reset takes no value"),
        ("*:reset,p=1,p=0", "it says something twice"),
        ("*:status=200,code=AccessDenied", "status is 200, and must be from 300 to 599"),
        ("*:status=418", "status is 418, which needs a code beside it"),
        ("*:code=Unheard", "code is Unheard, which needs a status beside it"),
        ("*:throttle=0", "throttle is 0, and must be from 1 to 1000000"),
        ("*:latency=a", "latency is 'a', which is no number"),
        ("*:latency=1..", "latency is '', which is no number"),
        ("*:latency=exp:", "latency is '', which is no number"),
        ("*:latency=nan", "latency is nan, and must be from 0 to 3600"),
        ("*:latency=2..1", "latency is 2.0..1.0, whose end is out of range"),
        ("*:clock=1e99", "clock is 1e+99, and must be from -31622400 to 31622400"),
        ("*:handshake=new", "handshake is 'new', and must be refuse or old"),
    ],
)
def test_a_rule_that_cannot_be_used_says_why(rule: str, reason: str) -> None:
    with pytest.raises(OptionError) as raised:
        fault_of(rule)
    message = str(raised.value)
    assert message.startswith("--fault '")
    assert message.endswith(f"' cannot be used: {reason}.")
    assert raised.value.advice.startswith("A rule is BUCKETS:WHAT[,p=0..1][,seed=N][,times=N];")


@given(st.text() | st.text("*:=,.p0123456789-").map(lambda text: f"*:reset,{text}"))
def test_any_rule_is_a_fault_or_an_error_that_a_person_can_mend(rule: str) -> None:
    """No text at all is anything else than a fault, or an `OptionError`."""
    try:
        said = repr(fault_of(rule))
    except OptionError as error:
        said = str(error)
    assert said.startswith(("Fault(", "--fault '"))
    assert said.isprintable()
