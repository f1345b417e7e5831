"""Sessions race for numbers on a real repository: only the first merged holds the number."""

import re
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.strategies import tries
from tests.repository import Repository, claim_path, fleet, with_charter
from validator.cli.audit import audit
from validator.git.repo import Repo
from validator.model.findings import Verdict
from validator.operations.export import registry_at
from validator.operations.steps import validate
from validator.registry.history import registrations

FLEET = fleet()


class Proposal(NamedTuple):
    """A session wants a number; `late` is a branch made from main as it is then, others fork before anybody merged."""

    number: int
    session: int
    late: bool = False


proposal = st.builds(Proposal, st.integers(1, 4), st.integers(1, 5), st.booleans())


@tries(0.2)
@given(st.lists(proposal, min_size=2, max_size=8))
@example([Proposal(1, 1), Proposal(1, 2), Proposal(1, 1)])
@example([Proposal(1, 1), Proposal(2, 1), Proposal(2, 2, late=True), Proposal(1, 2)])
def test_first_merged_holds_the_number(proposals: list[Proposal]) -> None:
    with TemporaryDirectory() as folder:
        race(with_charter(Path(folder, "registry.git")), proposals)


@tries(0.1)
@given(st.lists(proposal, min_size=2, max_size=2, unique_by=lambda each: each.session))
@example([Proposal(3, 1), Proposal(3, 2)])
@example([Proposal(3, 1), Proposal(4, 2)])
@pytest.mark.takes_long
def test_two_valid_proposals_in_any_order(proposals: list[Proposal]) -> None:
    for order in permutations(proposals):
        with TemporaryDirectory() as folder:
            repository = with_charter(Path(folder, "registry.git"))
            assert all(propose(repository, each, f"alone/{each.session}").accepted for each in order)
            race(repository, list(order))


def race(repository: Repository, proposals: list[Proposal]) -> None:
    """Propose and merge in turn, and hold every verdict against what the first-come rule says."""
    start = repository.git("rev-parse", "main")
    branches = [(each, f"claim/{turn}") for turn, each in enumerate(proposals)]
    for each, branch in branches:
        commit_claim(repository, each, branch, start)
    held = dict[int, Proposal]()
    arrivals = dict[int, str]()
    for each, branch in branches:
        if each.late:
            commit_claim(repository, each, branch, "refs/heads/main^0")
        verdict = validate(repo=repository.path, base="main", head=branch)
        assert expected(each, held) <= codes(verdict)
        assert verdict.accepted == (not expected(each, held)), verdict.findings
        if each.number in held and not each.late:
            who = f"number {each.number} is held by {name(held[each.number])} since 2026-11-20"
            assert f"{who} (commit {arrivals[each.number][:12]})" in told(verdict)
        if verdict.accepted and each.number not in held:
            arrivals[each.number] = repository.merge(branch)
            held[each.number] = each
    assert_held(repository, held, arrivals, start)


def expected(each: Proposal, held: dict[int, Proposal]) -> set[str]:
    """What a proposal must hear: who asks for a held number on a stale branch or a new one, or has another number."""
    holder = held.get(each.number)
    if holder and not each.late:
        return {"REG103"}
    if holder and holder.session != each.session:
        return {"REG301"}
    elsewhere = any(each.session == other.session for number, other in held.items() if number != each.number)
    return {"REG104"} if elsewhere else set()


def assert_held(repository: Repository, held: dict[int, Proposal], arrivals: dict[int, str], start: str) -> None:
    """Everyone who reads main sees the same holders: export, history, audit, and the steps that moved it."""
    export = registry_at(repository.path, None)
    assert {claim.number: claim.session_id for claim in export.claims} == {n: name(each) for n, each in held.items()}
    standing = registrations(Repo(repository.path).steps(export.commit, ["registry/sessions"]))
    assert {path: each.commit for path, each in standing.items()} == {claim_path(n): oid for n, oid in arrivals.items()}
    assert audit(repo=repository.path, ref="main").accepted
    assert validate(repo=repository.path, base=start, head="main", steps=True).accepted


def propose(repository: Repository, each: Proposal, branch: str) -> Verdict:
    commit_claim(repository, each, branch, "refs/heads/main^0")
    return validate(repo=repository.path, base="main", head=branch)


def commit_claim(repository: Repository, each: Proposal, branch: str, parent: str) -> None:
    text = re.sub(r"session_id: .*", f"session_id: {name(each)}", FLEET[each.number])
    text = re.sub(r"runtime_id: .*\n", "", text)
    repository.commit(branch, {claim_path(each.number): text}, parent)


def name(each: Proposal) -> str:
    return f"session-{each.session}"


def told(verdict: Verdict) -> str:
    return "\n".join(finding.message for finding in verdict.findings)


def codes(verdict: Verdict) -> set[str]:
    return {finding.code for finding in verdict.findings}
