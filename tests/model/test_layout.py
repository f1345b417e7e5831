"""Which files a proposal may change, by the name of its branch."""

import pytest

from validator.model.layout import CHARTER, PROPOSAL, own_files, path_of

OWN = {
    "claim/05": {"registry/sessions/05.yaml"},
    "release/05": {"registry/sessions/05.yaml"},
    "record/confirmation": {"registry/consensus/confirmation.yaml"},
    "record/acknowledgements/04": {"registry/consensus/acknowledgements/04.yaml"},
    "charter/next": {"registry/charter.yaml", "CODEOWNERS"},
    "record/approval": set(),  # an approver's own merge
    "claim/٠٥": set(),
    "main": set(),
}


@pytest.mark.parametrize("branch", OWN)
def test_a_proposal_has_its_own_files(branch: str) -> None:
    assert own_files(branch) == OWN[branch]


@pytest.mark.parametrize(("branch", "path"), [("charter/growth", CHARTER), ("claim/04", "registry/sessions/04.yaml")])
def test_a_proposal_is_about_a_file(branch: str, path: str) -> None:
    assert PROPOSAL.fullmatch(branch)
    assert path_of(branch) == path


@pytest.mark.parametrize("branch", ["charter/a/b", "charter/-a", "charter/a.lock", f"charter/{'a' * 65}", "charters/a"])
def test_what_is_no_proposal(branch: str) -> None:
    assert PROPOSAL.fullmatch(branch) is None
