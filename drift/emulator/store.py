"""The documents that the emulator serves: a recording, and what was PUT on top of it."""

from collections.abc import Sequence

from drift import disk
from drift.emulator.refusal import RefusedError
from drift.live.recording import Recording
from drift.live.service_error import ServiceError
from drift.live.source import Answer, Bucket, NoAnswerError, Tag
from drift.settings import document
from drift.settings.setting import Setting
from drift.xml import XmlError


class Store:
    """Answers from a recording. What is PUT goes to memory, or with `write` into its files."""

    def __init__(self, recording: Recording, *, write: bool) -> None:
        """Serve `recording`."""
        self._recording = recording
        self._buckets = recording.buckets()
        self._write = write
        self._stored: dict[tuple[str, str], Answer] = {}

    def read(self, bucket: str, region: str | None, setting: type[Setting]) -> Answer:
        """Return the document that was PUT last, else what the recording has."""
        answer = self._recorded(bucket, region, setting)
        if _stands(answer, setting):
            return answer
        return self._stored.get((bucket, setting.subresource), answer)

    def replace(
        self, bucket: str, region: str | None, setting: type[Setting], *, body: bytes
    ) -> Answer:
        """Store `body` in its normal form in place of the whole document.

        An error that is recorded answers a PUT as well: such a bucket can be neither read nor
        written.
        """
        answer = self._recorded(bucket, region, setting)
        if _stands(answer, setting):
            return answer
        self._keep(bucket, setting, _normal(setting, body))
        return Answer(200, b"")

    def buckets(self, tag: Tag | None) -> Sequence[Bucket]:
        """Return the buckets that have `tag`, sorted by name. Only tags are ever read again."""
        try:
            return self._recording.buckets(tag) if tag else self._buckets
        except NoAnswerError as error:
            raise RefusedError("InternalError", str(error)) from None

    def _recorded(self, bucket: str, region: str | None, setting: type[Setting]) -> Answer:
        try:
            return self._recording.read(Bucket(bucket, region), setting)
        except NoAnswerError as error:
            if error.problem.code == "NotRecorded":
                # An endpoint has to say something, and the bucket has to take a first PUT.
                return self._recording.unset(bucket, setting)
            raise RefusedError("InternalError", str(error)) from None

    def _keep(self, bucket: str, setting: type[Setting], body: bytes) -> None:
        if not self._write:
            self._stored[bucket, setting.subresource] = Answer(200, body)
            return
        path = self._recording.path(bucket, setting)
        try:
            disk.replace(path, body)
        except OSError as error:
            message = f"The recorded answer {path} cannot be written: {error.strerror}."
            raise RefusedError("InternalError", message) from None


def _stands(answer: Answer, setting: type[Setting]) -> bool:
    """Return whether `answer` is an error other than that the bucket never had the setting."""
    if answer.status == 200:  # most answers, and to parse them takes its time
        return False
    return ServiceError.parse(answer.body).code not in (None, setting.unset_code)


def _normal(setting: type[Setting], body: bytes) -> bytes:
    try:
        read, unknown = document.read(setting, body)
    except XmlError:
        raise _malformed() from None
    if unknown or not read.normal().keys() >= set(setting.required_parts):
        raise _malformed()
    return document.write(read)


def _malformed() -> RefusedError:
    message = (
        "The XML you provided was not well-formed or did not validate against our published schema."
    )
    return RefusedError("MalformedXML", message)
