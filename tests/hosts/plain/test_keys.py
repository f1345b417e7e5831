"""Attacks in another session's name on a guarded server where claims have keys, each beside an honest act.

Ann holds number 4 with the key ANN, and `first` is her open claim of number 5 with the key FIVE. Bob has proposed
number 8 without a key. A thief can push anything that was ever signed, and has a key of his own. The names K01, K24, …
are those of tests/corpus/key-attacks.md.
"""

import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, WHEN, WHO, Command, Ground, Tree, own, signature
from tests.hosts.plain.stage import Stage, charter, claim_text, public
from tests.keys import public_key, write_key
from validator.git.repo import Repo
from validator.git.signatures import Endorsement, endorsements
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.forms import acknowledgement_forms
from validator.registry.reader import Reader

FOUR, FIVE, SIX, EIGHT = (f"refs/heads/claim/{number:02}" for number in (4, 5, 6, 8))
RELEASE = "refs/heads/release/04"
LATER, EARLIER = "1767603700 +0000", "1767603500 +0000"
SESSIONS = {4: "ann", 5: "ann-five", 6: "ann-six", 8: "bob"}
ACKNOWLEDGEMENT = "registry/consensus/acknowledgements/04.yaml"


class Fleet(Ground):
    """The server, and who signs what there by the names of their keys."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        super().__init__(stage)
        self.folder = folder

    def key(self, name: str) -> Path:
        """The private half of somebody's key."""
        if name in self.stage.keys:
            return self.stage.keys[name]
        path = self.folder / f"key-{name}"
        return path if path.exists() else write_key(name, self.folder)

    def public(self, name: str) -> str:
        return public(self.key(name)) if name in self.stage.keys else public_key(name)

    def text(self, number: int, key: str | None, session: str = "", **fields: str) -> bytes:
        said = {**fields, **({"key": self.public(key)} if key else {})}
        return claim_text(number, session or SESSIONS[number], **said).encode()

    def says(
        self, number: int, key: str | None, by: str | None, *parents: str, session: str = "", when: str = WHEN,
        at: int | None = None, message: str = "Claim\n", **fields: str,
    ) -> str:  # fmt: skip
        """A commit on main (or on `parents`) with a claim of a number that has a key, signed by somebody."""
        edit = {own(at or number): self.text(number, key, session, **fields)}
        return self.signed(by, parents or (self.main,), edit, when=when, message=message)

    def signed(
        self, by: str | None, parents: tuple[str, ...], edits: Mapping[str, bytes | None] | None = None, *,
        when: str = WHEN, message: str = "Claim\n", tree: Tree | None = None,
    ) -> str:  # fmt: skip
        signer = self.key(by) if by else None
        return self.commit(parents, edits or {}, signer=signer, when=when, message=message, tree=tree)

    def releases(self, by: str | None, *parents: str, **more: Any) -> str:
        return self.signed(by, parents or (self.main,), {own(4): None}, **more)

    def withdraws(self, proposal: str, by: str | None, **more: Any) -> str:
        return self.signed(by, (proposal,), **more)

    def lands(self, proposal: str) -> str:
        """An approver merges it; main as it is then."""
        merge = self.joined(proposal)
        self.does((self.main, merge, MAIN))
        return merge

    def joined(self, proposal: str, edits: Mapping[str, bytes | None] | None = None) -> str:
        """Main with what a proposal has changed since it left main's line, signed and approved."""
        base, theirs = self.trees[self.main], self.trees[proposal]
        fork = self.trees[next(one for one in self.line(proposal) if one in self.line(self.main))]
        changed = {path: theirs.get(path) for path in {*fork, *theirs} if fork.get(path) != theirs.get(path)}
        tree = {path: text for path, text in {**base, **changed, **(edits or {})}.items() if text is not None}
        return self.signed("OWNER", (self.main, proposal), tree=tree, message=APPROVED)

    def read(self, commit: str) -> bytes:
        words = ["git", "cat-file", "commit", commit]
        return subprocess.run(words, cwd=self.server, check=True, capture_output=True).stdout

    def line(self, commit: str) -> list[str]:
        words = ["git", "rev-list", "--first-parent", commit]
        return subprocess.run(words, cwd=self.server, check=True, capture_output=True, text=True).stdout.split()

    def plans(self, text: str) -> str:
        """An approver changes the charter."""
        return self.signed("OWNER", (self.main,), {"registry/charter.yaml": text.encode()}, message=APPROVED)

    def charter(self, more: str = "", **slots: str) -> str:
        people = {name: public(key) for name, key in self.stage.keys.items()}
        text = charter(12, people).replace("slots:\n", f"{more}slots:\n")
        for name, key in slots.items():
            start = f"{{number: {name.removeprefix('n')},"
            text = text.replace(start, f'{start} key: "{self.public(key)}",')
        return text


APPROVED = "Register\n\nApproved-by: @OWNER\n"


def ref_of(kind: str, branch: str, commit: str) -> str:
    return f"refs/{kind}/{branch.removeprefix('refs/heads/')}/{commit[:12]}"


def withdrawal(commit: str, branch: str = FIVE) -> Command:
    return ZERO, commit, ref_of("withdrawn", branch, commit)


@pytest.fixture(scope="module")
def played(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """For tests that leave the server as it is."""
    folder = tmp_path_factory.mktemp("keys")
    fleet = Fleet(template.copy(folder / "stage"), folder)
    fleet.point(FIVE, fleet.says(5, "FIVE", "FIVE"))
    fleet.lands(fleet.says(4, "ANN", "ANN"))
    fleet.point(EIGHT, fleet.says(8, None, None))
    return fleet


@pytest.fixture
def fleet(played: Fleet, tmp_path: Path) -> Fleet:
    """The same for a test that moves refs."""
    fleet = Fleet(played.stage.copy(tmp_path / "stage"), tmp_path)
    fleet.trees |= played.trees
    return fleet


class Row(NamedTuple):
    """One act: the commands of its push; `why` is part of the refusal, None where it is accepted."""

    name: str
    act: Callable[[Fleet], list[Command]]
    why: str | None = "REG308"


def claims(*made: Any, ref: str = SIX, **more: Any) -> Callable[[Fleet], list[Command]]:
    """A push of what `Fleet.says` makes, to a branch that is there or not."""

    def act(fleet: Fleet) -> list[Command]:
        commit = fleet.says(*made, **more)
        return [(fleet.refs().get(ref, ZERO), commit, ref)]

    return act


def first(fleet: Fleet) -> str:
    return fleet.refs()[FIVE]


def replaced(fleet: Fleet, new: str, ref: str = FIVE) -> list[Command]:
    return [(fleet.refs()[ref], new, ref)]


def in_two(fleet: Fleet, one: str | None, other: str | None) -> list[Command]:
    below = fleet.says(6, "SIX", one, status="PENDING")
    return [(ZERO, fleet.says(6, "SIX", other, below), SIX)]


def foreign_signature(fleet: Fleet) -> list[Command]:
    """K22: Ann's signature of another commit."""
    real = fleet.says(6, "SIX", "SIX")
    armour = signature(fleet.key("SIX"), b"something else").rstrip("\n").replace("\n", "\n ")
    copied = fleet.commit([fleet.main], {own(6): fleet.text(6, "SIX")}, headers=f"gpgsig {armour}\n")
    assert real != copied
    return [(ZERO, copied, SIX)]


def with_key(fleet: Fleet, text: str, by: str) -> list[Command]:
    """A claim whose key is written so."""
    return [(ZERO, fleet.signed(by, (fleet.main,), {own(6): claim_text(6, "ann-six", key=text).encode()}), SIX)]


ORDER_ONE = f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAE{'A' * 41}"  # the neutral element of the curve (RFC 8032)

FIRST_CLAIMS = (
    Row("by its key", claims(6, "SIX", "SIX"), None),
    Row("K01 with a key that main has", claims(6, "ANN", "THIEF")),
    Row("K02 with a key that an open proposal has", claims(6, "FIVE", "THIEF")),
    Row("K03 unsigned", claims(6, "SIX", None)),
    Row("K04 the first of two commits is unsigned", lambda fleet: in_two(fleet, None, "SIX")),
    Row("K04 both are signed", lambda fleet: in_two(fleet, "SIX", "SIX"), None),
    Row("K05 one key, two numbers", claims(6, "ANN", "ANN"), "REG109"),
    Row("K12 an approver's key, copied", claims(6, "OWNER", "THIEF"), "REG109"),
    Row("K13 an approver's key, really", claims(6, "OWNER", "OWNER"), "REG109"),
    Row("K22 a signature of another commit", foreign_signature),
    Row("K109 a key for which anybody can sign, by the thief", lambda fleet: with_key(fleet, ORDER_ONE, "THIEF")),
    Row("without any key", claims(6, None, None), None),
)


def on_top(
    fleet: Fleet, by: str | None, edits: Mapping[str, bytes | None] | None = None, when: str = WHEN
) -> list[Command]:
    return replaced(fleet, fleet.signed(by, (first(fleet),), edits, when=when))


def brought_up_to_date(fleet: Fleet, by: str | None) -> list[Command]:
    """Main merged into a proposal, which began before number 4 was on main."""
    return replaced(fleet, main_in(fleet, first(fleet), 5, by))


def main_in(fleet: Fleet, proposal: str, number: int, by: str | None, **more: Any) -> str:
    """Main merged into a proposal of a number."""
    tree = {path: text for path, text in fleet.trees[fleet.main].items() if path != own(number)}
    tree |= {path: text for path, text in fleet.trees[proposal].items() if path == own(number)}
    return fleet.signed(by, (proposal, fleet.main), tree=tree, **more)


def drafted_twice(fleet: Fleet, old: str, new: str) -> list[Command]:
    """The older of two drafts over the newer one."""
    draft = fleet.says(5, "FIVE", "FIVE", status="PENDING", when=old)
    newer = fleet.says(5, "FIVE", "FIVE", when=new)
    fleet.point(FIVE, newer)
    return [(newer, draft, FIVE)]


REPLACEMENTS = (
    Row("by its key", claims(5, "FIVE", "FIVE", ref=FIVE, status="PENDING", when=LATER), None),
    Row(
        "K30 by its key, in the same second", claims(5, "FIVE", "FIVE", ref=FIVE, status="PENDING"), "is not newer than"
    ),
    Row("by its key, older, on top", lambda fleet: on_top(fleet, "FIVE", when=EARLIER), "is not newer than"),
    Row("K23 with the thief's key", claims(5, "THIEF", "THIEF", ref=FIVE)),
    Row("K24 without a key", claims(5, None, None, ref=FIVE), "speaks with the key"),
    Row("unsigned", claims(5, "FIVE", None, ref=FIVE, status="PENDING")),
    Row("K29 with another key, by the open one", claims(5, "NEXT", "FIVE", ref=FIVE)),
    Row("K29 with another key, by that", claims(5, "NEXT", "NEXT", ref=FIVE), "registry withdraw claim/05"),
    Row("under another name", claims(5, "FIVE", "FIVE", ref=FIVE, session="thief"), "nobody else replaces it"),
    Row("K26 keyless, the thief adds his key", claims(8, "THIEF", "THIEF", ref=EIGHT), "none is added to it"),
    Row("K28 keyless, the same name", claims(8, None, None, ref=EIGHT, status="PENDING"), None),
    Row("an empty commit on top, unsigned", lambda fleet: on_top(fleet, None)),
    Row("K87 main merged into it, unsigned", lambda fleet: brought_up_to_date(fleet, None)),
    Row("K87 main merged into it, by its key", lambda fleet: brought_up_to_date(fleet, "FIVE"), None),
    Row("an empty commit on top, by its key", lambda fleet: on_top(fleet, "FIVE"), None),
    Row("K86 the same file in an unsigned commit", lambda fleet: on_top(fleet, None, {own(5): fleet.text(5, "FIVE")})),
)


def withdrawn(by: str | None, **more: Any) -> Callable[[Fleet], list[Command]]:
    return lambda fleet: [withdrawal(fleet.withdraws(first(fleet), by, **more))]


def with_two_parents(fleet: Fleet) -> list[Command]:
    evil = fleet.signed("THIEF", (fleet.main,), {"evil.bin": b"x"})
    return [withdrawal(fleet.signed("FIVE", (first(fleet), evil)))]


def elsewhere(branch: str) -> Row:
    """K111: an open proposal on another branch."""
    why = f"{branch} is no branch for a change of registry/sessions/05.yaml"
    return Row(f"K111 on {branch}", lambda fleet: [(ZERO, first(fleet), f"refs/heads/{branch}")], why)


def misnamed(fleet: Fleet, letters: str = "") -> list[Command]:
    """K112: a withdrawal by the right key, whose ref has other letters than its commit."""
    word = fleet.withdraws(first(fleet), "FIVE")
    return [(ZERO, word, f"refs/withdrawn/claim/05/{letters or word[:13]}")]


def tagged(fleet: Fleet) -> list[Command]:
    word = fleet.withdraws(first(fleet), "FIVE")
    tag = fleet.put("tag", f"object {word}\ntype commit\ntag x\ntagger {WHO} {WHEN}\n\n".encode())
    return [withdrawal(tag)]


def with_a_file(fleet: Fleet) -> list[Command]:
    return [withdrawal(fleet.signed("FIVE", (first(fleet),), {"evil.bin": b"x"}))]


WITHDRAWALS = (
    Row("by its key", withdrawn("FIVE"), None),
    Row("K31 by the thief", withdrawn("THIEF"), "not signed by the key"),
    Row("K31 unsigned", withdrawn(None), "not signed by the key"),
    Row("an approver turns it down instead", withdrawn("OWNER"), "not signed by the key"),
    Row("K36 with two parents", with_two_parents, "no withdrawal of what claim/05 is now"),
    Row("K36 with a file", with_a_file, "changes no file"),
    Row("K36 with a long message", withdrawn("FIVE", message="x" * 70_000), "a message of"),
    Row("K112 thirteen letters", misnamed, "this server has no such ref"),
    Row("K112 another's letters", lambda fleet: misnamed(fleet, first(fleet)[:12]), "this is no withdrawal of what"),
    Row("K112 a tag of it", tagged, "is no commit"),
    Row(
        "K37 under another name",
        lambda fleet: [withdrawal(fleet.withdraws(first(fleet), "FIVE"), EIGHT)],
        "no withdrawal of what claim/08 is now",
    ),
    Row(
        "K38 of a proposal without a key",
        lambda fleet: [withdrawal(fleet.withdraws(fleet.refs()[EIGHT], None), EIGHT)],
        "only an approver takes it away; fill in: registry reject claim/08",
    ),
    Row(
        "K40 together with the deletion",
        lambda fleet: [withdrawal(fleet.withdraws(first(fleet), "FIVE")), (first(fleet), ZERO, FIVE)],
        "in a push of its own",
    ),
    Row("the deletion alone", lambda fleet: [(first(fleet), ZERO, FIVE)], "in a push of its own"),
    Row("of main", lambda fleet: [(ZERO, fleet.main, "refs/withdrawn/main/" + fleet.main[:12])], "no such ref"),
)


def released(by: str | None) -> Callable[[Fleet], list[Command]]:
    return lambda fleet: [(ZERO, fleet.releases(by), RELEASE)]


def cherry_picked(fleet: Fleet) -> list[Command]:
    """K64: the header with Ann's signature, on another commit."""
    armour = signature(fleet.key("ANN"), b"her amendment").rstrip("\n").replace("\n", "\n ")
    edit = {own(4): fleet.text(4, "ANN", status="PENDING")}
    return [(ZERO, fleet.commit([fleet.main], edit, headers=f"gpgsig {armour}\n"), FOUR)]


def grafted(fleet: Fleet) -> list[Command]:
    """K67: Ann's words in another registry, on a commit that has both histories."""
    root = fleet.commit([], tree=fleet.trees[fleet.main], message="Another fleet\n")
    said = fleet.says(4, "ANN", "ANN", root, status="PENDING")
    return [(ZERO, fleet.signed(None, (fleet.main, said), tree=fleet.trees[said]), FOUR)]


def of_another_fleet(fleet: Fleet) -> list[Command]:
    root = fleet.commit([], tree=fleet.trees[fleet.main], message="Another fleet\n")
    return [(ZERO, fleet.says(4, "ANN", "ANN", root, status="PENDING"), FOUR)]


def of_a_copy(fleet: Fleet) -> list[Command]:
    """The same root, and a step of its own after it."""
    step = fleet.signed("OWNER", (fleet.main,), message="Go another way\n\nApproved-by: @OWNER\n")
    return [(ZERO, fleet.says(4, "ANN", "ANN", step, status="PENDING"), FOUR)]


def with_a_passing_file(fleet: Fleet) -> list[Command]:
    tip = fleet.says(4, "ANN", "ANN", status="PENDING")
    for text in (b"x", None):
        tip = fleet.signed("ANN", (tip,), {"README.md": text})
    return [(ZERO, tip, FOUR)]


LATER_ACTS = (
    Row("K41 amendment by its key", claims(4, "ANN", "ANN", ref=FOUR, status="PENDING"), None),
    Row("K41 amendment unsigned", claims(4, "ANN", None, ref=FOUR, status="PENDING")),
    Row("K41 amendment by the thief", claims(4, "ANN", "THIEF", ref=FOUR, status="PENDING")),
    Row("K42 release by its key", released("ANN"), None),
    Row("K42 release unsigned", released(None)),
    Row("K42 release by the thief", released("THIEF")),
    Row("K47 another name", claims(4, "ANN", "ANN", ref=FOUR, session="thief"), "REG301"),
    Row("K48 an approver changes the goal", claims(4, "ANN", "OWNER", ref=FOUR, status="PENDING")),
    Row("K49 an approver replaces the key", claims(4, "NEXT", "OWNER", ref=FOUR), None),
    Row("K49 an approver releases", released("OWNER"), None),
    Row("K50 an approver replaces key and status", claims(4, "NEXT", "OWNER", ref=FOUR, status="PENDING")),
    Row("a new key by the old one", claims(4, "NEXT", "ANN", ref=FOUR), None),
    Row("a new key by itself", claims(4, "THIEF", "THIEF", ref=FOUR)),
    Row("K52 the key taken out, unsigned", claims(4, None, None, ref=FOUR)),
    Row("K52 the key taken out by it", claims(4, None, "ANN", ref=FOUR), None),
    Row("K62 her file under another number", claims(4, "ANN", "ANN", ref=SIX, at=6), "REG10"),
    Row("K64 cherry-picked with her signature", cherry_picked),
    Row("K65 of another fleet", of_another_fleet),
    Row("K67 of another fleet, grafted", grafted),
    Row("K117 on a step that only a copy of this fleet has", of_a_copy),
    Row("K123 a file that comes and goes in between", with_a_passing_file, "REG309"),
    Row("K125 an approver gives a key of an approver's", claims(4, "DEPUTY", "OWNER", ref=FOUR), "REG109"),
    *map(elsewhere, ("release/05", "record/acknowledgements/05", "claim/06", "charter/x")),
)
TABLE = (*FIRST_CLAIMS, *REPLACEMENTS, *WITHDRAWALS, *LATER_ACTS)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_only_the_key_speaks(played: Fleet, row: Row) -> None:
    commands = row.act(played)
    if row.why is None:
        played.accepts(*commands)
    else:
        played.refuses(*commands, why=row.why)


@pytest.mark.parametrize("when", [EARLIER, WHEN], ids=["older", "of the same second"])
def test_an_older_draft_does_not_come_back(fleet: Fleet, when: str) -> None:
    """K30, and after the newer one was withdrawn."""
    assert fleet.decide(*drafted_twice(fleet, LATER, when)).taken, "the newer one, over the older"
    commands = drafted_twice(fleet, when, WHEN)
    why = "which its session has signed too"
    fleet.refuses(*commands, why=why)
    newer, older = commands[0][:2]
    fleet.does(withdrawal(fleet.withdraws(newer, "FIVE", when=WHEN)))
    fleet.refuses((newer, older, FIVE), why=why)
    fleet.does((newer, ZERO, FIVE))
    fleet.refuses((ZERO, older, FIVE), why=why)
    fleet.accepts((ZERO, fleet.says(5, "THIEF", "THIEF", session="thief", when=EARLIER), FIVE))
    fleet.accepts((ZERO, fleet.says(5, "FIVE", "FIVE", when=LATER, status="PENDING"), FIVE))


def test_dates_only_rise_on_a_branch(fleet: Fleet) -> None:
    """A draft that was replaced by one on top of it in the same second; a withdrawal is newer than earlier drafts."""
    below = fleet.says(5, "FIVE", "FIVE", when=LATER, status="PENDING")
    above = fleet.says(5, "FIVE", "FIVE", below, when=LATER)
    fleet.does((first(fleet), below, FIVE))
    fleet.does((below, above, FIVE))
    fleet.refuses((above, below, FIVE), why="is not newer than")
    fleet.refuses((above, fleet.says(5, "FIVE", "FIVE", below, when=LATER, message="Other\n"), FIVE))
    kept_back = fleet.says(5, "FIVE", "FIVE", when="1767603800 +0000", status="PENDING")
    fleet.does(withdrawal(fleet.withdraws(above, "FIVE", when="1767603900 +0000")))
    fleet.does((above, ZERO, FIVE))
    fleet.refuses((ZERO, kept_back, FIVE), why="is not newer than")


def test_a_strangers_merge_of_main_is_no_part_of_a_proposal(fleet: Fleet) -> None:
    """It would carry a message, and hide the date of what its session has signed."""
    older, newer = (fleet.says(4, "ANN", "ANN", status="PENDING", when=when) for when in (EARLIER, WHEN))
    fleet.lands(fleet.says(6, "SIX", "SIX"))
    for branch, said in ((FOUR, newer), (RELEASE, fleet.releases("ANN", fleet.line(fleet.main)[1]))):
        for by in ("THIEF", None):
            merged = main_in(fleet, said, 4, by, message="Release number 4: it has cheated\n")
            fleet.refuses((ZERO, merged, branch), why="not signed by the key that speaks for")
        fleet.does((ZERO, said, branch))
        fleet.refuses((said, merged, branch), why="not signed by the key that speaks for")
        fleet.accepts((said, main_in(fleet, said, 4, "OWNER", when=LATER), branch))
    fleet.refuses((newer, older, FOUR), why="is not newer than")


def test_an_approvers_older_draft_does_not_come_back(fleet: Fleet) -> None:
    """Of a charter, and of a key that an approver replaces."""
    branch = "refs/heads/charter/plan"
    older, newer = (
        fleet.signed("OWNER", (fleet.main,), {"registry/charter.yaml": fleet.charter(n6=key).encode()}, when=when)
        for key, when in (("SIX", WHEN), ("NEXT", LATER))
    )
    keys = [fleet.says(4, key, "OWNER", when=when) for key, when in (("NEXT", WHEN), ("SIX", LATER))]
    for name, one, two in ((branch, older, newer), (FOUR, *keys)):
        fleet.does((ZERO, one, name))
        fleet.does((one, two, name))
        fleet.refuses((two, one, name), why="which an approver has signed too")


def test_the_first_key_of_a_number_speaks_for_its_proposal(fleet: Fleet) -> None:
    """K54: main's claim has no key yet, and the charter keeps the number for one."""
    fleet.lands(fleet.says(8, None, None))
    fleet.does((fleet.main, fleet.plans(fleet.charter(n8="BOB")), MAIN))
    adds = fleet.says(8, "BOB", "BOB", when=LATER)
    fleet.refuses((fleet.refs()[EIGHT], main_in(fleet, adds, 8, "THIEF"), EIGHT), why="not signed by the key")
    fleet.does((fleet.refs()[EIGHT], adds, EIGHT))
    for by, why in ((None, "not signed by the key"), ("THIEF", "not signed by the key")):
        fleet.refuses(withdrawal(fleet.withdraws(adds, by), EIGHT), why=why)
    fleet.accepts(withdrawal(fleet.withdraws(adds, "BOB"), EIGHT))


def rewrapped(fleet: Fleet, commit: str) -> str:
    """The same commit with another object id: the lines of its signature end elsewhere."""
    body = fleet.read(commit)
    lines = re.search(rb"(?<=SIGNATURE-----\n )[^-]*(?=\n -)", body)
    assert lines
    letters = b"".join(lines[0].split())
    rows = b"\n ".join(letters[at : at + 60] for at in range(0, len(letters), 60))
    copied = fleet.put("commit", body.replace(lines[0], rows))
    fleet.trees[copied] = fleet.trees[commit]
    return copied


def test_a_withdrawn_proposal_goes_and_never_comes_back(fleet: Fleet) -> None:
    """K32-K34, K37."""
    proposal = first(fleet)
    word = fleet.withdraws(proposal, "FIVE")
    fleet.does(withdrawal(word))
    ref = withdrawal(word)[2]
    fleet.refuses((word, ZERO, ref), why="a withdrawal is final")
    fleet.refuses((word, fleet.withdraws(proposal, "FIVE", message="Other\n"), ref), why="a withdrawal is final")
    fleet.refuses((fleet.main, fleet.joined(proposal), MAIN), why="was withdrawn, and does not land")
    copied = rewrapped(fleet, proposal)
    fleet.refuses((fleet.main, fleet.joined(copied), MAIN), why="is not newer than")  # K132
    fleet.does((proposal, ZERO, FIVE))
    for commit, why in ((proposal, "was withdrawn"), (copied, "is not newer than")):
        fleet.refuses((ZERO, commit, FIVE), why=why)
    fleet.refuses((ZERO, fleet.says(5, "FIVE", "FIVE", proposal, when=LATER), FIVE), why="was withdrawn")
    for by in (None, "THIEF"):  # K113
        again = fleet.says(5, "FIVE", by, when=LATER)
        for command in ((ZERO, again, FIVE), (fleet.main, fleet.joined(again), MAIN)):
            fleet.refuses(command, why="REG308")
    later = fleet.put(
        "commit", fleet.read(proposal).replace(f"committer {WHO} {WHEN}".encode(), f"committer {WHO} {LATER}".encode())
    )
    fleet.refuses((ZERO, later, FIVE), why="REG308")
    again = fleet.says(5, "FIVE", "FIVE", when=LATER)
    fleet.does((ZERO, again, FIVE))
    fleet.refuses((again, ZERO, FIVE), why="in a push of its own")
    fleet.refuses(
        withdrawal(fleet.withdraws(proposal, "FIVE", when=LATER)), why="no withdrawal of what claim/05 is now"
    )


def test_many_withdrawals_do_not_slow_a_push(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thief claims a number and withdraws, again and again, with dates to come: each is looked at by later pushes."""
    there = fleet.refs()
    del there[FIVE]
    for at in range(4):
        proposal = fleet.says(5, "THIEF", "THIEF", when=f"{4_000_000_000 + at} +0000")
        word = fleet.withdraws(proposal, "THIEF", when=f"{4_000_000_000 + at} +0000")
        there[withdrawal(word)[2]] = word
    fleet.restore(there)
    checked, check = list[str](), endorsements

    def counted(repo: Repo, commits: Sequence[str], keys: Iterable[tuple[str, str]]) -> dict[str, Endorsement]:
        checked.extend(commits)
        return check(repo, commits, keys)

    monkeypatch.setattr("validator.hosts.plain.replacements.endorsements", counted)
    honest = fleet.says(5, "FIVE", "FIVE")
    fleet.accepts((ZERO, honest, FIVE))
    assert set(checked) == {honest}
    checked.clear()
    fleet.refuses((ZERO, fleet.says(5, "THIEF", "THIEF", when=LATER), FIVE), why="is not newer than")
    assert len(checked) < 8
    monkeypatch.setattr("validator.hosts.plain.withdrawals.MAX_WITHDRAWN", 4)
    fleet.point(FIVE, honest)
    fleet.refuses(withdrawal(fleet.withdraws(honest, "FIVE")), why="withdrawn 4 times; an approver takes it away")


def test_signatures_that_a_push_asks_to_check_are_limited(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    tip = fleet.says(6, "SIX", "SIX")
    for at in range(3):
        tip = fleet.signed("SIX", (tip,), message=f"{at}\n")
    monkeypatch.setattr("validator.hosts.plain.pre_receive.MAX_CHECKS", 4)
    fleet.refuses((ZERO, tip, SIX), why="refs/heads/claim/06: refused\nthis push holds too many signed commits")
    monkeypatch.setattr("validator.hosts.plain.pre_receive.MAX_CHECKS", 8)
    fleet.accepts((ZERO, tip, SIX))


def broadcast(fleet: Fleet, key: str | None, session: str) -> str:
    """Main is now that of one session, and waits for its acknowledgement; the digest."""
    people = {name: public(key) for name, key in fleet.stage.keys.items()}
    files = {"registry/charter.yaml": charter(1, people).encode(), own(1): fleet.text(1, key, session)}
    registered = fleet.commit([], tree=files)
    digest = registry_digest(Reader(Repo(fleet.server)).at(registered))
    said = f"registry: {digest}\n"
    when, speaks = "timestamp: 2026-01-05T08:00:00Z\n", f"{said}number: 1\nsession_id: {session}\n"
    records = {
        "confirmation": speaks,
        "approval": f'{said}approved_by: "@OWNER"\n',
        "broadcast": f"{speaks}delivered: [1]\n",
    }
    files |= {f"registry/consensus/{name}.yaml": f"{text}{when}".encode() for name, text in records.items()}
    fleet.restore({MAIN: fleet.commit([], tree=files)})
    return digest


def ready(digest: str, session: str) -> tuple[dict[str, bytes], str]:
    """The acknowledgement of number 1 in its form, and the message of its commit."""
    said = {"registry": digest, "number": 1, "session_id": session, "ready": True, "timestamp": "2026-01-05T08:30:00Z"}
    (form,) = acknowledgement_forms(said)
    return {"registry/consensus/acknowledgements/01.yaml": form.text.encode()}, form.message


def test_who_held_the_number_before_acknowledges_nothing(fleet: Fleet) -> None:
    """K118, K119: bob had number 1 without a key, or ann with hers, in the same words."""
    earlier = {key: (broadcast(fleet, key, name), name) for key, name in ((None, "bob"), ("ANN", "ann"))}
    today = broadcast(fleet, "CARL", "carl")
    branch = "refs/heads/record/acknowledgements/01"
    for key, (digest, name) in earlier.items():
        for edit, message in (ready(digest, name), ready(today, "carl")):
            said = fleet.signed(key, (fleet.main,), edit, message=message)
            fleet.refuses((fleet.main, said, MAIN), why="REG308")
        fleet.refuses((ZERO, said, branch), why="REG308")
    for digest, name, why in ((earlier["ANN"][0], "carl", "REG401"), (today, "ann", "REG402")):
        edit, message = ready(digest, name)
        fleet.refuses((fleet.main, fleet.signed("CARL", (fleet.main,), edit, message=message), MAIN), why=why)
    edit, message = ready(today, "carl")
    fleet.accepts((fleet.main, fleet.signed("CARL", (fleet.main,), edit, message=message), MAIN))


def test_a_withdrawn_acknowledgement_does_not_land(fleet: Fleet) -> None:
    """K132: a session's own step of main, which no approver looks at."""
    digest = broadcast(fleet, "ANN", "ann")
    edit, message = ready(digest, "ann")
    word = fleet.signed("ANN", (fleet.main,), edit, message=message)
    fleet.accepts((fleet.main, word, MAIN))
    branch = "refs/heads/record/acknowledgements/01"
    fleet.does((ZERO, word, branch))
    fleet.does(withdrawal(fleet.withdraws(word, "ANN", when=LATER), branch))
    fleet.refuses((fleet.main, word, MAIN), why="was withdrawn, and does not land")
    fleet.refuses((fleet.main, rewrapped(fleet, word), MAIN), why="is not newer than")
    again = fleet.signed("ANN", (fleet.main,), edit, message=message, when="1767603800 +0000")
    fleet.accepts((fleet.main, again, MAIN))


def test_a_commit_with_a_nul_before_its_message_is_none(played: Fleet) -> None:
    """It could be added to what a session has signed."""
    body = played.read(played.says(6, "SIX", "SIX")).replace(b"\n\n", b"\0\n\n", 1)
    commit = played.put("commit", body)
    played.refuses((ZERO, commit, SIX), why="has a NUL byte before its message")


def test_amendments_of_an_earlier_holder_are_refused(fleet: Fleet) -> None:
    """K56-K61, K73: amendments that were overtaken, and those of an earlier life, whoever merges them."""
    overtaken = fleet.says(4, "ANN", "ANN", status="PENDING")
    gone = fleet.releases("ANN")
    landed = fleet.says(4, "ANN", "ANN", goal="Send 17 emails every day")
    fleet.lands(landed)
    for old in (overtaken, gone):
        fleet.refuses((fleet.main, fleet.joined(old), MAIN), why="REG308")
    fleet.refuses((ZERO, overtaken, FOUR), why="REG308")
    fleet.refuses((ZERO, landed, FOUR))
    hidden = fleet.signed(None, (fleet.main, overtaken), tree=fleet.trees[overtaken])
    fleet.refuses((ZERO, hidden, FOUR), why="REG308")
    fleet.lands(fleet.releases("ANN"))
    fleet.refuses((ZERO, landed, FOUR))
    again = fleet.says(4, "ANN", "ANN", goal="Send 17 emails every day")
    fleet.lands(again)
    for old in (overtaken, gone, landed):
        fleet.refuses((ZERO, old, RELEASE if old == gone else FOUR))
    fleet.accepts((ZERO, fleet.releases("ANN"), RELEASE))


def test_nobody_puts_a_message_on_top_of_what_a_session_has_signed(fleet: Fleet) -> None:
    """The reason of a release is the message of its last commit, which may change no file."""
    for branch, said in ((RELEASE, fleet.releases("ANN")), (FOUR, fleet.says(4, "ANN", "ANN", status="PENDING"))):
        fleet.does((ZERO, said, branch))
        above = fleet.signed("THIEF", (said,), message="Release number 4: it has cheated\n")
        fleet.refuses((said, above, branch), why="REG308")
        fleet.refuses((fleet.main, fleet.joined(above), MAIN), why="REG308")
        fleet.accepts((said, fleet.signed("ANN", (said,), when=LATER, message="Release number 4: done\n"), branch))


def test_a_first_claim_signed_before_another_held_the_number_is_refused(fleet: Fleet) -> None:
    """K61: it was signed before somebody else held the number."""
    waiting = fleet.says(6, "SIX", "SIX")
    fleet.lands(fleet.says(6, None, None, session="carl"))
    fleet.lands(fleet.signed(None, (fleet.main,), {own(6): None}))
    fleet.refuses((ZERO, waiting, SIX), why="REG308")
    fleet.accepts((ZERO, fleet.says(6, "SIX", "SIX"), SIX))


def test_keys_race_for_main(fleet: Fleet) -> None:
    """K73, K75, K76: with a stolen key nobody is ahead of main; an approver's own commit ends it."""
    goal, anns, thiefs = (
        fleet.says(4, "ANN", "ANN", status="PENDING"),
        fleet.says(4, "NEXT", "ANN"),
        fleet.says(4, "THIEF", "ANN", when=LATER),
    )
    fleet.does((ZERO, anns, FOUR))
    fleet.accepts((anns, thiefs, FOUR))
    fleet.lands(thiefs)
    for late in (goal, anns):
        fleet.refuses((fleet.main, fleet.joined(late), MAIN), why="REG308")
    fleet.refuses((ZERO, fleet.releases("ANN"), RELEASE), why="REG308")
    mended = fleet.says(4, "NEXT", "OWNER", when=LATER)
    fleet.refuses((fleet.main, fleet.says(4, "NEXT", "OWNER"), MAIN), why="REG304")
    fleet.does((anns, mended, FOUR))
    fleet.refuses((mended, fleet.says(4, "THIEF", "THIEF", status="PENDING"), FOUR), why="@OWNER has signed this draft")
    fleet.lands(mended)
    fleet.refuses((ZERO, fleet.releases("THIEF"), RELEASE), why="REG308")
    fleet.accepts((ZERO, fleet.releases("NEXT"), RELEASE))


def test_an_approver_lands_what_was_signed(fleet: Fleet) -> None:
    """K51, K82, K83."""
    proposal = first(fleet)
    for text, why in (
        (fleet.text(5, "THIEF"), "308"),
        (fleet.text(5, "FIVE") + b"\n", "308"),
        (fleet.text(5, None), "310"),
    ):
        fleet.refuses((fleet.main, fleet.joined(proposal, {own(5): text}), MAIN), why=f"REG{why}")
    squashed = fleet.signed("OWNER", (fleet.main,), {own(5): fleet.text(5, "FIVE")}, message=APPROVED)
    fleet.refuses((fleet.main, squashed, MAIN), why="REG308")
    fleet.refuses((fleet.main, fleet.joined(fleet.says(4, "THIEF", None)), MAIN), why="REG308")
    fleet.lands(proposal)
    fleet.lands(fleet.says(4, "NEXT", "OWNER", message=APPROVED))


def test_a_merge_of_main_is_followed(fleet: Fleet) -> None:
    """K88: her own branch, brought up to date."""
    proposal = fleet.says(4, "ANN", "ANN", status="PENDING")
    fleet.lands(fleet.says(6, "SIX", "SIX"))
    tree = {**fleet.trees[fleet.main], own(4): fleet.trees[proposal][own(4)]}
    fleet.does((ZERO, fleet.signed("ANN", (proposal, fleet.main), tree=tree), FOUR))
    fleet.lands(fleet.refs()[FOUR])


def test_the_charter_keeps_a_number_for_a_key(fleet: Fleet) -> None:
    """K15-K18, K54, K77."""
    waiting = fleet.says(6, "NEXT", "NEXT")
    fleet.lands(fleet.says(8, None, None))
    fleet.does((fleet.main, fleet.plans(fleet.charter(n6="SIX", n8="BOB")), MAIN))
    for key, by in (("NEXT", "NEXT"), (None, None), ("SIX", "THIEF"), (None, "SIX")):
        fleet.refuses((ZERO, fleet.says(6, key, by), SIX), why="REG308")
    fleet.refuses((fleet.main, fleet.joined(waiting), MAIN), why="REG308")
    fleet.refuses((ZERO, fleet.says(7, "SIX", "SIX", session="ann-six"), SIX.replace("06", "07")), why="REG109")
    fleet.accepts((ZERO, fleet.says(6, "SIX", "SIX"), SIX))
    there = fleet.refs()[EIGHT]
    for key, by in (("BOB", "THIEF"), ("THIEF", "THIEF"), ("THIEF", "BOB"), ("BOB", "OWNER")):
        fleet.refuses((there, fleet.says(8, key, by), EIGHT), why="REG308")
    adds = fleet.says(8, "BOB", "BOB", when=LATER)
    fleet.does((there, adds, EIGHT))
    fleet.refuses((adds, fleet.says(8, None, None, status="PENDING"), EIGHT), why="REG308")  # K101
    fleet.does(withdrawal(fleet.withdraws(adds, "BOB", when=LATER), EIGHT))
    fleet.does((adds, ZERO, EIGHT))
    keyless = fleet.says(8, None, None, status="PENDING")
    fleet.does((ZERO, keyless, EIGHT))
    fleet.accepts((keyless, fleet.says(8, "BOB", "BOB", when="1767603800 +0000"), EIGHT))  # K102


def test_a_charter_may_ask_for_keys(fleet: Fleet) -> None:
    """K18, K14, K120."""
    fleet.lands(fleet.says(8, None, None))
    fleet.does((fleet.main, fleet.plans(fleet.charter("session_keys: required\n")), MAIN))
    keyless = fleet.says(8, None, None, status="PENDING")
    fleet.refuses((ZERO, fleet.says(6, None, None), SIX), why="REG111")
    fleet.refuses((ZERO, fleet.says(4, None, "ANN"), FOUR), why="REG111")
    fleet.accepts((ZERO, fleet.says(6, "SIX", "SIX"), SIX))
    fleet.accepts((fleet.refs()[EIGHT], keyless, EIGHT))  # K120: what main has without a key stays so
    for by in ("BOB", "OWNER"):
        adds = fleet.says(8, "BOB", by)
        fleet.refuses((fleet.refs()[EIGHT], adds, EIGHT), why="writes the key into slot 8 of the charter, or: release")
    deputy = fleet.charter().replace(public(fleet.key("DEPUTY")), public_key("ANN")).encode()
    draft = fleet.signed(None, (fleet.main,), {"registry/charter.yaml": deputy})
    fleet.refuses((ZERO, draft, "refs/heads/charter/deputy"), why="REG109")


def test_the_charter_takes_no_number_from_its_key(fleet: Fleet) -> None:
    """K121: what it keeps for another key counts once the number is claimed anew."""
    plan, amended = fleet.plans(fleet.charter(n4="THIEF")), fleet.says(4, "ANN", "ANN", status="PENDING")
    fleet.accepts((fleet.main, plan, MAIN), (ZERO, amended, FOUR))
    fleet.does((fleet.main, plan, MAIN))
    fleet.accepts((ZERO, amended, FOUR))
    for key, by in (("ANN", "THIEF"), ("THIEF", "THIEF"), (None, "THIEF")):
        fleet.refuses((ZERO, fleet.says(4, key, by, status="PENDING"), FOUR), why="REG308")
    fleet.refuses((ZERO, fleet.releases("THIEF"), RELEASE), why="REG308")


def test_only_who_approves_now_replaces_a_key(fleet: Fleet) -> None:
    """K124: with another approver's merge; not with one's own once one has left the charter."""
    for by, other in (("OWNER", "DEPUTY"), ("DEPUTY", "OWNER")):
        said = fleet.says(4, "NEXT", by)
        text = f"A new key\n\nApproved-by: @{other}\n"
        fleet.accepts((fleet.main, fleet.signed(other, (fleet.main, said), tree=fleet.trees[said], message=text), MAIN))
    fleet.does((fleet.main, fleet.plans(charter(12, {"OWNER": fleet.public("OWNER")})), MAIN))
    for former in (said, fleet.says(4, "NEXT", "DEPUTY")):
        for command in ((ZERO, former, FOUR), (fleet.main, fleet.joined(former), MAIN)):
            fleet.refuses(command, why="REG308")
    fleet.refuses((ZERO, fleet.releases("DEPUTY"), RELEASE), why="REG308")


def test_an_approvers_key_may_be_of_another_type(fleet: Fleet, tmp_path: Path) -> None:
    """K110: a session's may not."""
    path, proposal = tmp_path / "key-OTHER", first(fleet)
    words = ["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(words, check=True)
    people = {"OWNER": fleet.public("OWNER"), "OTHER": public(path)}
    fleet.does((fleet.main, fleet.plans(charter(12, people)), MAIN))
    tree = {**fleet.trees[fleet.main], own(5): fleet.trees[proposal][own(5)]}
    text = APPROVED.replace("OWNER", "OTHER")
    fleet.accepts((fleet.main, fleet.commit([fleet.main, proposal], signer=path, message=text, tree=tree), MAIN))
    claim = fleet.commit([fleet.main], {own(6): claim_text(6, "ann-six", key=public(path)).encode()}, signer=path)
    fleet.refuses((ZERO, claim, SIX), why="REG006")


def test_a_number_has_its_first_key_from_the_charter_or_by_a_new_claim(fleet: Fleet) -> None:
    """K53."""
    fleet.lands(fleet.says(8, None, None))
    there = fleet.refs()[EIGHT]
    for by in ("THIEF", None, "OWNER"):
        fleet.refuses((there, fleet.says(8, "THIEF", by), EIGHT), why="REG308")
    fleet.lands(fleet.signed(None, (fleet.main,), {own(8): None}))
    fleet.accepts((there, fleet.says(8, "BOB", "BOB"), EIGHT))


def test_a_real_push_of_a_withdrawal(fleet: Fleet) -> None:
    """The packets as they are sent, and the branch afterwards."""
    proposal = first(fleet)
    stolen = fleet.withdraws(proposal, "THIEF")
    assert not fleet.play(withdrawal(stolen)).taken
    assert fleet.play(withdrawal(fleet.withdraws(proposal, "FIVE"))).taken
    assert fleet.play((proposal, ZERO, FIVE)).taken
    assert not fleet.play((ZERO, proposal, FIVE)).taken
