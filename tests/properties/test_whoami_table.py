"""The table of what whoami says: every situation has one row, and a row sends nobody two ways."""

import re

import pytest

from tests.corpus.whoami_table import Row, rows, situations

ROWS = rows()


def test_every_situation_has_exactly_one_row() -> None:
    found = {situation: [row.id for row in ROWS if row.answers(situation)] for situation in situations()}
    assert {situation: ids for situation, ids in found.items() if len(ids) != 1} == {}


def test_every_row_is_for_a_situation_that_can_arise() -> None:
    assert [row.id for row in ROWS if not any(row.answers(situation) for situation in situations())] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_has_a_command_or_a_form_or_a_wait(row: Row) -> None:
    ways = [row.command is not None, row.form is not None, "{wait}" in row.says]
    assert sum(ways) == (0 if row.id == "A01" else 1)
    assert row.command is None or row.command[0] == "registry"
    assert row.form is None or row.form == "{help}" or re.fullmatch(r"registry [a-z]+ .*\b[A-Z]+\b.*", row.form)
