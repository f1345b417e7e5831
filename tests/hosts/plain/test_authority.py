"""Who may move main: a signature says who made a commit, its signer's trailer `Approved-by` that it may land."""

import re
from pathlib import Path

from tests.hosts.plain.stage import (
    Files,
    Stage,
    approving,
    branch,
    claim_path,
    claim_text,
    claims,
    commit,
    git,
    make_key,
    merge,
    public,
    registry,
    run,
    signing,
    stated,
)
from tests.hosts.plain.test_refusals import rewritten
from validator.git.repo import Repo
from validator.git.signatures import MANY, endorsements
from validator.operations.steps import validate

OWNS = "Approved-by: @OWNER"

# What an approver signs, and whom the message names as approving it; none of them is an approval.
NO_APPROVAL = {
    "a draft": ("Claim number 4", "nobody"),
    "another handle": ("Claim\n\nApproved-by: @DEPUTY", '"@DEPUTY"'),
    "somebody else's as well": (f"Claim\n\n{OWNS}\nApproved-by: @DEPUTY", '"@OWNER", "@DEPUTY"'),
    "lower case": ("Claim\n\napproved-by: @OWNER", '"approved-by: @OWNER"'),
    "lower case as well": (f"Claim\n\n{OWNS}\napproved-by: @DEPUTY", '"@OWNER", "approved-by: @DEPUTY"'),
    "handle in lower case": ("Claim\n\nApproved-by: @owner", '"@owner"'),
    "a blank before the colon": ("Claim\n\nApproved-by : @OWNER", '"Approved-by: @OWNER"'),
    "two blanks after it": ("Claim\n\nApproved-by:  @OWNER", '"Approved-by: @OWNER"'),
    "folded": ("Claim\n\nApproved-by:\n @OWNER", '"Approved-by: @OWNER"'),
    "continued": (f"Claim\n\n{OWNS}\n as a draft", '"@OWNER", " as a draft"'),
    "subject": (OWNS, "nobody"),
    "body": (f"Claim\n\n{OWNS}\n\nAs agreed.", "nobody"),
    "quoted": (f"No\n\n> {OWNS}", "nobody"),
    "within a sentence": (f"Claim\n\nThis is\n{OWNS}\nsaid he.", "nobody"),
    "a patch's divider": (f"Claim\n\n{OWNS}\n---\n 1 file changed", "nobody"),
    "a look-alike": ("Claim\n\nАpproved-by: @OWNER", "nobody"),
    "no-break space": ("Claim\n\nApproved-by:\u00a0@OWNER", '"Approved-by: \u00a0@OWNER"'),
    "a comment": (f"Claim\n\n# {OWNS}", "nobody"),
}


def step(stage: Stage, message: str) -> str:
    """A claim on top of main with exactly this message; the commit's id."""
    clone = stage.human
    branch(clone, "topic", claims(4))
    text = clone / ".git" / "message"
    text.write_text(f"{message}\n", encoding="utf-8")
    words = ("commit-tree", "-S", "-p", "origin/main", "-F", str(text), "topic^{tree}")
    return git(clone, *signing(stage.keys["OWNER"]), *words).strip()


def refusals(stage: Stage, head: str) -> list[str]:
    """What REG304 says about moving main to a commit."""
    verdict = validate(repo=stage.human, base="origin/main", head=head, steps=True)
    return [finding.message for finding in verdict.findings if finding.code == "REG304"]


def push(clone: Path, *words: str) -> tuple[bool, str]:
    done = run(["git", "push", "--quiet", "origin", *words], clone)
    return done.returncode == 0, done.stderr


def test_a_signature_without_a_trailer_is_no_approval(template: Stage) -> None:
    assert refusals(template, step(template, f"Register session 4\n\n{OWNS}\nSession-Id: session-4")) == []
    assert refusals(template, step(template, f"Register session 4\n\n{OWNS}\n{OWNS}\n\n")) == []
    for case, (message, named) in NO_APPROVAL.items():
        head = step(template, message)
        said = f"commit {head[:12]} is signed by @OWNER, and its message names {named} as approving it"
        assert refusals(template, head) == [said], case


def test_an_approvers_draft_moves_no_main(stage: Stage, tmp_path: Path) -> None:
    """An approver proposes as everybody does, signs whatever is committed, and anyone pushes that to main."""
    clone = stage.human
    branch(clone, "claim/04", claims(4))
    git(clone, *signing(stage.keys["OWNER"]), "commit", "--quiet", "--amend", "--no-edit", "--gpg-sign")
    draft = git(clone, "rev-parse", "HEAD").strip()
    assert push(clone, f"{draft}:refs/heads/claim/04")[0]
    taken, said = push(clone, f"{draft}:refs/heads/main")
    assert (taken, "its message names nobody as approving it" in said) == (False, True), said
    # Neither an approval that somebody else has signed, nor one without a signature.
    for options in (
        ("-c", "test.approves=@OWNER"),
        (*signing(make_key(tmp_path / "key")), "-c", "test.approves=@OWNER"),
    ):
        merge(clone, "claim/04", *options)
        taken, said = push(clone, "HEAD:refs/heads/main")
        assert (taken, "is not signed by an approver" in said) == (False, True), said
    # A real step, and on top of it another one.
    real = merge(clone, "claim/04", *approving(stage.keys["OWNER"]))
    commit(clone, claims(5), "Claim", *signing(stage.keys["OWNER"]))
    assert not push(clone, "HEAD:refs/heads/main")[0]
    assert push(clone, f"{real}:refs/heads/main")[0]


def broken(text: str) -> str:
    """A commit whose signature is malformed: ssh-keygen is gone before Git has written all of so long a text."""
    return re.sub(r"\n U1NIU0lH", "\n AAAAAAAA", text) + "\n".join(["x" * 70] * 3000)


def test_many_signatures_are_told_apart(stage: Stage, tmp_path: Path) -> None:
    """Git ends early at a malformed signature, and the commits after it have one all the same."""
    clone, stranger = stage.human, make_key(tmp_path / "stranger")
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    ways = ("OWNER", "nobody", "DEPUTY", "broken", "stranger", "broken", "broken", "OWNER")
    expected = dict[str, str | None]()
    for at in range(MANY + len(ways)):
        way = ways[at % len(ways)]
        key = stage.keys.get(way, stranger)
        head = commit(clone, {}, f"{way} {at}", *(() if way == "nobody" else approving(key)))
        head = rewritten(clone, head, broken) if way == "broken" else head
        expected[head] = f"@{way}" if way in stage.keys else None
    keys = [(f"@{name}", public(key)) for name, key in stage.keys.items()]
    assert len(expected) > MANY
    for commits in (list(expected), list(expected)[:MANY]):
        found = endorsements(Repo(clone), commits, keys)
        assert {one: found[one].signer for one in commits} == {one: expected[one] for one in commits}
    assert {one.signer for one in endorsements(Repo(clone), list(expected), []).values()} == {None}


def test_a_signed_tag_is_no_approval(stage: Stage) -> None:
    clone = stage.human
    head = branch(clone, "topic", claims(4))
    git(clone, *signing(stage.keys["OWNER"]), "tag", "-s", "-m", f"Yes\n\n{OWNS}", "yes", head)
    assert refusals(stage, head) == [f"commit {head[:12]} is not signed by an approver of the charter that main had"]
    taken, _ = push(clone, "yes:refs/heads/main")
    assert not taken


def test_one_key_of_two_approvers(tmp_path: Path) -> None:
    """The verb and the guard take the same one of them."""
    stage = Stage.make(tmp_path, approvers=("OWNER",), guarded=False)
    clone, key = stage.human, public(stage.keys["OWNER"])
    second = f'approvers:\n  - {{handle: "@SECOND", key: "{key}"}}\n'
    text = (clone / "registry/charter.yaml").read_text().replace("approvers:\n", second)
    git(clone, "checkout", "--quiet", "main")
    commit(clone, {"registry/charter.yaml": text}, "Two names")
    git(clone, "push", "--quiet", "origin", "HEAD:main")
    registry(tmp_path, "install-hook", str(stage.bare), check=True)
    branch(clone, "claim/04", {claim_path(4): claim_text(4, "session-4")})
    assert push(clone, "claim/04")[0]
    registry(clone, "approve", "4", "--yes", check=True)
    assert "Approved-by: @SECOND\n" in git(stage.bare, "log", "-1", "--format=%B", "main")


def merged_by_hand(stage: Stage, name: str, files: Files) -> str:
    """An approved merge of a branch, which has these files instead of what merging makes."""
    clone = stage.human
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    options = approving(stage.keys["OWNER"])
    tree = git(clone, "rev-parse", f"{commit(clone, files, 'Files')}^{{tree}}").strip()
    words = ("commit-tree", "-S", "-p", "origin/main", "-p", name, "-m", stated(f"Merge {name}", options), tree)
    return git(clone, *options, *words).strip()


def test_a_merge_lands_exactly_the_proposal(stage: Stage) -> None:
    """Also an approver's tool, or an approver who is tricked, merges a proposal as it is or not at all."""
    clone = stage.human
    mine = claim_path(4)
    branch(clone, "other", claims(3))
    merge(clone, "other", *approving(stage.keys["OWNER"]))
    assert push(clone, "HEAD:refs/heads/main")[0]
    branch(clone, "claim/04", claims(4))
    assert push(clone, "claim/04")[0]
    altered: dict[str, Files] = {
        "nothing of it, so that it could be taken away as merged": {},
        "another goal": {mine: claim_text(4, "session-4", goal="Send 18 emails daily")},
        "a file of the project": {**claims(4), "README.md": "mine"},
    }
    for case, files in altered.items():
        taken, said = push(clone, f"{merged_by_hand(stage, 'claim/04', files)}:refs/heads/main")
        assert (taken, "error[REG310] altered-merge" in said) == (False, True), case
    # What main has changed meanwhile, and changed back, is another version than the one that was amended.
    branch(clone, "claim/03", {claim_path(3): claim_text(3, "session-3", status="PENDING")})
    assert push(clone, "claim/03")[0]
    later = {claim_path(3): claim_text(3, "session-3", labels="{team: letters}")}
    for version in (later, claims(3)):
        git(clone, "checkout", "--quiet", "--detach", "origin/main")
        commit(clone, version, "Amend", *approving(stage.keys["OWNER"]))
        assert push(clone, "HEAD:refs/heads/main")[0]
    taken, said = push(clone, f"{merge(clone, 'claim/03', *approving(stage.keys['OWNER']))}:refs/heads/main")
    assert (taken, "main has changed this file since" in said) == (False, True), said
    git(clone, "checkout", "--quiet", "claim/03")
    commit(clone, {}, "Once more")
    assert not push(clone, "claim/03")[0]
    # The honest merge of the other one.
    merge(clone, "claim/04", *approving(stage.keys["OWNER"]))
    assert push(clone, "HEAD:refs/heads/main")[0]
