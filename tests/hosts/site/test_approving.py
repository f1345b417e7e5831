"""What the pages say to the approver, as plain functions of the documents."""

from typing import Any

import pytest

from validator.hosts.site.approving import proposed_of, title, warned
from validator.hosts.site.render import target_in_words


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("emails sent >= 17 emails/day", "emails sent: at least 17 emails a day"),
        ("reply time <= 1 hours", "reply time: at most 1 hour"),
        ("calls < 2.5 calls/hour", "calls: less than 2.5 calls an hour"),
        ("passes = 1 pass", "passes: exactly 1 pass"),
        ("no target", "no target"),
    ],
)
def test_a_target_in_words(target: str, words: str) -> None:
    assert target_in_words(target) == words


def test_the_headline_of_a_proposal() -> None:
    claim = {"name": "claim/05", "number": 5, "session_id": "desk-5", "role": "Desk"}
    assert title(claim, frozenset()) == "Number 5: desk-5 asks for Desk"
    assert title(claim, frozenset([5])) == "Number 5: desk-5 changes its claim"
    assert title({**claim, "name": "release/05", "number": None}, frozenset([5])) == "Number 5: to be released"
    assert title({**claim, "name": "charter/x", "number": None}, frozenset()) == ""


def test_what_the_command_for_all_of_them_approves_in_spite_of_a_warning() -> None:
    def one(name: str, *origins: str) -> dict[str, Any]:
        return {"name": name, "findings": [{"origin": origin} for origin in origins]}

    fine = one("claim/05", "inherited")
    assert warned([fine]) == ""
    assert warned([fine, one("claim/06", "introduced")]) == "claim/06, which has a warning"
    many = [one(f"claim/{number:02}", "introduced") for number in range(6, 13)]
    assert warned(many[:2]) == "claim/06, claim/07, which have a warning"
    assert warned(many) == "claim/06, claim/07, claim/08, claim/09, claim/10 and 2 more, which have a warning"


def test_what_is_proposed_of_a_piece_of_work() -> None:
    one = {"name": "claim/05", "verdict": "rejected", "scope": ["outreach team 1-3", "Replies: late, early"]}
    assert proposed_of("replies", [one]) == [("claim/05", "Replies: late, early", True)]
    assert proposed_of("outreach team", [one]) == [("claim/05", "outreach team 1-3", True)]
    assert proposed_of("outreach", [one]) == []
