"""Files are read whole, or as far as asked, also while somebody writes to them."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from drift import disk


@pytest.mark.parametrize(("most", "expected"), [(100, 60), (60, 60), (30, 31), (11, 12), (5, 6)])
def test_file_that_grows_while_it_is_read_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, expected: int
) -> None:
    path = tmp_path / "grown"
    path.write_bytes(b"x" * 60)
    real = os.fstat

    def smaller(descriptor: int) -> SimpleNamespace:
        return SimpleNamespace(st_mode=real(descriptor).st_mode, st_size=10)

    monkeypatch.setattr("drift.disk.os.fstat", smaller)
    assert disk.read(path, most) == b"x" * expected
