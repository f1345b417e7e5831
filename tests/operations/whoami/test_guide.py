"""The handbook has in each state what matters there, and is short."""

from typing import get_args

import pytest

from tests.snapshots import charter, registry, snapshot
from validator.operations.whoami.facts import HELD, SessionState
from validator.operations.whoami.guide import guide

STATES: tuple[SessionState, ...] = get_args(SessionState)
TOKENS = 1.4  # at most, for a word of such a text


@pytest.mark.parametrize("state", [None, *STATES])
def test_it_is_short_and_has_what_matters(state: SessionState | None) -> None:
    text = guide(state, 4, (), phase="active" if state == "active" else "broadcast", withdraws=True)
    assert len(text.split()) * TOKENS < 1500
    assert "    registry whoami --fetch\n" in text
    held, proposed = state in HELD, state == "proposed"
    assert ("    registry consensus acknowledge --push\n" in text) is (state == "registered")
    assert ("    registry export --format markdown\n" in text) is (state == "registered")
    assert ('    registry claim 4 --goal "GOAL" --yes --push\n' in text) is (proposed or (held and state != "active"))
    assert ('    registry release 4 --reason "REASON"\n' in text) is held
    assert ("    registry withdraw\n" in text) is proposed
    assert ('    registry claim NUMBER --goal "GOAL" --yes --push\n' in text) is not (held or proposed)
    assert ("    registry bind NAME\n" in text) is (state is None)
    assert ("    registry schedule --fetch\n" in text) is (state == "active")


def test_a_session_that_is_named_by_an_option_is_named_in_the_commands() -> None:
    text = guide("registered", 4, ("--session-id", "x; rm {me}"), phase="broadcast")
    assert "    registry whoami --session-id 'x; rm {me}' --fetch\n" in text
    assert "    registry consensus acknowledge --session-id 'x; rm {me}' --push\n" in text


def test_a_session_is_told_to_take_a_proposal_back_only_where_it_may() -> None:
    text = guide("proposed", 4, ())
    assert "registry withdraw" not in text
    assert "- It has no key: only an approver takes it away.\n" in text


def test_what_is_not_due_yet_is_no_command() -> None:
    assert "registry consensus acknowledge" not in guide("registered", 4, (), phase="approved")


def test_the_command_of_a_claim_has_what_the_charter_asks_for() -> None:
    asks = snapshot(registry(charter=charter(session_keys="required", session_owners="required"))).charter
    assert '    registry claim NUMBER --goal "GOAL" --key new --yes --pr\n' in guide("unregistered", None, (), asks)
    assert '    registry claim 4 --goal "GOAL" --yes --pr\n' in guide("registered", 4, (), asks)
