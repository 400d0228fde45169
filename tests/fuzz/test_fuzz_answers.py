"""100,000 spoiled answers: none crashes drift, and none is green that does not plainly say so."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from drift.desired.declaration import Declaration
from drift.discovery.decide import Decision
from drift.judge import judged
from drift.live.attempt import Found
from drift.live.outcome import Absence, Outcome, interpreted
from drift.live.source import Answer, Bucket
from drift.plan import Problem, Status
from drift.settings.document import write
from drift.settings.https import HttpsConfiguration
from tests.declared import declared
from tests.fuzz.mutators import spoiled
from tests.fuzz.oracle import ALL, OFF, STRONG, Said, plainly

BODIES = 100_000
SAMPLES = Path(__file__).parents[2] / "samples" / "recording"
STATUSES = (200, 200, 404, 404, 403, 500, 503, 204, 206, 301, 304, 400, 0, -2, 999)

TLS12, TLS13 = "ECDHE-RSA-AES128-GCM-SHA256", "TLS_AES_256_GCM_SHA384"
_ON = {"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.3"]}
_STRONG = {"Enable": True, "StrongCipherSuite": True}
_CUSTOM = {"Enable": True, "CustomCipherSuite": [TLS12], "TLS13CustomCipherSuite": [TLS13]}
NEW = frozenset({"TLSv1.2", "TLSv1.3"})
CUSTOM = frozenset({f"1.2 {TLS12}", f"1.3 {TLS13}"})


class Declared(NamedTuple):
    """A desired configuration, and the same in the words of the oracle; None: not managed."""

    declaration: Declaration
    tls: frozenset[str] | None
    ciphers: frozenset[str] | None

    def agrees(self, said: Said) -> bool:
        return self.tls in (None, said.tls) and self.ciphers in (None, said.ciphers)


def configured(
    document: Mapping[str, object],
    tls: frozenset[str] | None = None,
    ciphers: frozenset[str] | None = None,
) -> Declared:
    return Declared(declared(HttpsConfiguration.model_validate(document)), tls, ciphers)


DECLARED = (
    configured({"TLS": {"Enable": False}}, OFF),
    configured({"TLS": _ON}, NEW),
    configured({"TLS": {"Enable": True, "TLSVersion": ["TLSv1.3"]}}, frozenset({"TLSv1.3"})),
    configured({"CipherSuite": {"Enable": False}}, None, ALL),
    configured({"TLS": {"Enable": False}, "CipherSuite": {"Enable": False}}, OFF, ALL),
    configured({"TLS": _ON, "CipherSuite": {"Enable": False}}, NEW, ALL),
    configured({"TLS": _ON, "CipherSuite": _STRONG}, NEW, STRONG),
    configured({"TLS": _ON, "CipherSuite": _CUSTOM}, NEW, CUSTOM),
    configured({"CipherSuite": _CUSTOM}, None, CUSTOM),
)

OWN = (
    b"<HttpsConfiguration/>",
    (
        b"<HttpsConfiguration><TLS><Enable>false</Enable><TLSVersion>TLSv1.2</TLSVersion></TLS>"
        b"</HttpsConfiguration>"
    ),
    b"<Error><Code>NoSuchHttpsConfig</Code><Message>No.</Message></Error>",
    b"<Error><Code>NoSuchBucket</Code><RequestId>66F0A1B2C3D4E5F601234567</RequestId></Error>",
    b"<Error xmlns='http://a'><Code>AccessDenied</Code><Endpoint>a.aliyuncs.com</Endpoint></Error>",
    b"<html><body>Sign in</body></html>",
    b"",
)
RECORDED = tuple(path.read_bytes() for path in sorted(SAMPLES.rglob("*.xml")))
CORPUS = (*(write(one.declaration.setting) for one in DECLARED), *RECORDED, *OWN)


def fuzzed() -> Iterator[tuple[Answer, Declared]]:
    """Yield 100,000 answers, always the same, each with what is declared for its bucket."""
    rng = Random(20261122)
    for _ in range(BODIES):
        index = rng.randrange(len(CORPUS))
        body = spoiled(rng, CORPUS[index], CORPUS)
        status = 404 if CORPUS[index].startswith(b"<Error") else 200
        if rng.random() < 0.1:
            status = rng.choice(STATUSES)
        near = index < len(DECLARED) and rng.random() < 0.6
        one = DECLARED[index] if near else rng.choice(DECLARED)
        yield Answer(status, body), one


@cache
def statuses(one: Declared, outcome: Outcome) -> tuple[Status, Status, bool]:
    """Return the status, the same with --strict, and whether a warning is shown."""
    bucket = Bucket("oss-example", "cn-hangzhou")
    found, decision = Found(outcome, bucket), Decision(bucket, one.declaration)
    plain, strict = (judged(decision, found, strict=way) for way in (False, True))
    return plain.status, strict.status, bool(plain.warnings)


def kind(outcome: Outcome) -> str:
    match outcome:
        case Problem():
            return "problem"
        case Absence():
            return outcome.name
        case _:
            return "reading"


def test_no_spoiled_answer_crashes_and_none_is_green_that_does_not_plainly_say_so() -> None:
    """Law: in_sync implies that another, naive reader finds the same in the body.

    A green answer with anything in it that nobody knows carries a warning; with --strict it is
    not green. Whatever has another status than 200 and 404 is a problem.
    """
    seen = Counter[str]()
    mutated_and_green = green_with_a_warning = 0
    for answer, one in fuzzed():
        outcome = interpreted(answer, HttpsConfiguration, Bucket("oss-example", "cn-hangzhou"))
        status, strict, warned = statuses(one, outcome)
        seen.update((kind(outcome), status, f"strict {strict}"))
        assert isinstance(outcome, Problem) or answer.status in (200, 404), answer
        if status is Status.IN_SYNC:
            said = plainly(answer.status, answer.body)
            assert said, answer
            assert one.agrees(said), (answer, one)
            assert said.all_known or warned, answer
            mutated_and_green += answer.body not in CORPUS
            green_with_a_warning += warned
        assert strict is not Status.IN_SYNC or (status is Status.IN_SYNC and not warned), answer
    few = {name: count for name, count in seen.items() if count < 500}
    assert not few, seen
    assert mutated_and_green > 2000
    assert green_with_a_warning > 200
    assert seen["reading"] + seen["problem"] + seen["BUCKET"] + seen["SETTING"] == BODIES
