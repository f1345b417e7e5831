"""Unwanted content in pushed commits: files, messages, names. E01, F01, … are attacks of the corpus."""

from pathlib import Path

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Ground, own
from tests.hosts.plain.stage import Stage, charter, claim_text, public
from validator.git.brought import MAX_COMMITS, MAX_MESSAGE
from validator.git.repo import Repo
from validator.hosts.github.codeowners import owners_text
from validator.hosts.plain.push import BROADCAST
from validator.operations.consensus.mail import mail_at
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.forms import acknowledgement_forms
from validator.registry.reader import Reader

THREE = "refs/heads/claim/03"
ACK = "registry/consensus/acknowledgements/03.yaml"


@pytest.fixture(scope="module")
def played(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A server on which only main is."""
    return Ground(template.copy(tmp_path_factory.mktemp("ground") / "stage"))


@pytest.fixture(scope="module")
def approved(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A registry of three sessions that waits for their acknowledgements, and for nothing else."""
    ground = Ground(template.copy(tmp_path_factory.mktemp("approved") / "stage"))
    people = {name: public(key) for name, key in ground.stage.keys.items()}
    files: dict[str, bytes | None] = {
        own(number): claim_text(number, f"session-{number}").encode() for number in (1, 2, 3)
    }
    files["registry/charter.yaml"] = charter(3, people).encode()
    registered = ground.commit([ground.main], files)
    digest = registry_digest(Reader(Repo(ground.server)).at(registered))
    said = f"registry: {digest}\n"
    session = f"{said}number: 1\nsession_id: session-1\ntimestamp: 2026-01-05T08:00:00Z\n"
    records = {
        "confirmation": session,
        "approval": f'{said}approved_by: "@OWNER"\ntimestamp: 2026-01-05T08:00:00Z\n',
        "broadcast": f"{session}delivered: [1, 2, 3]\n",
    }
    edits: dict[str, bytes | None] = {
        f"registry/consensus/{name}.yaml": text.encode() for name, text in records.items()
    }
    ground.point(MAIN, ground.commit([registered], edits))
    return ground


def proposed(ground: Ground, *edits: dict[str, bytes | None]) -> str:
    """A branch of one commit for each of these changes, which ends in a claim of number 3."""
    tip = ground.main
    for edit in edits:
        tip = ground.commit([tip], edit)
    return ground.commit([tip], {own(3): claim_text(3, "rival").encode()})


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("evil.bin", b"x"), (".gitattributes", b"* filter=x\n"), (".github/workflows/a.yml", b"on: push\n"),
        ("registry/sessions/x/y/z", b"x"), (own(4), b"number: 4\n"), ("registry/charter.yaml", b"capacity: 1\n"),
    ],
)  # fmt: skip
def test_what_one_commit_brings_and_the_next_takes_out(played: Ground, path: str, content: bytes) -> None:
    """E01-E03, H15: on the branch, and merged by an approver."""
    before = played.trees[played.main].get(path)
    tip = proposed(played, {path: content}, {path: before})
    assert played.trees[tip].keys() == played.trees[proposed(played)].keys()
    played.refuses((ZERO, tip, THREE), why="REG309")
    played.refuses((played.main, played.merge(tip), MAIN), why="REG309")


def test_an_honest_branch_of_many_commits_is_taken(played: Ground) -> None:
    """E09, E10, and main merged into it, E05."""
    versions: list[dict[str, bytes | None]] = [{own(3): claim_text(3, "rival", status="PENDING").encode()}, {}]
    tip = proposed(played, *versions * 2)
    played.accepts((ZERO, tip, THREE))
    played.accepts((played.main, played.merge(tip), MAIN))
    long = proposed(played, *[{}] * (MAX_COMMITS - 1))
    played.accepts((ZERO, long, THREE))
    played.refuses((ZERO, played.commit([long]), THREE), why=f"more than {MAX_COMMITS} commits")


def test_only_main_is_merged_into_a_proposal(template: Stage, tmp_path: Path) -> None:
    """E04-E07, D11."""
    ground = Ground(template.copy(tmp_path / "stage"))
    early, old = proposed(ground), ground.main
    ground.point(MAIN, ground.merge(ground.claim(2, "victim")))
    joined = {**ground.trees[ground.main], own(3): ground.trees[early][own(3)]}
    good = ground.commit([early, ground.main], tree=joined)
    ground.accepts((ZERO, good, THREE))
    ground.accepts((ground.main, ground.commit(
        [ground.main, good], tree=joined, signer=ground.stage.keys["OWNER"], message="x\n\nApproved-by: @OWNER\n"
    ), MAIN))  # fmt: skip
    aside, root = ground.claim(5, "other"), ground.commit([], {"evil.bin": b"x"})
    bad = {
        "another proposal": ground.commit([early, aside], tree=ground.trees[early]),
        "a rival's claim": ground.commit([early, ground.claim(3, "other")], tree=joined),
        "another history": ground.commit([early, root], tree=ground.trees[early]),
        "an extra file": ground.commit([early, ground.main], {"evil.bin": b"x"}, tree=joined),
        "an older file": ground.commit([early, ground.main], {own(2): None}, tree=joined),
        "three parents": ground.commit([early, ground.main, old], tree=joined),
        "the wrong way round": ground.commit([ground.main, early], tree=joined),
    }
    for tip in bad.values():
        after = ground.commit([tip, ground.main] if own(2) not in ground.trees[tip] else [tip], tree=joined)
        ground.refuses((ZERO, tip, THREE))
        ground.refuses((ZERO, after, THREE))


def test_commits_are_bounded(played: Ground) -> None:
    """E08, E11-E14, C10: at the tip, and below it."""
    edit: dict[str, bytes | None] = {own(3): claim_text(3, "rival").encode()}
    size = MAX_MESSAGE
    honest = [
        {"message": "x" * size}, {"message": ""}, {"author": f"{'n' * 500} <a@b>"}, {"author": "Jörg <j@example.org>"},
        {"author": "@OWNER <owner@example.invalid>"}, {"signer": played.stage.keys["DEPUTY"]},
    ]  # fmt: skip
    hostile = [
        {"message": "x" * (size + 1)}, {"message": "x" * 900_000}, {"author": f"{'n' * 600} <a@b>"},
        {"author": "a\x1b[2Jb <a@b>"}, {"author": "a\u202eb <a@b>"}, {"when": "99999999999999 +0000"},
        {"when": "100113599999999 +0000"}, {"headers": "encoding latin-1\n"}, {"headers": "x-orders do it\n"},
        {"headers": f"gpgsig-sha256 {'x' * 9000}\n"}, {"headers": "gpgsig x\ngpgsig y\n"},
        {"headers": f"mergetag object {ZERO}\n"}, {"headers": f"gpgsig {'x' * 20_000}\n"},
    ]  # fmt: skip
    for about in honest:
        played.accepts((ZERO, played.commit([played.main], edit, **about), THREE))  # type: ignore[arg-type] # by name
    for about in hostile:
        below = played.commit([played.main], edit, **about)  # type: ignore[arg-type] # by name
        played.refuses((ZERO, below, THREE))
        played.refuses((ZERO, played.commit([below], edit, message="Again\n"), THREE), why="REG309")
    large = played.commit([played.main], {own(3): b"#" * 20_000})
    played.refuses((ZERO, played.commit([large], edit), THREE), why="REG309")


def test_a_charter_comes_with_the_owners_that_it_generates(played: Ground) -> None:
    """E15, and the names of such a branch."""
    people = {name: public(key) for name, key in played.stage.keys.items()}
    text, owners = charter(12, {**people, "THIRD": people["OWNER"]}).encode(), "@OWNER @DEPUTY @THIRD"
    generated = owners_text(owners.split()).encode()
    draft, name = {"registry/charter.yaml": text}, "refs/heads/charter/third"
    played.accepts((ZERO, played.commit([played.main], draft), name))
    both = played.commit([played.main], {**draft, "CODEOWNERS": generated})
    played.accepts((ZERO, both, name))
    for wrong in (generated + b" ", generated.replace(b"@THIRD", b"@THIRD @FOURTH"), generated.replace(b"\n", b"\r\n")):
        played.refuses(
            (ZERO, played.commit([played.main], {**draft, "CODEOWNERS": wrong}), name), why="another CODEOWNERS"
        )
    played.refuses((ZERO, played.commit([played.main], {"CODEOWNERS": generated}), name), why="does not change")
    played.refuses((ZERO, played.commit([played.main], {**draft, "README.md": b"x"}), name), why="is no branch for")
    played.refuses(
        (ZERO, played.commit([played.commit([played.main], {"evil.bin": b"x"})], {**draft, "evil.bin": None}), name)
    )
    for odd in ("charter/-x", "charter/a/b", f"charter/{'a' * 65}", "charter/a.lock", "charter/\uff41", "charter/a b"):
        played.refuses((ZERO, both, f"refs/heads/{odd}"), why="no such ref")


def acknowledgement(ground: Ground, **fields: str) -> tuple[str, str]:
    """File and message as the verb makes them."""
    digest = registry_digest(Reader(Repo(ground.server)).at(ground.main))
    said = {"registry": digest, "number": 3, "session_id": "session-3", "ready": True} | fields
    (form,) = acknowledgement_forms(said | {"timestamp": "2026-01-05T08:30:00Z"})
    return form


def test_an_acknowledgement_is_what_the_program_writes(approved: Ground) -> None:
    """F01-F04, F08, F10."""
    text, message = acknowledgement(approved)
    edit: dict[str, bytes | None] = {ACK: text.encode()}
    approved.accepts((approved.main, approved.commit([approved.main], edit, message=message), MAIN))
    for other in (
        text + "# " + "x" * 15_000 + "\n", text + "\n", text.replace("number: 3\n", "") + "number: 3\n",
        text.replace("session-3", '"session-3"'), text.replace("08:30:00Z", "08:30:00.5Z"), text.replace("\n", "\r\n"),
        text.replace("session-3", "session-2"), text.replace("number: 3", "number: 2"),
    ):  # fmt: skip
        step = approved.commit([approved.main], {ACK: other.encode()}, message=message)
        approved.refuses((approved.main, step, MAIN))
    for about in (
        {"message": "x" * 900_000}, {"message": "Ready\n"}, {"message": f"{message}\nApproved-by: @OWNER\n"},
        {"author": f"{'n' * 600} <a@b>"}, {"headers": "gpgsig x\n"}, {"headers": "encoding latin-1\n"},
        {"headers": f"mergetag object {ZERO}\n"}, {"signer": approved.stage.keys["OWNER"]},
    ):  # fmt: skip
        step = approved.commit([approved.main], edit, **{"message": message, **about})  # type: ignore[arg-type] # by name
        approved.refuses((approved.main, step, MAIN))
    two = approved.commit([approved.main], {**edit, "evil.bin": b"x"}, message=message)
    approved.refuses((approved.main, two, MAIN), why="REG302")
    side = approved.commit([approved.main], {"evil.bin": b"x"})
    joined = approved.commit([approved.main, side], edit, message=message)
    approved.refuses((approved.main, joined, MAIN), why="REG304")


def test_a_broadcast_is_one_commit_equal_to_what_main_generates(approved: Ground) -> None:
    """G01-G07."""
    files = dict(mail_at(Reader(Repo(approved.server)), approved.main).files())
    words = "Broadcast the registry\n"
    first = approved.commit([], tree=files, message=words)
    approved.accepts((ZERO, first, BROADCAST))
    malware = approved.commit([], {"malware.bin": b"x"})
    for parents in ([malware], [approved.main], [first, malware]):
        approved.refuses((ZERO, approved.commit(parents, tree=files, message=words), BROADCAST), why="one commit more")
    for about in (
        {"message": "Broadcast the registry\n\nDo as I say\n"}, {"message": "x" * 900_000},
        {"author": f"{'n' * 600} <a@b>"}, {"headers": "encoding latin-1\n"}, {"when": "99999999999999 +0000"},
    ):  # fmt: skip
        odd = approved.commit([], tree=files, **{"message": words, **about})  # type: ignore[arg-type] # by name
        approved.refuses((ZERO, odd, BROADCAST), why="the commit of a broadcast holds nothing else")
    more = approved.commit([], tree={**files, "more.txt": b"x"}, message=words)
    approved.refuses((ZERO, more, BROADCAST), why="this is not what main says")
