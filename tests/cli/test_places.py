"""Relative paths in Git's configuration, lock and permission errors, and passwords hidden from messages."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, REGISTRY, Stage, fleet, git, verb
from validator.git.remote import Outcome, Remote, Update
from validator.git.repo import Repo

NEW = ("--session-id", "marketing-late", "--goal", "Answer 40 emails a day", "--target", "emails >= 40 emails/day")


def test_a_relative_url_begins_at_the_top(stage: Stage) -> None:
    session = stage.clone("session")
    git(session, "remote", "set-url", "origin", "../fleet.git")
    below = session / "registry"
    assert verb(below, "proposals") == (0, "nothing is proposed\n", "")
    draft = stage.folder / "04.yaml"
    draft.write_text(fleet(4), encoding="utf-8")
    assert verb(stage.folder, "claim", "4", "--repo", str(below), "--from", str(draft), "--push").exit_code == 0
    git(session, "worktree", "add", "--quiet", "--detach", "../linked", "origin/main")
    assert "claim/04" in verb(stage.folder / "linked", "proposals").out
    guard = [row for row in verb(session, "doctor", "--local").out.splitlines() if "hook-installed" in row]
    assert "without the guard" in guard[0]


def test_a_relative_signing_key_begins_at_the_top(guarded: Stage) -> None:
    git(guarded.human, "config", "user.signingkey", "../owner")
    session = guarded.clone("session")
    draft = guarded.folder / "04.yaml"
    draft.write_text(fleet(4), encoding="utf-8")
    assert verb(session, "claim", "4", "--from", str(draft), "--push").exit_code == 0
    done = verb(guarded.folder, "approve", "4", "--yes", "--repo", str(guarded.human / "registry"))
    assert "claim/04 is on main" in done.out, done


def test_a_refusal_is_no_lost_race(tmp_path: Path) -> None:
    """What `git init --shared` forbids is told at once, with the setting; the server's refs have not moved."""
    stage = Stage(tmp_path)
    git(stage.bare, "config", "receive.denyNonFastForwards", "true")
    session, draft = stage.clone("session"), stage.folder / "04.yaml"
    draft.write_text(fleet(4), encoding="utf-8")
    assert verb(session, "claim", "4", "--from", str(draft), "--push").exit_code == 0
    draft.write_text(fleet(4).replace("Track delivery", "Watch delivery"), encoding="utf-8")
    done = verb(session, "claim", "4", "--from", str(draft), "--push")
    assert done.exit_code == 2
    assert "somebody was faster" not in done.err
    assert "git config receive.denyNonFastForwards false" in done.err
    git(stage.bare, "config", "receive.denyNonFastForwards", "false")
    assert verb(session, "claim", "4", "--from", str(draft), "--push").exit_code == 0


@pytest.mark.parametrize("name", ["claim", "claim/04/x"])
def test_a_branch_in_the_way_is_named_with_the_command(stage: Stage, name: str) -> None:
    git(stage.bare, "update-ref", f"refs/heads/{name}", stage.beginning)
    draft = stage.folder / "04.yaml"
    draft.write_text(fleet(4), encoding="utf-8")
    done = verb(stage.human, "claim", "4", "--from", str(draft), "--push")
    told, _, command = done.err.rstrip("\n").rpartition("; on the server: ")
    assert (done.exit_code, told.endswith(f"of number 4: branch {name} is in the way")) == (2, True), done
    git(stage.bare, *shlex.split(command)[1:])
    assert verb(stage.human, "claim", "4", "--from", str(draft), "--push").exit_code == 0


def test_what_a_server_says_of_a_ref_is_read_without_its_machine_form(stage: Stage) -> None:
    git(stage.bare, "config", "receive.hideRefs", "refs/heads/claim")
    done = verb(stage.human, "claim", "4", *NEW, "--push")
    told = "registry: the server does not take the push of number 4: [remote rejected] (deny updating a hidden ref)"
    assert (done.exit_code, done.err.splitlines()[-1]) == (2, told)


@pytest.mark.takes_long
def test_a_stale_lock_is_named(stage: Stage) -> None:
    session, lock = stage.clone("session"), stage.bare / "refs/heads/claim/04.lock"
    lock.parent.mkdir()
    lock.touch()
    server = Remote(Repo(session), "origin")
    server.fetch()
    pushed = server.push([Update("refs/heads/claim/04", None, stage.beginning)])
    assert pushed.outcome is Outcome.REFUSED
    assert "claim/04.lock" in " ".join(pushed.said)


SECRETS = {
    "remote.origin.url": "http://bot:SECRET@127.0.0.1:9/fleet.git?token=SECRET",
    "remote.origin.pushurl": "http://SECRET@127.0.0.1:9/fleet.git",
    "url.http://bot:S'E/SEC RET@127.0.0.1:9/.insteadOf": "file://",
    "url.http://bot:SECRET@127.0.0.1:9/.pushInsteadOf": "file://",
}


@pytest.mark.parametrize("setting", SECRETS)
def test_passwords_in_urls_are_hidden(stage: Stage, setting: str) -> None:
    """Also a password of which Git says that it makes no URL; and what is sent in a header."""
    session = stage.clone("session")
    git(session, "config", setting, SECRETS[setting])
    git(session, "config", "http.extraHeader", "Authorization: Basic SECRET")
    for words in (["proposals"], ["claim", "4", *NEW, "--push"], ["doctor"], ["status", "--fetch", "--format", "json"]):
        done = verb(session, *words)
        assert "127.0.0.1" in done.err or "push" in setting.lower() or words == ["doctor"], done
        assert "SEC" not in done.out + done.err, words
    assert "SEC" not in Repo(session).as_user("ls-remote", "--", "origin")[2], "whoever shows what Git has said"


def test_a_url_that_is_given_for_a_remotes_name_shows_no_password(stage: Stage) -> None:
    done = verb(stage.human, "proposals", "--remote", "https://bot:SECRET@127.0.0.1:9/x", "--format", "json")
    assert (done.exit_code, "SECRET" in done.out + done.err) == (2, False), done


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        (b"caf\xc3\xa9 \xf0\x9f\x8c\x8d", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        (b"caf\xe9\xff", {}),
        (b"caf\xe9\xff", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    ],
    ids=["utf-8-in-c", "bytes-in-utf-8", "bytes-in-c"],
)
@pytest.mark.takes_long
def test_paths_are_bytes(tmp_path: Path, name: bytes, variables: dict[str, str]) -> None:
    folder = tmp_path / os.fsdecode(name)
    folder.mkdir()
    stage = Stage(folder)
    stage.registered(1)
    draft = folder / "04.yaml"
    draft.write_text(fleet(4), encoding="utf-8")
    for words, exit_code in (
        (["claim", "4", "--from", str(draft), "--push"], 0),
        (["proposals", "--format", "json"], 0),
        (["approve", "4", "--yes"], 0),
        (["status", "--repo", str(stage.human)], 0),
        (["validate", "--worktree"], 0),
        (["codeowners", "--check"], 1),
        (["claim", "4", "--push", "--session-id", "marketing-late", "--remote", "nowhere"], 2),
    ):
        done = subprocess.run(
            [*REGISTRY, *words], cwd=stage.human, env=ENVIRONMENT | variables, capture_output=True, check=False
        )
        assert done.returncode == exit_code, (words, done.stderr)
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["blob:none", "tree:0"])
def test_a_partial_clone_is_recognised_and_can_be_completed(stage: Stage, kind: str) -> None:
    stage.registered(1)
    git(stage.bare, "config", "uploadpack.allowFilter", "true")
    git(stage.folder, "clone", "--quiet", f"--filter={kind}", "--no-checkout", f"file://{stage.bare}", "partial")
    partial, other, draft = stage.folder / "partial", stage.clone("other"), stage.folder / "04.yaml"
    draft.write_text(fleet(4), encoding="utf-8")
    assert verb(other, "claim", "4", "--from", str(draft), "--push").exit_code == 0
    for words in (["status"], ["proposals"], ["conflicts"], ["audit"], ["claim", "5", "--from", str(draft)]):
        done = verb(partial, *words)
        assert (done.exit_code, "reject" in done.out + done.err) == (2, False), done
        assert "partial clone" in done.err
        completion = done.err.strip().rpartition("run: ")[2]
    git(partial, *completion.split()[1:])
    assert "claim/04" in verb(partial, "proposals").out
    draft.write_text(fleet(4).replace("Track delivery", "Watch delivery"), encoding="utf-8")
    assert verb(other, "claim", "4", "--from", str(draft), "--push").exit_code == 0
    assert "✓ claim/04" in verb(partial, "proposals").out, "what is fetched from now on is whole"


def test_the_next_commands_work_where_repo_was_typed(stage: Stage) -> None:
    """Not only in the folder that --repo names: the demo's and the README's way to ask."""
    stage.registered(4)
    there, commands = ("--repo", stage.human.name), list[str]()
    (stage.folder / "05.yaml").write_text(fleet(5), encoding="utf-8")
    assert verb(stage.folder, "claim", "5", "--from", "05.yaml", *there, "--push").exit_code == 0
    for words in (("whoami", "--session-id", "new-1"), ("consensus", "status"), ("status",)):
        said = verb(stage.folder, *words, *there, "--format", "json").document
        assert f" {' '.join(there)}" in said["next_action"]
        commands += [move["command"] for move in said.get("moves", ()) if move["command"]]
    assert commands == [f"registry proposals {' '.join(there)}"]
    assert verb(stage.folder, *commands[0].split()[1:]).exit_code == 0
    lines = [line for line in verb(stage.folder, "doctor", "--local", *there).out.splitlines() if "    run: " in line]
    assert lines
    assert all(line.startswith(f"    run: cd {stage.human.name} && ") for line in lines)
