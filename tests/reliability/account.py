"""An account of many buckets of every sort: recorded on disk, and declared in desired files."""

import json
from pathlib import Path
from typing import NamedTuple

from drift.live.service_error import error_body

HOMES = ("cn-beijing", "cn-hangzhou", "eu-central-1")
_WANTED = {
    "TLS": {"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.3"]},
    "CipherSuite": {"Enable": True, "StrongCipherSuite": True},
}
_STRONG = "<CipherSuite><Enable>true</Enable><StrongCipherSuite>true</StrongCipherSuite>"
_UNTAGGED = "<Tagging><TagSet/></Tagging>"
_TAGGED = "<Tagging><TagSet><Tag><Key>stage</Key><Value>prod</Value></Tag></TagSet></Tagging>"


def _document(*versions: str, more: str = "") -> bytes:
    named = "".join(f"<TLSVersion>{version}</TLSVersion>" for version in versions)
    return (
        f"<HttpsConfiguration><TLS><Enable>true</Enable>{named}</TLS>{_STRONG}</CipherSuite>{more}"
        "</HttpsConfiguration>"
    ).encode()


AS_WANTED = _document("TLSv1.3", "TLSv1.2")
_SORTS = (
    *[AS_WANTED] * 12,
    _document("TLSv1.1", "TLSv1.2", "TLSv1.3"),
    _document("TLSv1.2"),
    _document("TLSv1.2", "TLSv1.3", more="<New>1</New>"),
    b"<HttpsConfiguration/>",
    error_body("NoSuchHttpsConfig", "Never configured."),
    error_body("AccessDenied", "Not yours."),
    error_body("NoSuchBucket", "It was there when the buckets were listed."),
)
"""What the buckets answer, in turn: most are as wanted."""


class Account(NamedTuple):
    """Where it is: the recording, and desired files that declare its buckets in two ways."""

    recording: Path
    by_patterns: Path
    by_names: Path
    names: tuple[str, ...]


def account(folder: Path, buckets: int, *, sorts: tuple[bytes, ...] = _SORTS) -> Account:
    """Write an account of so many buckets.

    By patterns, some are undeclared, and some are narrowed by a tag. By names, some do not exist,
    and of every tenth the file says another region than the one that it is in.
    """
    names = tuple(f"app-{number:05}" for number in range(buckets))
    homes = {name: HOMES[number % len(HOMES)] for number, name in enumerate(names)}
    for number, name in enumerate(names):
        place = folder / "recording" / homes[name] / name
        place.mkdir(parents=True)
        (place / "httpsConfig.xml").write_bytes(sorts[number % len(sorts)])
        (place / "tagging.xml").write_text(_UNTAGGED if number % 50 else _TAGGED)
    _declare(folder / "patterns/all.json", ["app-*", "!app-*77"])
    _declare(folder / "patterns/tagged.json", "app-*0", Tags={"stage": "prod"})
    said = {name: HOMES[number % len(HOMES)] for number, name in enumerate(names)}
    said |= {name: HOMES[number % 2] for number, name in enumerate(names) if number % 10 == 0}
    said["app-of-nobody"] = HOMES[0]
    for region in HOMES:
        of_region = [name for name, home in said.items() if home == region]
        _declare(folder / f"names/{region}.json", of_region, Region=region)
    return Account(folder / "recording", folder / "patterns", folder / "names", names)


def _declare(path: Path, bucket: object, **more: object) -> None:
    path.parent.mkdir(exist_ok=True)
    document = {"Bucket": bucket, **more, "HttpsConfiguration": _WANTED}
    path.write_text(json.dumps(document, indent=2))
