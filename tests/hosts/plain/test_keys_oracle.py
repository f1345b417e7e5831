"""The guard against an oracle of keys that was written from the design page alone: who may speak for number 4.

A situation is drawn in words, built as real commits and refs, and pushed: what is on main, what is open, who signs
which commit with which key, what became of the commits before, and what an approver makes of them. Where the page
decides (the oracle is not silent), the guard decides the same.
"""

import re
import shutil
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.corpus import keys_oracle as oracle
from tests.corpus.keys_oracle import Answer, Base, Fate, Kind, Side, Signed, Situation, Step, Way
from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Command, Tree, own
from tests.hosts.plain.stage import Stage, claim_text
from tests.hosts.plain.test_keys import APPROVED, FOUR, LATER, RELEASE, Fleet, ref_of
from validator.git.repo import Repo
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.phases import assess
from validator.registry.reader import Reader, charter_of
from validator.registry.records import record_states
from validator.registry.yaml.writer import write_record

CHARTER = "registry/charter.yaml"
LATEST = "1767603800 +0000"
RECORDS = {
    Kind.CONFIRMATION: "confirmation",
    Kind.BROADCAST: "broadcast",
    Kind.ACKNOWLEDGEMENT: "acknowledgements/04",
}  # fmt: skip
BRANCHES = {Kind.RELEASE: RELEASE, **{kind: f"refs/heads/record/{name}" for kind, name in RECORDS.items()}}
READY = "Record: acknowledgement of number 4\n"
SIGNERS = (None, "ANN", "NEXT", "THIEF", "OWNER")
Name = str | None  # of a key


class Drawn(NamedTuple):
    """A situation, before anything of it is built. Keys and signers are names; `below` and `joins` are more commits."""

    kind: Kind
    way: Way = Way.PROPOSED
    main_key: Name = None
    open_key: Name = None
    new_key: Name = None
    session: str = "ann"
    pending: bool = False
    signer: Name = None
    below: tuple[Name, ...] = ()
    joins: bool = False
    join_signer: Name = None
    fate: Fate = Fate.FRESH
    base: Base = Base.UNCHANGED
    our_root: bool = True
    slot: Name = None
    required: bool = False
    step_signer: Name = "OWNER"
    approved: bool = True
    altered: bool = False
    rides: bool = False
    of_tip: bool = True
    gone: bool = False


class Play:
    """Builds a situation on a server, and says it in the oracle's words."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet, self.start, self.digests = fleet, fleet.main, dict[str, str]()

    def refs(self, refs: dict[str, str]) -> None:
        shutil.rmtree(self.fleet.server / "refs")
        (self.fleet.server / "packed-refs").unlink(missing_ok=True)
        for name in ("refs/heads", "refs/tags"):
            (self.fleet.server / name).mkdir(parents=True)
        for name, oid in refs.items():
            path = self.fleet.server / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{oid}\n")
        self.fleet.main = refs[MAIN]

    def text(self, key: Name, *, session: str = "ann", pending: bool = False, goal: str = "") -> bytes:
        more = {**({"status": "PENDING"} if pending else {}), **({"goal": goal} if goal else {})}
        return self.fleet.text(4, key, session, **more)

    def path(self, kind: Kind) -> str:
        return f"registry/consensus/{RECORDS[kind]}.yaml" if kind in RECORDS else own(4)

    def record(self, name: str, digest: str, minute: int = 30) -> bytes:
        """A record of Ann's, or an approval, which counts for the registry with this digest."""
        by = {"approved_by": "@OWNER"} if name == "approval" else {"number": 4, "session_id": "ann"}
        more: dict[str, Any] = {"broadcast": {"delivered": [1, 2, 3, 4]}, "acknowledgements/04": {"ready": True}}
        stamp = {"timestamp": f"2026-01-05T08:{minute}:00Z"}
        return write_record({"registry": digest, **by, **more.get(name, {}), **stamp}).encode()

    def said(self, drawn: Drawn, draft: int = 0) -> bytes:
        """The file as the session proposes it, or another draft of it."""
        if drawn.kind in RECORDS:
            return self.record(RECORDS[drawn.kind], self.digests[drawn.main_key or ""], 30 + draft)
        goal = f"Send {draft + 2} emails daily" if draft else ""
        return self.text(drawn.new_key, session=drawn.session, pending=drawn.pending, goal=goal)

    def begun(self, drawn: Drawn) -> Tree:
        """The registry's files where the session begins."""
        more = "session_keys: required\n" if drawn.required else ""
        slots = {"n4": drawn.slot} if drawn.slot else {}
        held = drawn.kind in oracle.LATER or (drawn.kind is Kind.WITHDRAW and drawn.main_key is not None)
        tree: Tree = {**self.fleet.trees[self.start], CHARTER: self.fleet.charter(more, **slots).encode()}
        if held:
            tree[own(4)] = self.text(drawn.main_key)
        return self.agreed(drawn, tree) if drawn.kind in RECORDS else tree

    def agreed(self, drawn: Drawn, tree: Tree) -> Tree:
        """A fleet of four with Ann as its orchestrator, as far as the record needs it."""
        text = tree[CHARTER].decode().replace("capacity: 12\norchestrator: 1", "capacity: 4\norchestrator: 4")
        text = re.sub(r"  - \{number: ([5-9]|1[0-2]),.*\n", "", text)
        tree |= {CHARTER: text.encode(), **{own(n): claim_text(n, f"desk-{n}").encode() for n in (1, 2, 3)}}
        digest = registry_digest(Reader(Repo(self.fleet.server)).at(self.step(self.start, tree)))
        self.digests[drawn.main_key or ""] = digest
        made = {Kind.CONFIRMATION: [], Kind.BROADCAST: ["confirmation", "approval"]}
        names = made.get(drawn.kind, ["confirmation", "approval", "broadcast"])
        return tree | {f"registry/consensus/{name}.yaml": self.record(name, digest, 10) for name in names}

    def mains(self, drawn: Drawn) -> tuple[str, str]:
        """Main where the session's commits began, and main now."""
        tree, path = self.begun(drawn), self.path(drawn.kind)
        fork = self.step(self.start, tree) if drawn.our_root else self.step(None, tree)
        now = fork if drawn.our_root else self.step(self.start, tree)
        record = drawn.kind in RECORDS
        other = self.said(drawn, 9) if record else self.text(drawn.main_key, goal="Send 17 emails every day")
        if drawn.base is Base.CHANGED:
            now = self.step(now, {**tree, path: other})
        elif drawn.base is Base.EARLIER_LIFE:
            gone = {name: text for name, text in tree.items() if name != path}
            before = {**tree, path: other if record else self.text("HELD", session="earl")}
            now = self.step(self.step(now, gone if path in tree else before), tree)
        return fork, now

    def step(self, parent: str | None, tree: Tree) -> str:
        return self.fleet.signed("OWNER", (parent,) if parent else (), tree=tree, message=APPROVED)

    def proposal(self, drawn: Drawn, fork: str, now: str) -> tuple[str, tuple[Signed, ...]]:
        """The branch that is proposed, and its commits in the oracle's words."""
        before, path = self.fleet.trees[fork], self.path(drawn.kind)
        tip, rows = fork, list[Signed]()
        fresh = {"fate": drawn.fate, "base": drawn.base, "our_root": drawn.our_root}
        for at, signer in enumerate(drawn.below):
            draft = self.said(drawn._replace(new_key=drawn.new_key or drawn.main_key, pending=True), at + 1)
            tip = self.fleet.signed(signer, (tip,), tree={**before, path: draft}, when=LATER)
            rows.append(Signed(self.key(signer), made_blob=False, base=drawn.base, our_root=drawn.our_root))
        tree = {name: text for name, text in before.items() if name != path}
        if drawn.kind is not Kind.RELEASE:
            tree[path] = self.said(drawn)
        tip = self.fleet.signed(drawn.signer, (tip,), tree=tree, when=LATER)
        rows.append(Signed(self.key(drawn.signer), **fresh))  # type: ignore[arg-type]  # one dict for three fields
        if drawn.joins:
            merged = {name: text for name, text in self.fleet.trees[now].items() if name != path}
            merged |= {path: tree[path]} if path in tree else {}
            tip = self.fleet.signed(drawn.join_signer, (tip, now), tree=merged, when=LATER)
            rows.append(Signed(self.key(drawn.join_signer), made_blob=False, merge_of_main=True))
        return tip, tuple(rows)

    def key(self, name: Name) -> str | None:
        return self.fleet.public(name) if name else None

    def side(self, key: Name, session: str = "ann") -> Side:
        return Side(session, self.key(key))

    def build(self, drawn: Drawn) -> tuple[list[Command], Situation]:
        fork, now = self.mains(drawn)
        refs = {MAIN: now}
        if drawn.kind in (Kind.WITHDRAW, Kind.DELETE):
            return self.taken_back(drawn, refs)
        if drawn.way is Way.DIRECT:
            return self.acknowledged(drawn, refs)
        branch = BRANCHES.get(drawn.kind, FOUR)
        tip, rows = self.proposal(drawn, fork, now)
        if drawn.kind is Kind.REPLACE:
            there = {**self.fleet.trees[now], own(4): self.text(drawn.open_key, pending=not drawn.pending)}
            refs[branch] = self.fleet.signed(drawn.open_key, (now,), tree=there)
        if drawn.fate is not Fate.FRESH:
            self.close(drawn, branch, tip, refs)
        commands, step = [(refs.get(branch, ZERO), tip, branch)], None
        if drawn.way is Way.MERGED:
            merge, step = self.merged(drawn, now, tip)
            commands = [(now, merge, MAIN)]
        self.refs(refs)
        held = drawn.kind in oracle.LATER
        return commands, Situation(
            kind=drawn.kind, way=drawn.way, commits=rows, step=step,
            new=self.side(drawn.new_key, drawn.session) if drawn.kind in CLAIMS else None,
            main=self.side(drawn.main_key) if held else None,
            open=self.side(drawn.open_key) if drawn.kind is Kind.REPLACE else None,
            slot_key=self.key(drawn.slot), approver_keys=self.approvers(), session_keys_required=drawn.required,
            changes_more_than_key=drawn.pending,
        )  # fmt: skip

    def merged(self, drawn: Drawn, now: str, tip: str) -> tuple[str, Step]:
        path = self.path(drawn.kind)
        tree = {name: text for name, text in self.fleet.trees[now].items() if name != path}
        tree |= {path: self.fleet.trees[tip][path]} if path in self.fleet.trees[tip] else {}
        if drawn.altered:
            tree[path] = self.said(drawn, 19)
        message = APPROVED if drawn.approved else "Register\n"
        merge = self.fleet.signed(drawn.step_signer, (now, tip), tree=tree, message=message)
        said = self.key("OWNER") if drawn.approved else None
        return merge, Step(self.key(drawn.step_signer), said, lands_signed_blob=not drawn.altered)

    def acknowledged(self, drawn: Drawn, refs: dict[str, str]) -> tuple[list[Command], Situation]:
        """A session's own step of main."""
        now, path = refs[MAIN], self.path(drawn.kind)
        message = f"{READY}\nApproved-by: @OWNER\n" if drawn.approved else READY if not drawn.rides else "Ready\n"
        tree = {**self.fleet.trees[now], path: self.said(drawn)}
        made = self.fleet.signed(drawn.signer, (now,), tree=tree, message=message, when=LATER)
        self.refs(refs)
        plain = message == READY and bool(drawn.signer) <= bool(drawn.main_key)  # to the byte what the verb writes
        step = Step(self.key(drawn.signer), self.key("OWNER") if drawn.approved else None, canonical=plain)
        situation = Situation(
            drawn.kind, drawn.way, (), main=self.side(drawn.main_key), step=step, slot_key=self.key(drawn.slot),
            approver_keys=self.approvers(), session_keys_required=drawn.required,
        )  # fmt: skip
        return [(now, made, MAIN)], situation

    def close(self, drawn: Drawn, branch: str, tip: str, refs: dict[str, str]) -> None:
        fate = drawn.fate
        if fate is Fate.SUPERSEDED:
            tree = self.fleet.trees[tip]
            refs[branch] = self.fleet.signed(drawn.signer, (refs[MAIN],), tree=tree, when=LATEST, message="Newer\n")
            return
        kind, signer = ("withdrawn", "ANN") if fate is Fate.WITHDRAWN else ("rejected", "OWNER")
        word = self.fleet.signed(signer, (tip,), message="No\n\nRejected-by: @OWNER\n")
        refs[ref_of(kind, branch, word)] = word

    def taken_back(self, drawn: Drawn, refs: dict[str, str]) -> tuple[list[Command], Situation]:
        """A withdrawal of the open proposal, or the deletion of its branch."""
        now = refs[MAIN]
        there = {**self.fleet.trees[now], own(4): self.text(drawn.open_key, pending=True)}
        speaks = drawn.main_key or drawn.open_key
        tip = refs[FOUR] = self.fleet.signed(speaks, (now,), tree=there)
        main = self.side(drawn.main_key) if drawn.main_key else None
        situation = Situation(
            kind=drawn.kind, main=main, open=self.side(drawn.open_key), approver_keys=self.approvers(),
            commits=(Signed(self.key(drawn.signer)),), rides=drawn.rides, of_server_tip=drawn.of_tip,
            gone_on_server=drawn.gone,
        )  # fmt: skip
        if drawn.kind is Kind.DELETE:
            if drawn.gone:
                fate = Fate.WITHDRAWN if drawn.pending else Fate.TURNED_DOWN
                self.close(drawn._replace(fate=fate), FOUR, tip, refs)
            self.refs(refs)
            return [(tip, ZERO, FOUR)], situation
        parent = tip if drawn.of_tip else self.fleet.signed(speaks, (now,), tree=there, when=LATER)
        more = {"evil.bin": b"x"} if drawn.rides else {}
        word = self.fleet.signed(drawn.signer, (parent,), more)
        self.refs(refs)
        return [(ZERO, word, ref_of("withdrawn", FOUR, word))], situation

    def approvers(self) -> frozenset[str]:
        return frozenset(self.fleet.public(name) for name in self.fleet.stage.keys)

    def compare(self, drawn: Drawn) -> oracle.Verdict:
        commands, situation = self.build(drawn)
        verdict, answer = oracle.decide(situation), self.fleet.decide(*commands)
        seen = (drawn, verdict.points, answer.said)
        assert answer.taken == (verdict.leans is Answer.ACCEPTED), seen
        if verdict.codes:
            assert any(code in answer.said for code in verdict.codes) or drawn.fate is not Fate.FRESH, seen
        return verdict


PROPOSED_ONLY = (Kind.REPLACE, Kind.WITHDRAW, Kind.DELETE)
CLAIMS = (Kind.FIRST_CLAIM, Kind.REPLACE, Kind.AMENDMENT)
KINDS = (Kind.FIRST_CLAIM, Kind.AMENDMENT, Kind.RELEASE, *RECORDS, *PROPOSED_ONLY)


def honest(kind: Kind, key: Name, way: Way) -> Drawn:
    """An act as the session does it, with a key or without."""
    held, opened = kind in oracle.LATER, kind in PROPOSED_ONLY
    way = Way.PROPOSED if opened or (way is Way.DIRECT and kind is not Kind.ACKNOWLEDGEMENT) else way
    return Drawn(
        kind, way, main_key=key if held else None, open_key=key if opened else None, new_key=key, pending=held,
        signer=key, join_signer=key, gone=kind is Kind.DELETE, approved=way is not Way.DIRECT,
    )  # fmt: skip


Fault = dict[str, Any]  # of `Drawn`


def faults(drawn: Drawn) -> list[Fault]:
    """What may be otherwise, each by itself."""
    held = drawn.kind in oracle.LATER
    signers: list[Fault] = [{"signer": name} for name in SIGNERS if name != drawn.signer]
    below: list[Fault] = [{"below": names} for names in ((None,), ("THIEF",), (drawn.signer, None), (drawn.signer,))]
    keys: list[Fault] = [{"new_key": name} for name in (None, "NEXT", "THIEF") if name != drawn.new_key]
    fates = (Fate.WITHDRAWN, Fate.TURNED_DOWN, *((Fate.SUPERSEDED,) if drawn.way is Way.PROPOSED else ()))
    closed: list[Fault] = [{"fate": fate} for fate in fates]
    bases: list[Fault] = [
        {"base": base} for base in ((Base.CHANGED, Base.EARLIER_LIFE) if held else (Base.EARLIER_LIFE,))
    ]
    joins: list[Fault] = [{"joins": True, "join_signer": name} for name in (drawn.signer, None, "THIEF")]
    charters: list[Fault] = [{"slot": "ANN"}, {"slot": "NEXT"}, {"required": True}]
    steps: list[Fault] = [{"step_signer": None}, {"step_signer": "THIEF"}, {"approved": False}, {"altered": True}]
    taken_back: list[Fault] = [{"rides": True}, {"of_tip": False}, {"gone": not drawn.gone}]
    if drawn.kind in (Kind.WITHDRAW, Kind.DELETE):
        return [*signers, *taken_back, {"pending": True}]
    if drawn.way is Way.DIRECT:
        return [*signers, *charters, {"approved": True}, {"rides": True}, {"signer": "OWNER", "approved": True}]
    rows = [*signers, *below, *bases, *joins, *charters, *closed, {"our_root": False}]
    claims = [{"session": "thief"}, *keys] if drawn.kind in CLAIMS else []
    return [*rows, *claims, *(steps if drawn.way is Way.MERGED else [])]


@st.composite
def situations(draw: st.DrawFn) -> Drawn:
    """An honest act with up to two faults."""
    kind, key = draw(st.sampled_from(KINDS)), draw(st.sampled_from(["ANN", "ANN", "ANN", None]))
    drawn = honest(kind, key, draw(st.sampled_from([Way.PROPOSED, Way.MERGED, Way.DIRECT])))
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
        drawn = drawn._replace(**draw(st.sampled_from(faults(drawn))))
    if not drawn.our_root:
        drawn = drawn._replace(joins=False, base=Base.UNCHANGED)
    return drawn._replace(pending=drawn.pending and drawn.new_key == drawn.main_key) if kind in oracle.LATER else drawn


def every_fault() -> list[Drawn]:
    """Each act as it is, and with each fault alone."""
    acts = [honest(kind, key, way) for kind in KINDS for key in ("ANN", None) for way in Way]
    wrong = [act._replace(**fault) for act in acts for fault in faults(act)]
    return list(dict.fromkeys([*acts, *wrong]))


@pytest.fixture(scope="module")
def play(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Play:
    folder = tmp_path_factory.mktemp("keys")
    return Play(Fleet(template.copy(folder / "stage"), folder))


@pytest.mark.takes_long
def test_the_guard_agrees_with_the_oracle_of_keys(play: Play, long: bool) -> None:
    """With --long: each fault alone, and two thousand new random situations."""

    @settings(
        max_examples=2_000 if long else 60, derandomize=not long, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(drawn=situations())
    def any_situation(drawn: Drawn) -> None:
        event(f"{drawn.kind.name} {play.compare(drawn).answer.name}")

    any_situation()


@pytest.mark.takes_long
def test_each_fault_alone_is_decided_as_the_page_says(play: Play, long: bool) -> None:
    """The acts of a session with a key; a third of them, without --long."""
    rows = [one for one in every_fault() if one.main_key or one.open_key or one.kind is Kind.FIRST_CLAIM]
    rows = rows if long else rows[::3]
    answers = [play.compare(drawn).answer for drawn in rows]
    assert min(answers.count(Answer.ACCEPTED), answers.count(Answer.REFUSED)) > (20 if long else 6)


@pytest.mark.parametrize("key", ["NEXT", None])
def test_a_claim_of_the_same_words_with_another_key_inherits_no_record(play: Play, key: Name) -> None:
    """K69: number 4 was released and claimed again; what was agreed with its first holder is void."""
    fleet, act = play.fleet, honest(Kind.ACKNOWLEDGEMENT, "ANN", Way.PROPOSED)
    tree = play.begun(act)
    began = play.step(play.start, tree)
    said = fleet.signed("ANN", (began,), tree={**tree, play.path(act.kind): play.said(act)}, when=LATER)
    agreed = play.step(began, fleet.trees[said])
    gone = play.step(agreed, {path: text for path, text in fleet.trees[agreed].items() if path != own(4)})
    again = play.step(gone, {**fleet.trees[agreed], own(4): play.text(key)})
    for main, phase, void in ((agreed, "broadcast", 0), (again, "registered", 4)):
        snapshot = Reader(Repo(fleet.server)).at(main)
        charter, today = charter_of(snapshot), registry_digest(snapshot)
        assert assess(snapshot, charter).phase == phase
        assert [one.void is not None for one in record_states(snapshot, charter, today)].count(True) == void
    play.refs({MAIN: again})
    fleet.refuses((ZERO, said, BRANCHES[act.kind]))
