"""Whatever ListBuckets answers, each bucket that a file names or a page lists is accounted for."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.check import compare
from drift.desired.declaration import Declaration
from drift.desired.load import load
from drift.discovery.decide import Discovery
from drift.discovery.discover import discover
from drift.live.endpoint import host_of_region
from drift.live.fleet import Fleet
from drift.live.service_error import error_body, status_of
from drift.live.source import Answer, Bucket, Tag
from drift.plan import Plan, Status, Undeclared, Verdict
from drift.settings.document import write
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from drift.settings.setting import Setting
from tests.declared import NOW, File
from tests.policy.files import ciphers, file
from tests.strategies import BUCKETS, PROD, REGIONS, files, several_files, subsets

TLS = Tls(Enable=True, TLSVersion=("TLSv1.2", "TLSv1.3"))
STRONG = HttpsConfiguration(TLS=TLS, CipherSuite=CipherSuite(Enable=True, StrongCipherSuite=True))
WEAK = HttpsConfiguration(TLS=TLS, CipherSuite=CipherSuite(Enable=False))
BODIES = st.sampled_from([write(STRONG), write(WEAK), b"<html/>"])


class Place(NamedTuple):
    """Where a bucket is said to be, by each member that says it."""

    region: str
    location: str
    public: str
    internal: str

    @property
    def members(self) -> str:
        return (
            f"<ExtranetEndpoint>{self.public}</ExtranetEndpoint>"
            f"<IntranetEndpoint>{self.internal}</IntranetEndpoint>"
            f"<Location>{self.location}</Location><Region>{self.region}</Region>"
        )

    def is_certain(self, uses_addresses: bool) -> bool:
        """Return whether all that is looked at says the same place."""
        addresses = (self.public, self.internal) if uses_addresses else ()
        return all(self.region in said for said in (self.location, *addresses))


def place(region: str) -> Place:
    internal = f"oss-{region}-internal.aliyuncs.com"
    return Place(region, f"oss-{region}", f"oss-{region}.aliyuncs.com", internal)


_HONEST = st.sampled_from(REGIONS).map(place)
_PLACES = st.one_of(
    *[_HONEST] * 6,
    st.builds(lambda one, other: one._replace(public=other.public), _HONEST, _HONEST),
    st.builds(lambda one, other: one._replace(internal=other.internal), _HONEST, _HONEST),
    st.builds(lambda one, other: one._replace(location=other.location), _HONEST, _HONEST),
)
_NOISE = st.sampled_from(
    [
        *[""] * 12, "<Owner><ID>1</ID></Owner>", "<New>a</New>", "<Prefix></Prefix>",
        "<Prefix>app</Prefix>", "<Marker>app</Marker>", "<Delimiter>-</Delimiter>",
        "<Owner><ID>2</ID></Owner>", "<MaxKeys>2</MaxKeys>", "<IsTruncated>false</IsTruncated>",
    ]
)  # fmt: skip
"""What a page may say beside its buckets."""


@dataclass
class Account:
    """A service whose list may say anything, and what it said."""

    listed: dict[str, Place]
    tagged: dict[Tag | None, frozenset[str]]
    size: int
    noise: Sequence[str]
    homes: dict[str, str]
    bodies: dict[str, bytes]
    uses_addresses: bool
    changing: bool = False
    shown: dict[str, Place] = field(default_factory=dict)
    said: list[tuple[str, bool]] = field(default_factory=list)
    """What each page said beside its buckets, and whether more follow."""

    def page(self, _region: str | None, marker: str = "", tag: Tag | None = None) -> Answer:
        noise = self.noise[len(self.said) % len(self.noise)]
        names = sorted(self.listed if tag is None else self.tagged[tag])
        rest = [name for name in names if name > marker]
        names, more = rest[: self.size], rest[self.size :]
        places = {name: self.listed.get(name) or place("cn-beijing") for name in names}
        self.shown |= places
        self.said.append((noise, bool(more)))
        inner = "".join(
            f"<Bucket>{one.members}<Name>{name}</Name></Bucket>" for name, one in places.items()
        )
        end = f"<IsTruncated>true</IsTruncated><NextMarker>{names[-1]}</NextMarker>" if more else ""
        body = f"{noise}{end}<Buckets>{inner}</Buckets>"
        return Answer(200, f"<ListAllMyBucketsResult>{body}</ListAllMyBucketsResult>".encode())

    def read(self, bucket: Bucket, _setting: type[Setting]) -> Answer:
        home = self.homes.get(bucket.name)
        if home is None:
            body = error_body("NoSuchBucket", "No.", bucket.name)
        elif home != bucket.region:
            endpoint = host_of_region(home)
            body = error_body("AccessDenied", "Elsewhere.", bucket.name, Endpoint=endpoint)
        else:
            body = self.bodies[bucket.name]
        return Answer(status_of(body), body)

    def close(self) -> None: ...


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """An account whose buckets are most often, but not always, where its list says."""
    listed = draw(st.dictionaries(st.sampled_from(BUCKETS), _PLACES, max_size=5))
    regions = st.sampled_from(REGIONS)
    homes = {name: one.region for name, one in listed.items()}
    homes |= draw(st.dictionaries(st.sampled_from(BUCKETS), regions, max_size=3))
    among = subsets(sorted(listed)) if listed else st.just(())
    tagged = draw(st.one_of(among, among, among, subsets(BUCKETS)))
    return Account(
        listed,
        {PROD: frozenset(tagged)},
        draw(st.integers(1, 4)),
        draw(st.lists(_NOISE, min_size=1, max_size=4)),
        homes,
        {name: draw(BODIES) for name in homes},
        draw(st.booleans()),
    )


def checked(
    declared: Sequence[Declaration], account: Account, undeclared: Undeclared | None
) -> tuple[Discovery, Plan | None]:
    """Do what `drift plan` does; there is no plan if the files disagree."""
    fleet = Fleet(account)
    found = discover(declared, fleet, region="cn-beijing", undeclared=undeclared)
    return found, None if found.conflicts else compare(found, fleet, now=NOW)


def of(several: Sequence[File]) -> list[Declaration]:
    """Return what files declare; of a name that two files have, the first, as `load` does."""
    kept: dict[object, Declaration] = {}
    for one in chain.from_iterable(each.declarations() for each in several):
        kept.setdefault(one if one.is_pattern else one.bucket, one)
    return list(kept.values())


def is_meant(one: Declaration, name: str, region: str, account: Account) -> bool:
    """Return whether a pattern is for a bucket in a region, worked out here by hand."""
    return (
        fnmatchcase(name, one.bucket)
        and fnmatchcase(region, one.region or "*")
        and not any(fnmatchcase(name, entry) for entry in one.scope.excluded)
        and all(name in account.tagged[Tag(*tag)] for tag in one.scope.tags)
    )


def has_doubt(account: Account) -> bool:
    """Return whether something that was said in a list is not to be believed."""
    partial = ("<Prefix>app", "<Marker>", "<Delimiter>")
    unclear = {("<MaxKeys>2</MaxKeys>", False), ("<IsTruncated>false</IsTruncated>", True)}
    owners = {noise for noise, _ in account.said if noise.startswith("<Owner>")}
    believed = (one.is_certain(account.uses_addresses) for one in account.shown.values())
    return (
        any(noise.startswith(partial) for noise, _ in account.said)
        or any(page in unclear for page in account.said)
        or len(owners) > 1
        or not account.shown.keys() <= account.listed.keys()
        or not all(believed)
    )


def test_what_is_named_or_listed_is_what_is_accounted_for() -> None:
    """names in files | names in pages == names in the plan; what is not certain is incomplete."""
    seen: Counter[str] = Counter()

    @given(several_files, accounts(), st.sampled_from(["ignore", "report", "fail", None]))
    def law(several: Sequence[File], account: Account, undeclared: Undeclared | None) -> None:
        declared = of(several)
        found, plan = checked(declared, account, undeclared)
        if plan is None:
            return
        rows = {one.name for one in plan.resource_changes}
        assert len(rows) == len(plan.resource_changes)
        named = {one.bucket for one in declared if not one.is_pattern}
        patterns = [one for one in declared if one.is_pattern]
        if found.problem:
            # Without patterns, and where nothing undeclared counts, only names needed the list.
            hidden = set() if found.policy == "ignore" else {"*"}
            assert rows == named | ({one.bucket for one in patterns} or hidden)
            assert plan.verdict is Verdict.INCOMPLETE
            seen["refused"] += 1
        else:
            listed = {
                name
                for name, at in account.shown.items()
                if found.policy != "ignore"
                or any(is_meant(one, name, at.region, account) for one in patterns)
            }
            assert rows == named | listed
            seen["listed"] += bool(listed)

    law()
    assert min(seen["refused"], seen["listed"]) > 0, seen


def test_a_list_is_refused_if_and_only_if_it_leaves_a_doubt() -> None:
    """A list that says that it is partial, or contradicts itself, makes the run incomplete."""
    seen: Counter[bool] = Counter()

    @given(several_files, accounts(), st.sampled_from(["report", "fail"]))
    def law(several: Sequence[File], account: Account, undeclared: Undeclared) -> None:
        found, plan = checked(of(several), account, undeclared)
        assert (found.problem is not None) == has_doubt(account)
        if plan and found.problem:
            assert plan.verdict is Verdict.INCOMPLETE
        seen[found.problem is None] += 1

    law()
    assert min(seen[True], seen[False]) > 0, seen


@pytest.fixture(scope="module")
def regional(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Declaration]:
    """Return a policy that all buckets of China have strong cipher suites."""
    folder = tmp_path_factory.mktemp("policies")
    schema = file("*", ciphers("StrongCipherSuite", {"const": True}), Region="cn-*")
    path = Path(folder / "p.json")
    path.write_text(json.dumps(schema))
    return load([path]).declarations


EXACT = HttpsConfiguration(TLS=TLS)


def test_a_bucket_is_green_only_if_it_obeys_what_holds_where_it_is(
    regional: Sequence[Declaration],
) -> None:
    """in_sync implies that what files say of the bucket's own region was looked at, and is so."""
    seen: Counter[str] = Counter()

    @given(files(), accounts(), st.sampled_from(["ignore", "report", "fail"]))
    def law(one: File, account: Account, undeclared: Undeclared) -> None:
        declared = [*of([one._replace(setting=EXACT)]), *regional]
        _, plan = checked(declared, account, undeclared)
        assert plan
        for row in plan.resource_changes:
            home = account.homes.get(row.name)
            if row.status is Status.IN_SYNC:
                assert row.region == home
                is_strong = account.bodies[row.name] == write(STRONG)
                assert is_strong or not str(home).startswith("cn-")
                seen["green"] += 1
            elif row.problem and row.problem.code == "RegionDiffers":
                assert row.region == home
                seen["moved"] += 1

    law()
    assert min(seen["green"], seen["moved"]) > 0, seen
