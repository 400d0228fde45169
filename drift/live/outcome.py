"""What reading one bucket came to: one function for every source, so that all agree."""

from enum import Enum
from functools import lru_cache
from typing import TypeAlias

from drift.live.problem import refusal, unexpected
from drift.live.service_error import ServiceError
from drift.live.source import Answer, Bucket
from drift.plan import Problem
from drift.settings.document import Reading, read
from drift.settings.setting import Setting
from drift.xml import ForeignError, XmlError


class Absence(Enum):
    """What OSS says is not there."""

    BUCKET = "There is no such bucket."
    SETTING = "The bucket never had the setting."


Outcome: TypeAlias = Reading[Setting] | Absence | Problem


def interpreted(answer: Answer, setting: type[Setting], bucket: Bucket) -> Outcome:
    """Return what an answer means. Only a status of 200 with a whole document is a reading."""
    if answer.status == 200:
        try:
            return _reading(setting, answer.body)
        except ForeignError as reason:
            return unexpected(str(reason), retryable=True)
        except XmlError as reason:
            return unexpected(str(reason))
    error = ServiceError.parse(answer.body)
    if answer.status == 404 and error.code in ("NoSuchBucket", setting.unset_code):
        if not error.is_about(bucket.name):
            return unexpected("is about another bucket", retryable=True)
        return Absence.BUCKET if error.code == "NoSuchBucket" else Absence.SETTING
    return refusal(answer, setting, bucket)


@lru_cache(maxsize=64)  # a fleet has few documents: most buckets answer with the same bytes
def _reading(setting: type[Setting], body: bytes) -> Reading[Setting]:
    return read(setting, body)
