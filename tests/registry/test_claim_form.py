"""The command of a first claim: what the charter asks for is in it."""

from typing import Any

import pytest

from tests.snapshots import charter, registry, snapshot
from validator.registry.claim_form import claim_form

SLOT = {"number": 1, "title": "Desk", "role": "Letter Desk"}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF6QYDuGz4D8uesDvOQ1kJCeyeVUrym9ijma72o55/w5"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "--role ROLE --goal GOAL --yes --push"),
        ({"slots": [SLOT]}, "--goal GOAL --yes --push"),
        ({"slots": [SLOT], "session_keys": "required"}, "--goal GOAL --key new --yes --push"),
        ({"slots": [SLOT | {"key": KEY}], "session_keys": "required"}, "--goal GOAL --yes --push"),
        ({"session_owners": "required"}, "--role ROLE --goal GOAL --yes --pr"),
    ],
)
def test_the_form_has_what_the_charter_asks_for(fields: dict[str, Any], words: str) -> None:
    found = snapshot(registry(charter=charter(**fields))).charter
    assert found
    assert " ".join(claim_form(found, 1, "--session-id", "ID")) == f"registry claim 1 --session-id ID {words}"
