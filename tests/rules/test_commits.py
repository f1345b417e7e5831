"""What REG304 and REG309 say of commits: how many a change brings, what each does, who signed it and for whom."""

import pytest

from tests.snapshots import claim, registry, snapshot
from validator.git.brought import MAX_COMMITS, Brought
from validator.git.trees import Entry
from validator.model.layout import acknowledgement_path, claim_path
from validator.registry.consensus.forms import HEADERS, acknowledgement_forms
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.reader import MAX_BYTES
from validator.rules import rider, unapproved

HEAD, BASE, OTHER = "1" * 40, "2" * 40, "3" * 40  # HEAD is the commit of every snapshot of texts
BOTH = registry(claim(1), claim(2))
PATH, RECORD = claim_path(2), acknowledgement_path(2)
ACKNOWLEDGED = {
    "registry": f"sha256:{'1' * 64}",
    "number": 2,
    "session_id": "outreach-2",
    "ready": True,
    "timestamp": "2026-11-20T10:00:00Z",
}
(FORM,) = acknowledgement_forms(ACKNOWLEDGED)


def told(head: Snapshot, base: dict[str, str]) -> list[str]:
    before = snapshot(base)
    return [problem.message for rule in (unapproved, rider) for problem in rule.check(head, before)]


def one(
    commit: str = HEAD, *parents: str, size: int = 100, message: str = "", headers: tuple[str, ...] = ()
) -> Brought:
    return Brought(commit, parents or (BASE,), {PATH: Entry("100644", OTHER, size)}, (), headers, message)


@pytest.mark.parametrize(
    ("commits", "said"),
    [
        ([one()], []),
        ([one(f"{at:040}") for at in range(MAX_COMMITS)], []),
        (
            [one(f"{at:040}") for at in range(MAX_COMMITS + 1)],
            [f"this change brings more than {MAX_COMMITS} commits"],
        ),
        ([one(), one(OTHER)._replace(parents=())], [f"commit {OTHER[:12]} begins another history"]),
        ([one(), one(OTHER, size=MAX_BYTES)], []),
        (
            [one(), one(OTHER, size=MAX_BYTES + 1)],
            [f"commit {OTHER[:12]} brings a file of more than {MAX_BYTES:,} bytes"],
        ),
        ([one(HEAD, BASE, OTHER), one(OTHER)], [f"commit {HEAD[:12]} merges another branch than main"]),
    ],
)
def test_a_proposal_brings_its_file_and_nothing_else(commits: list[Brought], said: list[str]) -> None:
    assert told(snapshot(BOTH)._replace(brought=lambda: tuple(commits)), registry(claim(1))) == said


@pytest.mark.parametrize(
    ("approvals", "stated"),
    [((), "nobody"), (("@OWNER",), None), (("@OTHER",), '"@OTHER"'), (("@OTHER", "@OWNER"), '"@OTHER", "@OWNER"')],
)
def test_who_signs_a_step_is_who_approves_it(approvals: tuple[str, ...], stated: str | None) -> None:
    head = snapshot(BOTH)._replace(signed_by="@OWNER", approvals=approvals, brought=lambda: (one(),))
    said = f"commit {HEAD[:12]} is signed by @OWNER, and its message names {stated} as approving it"
    assert told(head, registry(claim(1))) == ([said] if stated else [])


@pytest.mark.parametrize(
    ("commits", "accepted"),
    [
        ([one(headers=HEADERS, message=FORM.message)], True),
        ([one(headers=(*HEADERS, "gpgsig"), message=FORM.message)], False),  # the session has no key
        ([one(headers=(*HEADERS, "encoding"), message=FORM.message)], False),
        ([one(headers=HEADERS, message=FORM.message + "more\n")], False),
        ([one(headers=HEADERS, message=FORM.message)] * 2, False),
        ([one(headers=HEADERS, message=FORM.message)._replace(faults=("has a note",))], False),
        ([], False),
    ],
)
def test_a_step_that_nobody_signs_is_one_acknowledgement(commits: list[Brought], accepted: bool) -> None:
    head = snapshot(BOTH | {RECORD: FORM.text})._replace(unsigned=True, brought=lambda: tuple(commits))
    found = [problem.message for problem in unapproved.check(head, snapshot(BOTH))]
    assert found == (
        [] if accepted else [f"commit {HEAD[:12]} is not signed by an approver of the charter that main had"]
    )


def test_an_acknowledgement_with_an_odd_timestamp_has_no_form() -> None:
    assert acknowledgement_forms(ACKNOWLEDGED | {"timestamp": "today"}) == ()
