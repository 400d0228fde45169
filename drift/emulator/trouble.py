"""Which faults a request runs into."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from fnmatch import fnmatchcase
from hashlib import blake2b
from time import monotonic
from typing import NamedTuple

from drift.emulator.fault import Broken, Clock, Fault, Handshake, Latency, Spoken, Throttle


class Trouble(NamedTuple):
    """What happens to one request: the clock that it meets, the delay in seconds, and the rest."""

    clock: timedelta = timedelta()
    delay: float = 0.0
    effect: Spoken | Broken | None = None


class Troubles:
    """The faults of one emulator, and what each bucket was already asked.

    Delays and clocks of all rules that hit add up; of the other effects the first one counts.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Take the rules in their order."""
        self._rules = [_Rule(fault) for fault in faults]
        self.has_handshakes = any(isinstance(fault.effect, Handshake) for fault in faults)
        self.requests: Counter[str] = Counter()
        """How many requests each bucket was sent; those without a bucket are those of ``."""
        self._handshakes: Counter[str] = Counter()

    def of(self, bucket: str) -> Trouble:
        """Return what happens to the next request for `bucket`."""
        self.requests[bucket] += 1
        nth = self.requests[bucket]
        clock, delay, chosen = timedelta(), 0.0, None
        for rule in self._rules:
            match rule.fault.effect:
                case Latency() as latency if (share := rule.hit(bucket, nth)) is not None:
                    delay += latency.at(share)
                case Clock(seconds) if rule.hit(bucket, nth) is not None:
                    clock += timedelta(seconds=seconds)
                case Latency() | Clock() | Handshake():
                    pass
                case effect if chosen is None and rule.hit(bucket, nth) is not None:
                    chosen = effect
        return Trouble(clock, delay, chosen)

    def of_handshake(self, bucket: str) -> Handshake | None:
        """Return what happens to the next handshake with the virtual host of `bucket`."""
        self._handshakes[bucket] += 1
        nth = self._handshakes[bucket]
        for rule in self._rules:
            effect = rule.fault.effect
            if isinstance(effect, Handshake) and rule.hit(bucket, nth) is not None:
                return effect
        return None


class _Rule:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        # Without p and times: a rule that hits more often hits all that it hit before.
        self._name = f"{fault.seed}/{fault.buckets}/{fault.effect}"
        self._hits: Counter[str] = Counter()
        self._is_full = _gauge(fault.effect) if isinstance(fault.effect, Throttle) else None

    def hit(self, bucket: str, nth: int) -> float | None:
        """Return a number from 0 to 1 that is any for each hit, None for no hit."""
        fault = self.fault
        if not fnmatchcase(bucket, fault.buckets) or self._hits[bucket] == fault.times:
            return None
        share = _share(f"{self._name}/{bucket}/{nth}")
        if share >= fault.p or (self._is_full and not self._is_full()):
            return None
        self._hits[bucket] += 1
        return share / fault.p


def _share(text: str) -> float:
    """Return a number from 0 to 1, without 1, that is any for each text and always the same."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return int.from_bytes(digest) / (1 << 48)


def _gauge(throttle: Throttle) -> Callable[[], bool]:
    """Return what tells, asked for each request, whether the last second is full without it."""
    served: deque[float] = deque(maxlen=throttle.rate)

    def is_full() -> bool:
        now = monotonic()
        if len(served) == throttle.rate and now - served[0] < 1:
            return True
        served.append(now)
        return False

    return is_full
