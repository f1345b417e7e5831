"""A file is replaced as a whole, and a write that fails leaves everything as it was."""

import os
import stat
from pathlib import Path

import pytest

from validator.operations.files import read_own, write


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


def test_a_file_of_ones_own_is_read_up_to_its_limit(tmp_path: Path) -> None:
    assert read_own(tmp_path / "file", 3) is None
    (tmp_path / "file").write_bytes(b"own")
    assert read_own(tmp_path / "file", 3) == b"own"
    with pytest.raises(OSError, match="it is too large"):
        read_own(tmp_path / "file", 2)


def test_what_another_user_may_have_made_is_not_read(tmp_path: Path) -> None:
    other = tmp_path / "file"
    if os.geteuid() == 0:
        other.write_bytes(b"other")
        os.chown(other, 12345, -1)
    else:
        other = Path("/etc/passwd")
    with pytest.raises(PermissionError, match="no regular file of yours"):
        read_own(other, 1 << 20)
    (tmp_path / "link").symlink_to(tmp_path / "somewhere")
    with pytest.raises(OSError, match="symbolic link"):
        read_own(tmp_path / "link", 9)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PermissionError):
        read_own(tmp_path / "pipe", 9)
