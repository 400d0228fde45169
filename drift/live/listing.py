"""The pages of ListBuckets, read and written: which buckets there are, and where.

Source: the documentation of ListBuckets (GetService).
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

from drift.live.endpoint import OSS_HOST, host_of_region
from drift.live.source import Bucket, Tag
from drift.xml import XmlError, local_name, parse, text_of

PAGE = 1000
"""The most buckets that a page can have."""

_OF_PAGE = frozenset(("Buckets", "IsTruncated", "NextMarker"))
_OF_BUCKET = frozenset(("Name", "Region", "Location", "ExtranetEndpoint"))
_OF_TAGGING = frozenset(("TagSet",))
_OF_TAG = frozenset(("Key", "Value"))

BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
"""What a bucket can be called."""

_REGION = re.compile(r"[a-z][a-z0-9-]{1,57}")
_CREATED = "2026-01-01T00:00:00.000Z"


class Page(NamedTuple):
    """Some of the buckets of an account, and the marker of the next page if there is one."""

    buckets: tuple[Bucket, ...]
    next_marker: str | None


def page_of(body: bytes) -> Page:
    """Return what a page says; raise `XmlError` for one that leaves a doubt."""
    root = _children(parse(body, "ListAllMyBucketsResult"), _OF_PAGE)
    if "Buckets" not in root:
        raise XmlError("has no list of buckets")
    buckets = tuple(_bucket(element) for element in root["Buckets"])
    truncated = text_of(root["IsTruncated"]) if "IsTruncated" in root else "false"
    marker = text_of(root["NextMarker"]) if "NextMarker" in root else ""
    if truncated not in ("true", "false") or (truncated == "true") != bool(marker):
        raise XmlError("does not say whether more buckets follow")
    return Page(buckets, marker or None)


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
    member = {name: text_of(child) for name, child in _children(element, _OF_TAG).items()}
    if local_name(element) != "Tag" or "Key" not in member:
        raise XmlError("has something else among the tags")
    return Tag(member["Key"], member.get("Value", ""))


def can_be_listed(name: str, region: str) -> bool:
    """Return whether a bucket and its region have names as OSS gives them."""
    return bool(BUCKET_NAME.fullmatch(name) and _REGION.fullmatch(region))


def _bucket(element: Element) -> Bucket:
    if local_name(element) != "Bucket":
        raise XmlError("has something else among the buckets")
    member = {name: text_of(child) for name, child in _children(element, _OF_BUCKET).items()}
    name = member.get("Name", "")
    region = member.get("Region") or member.get("Location", "").removeprefix("oss-")
    host = member.get("ExtranetEndpoint")
    if not can_be_listed(name, region):
        raise XmlError("has a bucket whose name or region cannot be read")
    if host is not None and not OSS_HOST.fullmatch(host):
        raise XmlError("has a bucket whose endpoint is no host of OSS")
    return Bucket(name, region, host)


def _children(element: Element, names: frozenset[str]) -> dict[str, Element]:
    """Return the children of these names; raise `XmlError` if one is there twice.

    Others do not matter: the service may add some.
    """
    found = [(name, child) for child in element if (name := local_name(child)) in names]
    children = dict(found)
    if len(children) != len(found):
        raise XmlError(f"has an element twice in <{local_name(element)}>")
    return children


def _element(bucket: Bucket) -> str:
    region = str(bucket.region)
    return (
        f"    <Bucket><CreationDate>{_CREATED}</CreationDate>"
        f"<ExtranetEndpoint>{host_of_region(region)}</ExtranetEndpoint>"
        f"<IntranetEndpoint>oss-{region}-internal.aliyuncs.com</IntranetEndpoint>"
        f"<Location>oss-{region}</Location><Name>{bucket.name}</Name>"
        f"<Region>{region}</Region><StorageClass>Standard</StorageClass></Bucket>\n"
    )
