"""Secrets that this process holds, and their removal from all that it shows."""

import re
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import NamedTuple

MASK = "***"

SHORTEST = 8
"""The shortest secret that is masked, in characters.

A shorter string occurs by chance in names and words, which nobody could read any more. No service
gives out keys so short.
"""

VARIABLES = (
    "OSS_ACCESS_KEY_ID",
    "OSS_ACCESS_KEY_SECRET",
    "OSS_SESSION_TOKEN",
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
    "ALIBABACLOUD_ACCESS_KEY_ID",
    "ALIBABACLOUD_ACCESS_KEY_SECRET",
    "ALIBABACLOUD_SECURITY_TOKEN",
    "ALICLOUD_ACCESS_KEY_ID",
    "ALICLOUD_ACCESS_KEY_SECRET",
    "ALICLOUD_ACCESS_KEY",
    "ALICLOUD_SECRET_KEY",
    "ALICLOUD_SECURITY_TOKEN",
    "DRIFT_COMMENT_TOKEN",
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "GITLAB_TOKEN",
    "CI_JOB_TOKEN",
    "GITEE_TOKEN",
    "CODEUP_TOKEN",
    "YUNXIAO_ACCESS_TOKEN",
)
"""The environment variables that hold a key or a token, whether or not this run uses it."""

_SIGNATURE_LENGTH = 64
_SIGNATURE = re.compile(rf"[0-9A-Fa-f]{{{_SIGNATURE_LENGTH}}}")
"""A signature of a request, or the digest in a string to sign: each request has its own."""


class _Held(NamedTuple):
    """The secrets, and every form in which they may come back, the longest first."""

    secrets: frozenset[str] = frozenset()
    forms: tuple[str, ...] = ()

    @property
    def shortest(self) -> int:
        """The length of the shortest form; it is the last."""
        return len(self.forms[-1])


_held = _Held()
_holding = Lock()


def begin(environ: Mapping[str, str]) -> None:
    """Forget the secrets of an earlier run, and hold those of the environment."""
    forget()
    hold(*(environ.get(name, "").strip() for name in VARIABLES))


def forget() -> None:
    """Hold no secret any more."""
    global _held  # noqa: PLW0603 - a traceback is masked too, and nobody can hand it anything
    _held = _Held()


def hold(*secrets: str | None) -> None:
    """Mask these from now on in all that is shown; those that are too short are passed over."""
    global _held  # noqa: PLW0603
    with _holding:  # credentials are renewed in threads
        _held = _with(secrets)


def _with(secrets: Iterable[str | None]) -> _Held:
    new = {secret for secret in secrets if secret and len(secret) >= SHORTEST}
    if new <= _held.secrets:
        return _held
    from drift.secret_forms import spell  # noqa: PLC0415 - 5 ms, and many runs hold no secret

    every = _held.secrets | new
    forms = {form for secret in every for form in spell(secret) if len(form) >= SHORTEST}
    return _Held(every, tuple(sorted(forms, key=lambda form: (-len(form), form))))


def masked(text: str) -> str:
    """Return `text` with each held secret replaced, in whatever form it stands there."""
    for form in _held.forms:
        if form in text:
            text = text.replace(form, MASK)
    return text


def masked_value(value: str) -> str:
    """Return one value masked; as a whole if blanks or line breaks divide a secret in it."""
    if not _held.forms or len(value) < _held.shortest:
        return value
    clean = masked(value)
    bare = "".join(clean.split())
    return clean if bare == clean or masked(bare) == bare else MASK


def repeats_secret(text: str, *, digests: bool = False) -> bool:
    """Return whether a text holds a secret, or what looks like the signature of a request.

    With `digests`, only the former: people do put SHA-256 digests there.
    """
    if not digests and len(text) >= _SIGNATURE_LENGTH and _SIGNATURE.search(text):
        return True
    return masked_value(text) != text
