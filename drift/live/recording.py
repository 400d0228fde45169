"""A recording: live answers kept in files, `REGION/BUCKET/SUBRESOURCE.xml`, byte for byte."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from drift import disk
from drift.errors import FileError
from drift.live.endpoint import host_of_region
from drift.live.listing import can_be_listed, page_body, tags_of
from drift.live.service_error import error_body, status_of
from drift.live.source import Answer, Bucket, NoAnswerError, Tag
from drift.plan import Problem
from drift.settings import SETTINGS
from drift.settings.setting import Setting
from drift.untrusted import visible
from drift.xml import LIMIT, XmlError

_ANSWERS = (*(f"{setting.subresource}.xml" for setting in SETTINGS), "tagging.xml")
_MAX_STRANGE_NAMES = 5
_NO_BUCKET = "The specified bucket does not exist."
_NO_SETTING = "The bucket has no such configuration."
_ELSEWHERE = (
    "The bucket you are attempting to access must be addressed using the specified endpoint. "
    "Please send all future requests to this endpoint."
)


class Recording:
    """A folder of recorded answers. It answers as the service would, and never changes."""

    changing = False
    uses_addresses = True

    def __init__(self, folder: Path) -> None:
        """Take stock of `folder`; raise `FileError` if it has no bucket, or anything else."""
        self.folder = folder
        self._top = str(folder)
        self.regions: dict[str, str] = {}
        self._listed: dict[Tag | None, list[Bucket]] = {}
        strange: list[str] = []
        try:
            for region, bucket in _places(self._top, strange):
                self._add(bucket, region)
        except OSError as error:
            place = Path(error.filename)
            raise FileError(f"The recording {place} cannot be read: {error.strerror}.") from None
        if strange:
            raise _not_a_recording(folder, strange)
        if not self.regions:
            message = f"There is no recording in {folder}."
            raise FileError(message, "A recording holds files REGION/BUCKET/httpsConfig.xml.")

    def buckets(self, tag: Tag | None = None) -> list[Bucket]:
        """Return the buckets that have `tag`, sorted by name; raise `NoAnswerError`."""
        if tag not in self._listed:
            named = sorted(self.regions.items())
            self._listed[tag] = [
                Bucket(*one) for one in named if tag is None or tag in self._tags(one[0])
            ]
        return self._listed[tag]

    def page(self, _region: str | None, marker: str = "", tag: Tag | None = None) -> Answer:
        """Return the page of ListBuckets after `marker`."""
        return Answer(200, page_body(self.buckets(tag), marker=marker))

    def read(self, bucket: Bucket, setting: type[Setting]) -> Answer:
        """Return the recorded answer, or the service's error for a bucket that is not there."""
        return self._read(bucket.name, bucket.region, setting)

    def _read(self, bucket: str, region: str | None, setting: type[Setting]) -> Answer:
        home = self.regions.get(bucket)
        if home is None:
            return _error("NoSuchBucket", _NO_BUCKET, bucket)
        if region not in (None, home):
            endpoint = host_of_region(home)
            return _error("AccessDenied", _ELSEWHERE, bucket, Bucket=bucket, Endpoint=endpoint)
        body = _recorded(self._file(bucket, f"{setting.subresource}.xml"))
        return Answer(status_of(body), body)

    def unset(self, bucket: str, setting: type[Setting]) -> Answer:
        """Return the service's answer for a bucket that never had the setting."""
        return _error(setting.unset_code, _NO_SETTING, bucket)

    def close(self) -> None:
        """Do nothing: no file is kept open."""

    def path(self, bucket: str, setting: type[Setting]) -> Path:
        """Return the file of one answer of a bucket that is in the recording."""
        return Path(self._file(bucket, f"{setting.subresource}.xml"))

    def _tags(self, bucket: str) -> frozenset[Tag]:
        path = self._file(bucket, "tagging.xml")
        try:
            return tags_of(_recorded(path))
        except XmlError as reason:
            raise NoAnswerError(_unreadable(path, f"it {reason}")) from None

    def _file(self, bucket: str, name: str) -> str:
        # Not by pathlib, which took as long as to read the file.
        return f"{self._top}/{self.regions[bucket]}/{bucket}/{name}"

    def _add(self, bucket: str, region: str) -> None:
        if bucket in self.regions:
            message = f"The recording {self.folder} has the bucket {bucket} in two regions."
            raise FileError(message, f"Keep it in {self.regions[bucket]} or in {region}.")
        self.regions[bucket] = region


def _places(top: str, strange: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the region and the name of each recorded bucket, sorted; raise `OSError`.

    What is no part of a recording is added to `strange`.
    """
    for region in _folders(top, "", strange, files=("recording.json",)):
        if not can_be_listed("any-bucket", region):
            strange.append(region)
            continue
        for bucket in _folders(top, f"{region}/", strange):
            place = f"{region}/{bucket}"
            if can_be_listed(bucket, region):
                strange += (
                    f"{place}/{name}" for name in _folders(top, f"{place}/", strange, _ANSWERS)
                )
                yield region, bucket
            else:
                strange.append(place)


def _folders(top: str, inside: str, strange: list[str], files: Collection[str] = ()) -> list[str]:
    """Return the names of the folders in a folder of a recording, sorted.

    What is neither a folder nor one of `files` is added to `strange`, also a link to a folder. What
    begins with a dot is passed over: git, editors and file managers leave it behind, and no region,
    bucket or answer has such a name.
    """
    folders = []
    with os.scandir(f"{top}/{inside}") as entries:
        for entry in entries:
            name = entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(name)
            elif name not in files and name[0] != ".":
                strange.append(inside + name)
    return sorted(name for name in folders if name[0] != ".")


def _not_a_recording(folder: Path, strange: list[str]) -> FileError:
    shown = ", ".join(visible(name, 200) for name in sorted(strange)[:_MAX_STRANGE_NAMES])
    more = len(strange) - _MAX_STRANGE_NAMES
    rest = f" and {more:,} more" if more > 0 else ""
    return FileError(
        f"The recording {folder} has what is no part of a recording: {shown}{rest}.",
        "A recording holds folders REGION/BUCKET, no links to folders, and in them "
        f"{' and '.join(_ANSWERS)}. Remove or rename the rest.",
    )


def _recorded(path: str) -> bytes:
    try:
        if not os.path.isfile(path):  # noqa: PTH113 - as above
            raise NoAnswerError(
                _unreadable(path, "it is no regular file")
                if os.path.lexists(path)
                else _unrecorded(path)
            )
        return disk.read(path, LIMIT)
    except OSError as error:
        raise NoAnswerError(_unreadable(path, str(error.strerror))) from None


def _unreadable(path: str, reason: str) -> Problem:
    message = f"The recorded answer {path} cannot be read: {reason}."
    return Problem(code="FileNotReadable", message=message, advice="Mend the recording.")


def _unrecorded(path: str) -> Problem:
    """Nothing is known of the bucket then, not even that it was never configured."""
    return Problem(
        code="NotRecorded",
        message=f"The recording has no file {path}.",
        advice="Record the answer of OSS there, also if it is an error.",
    )


def _error(code: str, message: str, bucket: str, **members: str) -> Answer:
    body = error_body(code, message, bucket, **members)
    return Answer(status_of(body), body)
