"""File names and links are safe whatever a branch is called."""

import re

import pytest

from validator.hosts.site.places import history_file, proposal_file, session_file

UNUSUAL = (
    "charter/A.b",
    "claim/../../etc",
    "claim/04\n",
    "record/<script>",
    "x" * 300,
    "claim/CON",
    "",
    "\udcff",
    "claim/٤٤",
)


@pytest.mark.parametrize("branch", UNUSUAL)
def test_an_unusual_branch_has_a_plain_name_of_its_own(branch: str) -> None:
    name = proposal_file(branch)
    assert re.fullmatch(r"(claim|release|record|charter|proposal)-x[0-9a-f]{16}", name)
    assert len({proposal_file(one) for one in UNUSUAL}) == len(UNUSUAL)


def test_usual_names_are_readable() -> None:
    names = ("claim/04", "release/12", "record/confirmation", "record/acknowledgements/04", "charter/growth")
    assert [proposal_file(name) for name in names] == [
        *("claim-04", "release-12", "record-confirmation", "record-acknowledgements-04", "charter-growth")
    ]
    assert (session_file(4), session_file(100)) == ("04", "100")
    assert [history_file(page, 3) for page in (1, 2, 3)] == ["history-1.html", "history-2.html", "history.html"]
