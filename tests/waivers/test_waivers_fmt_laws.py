"""What holds of the layout of every file of waivers."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from drift.desired.layout import laid_out
from drift.waivers.file_model import WaiverEntry, WaiversFile
from tests.laws.test_fmt_laws import words_of, written
from tests.waivers.test_waivers_schema import nearly_waivers

NAMES = [str(field.alias) for field in WaiverEntry.model_fields.values()]


@given(nearly_waivers(), st.data())
def test_nothing_is_lost_and_what_is_laid_out_stays_as_it_is(
    file: dict[str, Any], data: st.DataObject
) -> None:
    """The words and the value are the same; the layout of a layout is that layout."""
    text = data.draw(written(file))
    after = laid_out(text, WaiversFile)
    assert json.loads(after) == json.loads(text)
    assert sorted(words_of(after)) == sorted(words_of(text))
    assert laid_out(after, WaiversFile) == after


@given(nearly_waivers(), st.data())
def test_the_members_of_every_waiver_stand_in_one_order(
    file: dict[str, Any], data: st.DataObject
) -> None:
    """That is the order of the schema, whatever it was; the waivers themselves keep theirs."""
    found = json.loads(laid_out(data.draw(written(file)), WaiversFile)).get("Waivers")
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            known = [name for name in one if name in NAMES]
            assert known == sorted(known, key=NAMES.index)
            assert [*one][: len(known)] == known
