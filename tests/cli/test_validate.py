"""`registry validate`: which two commits it compares, files on disk, and `--steps`."""

import os
from pathlib import Path

import pytest

from tests.cli.states import FLEET
from tests.keys import public_key
from tests.repository import Changes, Repository, claim_path, with_charter
from validator.cli.audit import audit
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.operations.steps import validate

FIVE: Changes = {claim_path(5): FLEET[5]}
WHO = {f"GIT_{who}_{what}": "OWNER" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    repository = with_charter(tmp_path / "work", [4], bare=False)
    repository.git("reset", "--quiet", "--hard")
    return repository


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


def test_base_is_origin_main_before_main(work: Repository) -> None:
    old = work.git("rev-parse", "main~1")
    work.git("update-ref", "refs/remotes/origin/main", old)
    verdict = validate(repo=work.path, base=None, head="HEAD")
    assert (verdict.base, verdict.head) == (old, work.git("rev-parse", "main"))
    assert verdict.tree == work.git("rev-parse", "main^{tree}")
    work.git("update-ref", "-d", "refs/remotes/origin/main")
    assert validate(repo=work.path, base=None, head="HEAD").base == work.git("rev-parse", "main")


def test_unknown_revision(work: Repository) -> None:
    for base, head in (("nowhere", "HEAD"), ("main", "nowhere"), ("main", "--help")):
        with pytest.raises(FatalError, match="names no commit here"):
            validate(repo=work.path, base=base, head=head)


def test_the_files_on_disk(work: Repository) -> None:
    (work.path / claim_path(5)).write_text(FLEET[5])
    verdict = validate(repo=work.path / "registry/sessions", base=None, head="HEAD", worktree=True)
    assert codes(verdict) == ["REG204"]
    assert verdict.accepted
    os.symlink("05.yaml", work.path / claim_path(6))
    assert set(codes(validate(repo=work.path, base=None, head="HEAD", worktree=True))) == {"REG004", "REG204", "REG302"}


def test_files_on_disk_are_signed_when_they_are_committed(work: Repository) -> None:
    (work.path / claim_path(5)).write_text(f"{FLEET[5]}key: {public_key('ANN')}\n")
    assert codes(validate(repo=work.path, base=None, head="HEAD", worktree=True)) == ["REG204"]
    work.git("add", claim_path(5))
    index = str(work.path / ".git/index")
    assert codes(validate(repo=work.path, base=None, head="HEAD", staged=True, index=index)) == ["REG204"]
    change = work.git("commit-tree", "-p", "main", "-m", "Claim", work.git("write-tree"), variables=WHO)
    assert set(codes(validate(repo=work.path, base=None, head=change))) == {"REG204", "REG308"}


def test_the_files_on_disk_of_a_branch_that_is_behind(work: Repository) -> None:
    work.git("reset", "--quiet", "--hard", "main~1")
    work.git("update-ref", "refs/remotes/origin/main", "ORIG_HEAD")
    (work.path / claim_path(4)).parent.mkdir(exist_ok=True)
    (work.path / claim_path(4)).write_text(FLEET[4])
    assert codes(validate(repo=work.path, base=None, head="HEAD", worktree=True)) == ["REG103"]


def test_steps_are_judged_one_by_one(work: Repository) -> None:
    start = work.git("rev-parse", "main")
    good = work.commit("main", FIVE)
    bad = work.commit("main", {claim_path(6): FLEET[6].replace("number: 6", "number: 7")})
    mended = work.commit("main", {claim_path(6): FLEET[6]})
    verdict = validate(repo=work.path, base=start, head="main", steps=True)
    assert (verdict.base, verdict.head, verdict.tree) == (start, mended, work.git("rev-parse", "main^{tree}"))
    assert not verdict.accepted
    assert {(finding.code, finding.step, finding.origin) for finding in verdict.findings} == {
        ("REG204", good, "introduced"),
        ("REG101", bad, "introduced"),
        ("REG204", bad, "inherited"),
        ("REG204", bad, "introduced"),
        ("REG204", mended, "inherited"),
    }
    assert [(finding.code, finding.step) for finding in verdict.healed] == [("REG101", mended)]


def test_steps_of_an_empty_range(work: Repository) -> None:
    verdict = validate(repo=work.path, base="main", head="main", steps=True)
    assert verdict.accepted
    assert verdict.findings == ()


def test_steps_outside_the_first_parent_line(work: Repository) -> None:
    work.commit("main", FIVE)
    back = validate(repo=work.path, base="main", head="main~1", steps=True)
    assert codes(back)[0] == "REG306"
    work.commit("side", {claim_path(6): FLEET[6]}, "main~1")
    wrong_way_round = work.merge("main", into="side")
    assert "REG306" in codes(validate(repo=work.path, base="main", head=wrong_way_round, steps=True))


def test_a_push_to_an_empty_main(tmp_path: Path) -> None:
    """Without a base commit the verb ends with an error and accepts nothing."""
    repository = with_charter(tmp_path / "registry.git")
    with pytest.raises(FatalError, match="names no commit here"):
        validate(repo=repository.path, base="0" * 40, head="main", steps=True)


def test_audit_counts_everything(halfway_there: Repository) -> None:
    verdict = audit(repo=halfway_there.path, ref=None)
    assert (verdict.base, verdict.accepted) == (None, False)
    assert codes(verdict) == ["REG002"]
    assert audit(repo=halfway_there.path, ref="main~1").accepted


def test_audit_names_winner_and_loser_of_what_two_proposals_left(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git", [4])
    fork = repository.git("rev-parse", "main")
    repository.commit("claim/05", FIVE, fork)
    twin = FLEET[6].replace("marketing-outreach-3", "marketing-outreach-2")
    repository.commit("claim/06", {claim_path(6): twin}, fork)
    assert all(validate(repo=repository.path, base=fork, head=branch).accepted for branch in ("claim/05", "claim/06"))
    second, first = repository.merge("claim/06"), repository.merge("claim/05")
    (finding,) = (finding for finding in audit(repo=repository.path, ref="main").findings if finding.code == "REG501")
    assert finding.location.path == claim_path(5)
    assert f"number 6 was first, marketing-outreach-2 since 2026-11-20 (commit {second[:12]})" in finding.message
    assert f"number 5, marketing-outreach-2 since 2026-11-20 (commit {first[:12]}), has to give way" in finding.message
    assert finding.help.startswith("release number 5")
