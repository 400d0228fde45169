"""What a comment of drift says of itself, in a line that the forge does not show."""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import NamedTuple

_HEAD, _TAIL = "<!-- drift:comment ", " -->"
_VERSION = 1
_DAWN = datetime(2020, 1, 1, tzinfo=UTC)
_YEARS = range(2019, 9999)  # beyond them, time zones overflow
LONGEST = 1200
"""The most code points that a marker takes, and the line break behind it."""

_COMMIT = re.compile(r"[0-9a-f]{0,64}")
KEY = re.compile(r"[A-Za-z0-9._/-]{1,100}")
"""What tells the comments of one pull request apart."""


class Marker(NamedTuple):
    """When a comment's plan was made, of which commit, and what it says."""

    key: str
    time: datetime
    """With a time zone."""
    commit: str
    """In lower-case hexadecimal digits; empty if not known."""
    verdict: str
    digest: str
    """That of what the comment says, but for what changes from run to run."""
    retired: bool = False
    """Whether another comment has taken its place."""
    intact: bool = True
    """Whether the comment still says what drift wrote: nobody edited it."""

    def is_of(self, head: str) -> bool:
        """Return whether its commit is `head`; commits may be cut short, and not be known."""
        return bool(self.commit and head) and (
            head.startswith(self.commit) or self.commit.startswith(head)
        )


def plausible(time: datetime, now: datetime) -> datetime:
    """Return `time`, or `now` for one in the future.

    A plan that a stranger wrote could otherwise claim to be newer than every later one.
    """
    return max(_DAWN, min(time, now))


def digest(text: str) -> str:
    """Return what differs if texts do."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def marked(text: str, marker: Marker) -> str:
    """Return the body of a comment: the marker, which has a digest of the text, and the text."""
    said = marker._asdict() | {"v": _VERSION, "time": marker.time.astimezone(UTC).isoformat()}
    del said["intact"]
    said["text"] = _digest_of_text(text)
    inner = json.dumps(said)
    for character in "-<>":  # what could end the comment, or begin another
        inner = inner.replace(character, f"\\u{ord(character):04x}")
    return f"{_HEAD}{inner}{_TAIL}\n{text}"


def read(body: str) -> Marker | None:
    """Return the marker that a body has on a line of its own; None if drift wrote none.

    It is not always the first line: people write above it. The marker is then not intact.
    """
    return _divided(body)[0]


def _divided(body: str) -> tuple[Marker | None, str]:
    """Return the marker of a body, and the body without it."""
    lines = body.split("\n")
    for index, line in enumerate(lines):
        if line.startswith(_HEAD) and (said := _object(line.rstrip())):
            rest = "\n".join(lines[:index] + lines[index + 1 :])
            if marker := _checked(said, _digest_of_text(rest)):
                return marker, rest
    return None, body


def _object(line: str) -> dict[str, object] | None:
    """Return what a line says that begins as a marker does."""
    if not line.endswith(_TAIL) or len(line) > LONGEST:
        return None
    try:
        said = json.loads(line[len(_HEAD) : -len(_TAIL)])
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _digest_of_text(text: str) -> str:
    """Return a digest of a text, but for what forges do to the ends of lines."""
    return digest("\n".join(line.rstrip() for line in text.split("\n")).strip())


def _checked(said: dict[str, object], text: str) -> Marker | None:
    texts = {name: said.get(name) for name in ("key", "time", "commit", "verdict", "digest")}
    if said.get("v") != _VERSION or not all(isinstance(one, str) for one in texts.values()):
        return None
    key, written, commit, verdict, digest_ = (str(one) for one in texts.values())
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        return None
    fits = time.tzinfo and time.year in _YEARS and KEY.fullmatch(key) and _COMMIT.fullmatch(commit)
    if not fits:
        return None
    is_retired, is_intact = said.get("retired") is True, said.get("text") == text
    return Marker(key, time, commit, verdict, digest_, is_retired, is_intact)


def remarked(body: str, marker: Marker) -> str:
    """Return a body that has a marker with another one."""
    return marked(_divided(body)[1], marker)


def retired(body: str) -> str:
    """Return a body whose comment is not found any more."""
    marker = read(body)
    return body if marker is None else remarked(body, marker._replace(retired=True))
