"""What is suspicious about the cipher suites that a desired file names."""

from collections.abc import Iterator, Mapping, Sequence

from drift.settings.faults import did_you_mean
from drift.settings.https.cipher_suites import canonical, find
from drift.settings.https.suite import Suite, suites
from drift.settings.https.weakness import weakness


def doubts(
    lists: Mapping[str, Sequence[str]], enabled: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Yield what is suspicious about desired suites, each with its place such as `LIST/0`.

    `lists` are the two of the API by their names, `enabled` is which TLS versions are accepted.
    """
    for member, names in lists.items():
        first: dict[str, str] = {}
        for index, name in enumerate(names):
            for doubt in _doubts(name, member == "TLS13CustomCipherSuite", enabled):
                yield f"{member}/{index}", f'"{name}" {doubt}'
            other = first.setdefault(canonical(name), name)
            if other != name:
                yield f"{member}/{index}", f'"{name}" is the same suite as "{other}"'


def _doubts(name: str, tls13: bool, enabled: frozenset[str]) -> Iterator[str]:
    suite = find(name)
    if suite is None:
        near = _near(name)
        hint = f"; did you mean {near}?" if near else ""
        yield f"is a cipher suite that drift does not know{hint}"
        return
    if tls13 != suite.tls13:
        yield _place(suite)
    elif not suite.versions & enabled:
        yield "can be used by none of the enabled TLS versions"
    ailment = weakness(suite)
    if ailment and ailment.broken:
        yield f"is broken: {ailment.broken}"


def _place(suite: Suite) -> str:
    if suite.tls13:
        return "is a suite for TLS 1.3; its place is `TLS13CustomCipherSuite`"
    return "is a suite for TLS 1.2; its place is `CustomCipherSuite`"


def _near(name: str) -> str:
    """Return the known name that is nearest, among those of the same naming."""
    iana = name.upper().startswith("TLS_")
    return did_you_mean(name, tuple(suite.iana if iana else suite.name for suite in suites()))
