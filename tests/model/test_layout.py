"""Which files a proposal may change, by the name of its branch."""

import pytest

from validator.model.layout import own_files

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
