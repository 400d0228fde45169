"""A recording answers as the service would, and as the emulator does."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drift.check import check
from drift.desired.declaration import Declaration
from drift.desired.load import load
from drift.emulator import EMULATOR_KEY, Emulator
from drift.errors import FileError
from drift.live.credentials import Credentials, Fixed
from drift.live.fleet import Fleet
from drift.live.oss import Oss
from drift.live.problem import own
from drift.live.recording import Recording
from drift.live.service_error import STATUS, ServiceError, error_body
from drift.live.source import Answer, Bucket, NoAnswerError, Tag
from drift.plan import Plan, Problem, Status, Verdict
from drift.settings.https import HttpsConfiguration, Tls
from drift.xml import LIMIT
from tests.cli.running import SAMPLES
from tests.declared import NOW, declared
from tests.live.wire import DOCUMENT
from tests.strategies import as_xml, desired_documents, live_documents

Record: TypeAlias = Callable[[Mapping[str, bytes | None]], Recording]


def write(folder: Path, bodies: Mapping[str, bytes | None]) -> Recording:
    for place, body in bodies.items():
        (folder / place).mkdir(parents=True)
        if body is not None:
            (folder / place / "httpsConfig.xml").write_bytes(body)
    return Recording(folder)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return lambda bodies: write(tmp_path / "recording", bodies)


def read(recording: Recording, bucket: str, region: str | None = "cn-hangzhou") -> Answer:
    return recording.read(Bucket(bucket, region), HttpsConfiguration)


def test_a_recorded_document_is_answered_byte_for_byte(record: Record) -> None:
    recording = record({"cn-hangzhou/oss-example": DOCUMENT})
    for region in ("cn-hangzhou", None):
        assert read(recording, "oss-example", region) == Answer(200, DOCUMENT)


def test_a_bucket_in_another_region_is_refused_with_its_endpoint(record: Record) -> None:
    recording = record({"cn-hangzhou-finance/oss-example": DOCUMENT})
    answer = read(recording, "oss-example")
    assert answer.status == 403
    error = ServiceError.parse(answer.body)
    assert (error.code, error.endpoint) == ("AccessDenied", "oss-cn-hzfinance.aliyuncs.com")


def test_a_bucket_that_is_not_recorded_does_not_exist(record: Record) -> None:
    answer = read(record({"cn-hangzhou/oss-example": DOCUMENT}), "oss-nowhere")
    assert answer.status == 404
    assert ServiceError.parse(answer.body).code == "NoSuchBucket"


def test_a_bucket_without_a_file_was_not_recorded_and_is_never_green(record: Record) -> None:
    recording = record({"cn-hangzhou/oss-example": None})
    with pytest.raises(NoAnswerError, match="The recording has no file") as raised:
        read(recording, "oss-example")
    assert raised.value.problem.code == "NotRecorded"
    off = declared(HttpsConfiguration(TLS=Tls(Enable=False)))
    assert check([off], Fleet(recording), now=NOW).verdict is Verdict.INCOMPLETE


def test_a_region_is_asked_for_as_the_service_does(record: Record) -> None:
    recording = record({"cn-hangzhou/oss-example": b"<HttpsConfiguration/>"})
    off = replace(declared(HttpsConfiguration(TLS=Tls(Enable=False))), region=None)
    plan = check([off], Fleet(recording), now=NOW)
    assert plan.verdict is Verdict.INCOMPLETE
    assert plan.resource_changes[0].problem == own("NoRegion")


def test_folders_that_are_no_buckets_do_not_matter(record: Record, tmp_path: Path) -> None:
    (tmp_path / "recording/.git/info").mkdir(parents=True)
    (tmp_path / "recording/cn-hangzhou/.cache").mkdir(parents=True)
    recording = record({"cn-hangzhou/oss-example": b"<HttpsConfiguration/>"})
    assert recording.regions == {"oss-example": "cn-hangzhou"}


TAGGED = b"<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"

UNTAGGED = b"<Tagging><TagSet/></Tagging>"


def test_tags_that_were_not_recorded_are_not_known(record: Record) -> None:
    recording = record({f"cn-hangzhou/oss-{name}": DOCUMENT for name in ("c", "a")})
    (recording.folder / "cn-hangzhou/oss-c/tagging.xml").write_bytes(TAGGED)
    problem = Fleet(recording).listing(None, Tag("a", "b"))
    assert isinstance(problem, Problem)
    assert problem.code == "NotRecorded"
    assert problem.message.endswith("oss-a/tagging.xml.")


def test_a_recording_lists_its_buckets(record: Record) -> None:
    recording = record({f"cn-hangzhou/oss-{name}": DOCUMENT for name in ("c", "a")})
    (recording.folder / "cn-hangzhou/oss-c/tagging.xml").write_bytes(TAGGED)
    (recording.folder / "cn-hangzhou/oss-a/tagging.xml").write_bytes(UNTAGGED)
    first, second = Bucket("oss-a", "cn-hangzhou"), Bucket("oss-c", "cn-hangzhou")
    assert recording.buckets() == [first, second]
    assert recording.buckets(Tag("a", "b")) == [second]
    assert recording.buckets(Tag("a", "c")) == []
    host = "oss-cn-hangzhou.aliyuncs.com"
    assert Fleet(recording).listing(None) == (first._replace(host=host), second._replace(host=host))


@pytest.mark.parametrize("body", [b"<Tagging", b"<Tags/>", b""])
def test_tags_that_cannot_be_read_are_a_problem(record: Record, body: bytes) -> None:
    recording = record({"cn-hangzhou/oss-example": DOCUMENT})
    (recording.folder / "cn-hangzhou/oss-example/tagging.xml").write_bytes(body)
    problem = Fleet(recording).listing(None, Tag("a", "b"))
    assert isinstance(problem, Problem)
    assert problem.code == "FileNotReadable"
    assert "tagging.xml cannot be read: it is " in problem.message


def test_a_folder_that_is_none_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read: No such file or directory"):
        Recording(tmp_path / "none")
    with pytest.raises(FileError, match="There is no recording in"):
        Recording(tmp_path)


def test_what_was_never_configured_is_answered_as_the_service_does(record: Record) -> None:
    recording = record({"cn-hangzhou/oss-example": None})
    recording.close()
    answer = recording.unset("oss-example", HttpsConfiguration)
    assert answer.status == 404
    assert ServiceError.parse(answer.body).code == "NoSuchHttpsConfig"


def test_a_pipe_in_place_of_a_file_is_not_waited_for(record: Record) -> None:
    recording = record({"cn-hangzhou/oss-example": None})
    os.mkfifo(recording.path("oss-example", HttpsConfiguration))
    with pytest.raises(NoAnswerError, match="it is no regular file"):
        read(recording, "oss-example")


@pytest.mark.parametrize(("code", "status"), [*STATUS.items(), ("BrandNewCode", 403)])
def test_a_recorded_error_has_the_status_of_its_code(
    record: Record, code: str, status: int
) -> None:
    body = error_body(code, "No.")
    assert read(record({"cn-hangzhou/oss-example": body}), "oss-example") == Answer(status, body)


def test_a_pipe_in_place_of_a_file_is_a_problem(record: Record, tmp_path: Path) -> None:
    (tmp_path / "recording/cn-hangzhou/oss-example").mkdir(parents=True)
    os.mkfifo(tmp_path / "recording/cn-hangzhou/oss-example/httpsConfig.xml")
    with pytest.raises(NoAnswerError) as raised:
        read(record({}), "oss-example")
    problem = raised.value.problem
    assert problem.code == "FileNotReadable"
    assert problem.message.endswith("httpsConfig.xml cannot be read: it is no regular file.")
    assert problem.advice == "Mend the recording."


def test_links_that_lead_to_each_other_are_a_problem(record: Record) -> None:
    recording = record({"cn-hangzhou/oss-example": None})
    recording.path("oss-example", HttpsConfiguration).symlink_to("httpsConfig.xml")
    with pytest.raises(NoAnswerError, match="it is no regular file"):
        read(recording, "oss-example")


def test_a_file_that_is_too_large_is_not_read_to_its_end(record: Record) -> None:
    recording = record({"cn-hangzhou/oss-example": b""})
    with recording.path("oss-example", HttpsConfiguration).open("wb") as file:
        file.truncate(1 << 40)
    assert len(read(recording, "oss-example").body) == LIMIT + 1


def test_a_bucket_in_two_regions_is_no_recording(record: Record) -> None:
    with pytest.raises(FileError, match="has the bucket oss-example in two regions") as raised:
        record({"eu-central-1/oss-example": DOCUMENT, "cn-hangzhou/oss-example": None})
    assert raised.value.advice == "Keep it in cn-hangzhou or in eu-central-1."


@pytest.mark.parametrize(
    "region", ["cn-hangzhou-internal", "oss-cn-hangzhou", "cn-szfinance", "accelerate"]
)
def test_the_name_of_an_endpoint_is_no_folder_of_a_region(record: Record, region: str) -> None:
    with pytest.raises(FileError, match=f"no part of a recording: {region}\\."):
        record({f"{region}/oss-example": DOCUMENT})


def verdict_of(recording: Recording, bucket: str = "oss-example") -> tuple[Status, str | None]:
    desired = declared(HttpsConfiguration.model_validate({"TLS": {"Enable": False}}), bucket)
    (found,) = check([desired], Fleet(recording), now=NOW).resource_changes
    return found.status, found.problem.code if found.problem else None


def test_what_cannot_be_read_of_a_recording_is_never_green(record: Record) -> None:
    recording = record(
        {
            "cn-hangzhou/oss-denied": error_body("AccessDenied", "No."),
            "cn-hangzhou/oss-empty": b"",
            "cn-hangzhou/oss-html": b"<html/>",
            "cn-hangzhou/oss-codeless": b"<Error/>",
            "cn-hangzhou/oss-large": DOCUMENT + b" " * LIMIT,
            "cn-beijing/oss-elsewhere": DOCUMENT,
        }
    )
    for bucket, code in {
        "oss-denied": "AccessDenied",
        "oss-empty": "UnexpectedAnswer",
        "oss-html": "UnexpectedAnswer",
        "oss-codeless": "UnexpectedAnswer",
        "oss-large": "UnexpectedAnswer",
    }.items():
        assert verdict_of(recording, bucket) == (Status.UNREADABLE, code)
    assert verdict_of(recording, "oss-nowhere") == (Status.MISSING, None)
    # As the service does, a recording names the endpoint, and it is followed.
    assert verdict_of(recording, "oss-elsewhere") == (Status.DRIFT, None)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def both(recording: Recording, declarations: tuple[Declaration, ...]) -> tuple[Plan, Plan]:
    """Return the plan against a recording, and against the emulator that serves it."""
    at_hand = check(declarations, Fleet(recording), now=NOW)
    with Emulator(recording) as emulator:
        key = Fixed(Credentials(EMULATOR_KEY.id, EMULATOR_KEY.secret))
        over_http = Fleet(Oss(key, endpoint=emulator.url), concurrency=8, retries=0)
        return at_hand, check(declarations, over_http, now=NOW)


def test_the_emulator_and_the_recording_give_the_same_plan_on_the_samples() -> None:
    declarations = load([SAMPLES / "desired"]).declarations
    at_hand, over_http = both(Recording(SAMPLES / "recording"), declarations)
    assert at_hand == over_http
    found = {one.status for one in at_hand.resource_changes}
    assert found == set(Status) - {Status.UNDECLARED, Status.WAIVED}


REGIONS = ("cn-hangzhou", "eu-central-1", "cn-hangzhou-finance")


@st.composite
def recorded_bodies(draw: st.DrawFn) -> bytes:
    """Return a document, an error, or rubbish."""
    match draw(st.integers(0, 4)):
        case 0:
            return error_body(draw(st.sampled_from([*STATUS, "BrandNewCode"])), "No.")
        case 1:
            return draw(st.binary(max_size=50))
        case _:
            return as_xml(draw(live_documents).document(), draw)


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    bodies=st.lists(st.tuples(st.sampled_from(REGIONS), recorded_bodies()), min_size=1, max_size=6),
    desired=desired_documents,
)
def test_the_emulator_and_any_recording_give_the_same_plan(
    bodies: list[tuple[str, bytes]], desired: HttpsConfiguration
) -> None:
    places = {f"{region}/bucket-{i}": body for i, (region, body) in enumerate(bodies)}
    declarations = tuple(declared(desired, f"bucket-{i}") for i in range(len(bodies) + 1))
    with TemporaryDirectory() as folder:
        at_hand, over_http = both(write(Path(folder), places), declarations)
    assert at_hand == over_http


def test_a_file_that_may_not_be_read_is_a_problem(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("drift.disk.read", denied)
    with pytest.raises(NoAnswerError, match=r"httpsConfig\.xml cannot be read: Permission denied"):
        read(record({"cn-hangzhou/oss-example": b"<HttpsConfiguration/>"}), "oss-example")


@pytest.mark.parametrize("place", ["cn-hangzhou/Old_Stuff", "cn-hangzhou/a&b", "OSS_x/oss-b"])
def test_a_folder_that_can_be_no_bucket_is_named(record: Record, place: str) -> None:
    with pytest.raises(FileError, match="has what is no part of a recording: ") as raised:
        record({"cn-hangzhou/oss-example": DOCUMENT, place: DOCUMENT})
    assert place.removesuffix("/oss-b") in str(raised.value)
    assert "REGION/BUCKET" in raised.value.advice


def linked(path: Path, target: str) -> None:
    path.symlink_to(target)


def written(path: Path, _: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(DOCUMENT)


STRANGE = {
    "a link to nothing": ("cn-beijing", linked, "/nonexistent"),
    "a link to itself": ("cn-beijing", linked, "cn-beijing"),
    "a region that is a link": ("cn-beijing", linked, "cn-hangzhou"),
    "a bucket that is a link": ("cn-hangzhou/oss-two", linked, "oss-example"),
    "a bucket that is a link to nothing": ("cn-hangzhou/oss-two", linked, "/nonexistent"),
    "a bucket that is a file": ("cn-hangzhou/oss-two", written, ""),
    "an answer without a region": ("oss-two/httpsConfig.xml", written, ""),
    "an answer without a bucket": ("httpsConfig.xml", written, ""),
    "an answer too deep": ("cn-hangzhou/oss-two/more/httpsConfig.xml", written, ""),
    "an answer by another name": ("cn-hangzhou/oss-example/httpsconfig.xml", written, ""),
    "a copy of an answer": ("cn-hangzhou/oss-example/httpsConfig.xml.orig", written, ""),
    "an answer that is a folder": ("cn-hangzhou/oss-two/httpsConfig.xml/a.xml", written, ""),
    "another file": ("README.md", written, ""),
    "a description that is a folder": ("recording.json/oss-two/httpsConfig.xml", written, ""),
}


@pytest.mark.parametrize(("name", "make", "target"), STRANGE.values(), ids=STRANGE)
def test_what_is_no_part_of_a_recording_is_an_error(
    record: Record, name: str, make: Callable[[Path, str], None], target: str
) -> None:
    folder = record({"cn-hangzhou/oss-example": DOCUMENT}).folder
    make(folder / name, target)
    with pytest.raises(FileError, match="has what is no part of a recording: ") as raised:
        Recording(folder)
    assert str(raised.value).removesuffix(".").rpartition(": ")[2] in name


def test_many_strange_files_are_counted(record: Record) -> None:
    folder = record({"cn-hangzhou/oss-example": DOCUMENT}).folder
    for number in range(8):
        (folder / f"{number}.txt").write_text("")
    with pytest.raises(FileError, match=r"recording: 0\.txt, .*, 4\.txt and 3 more\.$"):
        Recording(folder)


def test_empty_region_that_can_be_none_is_an_error(record: Record) -> None:
    folder = record({"cn-hangzhou/oss-example": DOCUMENT}).folder
    (folder / "OSS_x").mkdir()
    with pytest.raises(FileError, match="OSS_x"):
        Recording(folder)


def test_description_and_hidden_files_are_no_answers(record: Record) -> None:
    folder = record({"cn-hangzhou/oss-example": DOCUMENT}).folder
    written(folder / "recording.json")
    for place in ("", "cn-hangzhou", "cn-hangzhou/oss-example"):
        written(folder / place / ".gitkeep")
        linked(folder / place / ".DS_Store", "/nonexistent")
    written(folder / "cn-hangzhou/oss-example/tagging.xml")
    assert Recording(folder).regions == {"oss-example": "cn-hangzhou"}


def test_answer_that_is_a_link_is_read_and_one_to_nothing_is_unreadable(record: Record) -> None:
    recording = record({"cn-hangzhou/oss-example": None})
    path = recording.folder / "cn-hangzhou/oss-example/httpsConfig.xml"
    written(recording.folder.parent / "answer.xml")
    linked(path, "../../../answer.xml")
    assert read(Recording(recording.folder), "oss-example") == Answer(200, DOCUMENT)
    (recording.folder.parent / "answer.xml").unlink()
    with pytest.raises(NoAnswerError, match="it is no regular file"):
        read(Recording(recording.folder), "oss-example")


def test_bucket_whose_folder_cannot_be_listed_is_an_error(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Modes do not bind root, so the system is played.
    folder = record({"cn-hangzhou/oss-example": DOCUMENT}).folder
    scan = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("/oss-example/"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(FileError, match="/oss-example cannot be read: Permission denied"):
        Recording(folder)
