"""Requests made of options; tests/operations/claim/test_message.py has their sources."""

from typing import Any

import pytest

from validator.model.errors import FatalError
from validator.operations.claim.request import ClaimOptions, reason_for, request_from

NOW = "2026-11-20T08:00:00Z"


def nobody() -> str:
    raise FatalError("who are you?")


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({}, {}),
        ({"role": "r", "goal": "g", "status": "PENDING"}, {"role": "r", "goal": "g", "status": "PENDING"}),
        (
            {"targets": ("emails sent >= 17 emails/day",)},
            {"targets": [{"metric": "emails sent", "op": "gte", "value": 17, "unit": "emails", "per": "day"}]},
        ),
        ({"responsibilities": ("a", "b")}, {"responsibilities": ["a", "b"]}),
        ({"scope": ("outreach 1-17",)}, {"scope": [{"work": "outreach", "first": 1, "last": 17}]}),
        ({"scope": ("",), "schedule": ("",)}, {"scope": [], "schedule": []}),
        (
            {"schedule": ("Send, mon-tue 10:00-11:00", "Queue, mon by 08:00")},
            {
                "schedule": [
                    {"activity": "Send", "days": ["mon", "tue"], "start": "10:00", "end": "11:00"},
                    {"activity": "Queue", "days": ["mon"], "end": "08:00"},
                ]
            },
        ),
        ({"source": "role: a\nscope: []\n", "role": "b"}, {"role": "b", "scope": []}),
    ],
)
def test_a_request_has_what_is_named_and_nothing_else(options: dict[str, Any], fields: dict[str, Any]) -> None:
    request = request_from(ClaimOptions(4, "a-1", **options), any_number=False, now=NOW, name=nobody)
    assert (request.number, request.session_id, request.now) == (4, "a-1", NOW)
    assert request.fields == {"session_id": "a-1"} | fields


def test_a_session_that_is_not_named_is_looked_up() -> None:
    request = request_from(ClaimOptions(4, source="session_id: null"), any_number=False, now=NOW, name=lambda: "a-1")
    assert request.session_id == "a-1"


def test_the_account_that_proposes_owns_the_claim_unless_the_source_says_who() -> None:
    mine = ("github:583231", "session")
    options = ClaimOptions(4, "a-1", owner=mine)
    fields = request_from(options, any_number=False, now=NOW, name=nobody).fields
    assert (fields["owner"], fields["owner_login"]) == mine
    other = options._replace(source="owner: github:7")
    assert request_from(other, any_number=False, now=NOW, name=nobody).fields["owner"] == "github:7"


def test_labels_are_set_one_by_one() -> None:
    options = ClaimOptions(4, "a-1", labels=("team = outreach", "shift=", "a=b=c"))
    request = request_from(options, any_number=True, now=NOW, name=nobody)
    assert (request.number, request.labels) == (None, {"team": "outreach", "shift": "", "a": "b=c"})


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"scope": ("outreach",)}, '"outreach" is no scope; write WORK FIRST-LAST'),
        ({"scope": ("", "a 1-2")}, '"" is no scope'),
        ({"schedule": ("Send",)}, '"Send" is no schedule; write ACTIVITY, DAYS HH:MM-HH:MM'),
        ({"labels": ("team",)}, '"team" is no label; write NAME=TEXT; NAME= takes it away'),
        ({"labels": ("=x",)}, '"=x" is no label'),
    ],
)
def test_an_option_of_another_form_is_refused_with_the_form(options: dict[str, Any], why: str) -> None:
    with pytest.raises(FatalError) as refused:
        request_from(ClaimOptions(4, "a-1", **options), any_number=False, now=NOW, name=nobody)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (ClaimOptions(4), "who are you?"),
        (ClaimOptions(4, " "), "the claim has no session_id; add --session-id"),
        (ClaimOptions(4, source="session_id: 5"), "the claim has no session_id; add --session-id"),
        (ClaimOptions(None, "a-1"), "which number? name one, or take any free one: --any"),
        (ClaimOptions(None, "a-1", source='number: "4"'), 'number is "4", not a whole number'),
    ],
)
def test_a_request_says_who_claims_and_which_number(options: ClaimOptions, why: str) -> None:
    with pytest.raises(FatalError) as refused:
        request_from(options, any_number=False, now=NOW, name=nobody)
    assert str(refused.value) == why


def test_the_reason_for_a_release() -> None:
    assert (reason_for(None), reason_for(" Other hours ")) == ("", "Other hours")
    with pytest.raises(FatalError, match="say why"):
        reason_for(" ")
