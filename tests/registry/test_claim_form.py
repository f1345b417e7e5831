"""The command of a first claim: what the charter asks for is in it."""

from typing import Any

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.registry.claim_form import claim_form, open_claim_form, repeated_claim

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


@pytest.mark.parametrize(("slot", "words"), [(SLOT, " --key new"), (SLOT | {"key": KEY}, "")])
def test_a_session_keeps_its_key(slot: dict[str, Any], words: str) -> None:
    found = snapshot(registry(charter=charter(slots=[slot]))).charter
    assert found
    assert " ".join(claim_form(found, 1, keyed=True)) == f"registry claim 1 --goal GOAL{words} --yes --push"


@pytest.mark.parametrize(("free", "role"), [([1], ""), ([1, 2], " --role ROLE"), ([], "")])
def test_the_form_of_a_number_to_choose_asks_for_a_role_where_one_of_them_has_none(free: list[int], role: str) -> None:
    found = snapshot(registry(charter=charter(slots=[SLOT], session_keys="required"))).charter
    assert found
    words = f"registry claim NUMBER{role} --goal GOAL --key new --yes --push"
    assert " ".join(open_claim_form(found, free)) == words


def test_a_claim_is_repeated_with_all_that_its_session_decided() -> None:
    schedule = [
        {"activity": "Send batch", "days": ["mon", "tue"], "start": "10:00", "end": "11:00"},
        {"activity": "Report", "days": ["fri"], "end": "17:00"},
    ]
    scope = [{"work": "outreach", "first": 1, "last": 17}, {"work": "replies", "segments": ["standard", "new"]}]
    plain, full = (
        claim(1, responsibilities=["Send 17 emails daily"]),
        claim(2, schedule=schedule, scope=scope, key=KEY, responsibilities=["Write", "Send"]),
    )
    whole = snapshot(registry(plain, full, charter=charter(slots=[SLOT | {"key": KEY}])))
    assert whole.charter
    first, second = (one.claim for _, one in sorted(whole.claims.items()))
    assert first
    assert second
    target = ("--target", "emails sent >= 17 emails/day")
    words = ("registry", "claim", "1", "--role", first.role, "--goal", first.goal, *target, "--yes", "--push")
    assert repeated_claim(whole.charter, first) == words
    assert repeated_claim(whole.charter, second, "--session-id", "x")[9:] == (
        *target, "--responsibility", "Write", "--responsibility", "Send",
        "--scope", "outreach 1-17", "--scope", "replies: standard, new",
        "--schedule", "Send batch, mon,tue 10:00-11:00", "--schedule", "Report, fri by 17:00",
        "--key", "new", "--yes", "--push",
    )  # fmt: skip
