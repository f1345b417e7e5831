"""What a change of the charter's fields is told as."""

from typing import Any

import pytest

from tests.keys import public_key
from validator.model.keys import fingerprint
from validator.model.shapes import Approver, Charter, Mission, Target
from validator.registry.amendment import charter_changes, charter_in_short

OWNER, KEY = Approver(handle="@OWNER"), public_key("owner")
MISSION = Mission(statement='Send "17" emails')
CHARTER = Charter(mission=MISSION, capacity=2, orchestrator=1, time_zone="Europe/Berlin", approvers=(OWNER,))
TARGET = Target(metric="emails sent", op="gte", value=17, unit="emails", per="day")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, ""),
        ({"approvers": (Approver(handle="@SECOND"),)}, "approvers @OWNER → @SECOND"),
        (
            {"approvers": (Approver(handle="@OWNER", key=KEY),)},
            f"approvers @OWNER → @OWNER ({fingerprint(KEY)})",
        ),
        ({"capacity": 3, "orchestrator": 2}, "capacity 2 → 3; orchestrator 1 → 2"),
        ({"session_keys": "required"}, "session_keys none → required"),
        ({"mission": Mission(statement='Send "17" emails', targets=(TARGET,))}, "mission (see the diff)"),
        ({"mission": Mission(statement="Rest")}, r'mission "Send \"17\" emails" → "Rest"'),
        ({"metrics": ()}, ""),
        ({"slots": ("x",)}, "slots (see the diff)"),
    ],
)
def test_fields_are_told_with_their_values_where_these_are_short(fields: dict[str, Any], told: str) -> None:
    assert charter_changes(CHARTER, CHARTER.model_copy(update=fields)) == told


def test_a_charter_in_short_says_who_approves() -> None:
    told = r'approvers @OWNER; capacity 2; mission "Send \"17\" emails"; orchestrator 1; time_zone Europe/Berlin'
    assert charter_in_short(CHARTER) == told
