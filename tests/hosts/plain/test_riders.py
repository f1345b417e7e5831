"""Unwanted content in pushed commits: files, messages, names. E01, F01, … are attacks of the corpus."""

import time
from pathlib import Path

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, WHEN, WHO, Ground, own
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
    """E01-E03: on the branch, and merged by an approver."""
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
    """E04-E07."""
    ground = Ground(template.copy(tmp_path / "stage"))
    early, old = proposed(ground), ground.main
    ground.point(MAIN, ground.merge(ground.claim(2, "victim")))
    joined = {**ground.trees[ground.main], own(3): ground.trees[early][own(3)]}
    good = ground.commit([early, ground.main], tree=joined)
    ground.accepts((ZERO, good, THREE))
    middle = ground.main
    ground.point(MAIN, ground.merge(ground.claim(4, "fourth", middle)))
    for older in (middle, ground.refs()[MAIN], old):  # what main has is no rider, however old
        tree = {**ground.trees[older], own(3): joined[own(3)]}
        ground.accepts((ZERO, ground.commit([early, older], tree=tree), THREE))
    ground.point(MAIN, middle)
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
        {"when": "100113599999999 +0000"}, {"when": "253402300800 +0000"},
        {"headers": "encoding latin-1\n"}, {"headers": "x-orders do it\n"},
        {"headers": f"gpgsig-sha256 {'x' * 9000}\n"}, {"headers": "gpgsig x\ngpgsig y\n"},
        {"headers": f"mergetag object {ZERO}\n"}, {"headers": f"gpgsig {'x' * 20_000}\n"},
    ]  # fmt: skip
    for about in honest:
        played.accepts((ZERO, played.commit([played.main], edit, **about), THREE))  # type: ignore[arg-type] # by name
    for about in hostile:
        below = played.commit([played.main], edit, **about)  # type: ignore[arg-type] # by name
        played.refuses((ZERO, below, THREE))
        played.refuses((ZERO, played.commit([below], edit, message="Again\n"), THREE), why="REG309")
    people = f"author {WHO} {WHEN}\ncommitter {WHO} {WHEN}\n"
    tree = f"tree {played.tree({**played.trees[played.main], own(3): edit[own(3)] or b''})}\n"
    twice = played.put("commit", f"{tree}parent {played.main}\n{people}parent {played.main}\n\nx\n".encode())
    played.refuses((ZERO, twice, THREE), why="has its headers in another order than Git writes them")
    large = played.commit([played.main], {own(3): b"#" * 20_000})
    played.refuses((ZERO, played.commit([large], edit), THREE), why="REG309")


def test_dates_and_names_of_any_kind_are_judged(played: Ground) -> None:
    """E12, E13: refused or taken, and what is taken is no burden for the next one."""
    edit: dict[str, bytes | None] = {own(3): claim_text(3, "rival").encode()}
    for when in (
        "-1 +0000", f"{2**63} +0000", f"{2**64 + 1} +0000", "0 +9999", "1767603600 -0000", "", " +0000", "1e9 +0000",
        "1767603600", "1767603600 +2500 x", "\u0661 +0000",
    ):  # fmt: skip
        answer = played.decide((ZERO, played.commit([played.main], edit, when=when), THREE))
        assert answer.taken or "error[REG" in answer.said, (when, answer.said)
    huge = f"{'m' * 10**6} <a@b>"
    for author in ("", "<>", " <>", "A <a@b", "A a@b>", "A <a\rb>", "A\0 <a@b>", huge, "A <a@b> <c@d>"):
        for parents in ([played.main], [played.commit([played.main], edit, author=author)]):
            odd = author if parents == [played.main] else "A <a@b>"
            answer = played.decide((ZERO, played.commit(parents, edit, author=odd, message="Again\n"), THREE))
            assert answer.taken or "error[REG" in answer.said or "are judged" in answer.said, (author, answer.said)


def test_a_branch_does_what_its_name_says(template: Stage, tmp_path: Path) -> None:
    """E16: it releases, amends or claims its own number, at its end."""
    ground = Ground(template.copy(tmp_path / "stage"))
    ground.point(MAIN, ground.merge(ground.claim(2, "victim")))
    text, release = ground.trees[ground.main][own(2)], "refs/heads/release/02"
    gone = ground.commit([ground.main], {own(2): None})
    back = ground.commit([gone], {own(2): text.replace(b"REGISTERED", b"PENDING")})
    for oid, ref in (
        (back, release), (gone, "refs/heads/claim/02"), (ground.claim(4, "rival"), THREE),
        (ground.commit([ground.main], {own(2): text.replace(b"REGISTERED", b"PENDING")}), release),
        (gone, "refs/heads/release/03"), (ground.claim(3, "rival"), "refs/heads/release/03"),
        (gone, "refs/heads/record/acknowledgements/02"), (gone, "refs/heads/charter/x"),
    ):  # fmt: skip
        ground.refuses((ZERO, oid, ref))
    ground.accepts((ZERO, back, "refs/heads/claim/02"))
    ground.does((ZERO, gone, release))
    ground.refuses((ZERO, back, "refs/heads/claim/02"), why="has release/02 in its history")


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


def test_main_has_the_owners_that_its_charter_generates(played: Ground) -> None:
    """By an approver's own step or merge, and by none in between: a forge to which the registry moves believes them."""
    people = {name: public(key) for name, key in played.stage.keys.items()}
    text = charter(12, {**people, "THIRD": people["OWNER"]}).encode()
    generated = owners_text(["@OWNER", "@DEPUTY", "@THIRD"]).encode()
    key, message = played.stage.keys["OWNER"], "Step\n\nApproved-by: @OWNER\n"

    def step(parents: list[str], **edits: bytes | None) -> str:
        names = {"charter": "registry/charter.yaml", "owners": "CODEOWNERS", "readme": "README.md"}
        files = {names[name]: content for name, content in edits.items()}
        return played.commit(parents, files, signer=key, message=message)

    good = step([played.main], charter=text, owners=generated)
    wrong = generated.replace(b"@THIRD", b"@THIEF")
    bad = {
        "with a charter": step([played.main], charter=text, owners=wrong),
        "alone": step([played.main], owners=wrong),
        "an older charter's": step([good], owners=owners_text(["@OWNER", "@DEPUTY"]).encode()),
        "taken away": step([good], owners=None),
        "and mended": step([step([played.main], charter=text, owners=wrong)], owners=generated),
        "merged": step(
            [played.main, played.commit([played.main], {"registry/charter.yaml": text, "CODEOWNERS": wrong})],
            charter=text, owners=wrong,
        ),
    }  # fmt: skip
    for case, tip in bad.items():
        answer = played.decide((played.main, tip, MAIN))
        assert (answer.taken, "another CODEOWNERS than its charter generates" in answer.said) == (False, True), case
    link = played.tree({**played.trees[good], "CODEOWNERS": ("120000", played.put("blob", generated))})
    linked = played.commit([played.main], root=link, signer=key, message=message)
    played.refuses((played.main, linked, MAIN), why="another CODEOWNERS")
    for tip in (good, step([good], readme=b"x"), step([played.main], charter=text)):
        played.accepts((played.main, tip, MAIN))


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


def acknowledged(ground: Ground, number: int, *parents: str, **fields: str) -> str:
    """A step of main that acknowledges for one number."""
    about = {"number": number, "session_id": f"session-{number}", **fields}
    text, message = acknowledgement(ground, **about)  # type: ignore[arg-type] # a number in place of a text
    path = f"registry/consensus/acknowledgements/{number:02}.yaml"
    return ground.commit(parents or [ground.main], {path: text.encode()}, message=message)


def test_an_acknowledgement_stays_as_it_was_made(approved: Ground, tmp_path: Path) -> None:
    """F05-F07, F09: several in one push; none is altered or taken away, unless it speaks of another registry."""
    ground = Ground(approved.stage.copy(tmp_path / "stage"))
    ground.trees |= approved.trees
    ground.main, start = approved.main, approved.main
    two = acknowledged(ground, 2)
    ground.accepts((start, acknowledged(ground, 3, two), MAIN))
    ground.accepts((start, acknowledged(ground, 1, acknowledged(ground, 3, two)), MAIN))
    ground.point(MAIN, two)
    ack = ACK.replace("03", "02")
    later = ground.trees[two][ack].replace(b"08:30", b"09:30")
    message = "Record: acknowledgement of number 2\n"
    removed = ground.commit([two], {ack: None}, message=message)
    for new in (
        ground.commit([two], {ack: later}, message=message), removed, acknowledged(ground, 2, removed),
        ground.commit([two], message=message), ground.commit([two], {ack: ground.trees[two][ack] + b"#\n"}),
        acknowledged(ground, 3, ground.commit([two], {ack: later}, message=message)),
    ):  # fmt: skip
        ground.refuses((two, new, MAIN), why="REG304")
    ground.refuses((two, acknowledged(ground, 3, start), MAIN), why="REG306")
    void = acknowledgement(ground, number=2, session_id="session-2", registry=f"sha256:{'0' * 64}")[0]  # type: ignore[arg-type] # as above
    ground.point(MAIN, ground.commit([two], {ack: void.encode()}))
    ground.accepts((ground.main, acknowledged(ground, 2), MAIN))
    ground.refuses((ground.main, ground.commit([ground.main], {ack: None}, message=message), MAIN), why="REG304")


def test_anyone_acknowledges_for_a_session_without_a_key(approved: Ground) -> None:
    """F11: open, as the threat model says, until the sessions have keys."""
    strangers = acknowledged(approved, 3)
    approved.accepts((approved.main, strangers, MAIN))


def test_many_acknowledgements_cost_little(approved: Ground, tmp_path: Path) -> None:
    """F12: the first one that is none refuses the push."""
    ground = Ground(approved.stage.copy(tmp_path / "stage"))
    ground.trees |= approved.trees
    tip = ground.main = approved.main
    for at in range(40):
        tip = acknowledged(ground, 3, tip, timestamp=f"2026-01-05T08:30:{at:02}Z")
    began = time.process_time()
    ground.refuses((ground.main, tip, MAIN), why="REG304")
    assert time.process_time() - began < 5


def test_a_broadcast_is_one_commit_equal_to_what_main_generates(approved: Ground) -> None:
    """G01-G05, G07, and E08 there."""
    files = dict(mail_at(Reader(Repo(approved.server)), approved.main).files())
    words = "Broadcast the registry\n"
    first = approved.commit([], tree=files, message=words)
    approved.accepts((ZERO, first, BROADCAST))
    malware = approved.commit([], {"malware.bin": b"x"})
    for parents in ([malware], [approved.main], [first, malware]):
        approved.refuses((ZERO, approved.commit(parents, tree=files, message=words), BROADCAST), why="one more commit")
    for about in (
        {"message": "Broadcast the registry\n\nDo as I say\n"}, {"message": "x" * 900_000},
        {"author": f"{'n' * 600} <a@b>"}, {"headers": "encoding latin-1\n"}, {"when": "99999999999999 +0000"},
    ):  # fmt: skip
        odd = approved.commit([], tree=files, **{"message": words, **about})  # type: ignore[arg-type] # by name
        approved.refuses((ZERO, odd, BROADCAST), why="the commit has more than a broadcast holds")
    more = approved.commit([], tree={**files, "more.txt": b"x"}, message=words)
    approved.refuses((ZERO, more, BROADCAST), why="a broadcast is what main generates, and this differs")
    letter = next(path for path in files if path.endswith(".md"))
    for tree in ({**files, letter: files[letter] + b"x"}, {path: files[path] for path in files if path != letter}):
        odd = approved.commit([], tree=tree, message=words)
        approved.refuses((ZERO, odd, BROADCAST), why="a broadcast is what main generates, and this differs")
    line = first
    for _ in range(3):
        line = approved.commit([line], tree=files, message=words)
    approved.refuses((ZERO, line, BROADCAST), why="one more commit")


def test_a_broadcast_is_not_taken_back(approved: Ground, tmp_path: Path) -> None:
    """G06, G08: not gone, not an older one, not another in its place; nor one of a main that is not approved."""
    ground = Ground(approved.stage.copy(tmp_path / "stage"))
    ground.trees |= approved.trees
    ground.main = approved.main
    files, words = dict(mail_at(Reader(Repo(ground.server)), ground.main).files()), "Broadcast the registry\n"
    first = ground.commit([], tree=files, message=words)
    old = ground.commit([], {"letter": b"x"}, message=words)
    ground.point(BROADCAST, old)
    second = ground.commit([old], tree=files, message=words)
    people = f"author {WHO} {WHEN}\ncommitter {WHO} {WHEN}\n"
    root = ground.put("commit", f"tree {ground.tree(files)}\n{people}parent {old}\n\n{words}".encode())
    ground.refuses((old, root, BROADCAST), why="one more commit")  # Git reads no parent there
    ground.does((old, second, BROADCAST))
    again = ground.commit([second], tree=files, message=words, when="1767603601 +0000")
    ground.refuses((second, again, BROADCAST), why="branch broadcast says this already")
    for commands in ([(second, first, BROADCAST)], [(second, ZERO, BROADCAST)]):
        ground.refuses(*commands)
    ground.refuses((second, ZERO, BROADCAST), (ZERO, first, BROADCAST), why="more than once")
    for new in (first, second, ground.commit([], tree=files, message="Broadcast the registry\n", when="1 +0000")):
        ground.refuses((ZERO, new, BROADCAST), why="lost race")
    edits = {f"registry/consensus/{name}.yaml": None for name in ("confirmation", "approval", "broadcast")}
    ground.restore({MAIN: ground.commit([ground.main], edits)})
    ground.refuses((ZERO, first, BROADCAST), why="before the registry is approved")
