"""The pages of ListBuckets, read and written: which buckets there are, and where.

Source: the documentation of ListBuckets (GetService).
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from xml.etree.ElementTree import Element

from drift.live.endpoint import OSS_HOST, host_of_region, region_of_host, region_of_name
from drift.live.source import Bucket, Tag
from drift.xml import XmlError, local_name, parse, text_of

PAGE = 1000
"""The most buckets that a page can have."""

_PARTIAL = frozenset(
    (
        "Prefix", "Delimiter", "StartAfter", "CommonPrefixes",
        "ContinuationToken", "NextContinuationToken",
        "ResourceGroupId", "TagKey", "TagValue", "Tagging",
    )
)  # fmt: skip
"""What narrows a list. Drift asks for none of it but for tags, which an answer does not repeat.

Only `Prefix` is documented of ListBuckets; the others narrow the lists that resemble it.
"""
_OF_PAGE = _PARTIAL | {
    "Owner", "Buckets", "Marker", "MaxKeys", "IsTruncated", "NextMarker", "KeyCount",
}  # fmt: skip
_OF_OWNER = frozenset(("ID",))
_OF_BUCKET = frozenset(("Name", "Region", "Location", "ExtranetEndpoint", "IntranetEndpoint"))
_OF_TAGGING = frozenset(("TagSet",))
_OF_TAG = frozenset(("Key", "Value"))

BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
"""What a bucket can be called."""

_REGION = re.compile(r"[a-z][a-z0-9-]{1,57}")
_CREATED = "2026-01-01T00:00:00.000Z"


class Page(NamedTuple):
    """Some of the buckets of an account, and the marker of the next page if there is one.

    The owner is a digest of the account's id; None where the page does not name it.
    """

    buckets: tuple[Bucket, ...]
    next_marker: str | None
    owner: str | None = None


def page_of(body: bytes, marker: str = "", *, uses_addresses: bool = True) -> Page:
    """Return what the page after `marker` says; raise `XmlError` for one that leaves a doubt.

    Without `uses_addresses`, the addresses of buckets are neither judged nor returned.
    """
    root = _children(parse(body, "ListAllMyBucketsResult"), _OF_PAGE)
    if "Buckets" not in root:
        raise XmlError("has no list of buckets")
    values = {name: text_of(root[name]) for name in root.keys() - {"Buckets", "Owner"}}
    if any(values.get(name) for name in _PARTIAL):
        raise XmlError("says that it lists only some of the buckets")
    if values.get("Marker", marker) != marker:
        raise XmlError("lists the buckets from another marker on than it was asked for")
    if root["Buckets"].attrib:
        raise XmlError("says more of its list of buckets than drift can read")
    buckets = tuple(_bucket(element, uses_addresses) for element in root["Buckets"])
    if values.get("KeyCount", str(len(buckets))) != str(len(buckets)):
        raise XmlError("counts other buckets than it lists")
    return Page(buckets, _next_marker(values), _owner(root))


def _owner(root: Mapping[str, Element]) -> str | None:
    """Return what tells the account of a page from others; None where it is not named.

    Some private clouds know an account by its access key, so it is not the account itself.
    """
    members = _children(root["Owner"], _OF_OWNER) if "Owner" in root else {}
    text = members["ID"].text if "ID" in members else None
    return sha256(text.encode()).hexdigest() if text else None


def _next_marker(values: Mapping[str, str]) -> str | None:
    """Return the marker of the next page; None after the last one.

    A list that fits in one page has none of the elements that are about pages.
    """
    is_paged = bool(values.get("Marker") or values.get("MaxKeys"))
    truncated = values.get("IsTruncated", "" if is_paged else "false")
    marker = values.get("NextMarker", "")
    if truncated not in ("true", "false") or (truncated == "true") != bool(marker):
        raise XmlError("does not say whether more buckets follow")
    return marker or None


def page_body(buckets: Sequence[Bucket], *, marker: str = "", most: int = PAGE) -> bytes:
    """Return the page of `buckets`, which are sorted by name, that comes after `marker`."""
    first = bisect_right(buckets, marker, key=lambda bucket: bucket.name)
    page = buckets[first : first + most]
    more = first + most < len(buckets)
    paging = ""
    if more or marker:
        paging = (
            f"  <Marker>{marker}</Marker>\n  <MaxKeys>{most}</MaxKeys>\n"
            f"  <IsTruncated>{str(more).lower()}</IsTruncated>\n"
        )
    if more:
        paging += f"  <NextMarker>{page[-1].name}</NextMarker>\n"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListAllMyBucketsResult>\n'
        "  <Owner><ID>1234567890</ID><DisplayName>1234567890</DisplayName></Owner>\n"
        f"{paging}  <Buckets>\n{''.join(map(_element, page))}  </Buckets>\n"
        "</ListAllMyBucketsResult>\n"
    ).encode()


def tags_of(body: bytes) -> frozenset[Tag]:
    """Return what GetBucketTags answered; raise `XmlError`."""
    root = _children(parse(body, "Tagging"), _OF_TAGGING)
    return frozenset(_tag(element) for element in root.get("TagSet", ()))


def _tag(element: Element) -> Tag:
    children = _children(element, _OF_TAG)
    member = {name: text_of(child, digests=True) for name, child in children.items()}
    if local_name(element) != "Tag" or "Key" not in member:
        raise XmlError("has something else among the tags")
    return Tag(member["Key"], member.get("Value", ""))


def can_be_listed(name: str, region: str) -> bool:
    """Return whether a bucket and its region have names as OSS gives them."""
    return bool(BUCKET_NAME.fullmatch(name)) and _is_region(region)


def _is_region(text: str) -> bool:
    """Return whether it is a region's id, and not what an endpoint is called."""
    return bool(_REGION.fullmatch(text)) and region_of_name(text) == text


def _bucket(element: Element, uses_addresses: bool) -> Bucket:
    if local_name(element) != "Bucket":
        raise XmlError("has something else among the buckets")
    member = {name: text_of(child) for name, child in _children(element, _OF_BUCKET).items()}
    name = member.pop("Name", "")
    if not BUCKET_NAME.fullmatch(name):
        raise XmlError("has a bucket whose name cannot be read")
    if not uses_addresses:
        member = {key: text for key, text in member.items() if not key.endswith("Endpoint")}
    return Bucket(name, *_place(tuple(member.items())))


@lru_cache(maxsize=1024)  # a list has few places for many buckets
def _place(members: tuple[tuple[str, str], ...]) -> tuple[str, str | None]:
    """Return the region and the host of the public endpoint that a bucket's members name."""
    values = dict(members)
    location, host = region_of_name(values.get("Location", "")), values.get("ExtranetEndpoint")
    region = values.get("Region") or location or ""
    if not _is_region(region):
        raise XmlError("has a bucket whose region cannot be read")
    if host is not None and not OSS_HOST.fullmatch(host):
        raise XmlError("has a bucket whose endpoint is no host of OSS")
    hosts = filter(OSS_HOST.fullmatch, (host or "", values.get("IntranetEndpoint", "")))
    named = {location, *map(region_of_host, hosts)} - {None, ""}
    if named - {region}:
        raise XmlError("has a bucket whose region, location and endpoints contradict each other")
    return region, host


def _children(element: Element, names: frozenset[str]) -> dict[str, Element]:
    """Return the children of these names; raise `XmlError` if one is there twice.

    Others do not matter, since the service may add some, unless they are these names in other
    letters: what is meant by `isTruncated` may not be passed over.
    """
    found = [(local_name(child), child) for child in element]
    children = {name: child for name, child in found if name in names}
    lowered = _lowered(names)
    if sum(name.lower() in lowered for name, _ in found) != len(children):
        raise XmlError(f"has an element twice, or in other letters, in <{local_name(element)}>")
    return children


@lru_cache(maxsize=8)
def _lowered(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _element(bucket: Bucket) -> str:
    region = str(bucket.region)
    return (
        f"    <Bucket><CreationDate>{_CREATED}</CreationDate>"
        f"<ExtranetEndpoint>{host_of_region(region)}</ExtranetEndpoint>"
        f"<IntranetEndpoint>oss-{region}-internal.aliyuncs.com</IntranetEndpoint>"
        f"<Location>oss-{region}</Location><Name>{bucket.name}</Name>"
        f"<Region>{region}</Region><StorageClass>Standard</StorageClass></Bucket>\n"
    )
