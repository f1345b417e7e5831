"""Approvers merge at the same time: main is clean after every push, and the first one merged is the holder."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.plain.racing import race
from tests.hosts.plain.stage import (
    ENVIRONMENT,
    NAME,
    REGISTRY,
    Done,
    Stage,
    answer,
    branch,
    claim_path,
    claim_text,
    git,
    registry,
    role,
)
from tests.server import serving
from tests.shell import quoted

ALL = ("approve", "--all-accepted", "--yes", "--format", "json")


def propose(stage: Stage, clone: Path, proposals: Mapping[int, str]) -> None:
    """Put the claims of these numbers, by their text, on the server in one push."""
    names = [f"claim/{number:02}" for number in proposals]
    for name, (number, text) in zip(names, proposals.items(), strict=True):
        branch(clone, name, {claim_path(number): text})
    git(clone, "push", "--quiet", "origin", *names)
    assert len(stage.proposers()) == len(proposals)


def approvers(stage: Stage, url: str) -> list[Path]:
    """A clone for each approver, who signs with a key of his or her own."""
    clones = [stage.clone(f"approver-{name}", url) for name in stage.keys]
    for clone, key in zip(clones, stage.keys.values(), strict=True):
        git(clone, "config", "user.signingkey", str(key))
    return clones


def rows(done: Done) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in answer(done)["approvals"]}


def clean_all_along(stage: Stage) -> None:
    """Every commit that main ever pointed to is a registry that the audit accepts."""
    assert stage.line()
    for commit in stage.line():
        done = registry(stage.bare, "audit", "--ref", commit)
        assert done.returncode == 0, done.stdout


@pytest.mark.takes_long
def test_two_approvers_at_once(tmp_path: Path, long: bool) -> None:
    """Of each pair that wants one session_id, or one role, one is registered and the other is told by whom."""
    count = 40 if long else 8
    stage = Stage.make(tmp_path, capacity=count, planned=count // 2, approvers=("OWNER", "DEPUTY"))
    twins = {number: f"session-{number if number % 2 else number - 1}" for number in range(1, count // 2 + 1)}
    proposals = {number: claim_text(number, session) for number, session in twins.items()}
    for number in range(count // 2 + 1, count + 1):
        proposals[number] = claim_text(number, f"session-{number}", role=f"Channel {(number + 1) // 2}")
    propose(stage, stage.human, proposals)
    with serving("http", stage.served, ENVIRONMENT) as server:
        clones = approvers(stage, f"{server.url}/{NAME}")
        done = race([(clone, ALL) for clone in clones])
        left = answer(registry(clones[0], "proposals", "--format", "json"))["proposals"]
    assert [one.returncode for one in done] == [1, 1], [one.stderr for one in done]
    clean_all_along(stage)
    stage.is_sound()
    holders = stage.holders()
    for first in range(1, count, 2):
        (winner,) = holders.keys() & {first, first + 1}
        loser = 2 * first + 1 - winner
        for told in map(rows, done):
            assert told[f"claim/{winner:02}"]["merged"]
            if f"claim/{loser:02}" in told:  # a slow approver finds it rejected from the start
                assert told[f"claim/{loser:02}"]["merged"] is None
                assert re.search(rf"REG10[45] .* number {winner}\b.* \(commit ", told[f"claim/{loser:02}"]["note"])
    # Whoever lost is still there to be seen, with the reason.
    assert {row["verdict"] for row in left} == {"rejected"}
    assert {row["findings"][0]["code"] for row in left} == {"REG104", "REG105"}
    assert len(left) + len(holders) == count


def test_two_approvers_of_one_proposal_merge_it_once(stage: Stage) -> None:
    propose(stage, stage.human, {4: claim_text(4, "session-4")})
    clones = approvers(stage, stage.url)
    done = race([(clone, ("approve", "4", "--yes", "--format", "json")) for clone in clones])
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    assert {rows(one)["claim/04"]["merged"] for one in done} == {stage.line()[-1]}
    assert len(stage.line()) == 2
    stage.is_sound()


@pytest.mark.parametrize("verb", ["reject", "approve"])
def test_main_moves_between_verdict_and_merge(stage: Stage, verb: str) -> None:
    """Another push lands while the hook judges an approval: that verdict is outdated."""
    propose(stage, stage.human, {4: claim_text(4, "session-4"), 5: claim_text(5, "session-4", role=role(5))})
    owner, deputy = approvers(stage, stage.url)
    hook = stage.bare / "hooks" / "pre-receive"
    guard = hook.read_text()
    words = ["4", "--yes"] if verb == "approve" else ["4", "--reason", "no"]
    # The first push runs the deputy's verb to its end before it is judged itself.
    others = " ".join([verb, *words])
    environment = "env -u GIT_DIR -u GIT_QUARANTINE_PATH -u GIT_OBJECT_DIRECTORY -u GIT_ALTERNATE_OBJECT_DIRECTORIES"
    hook.write_text(
        guard.replace(
            "exec ",
            f"lines=$(cat); if mkdir {quoted(stage.folder / 'once')} 2>/dev/null; then\n"
            f"  (cd {quoted(deputy)} && {environment} {quoted(*REGISTRY)} {others} >/dev/null) || exit 1\nfi\n"
            'printf "%s\\n" "$lines" | ',
        )
    )
    done = registry(owner, "approve", "5", "--yes", "--format", "json")
    (row,) = answer(done)["approvals"]
    if verb == "approve":
        assert (done.returncode, row["merged"]) == (1, None)
        assert "REG104" in row["note"]
        assert "number 4" in row["note"]
        assert stage.holders() == {4: "session-4"}
    else:
        assert done.returncode == 0
        assert stage.holders() == {5: "session-4"}
    clean_all_along(stage)
    stage.is_sound()
