"""What anyone who may push could do in another's name."""

from typing import Any

from tests.keys import public_key
from tests.snapshots import charter, claim, registry, snapshot
from validator.registry.openness import openness

SIGNED = [{"handle": "@OWNER", "key": public_key("OWNER")}]
ANN = {"key": public_key("ANN")}


def numbers(*claims: str, **fields: Any) -> list[tuple[int, ...]]:
    found = snapshot(registry(*claims, charter=charter(**fields)))
    assert found.charter
    return [one.numbers for one in openness(found, found.charter)]


def test_without_any_key_all_is_open() -> None:
    assert numbers(claim(1), claim(2)) == [(3,), (1, 2), (1, 2), (1,), (1, 2, 3)]


def test_without_approvers_keys_a_sessions_key_helps_nobody() -> None:
    assert numbers(claim(1, **ANN)) == [(2, 3), (1,), (1,), (1,), (1, 2, 3)]


def test_a_claim_with_a_key_is_not_open_to_others() -> None:
    assert numbers(claim(1, **ANN), claim(2), approvers=SIGNED) == [(3,), (2,), (2,), (), ()]
    whole = (claim(1, **ANN), claim(2, key=public_key("BOB")), claim(3, key=public_key("CARL")))
    assert numbers(*whole, approvers=SIGNED) == [(), (), (), (), ()]


def test_a_number_that_is_kept_for_a_key_is_not_anyones() -> None:
    slots = [{"number": 2, "title": "Desk", "role": "Desk", "key": public_key("BOB")}]
    assert numbers(approvers=SIGNED, slots=slots)[0] == (1, 3)


def test_a_key_that_cannot_be_read_opens_nothing() -> None:
    assert numbers(claim(1, key="ssh-rsa AAAA"), approvers=SIGNED)[1:4] == [(), (), ()]
