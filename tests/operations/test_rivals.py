"""What open claims share that only one of them can have, and the options of a claim that shares nothing."""

from typing import Any

from tests.snapshots import claim, registry, snapshot
from validator.operations.rivals import shared_with, something_else
from validator.registry.parsing import ClaimFile


def claims(*fields: dict[str, Any]) -> list[ClaimFile]:
    texts = (claim(number, **named) for number, named in enumerate(fields, 1))
    return list(snapshot(registry(*texts)).by_number.values())


def work(first: int, last: int) -> dict[str, Any]:
    return {"scope": [{"work": "outreach", "first": first, "last": last}]}


def test_rivals_are_named_together_with_what_they_have() -> None:
    mine, *others = claims(work(1, 9), work(9, 12), work(13, 14), work(5, 5), work(1, 9) | {"session_id": "outreach-1"})
    assert list(shared_with(mine.draft, others)) == ["claim/02, claim/04 have the same work"]
    assert something_else(mine.draft, others) == ("--scope", "SCOPE")


def test_another_role_is_the_way_out_of_the_same_role() -> None:
    mine, other = claims({"role": "Clerk - Answer letters"}, {"role": "Clerk - Answer letters"})
    assert list(shared_with(mine.draft, [other])) == ["claim/02 has the same role"]
    assert something_else(mine.draft, [other]) == ("--role", "ROLE")


def test_no_other_value_is_offered_where_a_key_is_shared() -> None:
    key = {"key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0V7GGmPlJxvqjLyHhdQFzPzQUGn9fPr2B0CSlf4nkA"}
    mine, other = claims(work(1, 9) | key, work(1, 9) | key)
    assert list(shared_with(mine.draft, [other])) == ["claim/02 has the same key and work"]
    assert something_else(mine.draft, [other]) == ()
