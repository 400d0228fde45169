"""What is declared for one bucket and cannot hold together is an error that names all files."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drift.desired import conflicts, offline, policies
from drift.desired.load import load
from drift.diagnostic import Diagnostic
from drift.discovery.decide import Listing, decide
from drift.live.source import Bucket, Tag
from drift.policy.sight import Sight
from drift.settings.states import TooManyError
from tests.cli.running import Ran, by_itself, desired, run_here
from tests.declared import planned
from tests.policy.files import Schema, ciphers, file, versions, written

MODERN = versions({"items": {"enum": ["TLSv1.2", "TLSv1.3"]}})
ANCIENT = versions({"contains": {"const": "TLSv1.0"}})
WITHOUT = {one: versions({"not": {"contains": {"const": one}}}) for one in ("TLSv1.2", "TLSv1.3")}
OLD = {"TLS": {"Enable": True, "TLSVersion": ["TLSv1.0", "TLSv1.2"]}}
STRONG = {"CipherSuite": {"Enable": True, "StrongCipherSuite": True}}
LATER = {"contains": {"pattern": "^LATER_"}}
"""What only a suite satisfies that drift does not know."""

Found = Callable[..., tuple[Diagnostic, ...]]


def old(bucket: object, region: str | None = "cn-hangzhou", **more: object) -> Schema:
    return {**desired(bucket, region), "HttpsConfiguration": OLD, **more}


def strong(bucket: object) -> Schema:
    return {**desired(bucket), "HttpsConfiguration": STRONG}


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Found:
    """Return what takes files by name, and returns the errors that they have together."""
    monkeypatch.chdir(tmp_path)

    def errors(*, region: str | None = None, **files: Schema) -> tuple[Diagnostic, ...]:
        written(tmp_path, files)
        found = load([Path(f"{name}.json") for name in files], region=region)
        return tuple(one for one in found.diagnostics if one.severity == "error")

    return errors


def said(diagnostics: tuple[Diagnostic, ...]) -> str:
    (one,) = diagnostics
    return f"{one.place}: {one.summary}. {one.detail}"


def test_an_exact_file_against_a_policy_is_told_with_both_places(found: Found) -> None:
    named = file("*", {**MODERN, "title": "No old TLS"})
    assert said(found(exact=old("bk-a"), policy=named)) == (
        "exact.json:7:21: bk-a is declared here against a policy. "
        'The policy wants "No old TLS" (policy.json:13:17). Change one of the two.'
    )


def test_a_rule_without_a_title_is_told_by_its_place(found: Found) -> None:
    assert "wants what policy.json:13:17 says." in said(
        found(exact=old("bk-a"), policy=file("*", MODERN))
    )


def test_two_policies_that_clash_are_told_with_both_places(found: Found) -> None:
    assert said(found(p=file("*", MODERN, "New"), q=file("*", ANCIENT, "Old"))) == (
        "q.json:13:15: nothing satisfies all that is declared for any bucket. "
        'In conflict: "Old" (q.json:13:15) and "New" (p.json:14:17). Change one of them.'
    )


def test_titles_and_names_of_files_do_no_harm(found: Found) -> None:
    nasty = said(found(exact=old("bk-a"), policy=file("*", {**MODERN, "title": "\x1b[31m\u202e"})))
    assert not {"\x1b", "\u202e"} & {*nasty}


TOGETHER = {
    "a name": (old("bk-a"), file("bk-a", MODERN)),
    "a name in a pattern": (old("bk-a"), file("bk-*", MODERN)),
    "one of many": (old(["x-1", "bk-a"]), file(["y-*", "bk-?"], MODERN)),
    "a region": (old("bk-a"), file("*", MODERN, Region="cn-*")),
    "a region by name": (old("bk-a"), file("*", MODERN, Region="cn-hangzhou")),
    "a name of no known region": (old("bk-a", None), file("*", MODERN)),
    "a name in some region": (old("bk-a", "cn-*"), file("*", MODERN)),
    "a name beside exclusions": (old("bk-a"), file(["*", "!bk-b", "!x*"], MODERN)),
    "patterns": (old("bk-*"), file("*-a", MODERN)),
    "patterns in regions that meet": (old("bk-*", "cn-*"), file("*", MODERN, Region="*-hangzhou")),
    "patterns beside exclusions": (old(["bk-*", "!bk-x*"]), file(["*", "!bk-?"], MODERN)),
    "patterns of equal tags": (
        old("bk-*", Tags={"stage": "prod"}), file("*", MODERN, Tags={"stage": "prod"})
    ),
    "a pattern of more tags": (old("bk-*", Tags={"stage": "prod"}), file("*", MODERN)),
    "a pattern and a name": (old("bk-*"), file("bk-a", MODERN, Region="cn-hangzhou")),
}  # fmt: skip


@pytest.mark.parametrize("files", TOGETHER.values(), ids=TOGETHER)
def test_an_exact_file_and_a_policy_for_one_bucket_must_agree(
    found: Found, files: tuple[Schema, Schema]
) -> None:
    told = said(found(exact=files[0], policy=files[1]))
    assert told.startswith("exact.json:")
    assert "policy.json:" in told


APART = {
    "another name": (old("bk-b"), file("bk-a", MODERN)),
    "another pattern": (old("bk-*"), file("app-*", MODERN)),
    "other ends": (old("*-a"), file("*-b", MODERN)),
    "no common name": (old("?a*"), file("?b*", MODERN)),
    "another region": (old("bk-a"), file("*", MODERN, Region="eu-*")),
    "an unknown region": (old("bk-a", None), file("*", MODERN, Region="cn-*")),
    "other regions": (old("bk-*"), file("*", MODERN, Region="eu-*")),
    "an exclusion": (old("bk-a"), file(["*", "!bk-a"], MODERN)),
    "an exclusion by pattern": (old("bk-a"), file(["*", "!bk-*"], MODERN)),
    "an exclusion of all": (old("bk-*"), file(["*", "!bk*"], MODERN)),
    "an exclusion of the exact file": (old(["bk-*", "!bk-a"]), file("bk-a", MODERN)),
    "tags of which nobody knows": (old("bk-a"), file("*", MODERN, Tags={"stage": "prod"})),
    "tags that some have": (old("bk-*"), file("*", MODERN, Tags={"stage": "prod"})),
    "a name whose tags nobody knows": (
        old("bk-*", Tags={"stage": "prod"}), file("bk-a", MODERN)
    ),
    "other tags": (
        old("bk-*", Tags={"stage": "prod"}), file("*", MODERN, Tags={"team": "a"})
    ),
    "a part that is not declared": (strong("bk-a"), file("*", MODERN)),
    "what the policy accepts": (desired("bk-a"), file("*", MODERN)),
}  # fmt: skip


@pytest.mark.parametrize("files", APART.values(), ids=APART)
def test_where_no_bucket_is_surely_both_there_is_no_error(
    found: Found, files: tuple[Schema, Schema]
) -> None:
    assert found(exact=files[0], policy=files[1]) == ()


def test_a_pattern_is_not_asked_where_a_better_one_decides(found: Found) -> None:
    files = {"wide": old("*"), "policy": file("bk-*", MODERN)}
    assert found(**files)
    assert found(**files, better=desired("bk*")) == ()


def test_a_pattern_is_not_asked_by_a_name_that_is_declared(found: Found) -> None:
    files = {"wide": old("bk-*"), "policy": file("bk-a", MODERN)}
    assert found(**files)
    assert found(**files, better=desired("bk-a")) == ()


def test_all_buckets_of_one_quarrel_are_one_error(found: Found) -> None:
    told = said(found(exact=old(["bk-b", "bk-a", "bk-c"]), policy=file("bk-*", MODERN)))
    assert "bk-a (and 2 more) is declared" in told


def test_a_policy_of_two_patterns_that_mean_a_bucket_quarrels_once(found: Found) -> None:
    assert found(exact=desired("bk-a"), policy=file(["bk-*", "*-a"], MODERN)) == ()
    assert len(found(exact=old("bk-a"), policy=file(["bk-*", "*-a"], MODERN))) == 1
    assert len(found(p=file(["bk-*", "*-a"], MODERN), q=file(["bk*", "*a"], ANCIENT))) == 1


def test_three_policies_may_clash_of_which_any_two_agree(found: Found) -> None:
    three = {
        "p": file("bk-a", MODERN),
        "q": file("bk-*", WITHOUT["TLSv1.2"]),
        "r": file("*-a", WITHOUT["TLSv1.3"]),
    }
    for missing in three:
        assert found(**{name: one for name, one in three.items() if name != missing}) == ()
    told = said(found(**three))
    assert "for bk-a" in told
    assert all(f"{name}.json:" in told for name in three)


def test_an_exact_file_and_two_policies_may_clash_of_which_any_two_agree(found: Found) -> None:
    either = {"anyOf": [ciphers("StrongCipherSuite", {"const": False}), ANCIENT]}
    exact, modern = strong("bk-a"), file("*", MODERN, "New")
    for files in ((exact, file("*", either)), (exact, modern), (file("*", either), modern)):
        assert found(**dict(zip("ab", files, strict=True))) == ()
    told = said(found(a=exact, p=file("*", either, "Either"), q=modern))
    assert 'what a.json:2:13 declares, "Either" (p.json:' in told
    assert '"New" (q.json:' in told


def test_of_policies_that_clash_alone_no_exact_file_is_blamed(found: Found) -> None:
    told = found(a=strong("bk-a"), p=file("bk-a", MODERN), q=file("*", ANCIENT))
    assert "a.json" not in "".join(map(said, zip(told)))


PAIRS = {
    "all": ({}, {}, "any bucket"),
    "a pattern": ({"bucket": "bk-*"}, {}, "a bucket such as bk-x"),
    "a name": ({"bucket": "bk-a"}, {}, "bk-a"),
    "a region": ({}, {"Region": "cn-*"}, "a bucket such as xxx"),
    "an exclusion": ({"bucket": ["*", "!xxx"]}, {}, "a bucket such as 000"),
    "tags": ({"Tags": {"a": "b"}}, {}, "a bucket such as xxx"),
}


@pytest.mark.parametrize(("one", "other", "bucket"), PAIRS.values(), ids=PAIRS)
def test_policies_that_clash_are_told_by_a_bucket_that_both_mean(
    found: Found, one: dict[str, Any], other: dict[str, Any], bucket: str
) -> None:
    for first, second in ((MODERN, ANCIENT), (ANCIENT, MODERN)):
        p = file(https=first, **{"bucket": "*", **one})
        q = file(https=second, **{"bucket": "*", **other})
        assert f"declared for {bucket}. " in said(found(p=p, q=q))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"bucket": "bk-a"}, {"bucket": "bk-b"}),
        ({"bucket": "bk-a"}, {"Tags": {"a": "b"}}),
        ({"bucket": "bk-a"}, {"bucket": ["bk-*", "!*-a"]}),
        ({"Region": "cn-*"}, {"Region": "eu-*"}),
        ({"Tags": {"a": "b"}}, {"Tags": {"a": "c"}}),
    ],
)
def test_policies_that_mean_no_common_bucket_do_not_clash(
    found: Found, one: dict[str, Any], other: dict[str, Any]
) -> None:
    p, q = (file(https=https, **{"bucket": "*", **aim})
            for https, aim in ((MODERN, one), (ANCIENT, other)))  # fmt: skip
    assert found(p=p, q=q) == ()


def place(member: str, pattern: str, https: Schema) -> Schema:
    """Return a policy for all buckets that looks at what they are called, or where they are."""
    policy = file("*", {})
    del policy["properties"]
    when = {"properties": {member: {"pattern": pattern}}}
    return {**policy, "if": when, "then": {"properties": {"HttpsConfiguration": https}}}


def test_a_policy_that_looks_at_the_name_is_asked_for_declared_names(found: Found) -> None:
    policy = place("Bucket", "^bk-", MODERN)
    assert "bk-a is declared" in said(found(exact=old(["bk-a", "app-a"]), policy=policy))
    assert found(exact=old("app-a"), policy=policy) == ()


def test_a_policy_that_looks_at_the_region_is_asked_only_where_it_is_known(found: Found) -> None:
    policy = place("Region", "^cn-", MODERN)
    assert found(exact=old("bk-a"), policy=policy)
    assert found(exact=old("bk-a", None), policy=policy, region="cn-beijing")
    assert found(exact=old("bk-a", None), policy=policy) == ()
    assert found(exact=old("bk-a", "*"), policy=policy) == ()
    assert found(exact=old("bk-a", "eu-central-1"), policy=policy) == ()


def test_a_policy_that_looks_at_the_name_is_not_asked_for_one_that_is_made_up(
    found: Found,
) -> None:
    assert found(exact=old("bk-*"), policy=place("Bucket", "^bk-", MODERN)) == ()
    assert found(p=place("Bucket", "^b", MODERN), q=file("*", ANCIENT)) == ()


def test_a_policy_that_nothing_satisfies_for_one_bucket_is_blamed_alone(found: Found) -> None:
    policy = place("Bucket", "^bk-", {**MODERN, **versions({"maxItems": 0})})
    assert found(policy=policy) == ()
    told = said(found(policy=policy, other=file(["bk-a"], MODERN, Region="cn-hangzhou")))
    assert told.startswith("policy.json:")
    assert "nothing satisfies this policy for bk-a" in told


def test_a_policy_that_contradicts_itself_for_a_bucket_has_all_its_rules_told(
    found: Found,
) -> None:
    both = {"allOf": [MODERN, ANCIENT]}
    policy = place("Bucket", "^bk-", both)
    told = said(found(policy=policy, other=file("bk-a", {}, Region="cn-hangzhou")))
    assert told.count("policy.json:") == 3


def test_a_policy_by_itself_names_the_rules_that_nothing_satisfies(found: Found) -> None:
    told = said(found(p=file("*", {"allOf": [{**MODERN, "title": "New"}, ANCIENT]}, "Both")))
    assert "No HttpsConfiguration can satisfy this policy. In conflict: " in told
    assert '"New" (p.json:' in told
    assert '"Both" (p.json:' in told


def test_a_policy_for_named_buckets_is_asked_by_each_name(found: Found) -> None:
    policy = place("Bucket", "^bk-", versions({"maxItems": 0}))
    policy["x-drift"]["Bucket"] = ["app-a", "bk-a", "bk-b", "x-*"]
    assert "No HttpsConfiguration can satisfy" in said(found(p=policy))
    policy["x-drift"]["Bucket"] = ["app-a", "x-*"]
    assert found(p=policy) == ()


def test_what_a_name_may_satisfy_that_drift_does_not_know_is_no_conflict(found: Found) -> None:
    later = file("*", ciphers("CustomCipherSuite", LATER))
    custom = {"CipherSuite": {"Enable": True, "CustomCipherSuite": ["LATER_1"]}}
    assert found(p=later, q=file("*", MODERN)) == ()
    assert found(exact={**desired("bk-a"), "HttpsConfiguration": custom}, p=later) == ()


def test_where_not_all_can_be_looked_at_no_policy_is_blamed_alone(found: Found) -> None:
    names = [f"X-{number}" for number in range(12)]
    wants = {"allOf": [{"contains": {"const": name}} for name in names]}
    told = said(found(
        p=file("*", ciphers("CustomCipherSuite", {"maxItems": 11}), "Few"),
        q=file("*", ciphers("CustomCipherSuite", wants), "Many"),
    ))  # fmt: skip
    assert 'In conflict: "Few" (p.json:1:1) and "Many" (q.json:1:1).' in told


TAGGED = {Tag("stage", "prod"): frozenset({"bk-a", "bk-c"})}


def listing(*names: str) -> Listing:
    return Listing(tuple(Bucket(name, "cn-hangzhou") for name in names), TAGGED)


def test_what_clashes_only_for_real_buckets_is_found_where_they_are_listed(tmp_path: Path) -> None:
    files = {"exact": old("bk-*"), "p": file("*", MODERN, Tags={"stage": "prod"})}
    loaded = load([written(tmp_path, files)])
    assert loaded.valid
    found = decide(loaded.declarations, listing("bk-a", "bk-b", "bk-c", "bk-d"))
    assert [one.bucket.name for one in found.decisions] == ["bk-b", "bk-d"]
    assert "bk-a (and 1 more) is declared here against a policy" in said(found.conflicts)


def test_policies_hold_beside_what_decides_a_bucket(tmp_path: Path) -> None:
    files = {"exact": desired("bk-a"), "p": file("bk-*", MODERN), "q": file("*", {})}
    loaded = load([written(tmp_path, files)])
    found = decide(loaded.declarations, listing("bk-a", "bk-b", "app"))
    assert found.conflicts == ()
    assert {one.bucket.name: (one.declaration.policy is None, len(one.policies))
            for one in found.decisions} == {
        "bk-a": (True, 2), "bk-b": (False, 2), "app": (False, 1)
    }  # fmt: skip


def body(*versions: str) -> bytes:
    listed = "".join(f"<TLSVersion>{one}</TLSVersion>" for one in versions)
    tls = f"<TLS><Enable>true</Enable>{listed}</TLS>"
    return f"<HttpsConfiguration>{tls}</HttpsConfiguration>".encode()


def test_a_bucket_that_nothing_satisfies_is_not_judged(tmp_path: Path) -> None:
    later = file("bk-a", ciphers("CustomCipherSuite", LATER), Region="cn-hangzhou")
    loaded = load([written(tmp_path, {"p": later})])
    (one,) = planned([*loaded.declarations], {"bk-a": body("TLSv1.2")}).resource_changes
    assert one.problem
    assert one.problem.code == "NothingSatisfies"
    assert "this bucket" in one.problem.message
    assert "p.json:4" in one.problem.advice


def too_many(*_: object) -> Iterator[object]:
    raise TooManyError("there are too many")


def test_a_bucket_whose_policies_are_too_wide_is_not_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load([written(tmp_path, {"p": file("bk-a", MODERN, Region="cn-hangzhou")})])
    monkeypatch.setattr(Sight, "sublists", too_many)
    (one,) = planned([*loaded.declarations], {"bk-a": body("TLSv1.0")}).resource_changes
    assert one.problem
    assert one.problem.code == "TooManyDocuments"


def test_of_policies_that_are_too_wide_nothing_is_said_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"p": file("*", MODERN), "q": file("*", ANCIENT), "all": file("*", {})}
    assert not load([written(tmp_path, files)]).valid
    monkeypatch.setattr(Sight, "sublists", too_many)
    assert load([tmp_path]).diagnostics == ()


def test_with_strict_what_is_odd_about_a_policy_is_a_problem(tmp_path: Path) -> None:
    odd = file("bk-a", ciphers("CustomCipherSuite", {"not": {"contains": {"const": "X-ODD"}}}))
    loaded = load([written(tmp_path, {"p": odd})], region="cn-hangzhou")
    bodies = {"bk-a": body("TLSv1.2")}
    (one,) = planned([*loaded.declarations], bodies, strict=True).resource_changes
    assert one.problem
    assert "X-ODD" in one.problem.message


def test_a_policy_is_not_judged_where_an_element_is_unknown_that_may_matter(
    tmp_path: Path,
) -> None:
    loaded = load([written(tmp_path, {"p": file("bk-a", MODERN, Region="cn-hangzhou")})])
    unknown = body("TLSv1.2").replace(b"</TLS>", b"</TLS><CipherSuites/>")
    (one,) = planned([*loaded.declarations], {"bk-a": unknown}).resource_changes
    assert one.problem


@pytest.mark.parametrize("most", ["_MOST_PAIRS", "_MOST_LOOKS"])
def test_so_many_patterns_are_compared_and_the_rest_where_buckets_are_listed(
    found: Found, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    files = {"exact": old("bk-*"), "p": file("*", MODERN)}
    assert found(**files)
    monkeypatch.setattr(offline, most, 0)
    assert found(**files) == ()


def test_so_many_answers_are_worked_out_and_the_rest_where_buckets_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conflicts, "_MOST_ANSWERS", 0)
    loaded = load([written(tmp_path, {"e": old("bk-a"), "p": file("*", MODERN)})])
    assert loaded.valid
    (one,) = planned([*loaded.declarations], {"bk-a": body("TLSv1.0")}).resource_changes
    assert one.problem
    assert one.problem.code == "NothingSatisfies"
    assert "e.json:2" in one.problem.advice
    assert "p.json:4" in one.problem.advice


def test_so_many_names_are_asked_beforehand(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = place("Bucket", "^bk-", versions({"maxItems": 0}))
    policy["x-drift"]["Bucket"] = ["bk-a"]
    assert found(p=policy)
    monkeypatch.setattr(policies, "_MOST_CASES", 0)
    assert found(p=policy) == ()


@pytest.fixture
def drift(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    by_itself(tmp_path, monkeypatch)
    for name in ("bk-a", "bk-b", "app"):
        place = tmp_path / "live" / "cn-hangzhou" / name
        place.mkdir(parents=True)
        (place / "httpsConfig.xml").write_bytes(body("TLSv1.2", "TLSv1.3"))
    (tmp_path / "desired").mkdir()

    def run(files: dict[str, Schema], *arguments: str) -> Ran:
        written(tmp_path / "desired", files)
        return run_here(capsys, *arguments)

    return run


@pytest.mark.parametrize(
    "command",
    [("validate",), ("doctor",), ("plan", "--live", "live"),
     ("plan", "--live", "live", "--list")],
)  # fmt: skip
def test_every_command_tells_what_cannot_hold_together(
    drift: Callable[..., Ran], command: tuple[str, ...]
) -> None:
    ran = drift({"exact": old("bk-a"), "p": file("*", MODERN)}, *command)
    assert ran.code == 1
    told = " ".join((ran.out + ran.err).split())
    assert "exact.json:7:21" in told
    assert "p.json:13:17" in told


def test_what_clashes_where_buckets_are_listed_is_told_and_no_plan_is_made(
    drift: Callable[..., Ran],
) -> None:
    nothing = place("Bucket", "^bk-a", versions({"maxItems": 0}))
    files = {"p": nothing, "q": file("bk-*", MODERN)}
    assert drift(files, "validate").code == 0
    ran = drift(files, "plan", "--live", "live")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing satisfies this policy for bk-a" in ran.err
    listed = drift(files, "plan", "--live", "live", "--list")
    assert listed.code == 1
    assert "Declarations that disagree decide nothing." in listed.out


def test_the_list_names_the_policies_that_hold_beside_what_decides(
    drift: Callable[..., Ran],
) -> None:
    files = {"e": desired("bk-a"), "p": file("bk-*", MODERN), "q": file("*", MODERN)}
    command = ("plan", "--live", "live", "--list")
    rows = {
        line.split()[0]: " ".join(line.split())
        for line in drift(files, *command).out.splitlines()
        if line
    }
    assert "is named, under the policies in desired/p.json:4, desired/q.json:4" in rows["bk-a"]
    assert 'matches "bk-*", under the policy in desired/q.json:4' in rows["bk-b"]
    assert rows["app"].endswith('matches "*"')
    decisions = json.loads(drift(files, *command, "--format", "json").out)["decisions"]
    assert {one["name"]: len(one["policies"]) for one in decisions} == {
        "app": 1, "bk-a": 2, "bk-b": 2
    }  # fmt: skip
