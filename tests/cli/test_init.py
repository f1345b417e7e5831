"""`registry init`: create a registry for another fleet that works without further edits."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.stage import Stage, git, new_key, plain, refs, verb, write

WORDS = ("--mission", "Answer every customer", "--approver", "@OWNER")
CLAIM = ("--session-id", "desk-7", "--role", "Desk 7 - Answer letters", "--goal", "Answer 20 letters daily", "--yes")


@pytest.mark.parametrize(("capacity", "branch", "path"), [(40, "claim/07", "07"), (100, "claim/07", "07")])
def test_a_fresh_registry_works_at_once(tmp_path: Path, capacity: int, branch: str, path: str) -> None:
    """From nothing to a registered session, on a guarded server: the capacity says how many digits a number has."""
    key = new_key(tmp_path / "key")
    begun = verb(
        tmp_path, "init", "fleet", "--capacity", str(capacity), *WORDS[:3], f"@OWNER {key}", "--orchestrator", "3"
    )
    assert begun.exit_code == 0, begun
    fleet = tmp_path / "fleet"
    assert git(fleet, "status", "--porcelain") == ""
    assert git(fleet, "log", "--format=%s", "main") == f"Start a session registry for {capacity} sessions\n"
    for check in (["audit"], ["schema", "--check"], ["codeowners", "--check"], ["validate", "--worktree"]):
        assert verb(fleet, *check).exit_code == 0
    git(tmp_path, "init", "--quiet", "--bare", "--template=", "fleet.git")
    assert verb(tmp_path, "install-hook", "fleet.git").exit_code == 0
    git(fleet, "remote", "add", "origin", str(tmp_path / "fleet.git"))
    git(fleet, "push", "--quiet", "origin", "main")
    git(fleet, "config", "user.signingkey", str(tmp_path / "key"))

    session = tmp_path / "session"
    git(tmp_path, "clone", "--quiet", "--template=", "--branch", "main", "fleet.git", "session")
    claimed = verb(session, "claim", "7", *CLAIM, "--push")
    assert (claimed.exit_code, claimed.note) == (0, f"proposed number 7 on branch {branch}; a human has to approve it")
    assert verb(fleet, "approve", "7", "--yes").exit_code == 0
    assert git(tmp_path / "fleet.git", "ls-tree", "--name-only", "main", "registry/sessions/").split() == [
        "registry/sessions/.gitkeep",
        f"registry/sessions/{path}.yaml",
    ]
    status = verb(fleet, "status", "--format", "json").document
    assert (status["capacity"], status["registered"], status["approvals_signed"]) == (capacity, 1, True)
    assert status["slots"][6]["state"] == "registered"
    assert verb(fleet, "audit").exit_code == 0
    lost = verb(session, "claim", "7", *CLAIM, "--session-id", "desk-8", "--push")
    assert plain(lost.note) == (
        f"number 7 is held by desk-7 since <time> (commit <id>); free and not proposed: 1-6, 8-{capacity}"
    )


def test_no_two_registries_begin_with_the_same_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Same charter, same human, same second: still no signed step of one of them follows the other's first commit."""
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_DATE", "2026-01-05T08:00:00Z")
    roots = set[str]()
    for fleet in ("one", "two"):
        assert verb(tmp_path, "init", fleet, "--capacity", "2", *WORDS).exit_code == 0
        roots.add(git(tmp_path / fleet, "rev-list", "--max-parents=0", "main"))
    assert len(roots) == 2


def test_what_is_written(tmp_path: Path) -> None:
    done = verb(
        tmp_path, "init", "fleet", "--capacity", "2", *WORDS, "--approver", "@OTHER", "--time-zone", "Europe/Berlin"
    )
    assert plain(done.out).startswith("a registry for 2 sessions in fleet (commit <id>)\nnext: describe the slots in ")
    assert (
        (tmp_path / "fleet/registry/charter.yaml").read_text()
        == """\
# What this fleet is for. Only humans change this file.
mission:
  statement: "Answer every customer"
capacity: 2  # the numbers are 1 to this one; all of them must be registered
orchestrator: 1  # the number whose holder confirms and broadcasts
time_zone: "Europe/Berlin"
approvers:  # on a plain Git server each also has a key: the SSH public key that signs approvals
  - {handle: "@OWNER"}
  - {handle: "@OTHER"}
# slots:  # the plan for each number; without one its session chooses a role
#   - {number: 1, title: Orchestrator, role: Orchestrator - Coordinate the fleet}
# work:  # what the sessions divide among them, in pieces with numbers or names
#   - {name: letters, first: 1, last: 90}
#   - {name: replies, segments: [standard, urgent]}
"""
    )
    charter = tmp_path / "fleet/registry/charter.yaml"
    charter.write_text(re.sub("(?m)^# (?!What)", "", charter.read_text()))
    assert verb(tmp_path / "fleet", "validate", "--worktree") == (0, "accepted: no findings\n", "")
    assert (tmp_path / "fleet/CODEOWNERS").read_text().splitlines()[-2] == "* @OWNER @OTHER"
    assert len(list((tmp_path / "fleet/schema").iterdir())) > 10


def test_init_in_an_existing_repository_commits_only_its_files(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--template=", "--initial-branch=main", "fleet")
    fleet = tmp_path / "fleet"
    write(fleet, "staged.txt", "mine")
    write(fleet, "loose.txt", "mine")
    git(fleet, "add", "staged.txt")
    assert verb(tmp_path, "init", "fleet", "--capacity", "2", *WORDS).exit_code == 0
    assert git(fleet, "status", "--porcelain") == "A  staged.txt\n?? loose.txt\n"
    assert "staged.txt" not in git(fleet, "ls-tree", "-r", "--name-only", "main")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--capacity", "0", *WORDS], "these arguments make no valid charter: capacity"),
        (["--capacity", "100000", *WORDS], "these arguments make no valid charter: capacity"),
        (
            ["--capacity", "4", *WORDS, "--orchestrator", "5"],
            "these arguments make no valid charter: orchestrator 5 of 4",
        ),
        (
            ["--capacity", "4", *WORDS, "--time-zone", "Middle Earth"],
            "these arguments make no valid charter: time_zone",
        ),
        (["--capacity", "4", *WORDS, "--time-zone", "Mars/Base"], 'Mars/Base" is not in the time zone database'),
        (["--capacity", "4", *WORDS[:3], "OWNER"], "these arguments make no valid charter: approvers.0.handle"),
        (["--capacity", "4", *WORDS[:3], "@OWNER not-a-key"], "these arguments make no valid charter: approvers.0.key"),
        (
            ["--capacity", "4", "--mission", " ", "--approver", "@OWNER"],
            "these arguments make no valid charter: mission.statement",
        ),
        (
            ["--capacity", "4", "--mission", "a\x1bb", "--approver", "@OWNER"],
            "these arguments make no valid charter: an escape makes",
        ),
        (["--capacity", "4", "--mission", "\udcff", "--approver", "@OWNER"], "the file is not UTF-8"),
        (["--capacity", "4", "--mission", "x"], "Missing option '--approver'. Write --approver \"@HANDLE\""),
        (["--capacity", "four", *WORDS], "'four' is not a valid integer"),
    ],
)
def test_invalid_charter_options_are_refused(tmp_path: Path, words: list[str], why: str) -> None:
    done = verb(tmp_path, "init", "fleet", *words)
    assert done.exit_code == 2
    assert why in done.err
    assert not (tmp_path / "fleet").exists()


def test_an_existing_registry_is_kept(stage: Stage) -> None:
    before = git(stage.human, "status", "--porcelain"), refs(stage.human)
    done = verb(stage.folder, "init", "human", "--capacity", "4", *WORDS)
    assert (done.exit_code, done.err) == (2, "registry: human has a registry already\n")
    git(stage.folder, "init", "--quiet", "other")
    assert verb(stage.folder, "init", "other", "--capacity", "4", *WORDS).exit_code == 0
    again = verb(stage.folder, "init", "other", "--capacity", "4", *WORDS)
    assert (again.exit_code, again.err) == (2, "registry: other has a registry already\n")
    inside = verb(stage.human, "init", "notes", "--capacity", "4", *WORDS)
    assert inside.exit_code == 2
    assert "lies inside another repository" in inside.err
    assert (git(stage.human, "status", "--porcelain"), refs(stage.human)) == before


def test_a_registry_whose_files_are_missing_on_disk_stays(stage: Stage) -> None:
    """It is in the last commit; another charter over it would begin another registry."""
    shutil.rmtree(stage.human / "registry")
    before = refs(stage.human)
    done = verb(stage.folder, "init", "human", "--capacity", "4", *WORDS)
    assert (done.exit_code, done.err) == (2, "registry: human has a registry already\n")
    assert refs(stage.human) == before
    assert not (stage.human / "registry").exists()


def test_an_interrupted_init_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as nobody:
        settings = {"commit.gpgsign": "true", "gpg.program": "nothing-that-signs"}
        nobody.setenv("GIT_CONFIG_COUNT", str(len(settings)))
        for at, (name, value) in enumerate(settings.items()):
            nobody.setenv(f"GIT_CONFIG_KEY_{at}", name)
            nobody.setenv(f"GIT_CONFIG_VALUE_{at}", value)
        first = verb(tmp_path, "init", "fleet", "--capacity", "4", *WORDS)
        assert first.exit_code == 2
        assert "registry: git commit: " in first.err
    other = verb(tmp_path, "init", "fleet", "--capacity", "5", *WORDS)
    assert (other.exit_code, other.err) == (2, "registry: fleet has a registry already\n")
    assert verb(tmp_path, "init", "fleet", "--capacity", "4", *WORDS).exit_code == 0
    assert verb(tmp_path / "fleet", "audit").exit_code == 0


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    """Not even by root, for whom a missing right is none: what would have to contain it is a file."""
    (tmp_path / "notes").write_text("mine")
    done = verb(tmp_path, "init", "notes/fleet", "--capacity", "4", *WORDS)
    assert done.exit_code == 2
    assert "no repository can be made in notes/fleet" in done.err
    assert (tmp_path / "notes").read_text() == "mine"


def test_a_file_in_the_way_is_reported(tmp_path: Path) -> None:
    (tmp_path / "fleet").write_text("mine")
    done = verb(tmp_path, "init", "fleet", "--capacity", "4", *WORDS)
    assert done.exit_code == 2
    assert "no repository can be made in fleet" in done.err
    assert (tmp_path / "fleet").read_text() == "mine"


def test_a_link_to_itself_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    done = verb(tmp_path, "init", "loop", "--capacity", "3", *WORDS)
    assert (done.exit_code, done.out) == (2, "")


def test_a_registry_begins_on_main_whatever_git_calls_a_first_branch(tmp_path: Path) -> None:
    words = ("--capacity", "2", *WORDS)
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk", "fresh")
    assert verb(tmp_path, "init", "fresh", *words).exit_code == 0
    assert refs(tmp_path / "fresh").keys() == {"refs/heads/main"}
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk", "old")
    git(tmp_path / "old", "commit", "--quiet", "--allow-empty", "--message", "x")
    told = verb(tmp_path, "init", "old", *words)
    assert (told.exit_code, told.err) == (
        2,
        "registry: a registry lives on main, and old is on refs/heads/trunk; run: git -C old branch -m main\n",
    )
    git(tmp_path, *told.err.rpartition("run: git ")[2].split())
    assert verb(tmp_path, "init", "old", *words).exit_code == 0
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk", "loose")
    git(tmp_path / "loose", "commit", "--quiet", "--allow-empty", "--message", "x")
    git(tmp_path / "loose", "checkout", "--quiet", "--detach")
    assert "is on no branch; run: git -C loose switch -c main" in verb(tmp_path, "init", "loose", *words).err


@pytest.mark.parametrize("mask", [0o077, 0o002])
def test_files_have_the_rights_that_the_umask_leaves(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        assert verb(tmp_path, "init", "fleet", "--capacity", "2", *WORDS).exit_code == 0
    finally:
        os.umask(before)
    assert (tmp_path / "fleet/registry/charter.yaml").stat().st_mode & 0o777 == 0o666 & ~mask


def test_the_missions_targets_are_drawn_as_a_goals_are(tmp_path: Path) -> None:
    words = ("--capacity", "3", "--mission", "Generate $120k MRR", "--approver", "@OWNER")
    assert verb(tmp_path, "init", "fleet", *words).exit_code == 0
    charter = (tmp_path / "fleet/registry/charter.yaml").read_text("utf-8")
    assert "  targets:\n    - {metric: MRR, op: gte, value: 120000, unit: USD, per: month}\n" in charter
    assert verb(tmp_path / "fleet", "audit").exit_code == 0


def test_a_figure_of_the_mission_that_is_in_no_target_is_told(tmp_path: Path) -> None:
    words = ("--capacity", "3", "--mission", "Publish 12 stories a week, 4 of them local", "--approver", "@OWNER")
    done = verb(tmp_path, "init", "fleet", *words)
    where = "write them under mission.targets in registry/charter.yaml"
    assert (done.exit_code, done.out.splitlines()[1]) == (0, f'not read as a target: "4 of them local"; {where}')


@pytest.mark.parametrize(
    ("option", "value", "form"),
    [
        ("--approver", "OWNER", 'write --approver "@HANDLE", or "@HANDLE KEY" with an SSH public key'),
        ("--capacity", "0", "write --capacity N, from 1 to 99999"),
        ("--mission", " ", "write --mission SENTENCE, on one line"),
    ],
)
def test_a_wrong_argument_is_told_its_form(tmp_path: Path, option: str, value: str, form: str) -> None:
    given = {"--capacity": "4", "--mission": "Answer every customer", "--approver": "@OWNER"} | {option: value}
    done = verb(tmp_path, "init", "fleet", *(word for pair in given.items() for word in pair))
    assert (done.exit_code, done.err.rstrip().endswith(form)) == (2, True), done.err


def test_without_an_identity_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME", raising=False)
        monkeypatch.delenv(f"GIT_{role}_EMAIL", raising=False)
    monkeypatch.delenv("EMAIL", raising=False)
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\n\tuseConfigOnly = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    done = verb(tmp_path, "init", "fleet", "--capacity", "4", *WORDS)
    assert (done.exit_code, done.out) == (2, "")
    assert done.err.startswith("registry: Git does not know who you are; fill in: git config --global user.name ")
    assert not (tmp_path / "fleet/registry").exists()
