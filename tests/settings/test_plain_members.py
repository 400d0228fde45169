"""Plain members of a setting: read from an answer, put into words, and enumerated for policies."""

from typing import Literal

import pytest
from pydantic import Field

from drift.settings.document import read
from drift.settings.states import TooManyError, choices
from drift.xml import XmlError
from tests.seam.public_access_block import PublicAccessBlock
from tests.seam.website_logging import WebsiteLogging


def live(members: str) -> WebsiteLogging:
    return read(WebsiteLogging, f"<WebsiteLogging>{members}</WebsiteLogging>".encode()).setting


def test_a_number_is_read_as_one() -> None:
    assert live("<Limit>7</Limit>").limit == 7


def test_a_text_that_is_no_number_is_refused_where_a_number_belongs() -> None:
    with pytest.raises(XmlError):
        live("<Limit>seven</Limit>")


def test_a_plain_member_that_differs_is_named() -> None:
    desired = WebsiteLogging(Status="Enabled", Limit=7)
    assert desired.meaning(live("<Status>Enabled</Status><Limit>7</Limit>")) == ""
    assert desired.meaning(live("<Status>Disabled</Status><Limit>7</Limit>")) == (
        "has another Status than is wanted"
    )
    assert desired.meaning(live("<Status>Enabled</Status>")) == "does not report Limit"


def test_the_states_of_a_choice_are_its_texts() -> None:
    class Chosen(PublicAccessBlock):
        """A setting with a choice beside its switch."""

        status: Literal["Enabled", "Disabled"] | None = Field(default=None, alias="Status")

    states = choices(Chosen, lambda *_: ())
    assert [one.value for one in states["Status"]] == ["Enabled", "Disabled"]


def test_a_free_text_has_too_many_states() -> None:
    with pytest.raises(TooManyError, match="may have any value"):
        choices(WebsiteLogging, lambda *_: ())
