"""What a guarded server refuses and accepts of a plain `git push`, without the verbs."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hosts.plain.stage import (
    ENVIRONMENT,
    NAME,
    Done,
    Files,
    Stage,
    approving,
    branch,
    charter,
    claim_path,
    claim_text,
    claims,
    commit,
    git,
    make_key,
    merge,
    public,
    run,
    signing,
)
from tests.server import serving
from tests.shell import program
from validator.model.escape import logged


def push(clone: Path, *words: str) -> Done:
    return run(["git", "push", "origin", *words], clone)


def refused(stage: Stage, clone: Path, *words: str, why: str) -> None:
    """A push is refused, says why in lines from the remote, and leaves nothing behind."""
    before = stage.refs()
    done = push(clone, *words)
    assert done.returncode != 0
    told = "\n".join(
        line.removeprefix("remote: ").rstrip() for line in done.stderr.splitlines() if line.startswith("remote:")
    )
    assert why in told, done.stderr
    assert stage.refs() == before


def accepted(clone: Path, *words: str) -> None:
    done = push(clone, *words)
    assert done.returncode == 0, done.stderr


def owner(stage: Stage) -> tuple[str, ...]:
    return approving(stage.keys["OWNER"])


def rewritten(clone: Path, commit_: str, edit: Callable[[str], str]) -> str:
    """A commit like another one but for its text; its id."""
    text = edit(git(clone, "cat-file", "commit", commit_))
    path = clone / ".git" / "rewritten"
    path.write_text(text)
    return git(clone, "hash-object", "-t", "commit", "-w", "--literally", str(path)).strip()


def with_signature(armour: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        header, _, message = text.partition("\n\n")
        return f"{header}\ngpgsig " + armour.rstrip("\n").replace("\n", "\n ") + f"\n\n{message}"

    return edit


# main


@pytest.mark.parametrize("scheme", ["file", "git", "http"])
def test_every_transport_carries_claim_approval_and_refusal(stage: Stage, scheme: str) -> None:
    if scheme == "file":
        whole_round(stage, stage.human)
        return
    with serving(scheme, stage.served, ENVIRONMENT) as server:
        git(stage.human, "remote", "set-url", "origin", f"{server.url}/{NAME}")
        whole_round(stage, stage.human)


def whole_round(stage: Stage, clone: Path) -> None:
    branch(clone, "claim/04", claims(4))
    accepted(clone, "claim/04")
    merge(clone, "claim/04")
    refused(stage, clone, "HEAD:main", why="error[REG304] unapproved")
    merge(clone, "claim/04", *owner(stage))
    refused(stage, clone, "--atomic", "HEAD:main", ":claim/04", why="a proposal goes after it is merged")
    accepted(clone, "HEAD:main")
    accepted(clone, ":claim/04")
    branch(clone, "claim/05", {claim_path(5): claim_text(5, "session-4")})
    refused(stage, clone, "claim/05", why="error[REG104] session-id-taken")
    lost = git(clone, "rev-parse", "HEAD").strip()
    # What is refused never leaves quarantine.
    assert run(["git", "cat-file", "-e", lost], stage.bare).returncode != 0
    assert list(stage.refs()) == ["refs/heads/main"]
    stage.is_sound()


def test_main_needs_an_approvers_signature(stage: Stage, tmp_path: Path) -> None:
    clone = stage.human
    branch(clone, "topic", claims(4))
    for options in ((), signing(make_key(tmp_path / "stranger"))):
        merge(clone, "topic", *options)
        refused(stage, clone, "HEAD:main", why="is not signed by an approver of the charter that main had")
    refused(stage, clone, "topic:main", why="error[REG304] unapproved")
    merge(clone, "topic", *approving(stage.keys["DEPUTY"]))
    accepted(clone, "HEAD:main")


def test_a_key_added_by_the_same_push_is_not_trusted(stage: Stage, tmp_path: Path) -> None:
    clone, own = stage.human, make_key(tmp_path / "key-SESSION")
    keys = {name: public(key) for name, key in (*stage.keys.items(), ("SESSION", own))}
    wider: Files = {"registry/charter.yaml": charter(12, keys)}
    # Its own signature under the change that names it, …
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    commit(clone, wider, "One more approver", *approving(own))
    refused(stage, clone, "HEAD:main", why="error[REG304] unapproved")
    # … and even where an approver has signed that change, the second step of the same push.
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    charter_commit = commit(clone, wider, "One more approver", *owner(stage))
    commit(clone, claims(4), "Register myself", *approving(own))
    refused(stage, clone, "HEAD:main", why="error[REG304] unapproved")
    # Once it is on main it counts.
    accepted(clone, f"{charter_commit}:main")
    accepted(clone, "HEAD:main")


def test_a_key_removed_by_the_same_push_signs_no_later_step(stage: Stage) -> None:
    clone = stage.human
    owner_alone: Files = {"registry/charter.yaml": charter(12, {"OWNER": public(stage.keys["OWNER"])})}
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    removal = commit(clone, owner_alone, "The deputy leaves", *owner(stage))
    commit(clone, claims(4), "Register a friend", *approving(stage.keys["DEPUTY"]))
    refused(stage, clone, "HEAD:main", why="error[REG304] unapproved")
    git(clone, "checkout", "--quiet", "--detach", removal)
    commit(clone, claims(4), "Register a session", *owner(stage))
    accepted(clone, "HEAD:main")


def test_the_last_key_stays_in_the_charter(stage: Stage) -> None:
    """Otherwise no later step could be signed."""
    git(stage.human, "checkout", "--quiet", "--detach", "origin/main")
    commit(stage.human, {"registry/charter.yaml": charter(12, {})}, "No keys", *owner(stage))
    refused(stage, stage.human, "HEAD:main", why="no approver in the charter has a key")


@pytest.mark.parametrize("kind", ["PGP SIGNATURE", "PGP MESSAGE", "SIGNED MESSAGE", "SSH SIGNATURE"])
def test_a_signature_that_only_looks_like_one(stage: Stage, kind: str) -> None:
    clone = stage.human
    branch(clone, "topic", claims(4))
    armour = f"-----BEGIN {kind}-----\n\niQEzBAABCAAdFiEE\n=abcd\n-----END {kind}-----"
    forged = rewritten(clone, merge(clone, "topic"), with_signature(armour))
    refused(stage, clone, f"{forged}:main", why="error[REG304] unapproved")


@pytest.mark.parametrize(("kind", "name"), [("PGP SIGNATURE", "gpg"), ("SIGNED MESSAGE", "gpgsm")])
def test_server_keyrings_are_ignored(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    """A program on the server's PATH trusts every OpenPGP and X.509 signature: nobody asks it."""
    clone, programs = stage.human, tmp_path / "programs"
    trusting = ("[GNUPG:] NEWSIG", "[GNUPG:] GOODSIG 0123456789ABCDEF @OWNER", "[GNUPG:] TRUST_ULTIMATE 0 pgp")
    program(programs / name, "\n".join(f"echo '{line}'" for line in trusting))
    monkeypatch.setitem(ENVIRONMENT, "PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    branch(clone, "topic", claims(4))
    armour = f"-----BEGIN {kind}-----\n\niQEzBAABCAAdFiEE\n=abcd\n-----END {kind}-----"
    forged = rewritten(clone, merge(clone, "topic"), with_signature(armour))
    assert git(clone, "log", "-1", "--format=%G? %GS", forged) == "G @OWNER\n"
    refused(stage, clone, f"{forged}:main", why="is not signed by an approver of the charter that main had")


def test_a_signature_for_something_else(stage: Stage, tmp_path: Path) -> None:
    clone = stage.human
    branch(clone, "topic", claims(4))
    merged = merge(clone, "topic")
    content = tmp_path / "content"
    content.write_text(git(clone, "cat-file", "commit", merged))
    # The approver's key, but for a file: a signature is made for a purpose (ssh-keygen(1), -n).
    run(["ssh-keygen", "-Y", "sign", "-n", "file", "-f", str(stage.keys["OWNER"]), str(content)], tmp_path)
    armour = content.with_name("content.sig").read_text()
    refused(stage, clone, f"{rewritten(clone, merged, with_signature(armour))}:main", why="error[REG304] unapproved")
    # The approver's signature, but of another commit.
    signed = merge(clone, "topic", *owner(stage))
    copied = rewritten(clone, signed, lambda text: text.replace("Merge topic", "Merge  topic"))
    refused(stage, clone, f"{copied}:main", why="error[REG304] unapproved")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({claim_path(4): claim_text(5, "session-4")}, "error[REG101] number-mismatch"),
        ({claim_path(3): claim_text(3, "thief")}, "error[REG301] takeover"),
        ({claim_path(4): claim_text(4, "session-3")}, "error[REG104] session-id-taken"),
        ({**claims(4), "registry/charter.yaml": charter(20, {})}, "error[REG302] mixed-change"),
        ({claim_path(4): "number: 4\nnumber: 5\n"}, "error[REG003] yaml-subset"),
    ],
    ids=["mismatch", "takeover", "twice", "charter", "broken"],
)
def test_an_approver_cannot_merge_what_the_gate_rejects(stage: Stage, files: Files, why: str) -> None:
    clone = stage.human
    branch(clone, "first", claims(3))
    merge(clone, "first", *owner(stage))
    accepted(clone, "HEAD:main")
    branch(clone, "topic", files)
    merge(clone, "topic", *owner(stage))
    refused(stage, clone, "HEAD:main", why=why)


def test_main_only_goes_forward(stage: Stage) -> None:
    clone = stage.human
    beginning = git(clone, "rev-parse", "HEAD").strip()
    branch(clone, "topic", claims(4))
    merge(clone, "topic", *owner(stage))
    accepted(clone, "HEAD:main")
    refused(stage, clone, f"+{beginning}:main", why="error[REG306] line-rewritten")
    branch(clone, "other", claims(5), base=beginning)
    merge(clone, "other", *owner(stage), onto=beginning)
    refused(stage, clone, "+HEAD:main", why="error[REG306] line-rewritten")
    # Main as the second parent: fast-forward to Git, another line of history to the registry.
    merge(clone, "origin/main", *owner(stage), onto="other")
    refused(stage, clone, "HEAD:main", why="error[REG306] line-rewritten")
    refused(stage, clone, ":main", why="main is never deleted")


def test_every_step_is_judged(stage: Stage, long: bool) -> None:
    """A later commit reverts the bad one, so only step-by-step judging finds it."""
    clone = stage.human
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    count = 500 if long else 20
    for step in range(count):
        files: Files = {"notes.txt": f"{step}\n"}
        if step == count // 2:
            files = {claim_path(4): claim_text(5, "session-4")}
        if step == count // 2 + 1:
            files = {claim_path(4): None}
        commit(clone, files, f"Step {step}", *owner(stage))
    refused(stage, clone, "HEAD:main", why="error[REG101] number-mismatch")
    accepted(clone, f"HEAD~{count - count // 2}:main")


# What Git or a human could take for main or for a proposal, and what is none of a registry's business.
OTHERS = (
    *("refs/main", "refs/heads/Main", "refs/heads/MAIN", "refs/heads/main/x", "refs/heads/HEAD", "refs/heads/head/x"),
    *(
        "refs/heads/refs/heads/main",
        "refs/heads/heads/main",
        "refs/heads/origin/main",
        "refs/heads/remotes/origin/main",
    ),
    *(
        "refs/heads/m\u0430in",
        "refs/heads/\uff4dain",
        "refs/heads/main\u200b",
        "refs/heads/gh-readonly-queue/main/pr-1",
    ),
    *("refs/tags/main", "refs/tags/claim/04", "refs/tags/v1.0", "refs/remotes/origin/main", "refs/notes/commits"),
    *("refs/replace/" + "1" * 40, "refs/for/main", "refs/rejected/claim/04/abc", "refs/rejected/main/0123456789ab"),
    *(
        "refs/heads/claim/4",
        "refs/heads/claim/four",
        "refs/heads/Claim/04",
        "refs/heads/claim/04/x",
        "refs/heads/claim",
    ),
    *(
        "refs/heads/record/approval",
        "refs/heads/record/acknowledgements",
        "refs/heads/charter/a/b",
        "refs/heads/charter/-x",
    ),
    *("refs/heads/team/topic", "refs/heads/mainland", "refs/heads/broadcast2"),
)


def test_a_registrys_server_has_no_other_refs(stage: Stage) -> None:
    """What one session leaves on any other branch is in every clone afterwards."""
    branch(stage.human, "topic", claims(4))
    before = stage.refs()
    done = push(stage.human, *(f"topic:{ref}" for ref in OTHERS))
    refusals = [line.split()[1] for line in done.stderr.splitlines() if re.match(r"remote: refs/\S+: refused", line)]
    assert sorted(refusals) == sorted(f"{logged(ref)}:" for ref in OTHERS)
    assert stage.refs() == before


def test_a_ref_may_have_any_bytes_for_a_name(stage: Stage) -> None:
    """It gets a verdict like every other, also where Python reads strictly: in most locales but C."""
    strict = ENVIRONMENT | {"PYTHONIOENCODING": "utf-8:strict"}
    words = [b"git", b"push", b"origin", b"HEAD:refs/heads/claim/\xff"]
    done = subprocess.run(words, cwd=stage.human, env=strict, capture_output=True, check=False)
    assert (done.returncode, b"this server has no such ref" in done.stderr) == (1, True), done.stderr
    assert b"Traceback" not in done.stderr


def test_one_bad_ref_refuses_the_push(stage: Stage) -> None:
    branch(stage.human, "claim/04", claims(4))
    branch(stage.human, "claim/05", {claim_path(5): claim_text(6, "session-5")})
    refused(stage, stage.human, "claim/04", "claim/05", why="refs/heads/claim/05: refused")


# proposals


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({**claims(4), "README.md": "mine\n"}, "error[REG302] mixed-change"),
        ({**claims(4), "validator/__init__.py": "raise SystemExit(0)\n"}, "error[REG302] mixed-change"),
        (claims(4, 5), "error[REG302] mixed-change"),
        (claims(5), "claim/04 is no branch for a change of registry/sessions/05.yaml"),
        ({"README.md": "mine\n"}, "claim/04 is no branch for a change of README.md"),
        ({"README.md": "mine\n", "LICENSE": "mine\n"}, "claim/04 is no branch for a change of LICENSE, README.md"),
        ({}, "claim/04 is no branch for a change of nothing"),
        ({"registry/charter.yaml": charter(99, {})}, "claim/04 is no branch for a change of registry/charter.yaml"),
    ],
    ids=["file", "code", "two", "other", "none", "no claim", "nothing", "charter"],
)
def test_a_claim_branch_holds_one_claim_of_its_number(stage: Stage, files: Files, why: str) -> None:
    branch(stage.human, "claim/04", files)
    refused(stage, stage.human, "claim/04", why=why)


def test_a_release_branch_takes_the_claim_of_its_number_out(stage: Stage) -> None:
    clone = stage.human
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    commit(clone, claims(4), "Register session 4", *owner(stage))
    commit(clone, claims(5), "Register session 5", *owner(stage))
    accepted(clone, "HEAD:main")
    branch(clone, "release/04", {claim_path(4): claim_text(4, "session-4", status="PENDING")})
    refused(stage, clone, "release/04", why="release/04 is no branch for a change of registry/sessions/04.yaml")
    branch(clone, "release/04", {claim_path(5): None})
    refused(stage, clone, "release/04", why="release/04 is no branch for a change of registry/sessions/05.yaml")
    branch(clone, "claim/04", {claim_path(4): None})
    refused(stage, clone, "claim/04", why="claim/04 is no branch for a change of registry/sessions/04.yaml")
    branch(clone, "release/04", {claim_path(4): None})
    accepted(clone, "release/04")


def test_only_its_session_replaces_a_proposal(stage: Stage) -> None:
    clone = stage.human
    branch(clone, "claim/04", claims(4))
    accepted(clone, "claim/04")
    branch(clone, "theft", {claim_path(4): claim_text(4, "thief")})
    refused(stage, clone, "+theft:claim/04", why="this proposal is session-4's; nobody else replaces it")
    branch(clone, "theft", {claim_path(4): claim_text(4, "thief")}, base="claim/04")
    refused(stage, clone, "theft:claim/04", why="this proposal is session-4's; nobody else replaces it")
    branch(clone, "better", {claim_path(4): claim_text(4, "session-4", status="PENDING")})
    accepted(clone, "+better:claim/04")


def test_a_proposal_is_deleted_once_merged_or_rejected(stage: Stage) -> None:
    clone = stage.human
    branch(clone, "claim/04", claims(4))
    accepted(clone, "claim/04")
    refused(stage, clone, ":claim/04", why="a proposal goes after it is merged, turned down or withdrawn")
    merge(clone, "claim/04", *owner(stage))
    accepted(clone, "HEAD:main")
    accepted(clone, ":claim/04")


def test_a_proposal_that_contains_another_is_refused(stage: Stage) -> None:
    """Once it is merged, the other would count as merged: anybody could take it away, and it could never land."""
    clone = stage.human
    branch(clone, "claim/04", claims(4))
    accepted(clone, "claim/04")
    branch(clone, "claim/05", claims(5))
    carrying = merged_into(clone, "claim/05", "claim/04")
    refused(stage, clone, f"{carrying}:refs/heads/claim/05", why="merges another branch than main")
    accepted(clone, "claim/05")
    commit(clone, {claim_path(5): claim_text(5, "session-5", status="PENDING")}, "Not yet")
    accepted(clone, "HEAD:claim/05")


def merged_into(clone: Path, proposal: str, other: str) -> str:
    """The same change as a proposal, in a commit that has another one for its second parent."""
    parents = ("-p", "origin/main", "-p", other)
    return git(clone, "commit-tree", *parents, "-m", "Claim", f"{proposal}^{{tree}}").strip()


# rejections


def rejection(clone: Path, proposal: str, *options: str) -> str:
    """The commit with which an approver turns a proposal down."""
    git(clone, "checkout", "--quiet", "--detach", proposal)
    return commit(clone, {}, "No: say who reads the letters\n\nRejected-by: @OWNER", *options)


def test_only_an_approver_rejects(stage: Stage, tmp_path: Path) -> None:
    clone = stage.human
    branch(clone, "claim/04", claims(4))
    accepted(clone, "claim/04")
    for options in ((), signing(make_key(tmp_path / "stranger"))):
        reason = rejection(clone, "claim/04", *options)
        kept = f"{reason}:refs/rejected/claim/04/{reason[:12]}"
        refused(stage, clone, kept, why="only an approver can turn a proposal down, in a signed commit")
    reason = rejection(clone, "claim/04", *signing(stage.keys["OWNER"]))
    kept = f"{reason}:refs/rejected/claim/04/{reason[:12]}"
    refused(
        stage, clone, "--atomic", ":claim/04", kept, why="a proposal goes after it is merged, turned down or withdrawn"
    )
    accepted(clone, kept)
    accepted(clone, ":claim/04")
    refused(stage, clone, f":{kept.partition(':')[2]}", why="a rejection is final")
    refused(stage, clone, f"+claim/04:{kept.partition(':')[2]}", why="a rejection is final")
    refused(stage, clone, "claim/04", why="was turned down; make a new one from main")


def test_a_rejection_applies_to_one_proposal_only(stage: Stage) -> None:
    """The signature under one reason cannot be used to turn down something else."""
    clone = stage.human
    for number in (4, 5):
        branch(clone, f"claim/{number:02}", claims(number))
        accepted(clone, f"claim/{number:02}")
    reason = rejection(clone, "claim/04", *signing(stage.keys["OWNER"]))
    stolen = f"{reason}:refs/rejected/claim/05/{reason[:12]}"
    refused(stage, clone, stolen, why="this is no rejection of what claim/05 is now")
    # Nor does a tag that points at something signed, and claims to be a commit.
    signed = merge(clone, "claim/04", *owner(stage))
    lines = (f"object {signed}", "type commit", "tag x", "tagger A <a@example.invalid> 1767603600 +0000")
    proposal = git(clone, "rev-parse", "claim/05").strip()
    (clone / ".git" / "tag").write_text("\n".join((*lines, f"parent {proposal}", "", "no", "")))
    tag = git(clone, "hash-object", "-t", "tag", "-w", "--literally", ".git/tag").strip()
    refused(stage, clone, f"{tag}:refs/rejected/claim/05/{tag[:12]}", why=f"{tag[:12]} is no commit")


# the guard itself


def test_a_guard_that_cannot_run_refuses(stage: Stage) -> None:
    hook = stage.bare / "hooks" / "pre-receive"
    branch(stage.human, "claim/04", claims(4))
    text = hook.read_text()
    hook.write_text(text.replace("validator.guard", "validator.no_such_module"))
    assert push(stage.human, "claim/04").returncode != 0
    hook.write_text(text.replace("exec ", "exec /nowhere"))
    assert push(stage.human, "claim/04").returncode != 0
    hook.write_text(text)
    accepted(stage.human, "claim/04")


def test_a_guard_that_cannot_decide_refuses(stage: Stage) -> None:
    """Main's own charter is broken, by somebody with a shell on the server."""
    clone = stage.human
    branch(clone, "claim/04", claims(4))
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    broken = commit(clone, {"registry/charter.yaml": "capacity: many\n"}, "Break it")
    git(stage.bare, "fetch", "--quiet", str(clone), f"{broken}:refs/heads/main")
    refused(stage, clone, "claim/04", why="error[REG007] charter-missing")
    merge(clone, "claim/04", *owner(stage), onto=broken)
    refused(stage, clone, "HEAD:main", why="registry/charter.yaml is missing or broken")
