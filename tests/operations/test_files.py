"""A file is replaced as a whole, and a write that fails leaves everything as it was."""

import os
import stat
from pathlib import Path

import pytest

from validator.operations.files import write


def test_a_file_is_replaced_and_whoever_has_the_old_one_open_reads_it_to_its_end(tmp_path: Path) -> None:
    place = tmp_path / "folder" / "file"
    write(place, b"old")
    with place.open("rb") as opened:
        write(place, b"new", mode=0o600)
        assert opened.read() == b"old"
    assert place.read_bytes() == b"new"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert os.listdir(place.parent) == ["file"]


def test_a_failed_write_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(IsADirectoryError):
        write(tmp_path / "file", b"new")
    assert os.listdir(tmp_path) == ["file"]
