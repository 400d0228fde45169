"""`drift plan --list` prints text and JSON, and says so before it reads anything."""

from collections.abc import Callable
from typing import get_args

import pytest

from drift.render import Format
from tests.cli.running import Ran

OTHERS = [name for name in get_args(Format) if name not in ("text", "json")]


@pytest.mark.parametrize("name", OTHERS)
def test_the_list_has_no_other_format(drift: Callable[..., Ran], name: str) -> None:
    ran = drift("plan", "nowhere", "--live", "nowhere", "--list", "--format", name)
    ran.failed(f"Error: --list cannot be printed as {name}. Give --format text or json.")
    assert ran.out == ""
