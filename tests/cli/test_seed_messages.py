"""The twelve registration messages of the first fleet, word for word, to active: the charter plans the rest."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.agreeing import broadcast_done
from tests.cli.stage import CHARTER, FLEET, Stage, verb
from validator.registry.yaml.reader import read
from validator.registry.yaml.writer import flow


def claim_of(number: int) -> dict[str, Any]:
    """The claim of the first fleet, for the words of its message and the plan of its slot."""
    fields: dict[str, Any] = read("", (FLEET / f"{number:02}.yaml").read_bytes()).value
    return fields


def message_of(number: int) -> str:
    one = claim_of(number)
    session = f"{one['session_id']} ({one['runtime_id']})"
    return f"REGISTRATION: NUMBER={number} ROLE={one['role']} GOAL={one['goal']} SESSION_ID={session} STATUS=REGISTERED"


def planned() -> str:
    """The first fleet's charter, with each session's share and hours in its slot."""
    text, _, _ = CHARTER.partition("slots:")
    slots = read("", CHARTER.encode()).value["slots"]
    for slot in slots:
        one = claim_of(slot["number"])
        slot.update({name: one[name] for name in ("scope", "schedule") if name in one})
    return f"{text}slots:\n" + "".join(f"  - {flow(slot)}\n" for slot in slots)


@pytest.mark.takes_long
def test_the_seeds_messages_lead_to_an_active_fleet(tmp_path: Path) -> None:
    stage = Stage(tmp_path, charter=planned(), guarded=True)
    session = stage.clone("session")
    for number in range(1, 13):
        done = verb(session, "claim", "--message", message_of(number), "--yes", "--push")
        assert done.exit_code == 0, done
    assert verb(stage.human, "approve", "--all-accepted", "--yes").exit_code == 0
    fields = stage.at("main", "registry/sessions/05.yaml")
    assert {name: fields[name] for name in ("scope", "schedule")} == {
        name: claim_of(5)[name] for name in ("scope", "schedule")
    }
    broadcast_done(stage, session)
    for number in range(1, 13):
        words = ("acknowledge", "--session-id", claim_of(number)["session_id"], "--push")
        assert verb(session, "consensus", *words).exit_code == 0
    assert verb(stage.human, "consensus", "activate", "--yes").exit_code == 0
    assert verb(stage.human, "status", "--format", "json").document["phase"] == "active"
