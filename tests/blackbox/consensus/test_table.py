"""Every row of the table of record changes through the real command line, on real repositories."""

import pytest

from tests.blackbox.case import Case
from tests.blackbox.command import validate
from tests.blackbox.consensus.table import CASES, THEMES
from tests.blackbox.store import Store

pytestmark = pytest.mark.blackbox


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_each_row_gets_the_verdict_that_it_names(case: Case, store: Store, long: bool) -> None:
    base, head = case.build(store)
    run = validate(store.repository, base, head, *case.options, apart=long or case is next(iter(CASES.values())))
    assert run.exit == case.exit, run.out + run.err
    assert not run.err
    assert (run.codes("introduced"), run.codes("inherited"), run.codes("healed")) == case[3:6], run.out
    assert run.verdict["verdict"] == ("rejected" if case.exit else "accepted")
    for text in case.says:
        assert text in run.out


def test_size_of_the_table() -> None:
    assert sum(case.exit for case in CASES.values()) >= 40
    assert len(CASES) == sum(map(len, THEMES)), "two rows have one name"
