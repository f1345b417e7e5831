"""The guard's assumptions: valid objects, main as it was before the push, a clean environment."""

import random
import subprocess
import sys
from pathlib import Path

from tests.hosts.plain.stage import (
    ENVIRONMENT,
    Stage,
    approving,
    branch,
    charter,
    claim_path,
    claim_text,
    claims,
    commit,
    git,
    public,
    registry,
    run,
)
from tests.shell import program
from validator.hosts.plain.push import MAX_INPUT


def pushed(clone: Path, *words: str, **variables: str) -> tuple[int, str]:
    done = run(["git", "push", "origin", *words], clone, **variables)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_malformed_objects_are_not_taken_anywhere(stage: Stage) -> None:
    """On a branch that is none of the registry's business too: a clone of it would carry a hook into `.git`."""
    clone = stage.human
    evil = clone / ".git" / "evil"
    evil.write_text("#!/bin/sh\n")
    blob = git(clone, "hash-object", "-w", str(evil)).strip()
    evil.write_bytes(b"100644 .git\0" + bytes.fromhex(blob))
    tree = git(clone, "hash-object", "-t", "tree", "-w", "--literally", str(evil)).strip()
    bad = git(clone, "commit-tree", "-p", "origin/main", "-m", "x", tree).strip()
    code, said = pushed(clone, f"{bad}:refs/heads/team/evil")
    assert code
    assert "hasDotgit" in said
    assert list(stage.refs()) == ["refs/heads/main"]


def test_main_is_what_the_servers_head_names(stage: Stage) -> None:
    """A server from before everybody called it main is guarded as well; a second main is not taken."""
    git(stage.bare, "branch", "--move", "main", "trunk")
    git(stage.bare, "symbolic-ref", "HEAD", "refs/heads/trunk")
    registry(stage.folder, "install-hook", str(stage.bare), check=True)
    clone = stage.clone("session")
    git(clone, "config", "user.signingkey", str(stage.keys["OWNER"]))
    branch(clone, "claim/04", {claim_path(4): claim_text(4, "session-4")}, base="origin/trunk")
    assert pushed(clone, "claim/04")[0] == 0
    code, said = pushed(clone, "claim/04:trunk")
    assert (code, "error[REG304] unapproved" in said) == (1, True), said
    code, said = pushed(clone, "claim/04:main")
    assert (code, "this server has no such ref" in said) == (1, True), said
    assert "claim/04 is on main" in registry(clone, "approve", "4", "--yes", check=True).stdout
    assert list(stage.refs("refs/heads/")) == ["refs/heads/trunk"]
    assert "registry/sessions/04.yaml" in git(stage.bare, "ls-tree", "-r", "--name-only", "trunk")
    assert "accepted: no findings" in registry(stage.bare, "audit", check=True).stdout


def test_what_cannot_be_read_whole_is_refused(template: Stage, tmp_path: Path) -> None:
    """Input that fails as it is read, and input that is longer than any push's."""
    words = [sys.executable, "-P", "-m", "validator.guard"]
    row = f"{'0' * 40} {'1' * 40} refs/heads/".encode()
    (tmp_path / "long").write_bytes(row + b"x" * (MAX_INPUT + 1 - len(row)))
    for mode, said in (("ab", "registry: Bad file descriptor\n"), ("rb", "registry: this push names more than")):
        with (tmp_path / "long").open(mode) as stream:
            done = subprocess.run(
                words, cwd=template.bare, env=ENVIRONMENT, stdin=stream, capture_output=True, text=True, check=False
            )
        assert (done.returncode, done.stderr) == (2, "")
        assert done.stdout.startswith(said), done.stdout


def test_the_first_main_is_audited(tmp_path: Path) -> None:
    """Without a main to compare with, the guard audits the whole tree."""
    stage = Stage.make(tmp_path, guarded=False)
    key = {name: public(path) for name, path in stage.keys.items()}
    new = tmp_path / "served" / "new.git"
    git(tmp_path, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(new))
    registry(tmp_path, "install-hook", str(new), check=True)
    clone = stage.human
    git(clone, "remote", "set-url", "origin", f"file://{new}")
    start = git(clone, "rev-parse", "HEAD").strip()
    commit(
        clone, {"registry/charter.yaml": charter(12, key).replace("orchestrator: 1", "orchestrator: 13")}, "13 of 12"
    )
    code, said = pushed(clone, "HEAD:refs/heads/main")
    assert (code, "error[REG008] charter-contradiction" in said) == (1, True), said
    git(clone, "checkout", "--quiet", "--detach", start)
    commit(clone, {"registry/charter.yaml": charter(12, {})}, "Nobody could approve")
    code, said = pushed(clone, "HEAD:refs/heads/main")
    assert (code, "no approver in the charter has a key" in said) == (1, True), said
    assert git(new, "for-each-ref") == ""
    commit(clone, {"registry/charter.yaml": charter(12, key), **claims(4)}, "A charter and a claim")
    code, said = pushed(clone, "HEAD:refs/heads/main")
    assert (code, f"no claims and no records, and this one has {claim_path(4)}" in said) == (1, True), said
    commit(clone, {claim_path(4): None}, "A charter")
    assert pushed(clone, "HEAD:refs/heads/main")[0] == 0


def test_main_is_the_one_before_the_push(stage: Stage) -> None:
    """An approver's change counts from the next push on: proposals are judged against the published main."""
    clone = stage.human
    keys = {name: public(key) for name, key in stage.keys.items()}
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    wider = commit(clone, {"registry/charter.yaml": charter(20, keys)}, "Wider", *approving(stage.keys["OWNER"]))
    commit(clone, {claim_path(15): claim_text(15, "session-15")}, "Claim")
    both = (f"{wider}:refs/heads/main", "HEAD:refs/heads/claim/15")
    code, said = pushed(clone, *both)
    assert code
    assert "refs/heads/claim/15: refused" in said
    assert "refs/heads/main: refused" not in said
    assert list(stage.refs()) == ["refs/heads/main"]
    assert pushed(clone, both[0])[0] == 0
    assert pushed(clone, both[1])[0] == 0


def test_the_callers_environment_is_ignored(stage: Stage) -> None:
    """Git hands its environment to hooks: encodings that lack a letter, and variables that change what Git finds."""
    clone = stage.human
    branch(clone, "claim/04", {claim_path(4): claim_text(4, "session-4", role="Pförtner - Türen öffnen")})
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    code, said = pushed(clone, "claim/04", **plain)
    assert code
    assert "error[REG106] role-misaligned" in said
    odd = [b"git", b"push", b"origin", b"claim/04:refs/heads/claim/\xff"]
    done = subprocess.run(odd, cwd=clone, env=ENVIRONMENT | plain, capture_output=True, check=False)
    assert (done.returncode, b"this server has no such ref" in done.stderr) == (1, True), done.stderr
    branch(clone, "claim/05", claims(5))
    assert pushed(clone, "claim/05", GIT_LITERAL_PATHSPECS="1", GIT_REPLACE_REF_BASE="refs/heads/")[0] == 0


def test_a_push_has_no_more_bytes_than_the_server_takes(stage: Stage) -> None:
    """Git stops reading it; a limit that the server's owner has chosen stays."""
    limit = "receive.maxInputSize"
    assert git(stage.bare, "config", limit) == "64m\n"
    git(stage.bare, "config", limit, "20k")
    registry(stage.folder, "install-hook", str(stage.bare), check=True)
    assert git(stage.bare, "config", limit) == "20k\n"
    noise = random.Random(0).randbytes(20_000).hex()
    branch(stage.human, "claim/04", {claim_path(4): claim_text(4, "session-4"), "notes": noise})
    code, said = pushed(stage.human, "claim/04")
    assert (code, "pack exceeds maximum allowed size" in said) == (1, True), said
    branch(stage.human, "claim/05", claims(5))
    assert pushed(stage.human, "claim/05")[0] == 0


def test_a_program_around_the_guard_that_drops_gits_environment_is_named(stage: Stage) -> None:
    """Git keeps what is pushed apart until the hook accepts it, and says by variables where that is."""
    hook = stage.bare / "hooks" / "pre-receive"
    hook.rename(stage.bare / "guard")
    program(hook, 'exec env -i PATH="$PATH" GIT_DIR="$GIT_DIR" ./guard')
    branch(stage.human, "claim/04", claims(4))
    code, said = pushed(stage.human, "claim/04")
    assert (code, "is no commit that this hook can see; a program that starts it has to leave" in said) == (1, True), (
        said
    )
    program(hook, "exec ./guard")
    assert pushed(stage.human, "claim/04")[0] == 0
