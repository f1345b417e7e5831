"""Which claimed roles are as planned, in a charter of four slots."""

import pytest

from validator.model.shapes import Slot
from validator.rules.role_misaligned import is_aligned

DESK = Slot(number=1, title="Post", role="Letter Answering Desk - Answer all letters")
SLOTS = (
    DESK,
    Slot(number=2, title="Telephone", role="Phone Answering AI - Answer the calls of the desk"),
    Slot(number=3, title="Night", role="Night Watch AI - Never leave a call unanswered"),
    Slot(number=4, title="Orchestrator", role="Master Coordinator - Orchestrate all the work"),
)


@pytest.mark.parametrize(
    "role",
    [
        "Letter Answering Desk - Answer all letters",
        "Letter Answering Desk",
        "letter answering desk \u2013 answer ALL letters",
        "Letter Answering Desk - Answer all letters in German",
        "Letters Answering Desk",
        "Desk for Answering Letters",
    ],
)
def test_the_planned_role_in_other_words_is_as_planned(role: str) -> None:
    assert is_aligned(role, DESK, SLOTS)


@pytest.mark.parametrize(
    "role",
    [
        "The",
        "A",
        "Of the",
        "AI",
        "Desk",
        "Never Answer Letters, Nobody",
        "No Letter Answering Desk",
        "Letter Answering Des\u043a",
        "Phone Answering Desk",
        "Phone Answering AI - Answer the calls of the desk",
        "",
    ],
)
def test_other_roles_are_not_as_planned(role: str) -> None:
    assert not is_aligned(role, DESK, SLOTS)


def test_a_title_alone_and_a_planned_negation_are_as_planned() -> None:
    assert is_aligned("Orchestrator", SLOTS[3], SLOTS)
    assert is_aligned("Night Watch, never leave calls", SLOTS[2], SLOTS)


def test_words_of_every_planned_role_identify_none() -> None:
    workers = [Slot(number=number, title="Worker", role=f"Worker {number:05}") for number in (1, 2)]
    assert is_aligned("Worker 00001", workers[0], workers)
    assert not is_aligned("Worker", workers[0], workers)
