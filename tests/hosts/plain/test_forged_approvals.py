"""Steps of main whose approval is another's, looks like one, or is brought along. C04, C06, … are the corpus's."""

import base64
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Ground, own, signature
from tests.hosts.plain.stage import Stage, charter, claim_text, make_key, public

TWO = "refs/heads/claim/02"
OWNS = "Step\n\nApproved-by: @OWNER\n"
CHARTER = "registry/charter.yaml"


@pytest.fixture(scope="module")
def ground(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A server where number 1 is registered and `victim` has proposed number 2; nothing moves its refs."""
    ground = Ground(template.copy(tmp_path_factory.mktemp("ground") / "stage"))
    ground.stage.keys = {**ground.stage.keys, "THIEF": make_key(ground.stage.folder / "thief")}
    ground.point(MAIN, step(ground, {own(1): claim_text(1, "session-1").encode()}))
    ground.point(TWO, ground.claim(2, "victim"))
    return ground


def step(
    ground: Ground, edits: dict[str, bytes | None], *parents: str, who: str | None = "OWNER", message: str = OWNS
) -> str:
    """A commit on main, or on other parents."""
    signer = ground.stage.keys[who] if who else None
    return ground.commit(parents or [ground.main], edits, signer=signer, message=message)


def merged(ground: Ground, *, who: str | None = "OWNER", message: str = OWNS) -> str:
    """The merge of the victim's proposal, by anybody with any message."""
    return step(ground, {own(2): two(ground)}, ground.main, ground.refs()[TWO], who=who, message=message)


def two(ground: Ground) -> bytes:
    return ground.trees[ground.refs()[TWO]][own(2)]


def people(ground: Ground, *names: str) -> bytes:
    """A charter with these approvers."""
    return charter(12, {name: public(ground.stage.keys[name]) for name in names}).encode()


@pytest.mark.takes_long
def test_an_approval_is_the_signers_own_and_nobody_elses(ground: Ground) -> None:
    """C06, and C04: a step that an approver has signed for this main counts, whoever pushes it and whenever."""
    both = "Step\n\nApproved-by: @OWNER\nApproved-by: @DEPUTY\n"
    for who, message in (
        ("THIEF", OWNS), (None, OWNS), ("OWNER", OWNS.replace("OWNER", "DEPUTY")), ("OWNER", both), ("DEPUTY", OWNS),
        ("OWNER", OWNS.replace("OWNER", "NOBODY")), ("THIEF", both), ("DEPUTY", both),
    ):  # fmt: skip
        ground.refuses((ground.main, merged(ground, who=who, message=message), MAIN), why="REG304")
    leaked, amended = merged(ground), ground.claim(2, "victim", status="PENDING")
    before = ground.refs()
    ground.restore({**before, TWO: amended})
    ground.accepts((ground.main, leaked, MAIN))
    ground.restore(before)
    ground.accepts((ground.main, merged(ground, who="DEPUTY", message=OWNS.replace("OWNER", "DEPUTY")), MAIN))


LOOK_ALIKES = {
    "small letters": "x\n\napproved-by: @OWNER\n",
    "a space before the colon": "x\n\nApproved-by : @OWNER\n",
    "two spaces": "x\n\nApproved-by:  @OWNER\n",
    "in the subject": "Approved-by: @OWNER\n",
    "in the middle": "x\n\nApproved-by: @OWNER\n\nAnd more.\n",
    "below a line of dashes": "x\n\nbody\n---\nApproved-by: @OWNER\n",
    "in a paragraph": "x\n\nThis is\nno block of trailers\nat all, and says\nApproved-by: @OWNER\n",
    "a Cyrillic letter": "x\n\n\u0410pproved-by: @OWNER\n",
    "a no-break space": "x\n\nApproved-by:\u00a0@OWNER\n",
    "folded": "x\n\nApproved-by:\n @OWNER\n",
    "two folded lines": "x\n\nApproved-by: @OWN\n ER\n",
    "a carriage return": "x\n\nApproved-by: @OWNER\r\n",
    "a zero width": "x\n\nApproved-by: @OWNER\u200b\n",
    "small handle": "x\n\nApproved-by: @owner\n",
    "without the sign": "x\n\nApproved-by: OWNER\n",
    "a comment": "x\n\n# Approved-by: @OWNER\n",
    "quoted": "x\n\n> Approved-by: @OWNER\n",
    "NUL before it": "x\n\n\0Approved-by: @OWNER\n",
    "another script's letters": "x\n\nApproved-by: @\uff2fWNER\n",
}


def test_what_looks_like_an_approval_is_none(ground: Ground) -> None:
    """C07: only a line of the last paragraph, in exactly this form."""
    for case, message in LOOK_ALIKES.items():
        answer = ground.decide((ground.main, merged(ground, message=message), MAIN))
        assert (answer.taken, "REG304" in answer.said) == (False, True), (case, answer.said)
    ground.accepts((ground.main, merged(ground), MAIN))


def test_a_signed_tag_approves_nothing(ground: Ground) -> None:
    """C09: neither itself, nor the commit that it names."""
    unsigned = merged(ground, who=None)
    text = f"object {unsigned}\ntype commit\ntag v1\ntagger A <a@example.invalid> 1767603600 +0000\n\n{OWNS}"
    tag = ground.put("tag", (text + signature(ground.stage.keys["OWNER"], text.encode())).encode())
    ground.refuses((ground.main, tag, MAIN), why="is no commit")
    ground.refuses((ground.main, unsigned, MAIN), why="REG304")
    ground.restore({**ground.refs(), "refs/tags/v1": tag})
    ground.refuses((ground.main, unsigned, MAIN), why="REG304")
    ground.point("refs/tags/v1", None)


def test_a_signature_counts_for_its_purpose_and_its_key_alone(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C12: made for a file, or by a key that an approver's key has certified."""
    edit: dict[str, bytes | None] = {own(3): claim_text(3, "thief").encode()}
    key = ground.stage.keys["OWNER"]
    for namespace in ("file", "git2", "Git", "email"):
        other = ground.commit([ground.main], edit, signer=key, message=OWNS, namespace=namespace)
        ground.refuses((ground.main, other, MAIN), why="REG304")
    thief = make_key(tmp_path / "thief")
    words = ["ssh-keygen", "-q", "-s", str(key), "-I", "@OWNER", "-n", "@OWNER,git", f"{thief}.pub"]
    subprocess.run(words, check=True, capture_output=True)
    with tempfile.TemporaryDirectory(dir="/tmp") as short:  # the path of a socket has 107 bytes at most
        monkeypatch.setenv("SSH_AUTH_SOCK", f"{short}/agent")
        certified = _signed_by_certificate(ground, thief, edit)
    ground.refuses((ground.main, certified, MAIN), why="REG304")
    ground.accepts((ground.main, ground.commit([ground.main], edit, signer=key, message=OWNS), MAIN))


def _signed_by_certificate(ground: Ground, key: Path, edit: dict[str, bytes | None]) -> str:
    """A commit signed by an agent that has a key and its certificate."""
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", os.environ["SSH_AUTH_SOCK"]], stdout=subprocess.PIPE)
    try:
        assert agent.stdout
        agent.stdout.readline()  # it listens
        subprocess.run(["ssh-add", "-q", str(key)], check=True, capture_output=True)
        certificate = key.with_name(f"{key.name}-cert.pub")
        armour = signature(certificate, b"x").splitlines()
        assert b"ssh-ed25519-cert-v01@openssh.com" in base64.b64decode("".join(armour[1:-1]))
        return ground.commit([ground.main], edit, signer=certificate, message=OWNS)
    finally:
        agent.terminate()
        agent.communicate()


def test_an_approvers_key_does_not_count_in_the_push_that_adds_it(ground: Ground) -> None:
    """C13, C16: alone, in two steps, or by a merge; nor may one approver act as the other."""
    thiefs = OWNS.replace("OWNER", "THIEF")
    more: dict[str, bytes | None] = {CHARTER: people(ground, "OWNER", "DEPUTY", "THIEF")}
    alone = step(ground, more, who="THIEF", message=thiefs)
    ground.refuses((ground.main, alone, MAIN), why="REG304")
    first = step(ground, more, who=None)
    ground.refuses((ground.main, step(ground, {}, first, who="THIEF", message=thiefs), MAIN), why="REG304")
    draft = ground.commit([ground.main], more)
    join = step(ground, more, ground.main, draft, who="THIEF", message=thiefs)
    ground.refuses((ground.main, join, MAIN), why="REG304")
    honest = step(ground, more)
    ground.accepts((ground.main, honest, MAIN))
    claim: dict[str, bytes | None] = {own(3): claim_text(3, "thief").encode()}
    after = step(ground, claim, honest, who="THIEF", message=thiefs)
    ground.refuses((ground.main, after, MAIN), why="REG304")
    deputys = OWNS.replace("OWNER", "DEPUTY")
    without = step(ground, {CHARTER: people(ground, "DEPUTY")}, who="DEPUTY", message=deputys)
    as_the_owner = step(ground, {"registry/consensus/approval.yaml": approval("OWNER")}, without)
    ground.refuses((ground.main, as_the_owner, MAIN))
    ground.accepts((ground.main, without, MAIN))


def approval(who: str) -> bytes:
    said = f'registry: sha256:{"0" * 64}\napproved_by: "@{who}"\ntimestamp: 2026-01-05T08:00:00Z\n'
    return said.encode()


def test_an_approver_writes_no_record_in_anothers_name(ground: Ground) -> None:
    """C18: the signer is not the one who approves by the file."""
    for who, other in (("DEPUTY", "OWNER"), ("OWNER", "DEPUTY"), ("OWNER", "NOBODY")):
        edit: dict[str, bytes | None] = {"registry/consensus/approval.yaml": approval(other)}
        made = step(ground, edit, who=who, message=OWNS.replace("OWNER", who))
        ground.refuses((ground.main, made, MAIN), why="REG402")


def test_a_step_of_another_fleet_does_not_fit(ground: Ground) -> None:
    """C17: with the same charter, key and text, on another root."""
    root = ground.commit([], tree=ground.trees[ground.main], signer=ground.stage.keys["OWNER"], message=OWNS)
    claim: dict[str, bytes | None] = {own(3): claim_text(3, "thief").encode()}
    foreign = step(ground, claim, root)
    for new in (root, foreign):
        ground.refuses((ground.main, new, MAIN), why="REG306")
        ground.refuses((ZERO, new, MAIN), why="lost race")
    for proposal in (ground.commit([root], claim), ground.commit([], claim, tree=ground.trees[ground.main])):
        ground.refuses((ZERO, proposal, "refs/heads/claim/03"))
        ground.refuses((ground.main, step(ground, claim, ground.main, proposal), MAIN), why="REG305")


def test_a_merge_driver_or_a_rename_lands_nothing_of_its_own(ground: Ground, tmp_path: Path) -> None:
    """D15: what `git merge` made by an attribute, or by following a renamed file, is no proposal's blob."""
    moving = Ground(ground.stage.copy(tmp_path / "stage"))
    moving.trees |= ground.trees
    line, tail = claim_text(1, "session-1"), "runtime_id: one\n"
    moving.point(MAIN, step(moving, {".gitattributes": b"*.yaml merge=union\n"}))
    fork = moving.main
    amended = moving.commit([fork], {own(1): (line + tail).encode()})
    moving.point(MAIN, step(moving, {own(1): (line + "labels: {team: a}\n").encode()}))
    union = (line + "labels: {team: a}\n" + tail).encode()
    for content in (union, (line + tail).encode()):
        made = step(moving, {own(1): content}, moving.main, amended)
        moving.refuses((moving.main, made, MAIN), why="REG305")
    moving.restore({**moving.refs(), MAIN: fork})
    renamed = claim_text(4, "session-1").encode()
    moving.point(MAIN, step(moving, {own(1): None}))
    moving.point(MAIN, step(moving, {own(4): renamed}))
    followed = step(moving, {own(4): renamed + tail.encode()}, moving.main, amended)
    moving.refuses((moving.main, followed, MAIN), why="REG305")
    moving.accepts((moving.main, moving.merge(moving.claim(3, "rival", moving.main)), MAIN))


@pytest.mark.parametrize("mode", ["100755", "120000", "160000", "40000"])
def test_a_claim_is_a_regular_file(ground: Ground, mode: str) -> None:
    """D16: the blob of an open proposal, under another mode; on the branch, and merged."""
    blob = ground.put("blob", two(ground))
    files = ground.trees[ground.main]
    entry = (mode, ground.tree({"x": b"x"}) if mode == "40000" else blob)
    odd = ground.tree({**files, own(2): entry})
    proposal = ground.refs()[TWO]
    tip = ground.commit([ground.main], root=odd)
    ground.refuses((proposal, tip, TWO))
    ground.refuses((proposal, ground.commit([proposal], root=odd), TWO))
    for merge in (
        ground.commit([ground.main, proposal], root=odd, signer=ground.stage.keys["OWNER"], message=OWNS),
        ground.commit([ground.main, tip], root=odd, signer=ground.stage.keys["OWNER"], message=OWNS),
    ):
        ground.refuses((ground.main, merge, MAIN))
