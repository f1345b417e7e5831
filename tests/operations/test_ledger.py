"""Deliveries are remembered for one registry and one carrier, also by two broadcasts at the same time."""

from pathlib import Path

import pytest

from validator.model.errors import FatalError
from validator.operations.consensus.ledger import Ledger, ledger_of, progress_folder

DIGEST = "sha256:" + "0" * 64


def test_two_broadcasts_at_the_same_time_keep_both_deliveries(tmp_path: Path) -> None:
    progress = progress_folder(tmp_path, DIGEST)
    first, second = ledger_of(progress, "folder /mail"), ledger_of(progress, "folder /mail")
    assert first.delivered() == second.delivered() == frozenset()
    first.add(1)
    second.add(12)
    assert first.delivered() == {1, 12}


def test_what_a_killed_write_leaves_behind_is_no_delivery(tmp_path: Path) -> None:
    (tmp_path / ".unfinished").mkdir()
    (tmp_path / ".unfinished" / "4").touch()
    ledger = Ledger(tmp_path)
    ledger.add(7)
    assert ledger.delivered() == {7}


def test_deliveries_belong_to_one_registry_and_one_carrier(tmp_path: Path) -> None:
    progress = progress_folder(tmp_path, DIGEST)
    ledger_of(progress, "folder /mail").add(1)
    assert ledger_of(progress, "folder /other").delivered() == frozenset()
    assert ledger_of(progress_folder(tmp_path, "sha256:" + "1" * 64), "folder /mail").delivered() == frozenset()


def test_a_ledger_that_cannot_be_written_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "registry").touch()
    with pytest.raises(FatalError, match=r"^the progress of the broadcast cannot be kept: .+$"):
        ledger_of(progress_folder(tmp_path, DIGEST), "folder /mail").add(1)
