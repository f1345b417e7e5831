"""Every row of the table through the real command line."""

import json

import pytest

from tests.blackbox import bulk
from tests.blackbox.case import Case
from tests.blackbox.command import SECONDS, validate
from tests.blackbox.store import Store
from tests.blackbox.table import CASES, THEMES

pytestmark = pytest.mark.blackbox


# In processes of their own: one of each theme, what is large or not judged at all, and with `--long` everything.
APART = {case.name for theme in THEMES for case in theme.CASES if case.exit == 2 or theme is bulk}
APART |= {theme.CASES[0].name for theme in THEMES}


# A million files are refused for the same reason, by the same bound.
TAKES_LONG = {"bulk: ten billion files in a few objects"}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=name, marks=[pytest.mark.takes_long] if name in TAKES_LONG else [])
        for name, case in CASES.items()
    ],
)
def test_each_row_gets_the_verdict_that_it_names(case: Case, store: Store, long: bool) -> None:
    base, head = case.build(store)
    run = validate(store.repository, base, head, *case.options, apart=long or case.name in APART)
    assert run.exit == case.exit, run.out + run.err
    if case.exit == 2:
        error = json.loads(run.out)["error"]
        assert run.err.startswith(f"registry: {error['message']}"), "the document says the same"
        assert run.err.count("\n") == 1
        said = run.err
    else:
        assert not run.err
        assert (run.codes("introduced"), run.codes("inherited"), run.codes("healed")) == case[3:6], run.out
        assert run.verdict["verdict"] == ("rejected" if case.exit else "accepted")
        said = run.out
    for text in case.says:
        assert text in said
    assert run.seconds < SECONDS


def test_size_of_the_table() -> None:
    assert CASES.keys() >= TAKES_LONG
    assert len(CASES) >= 120
    assert len(CASES) == sum(len(theme.CASES) for theme in THEMES), "two rows have one name"
