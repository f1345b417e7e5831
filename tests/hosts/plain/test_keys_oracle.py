"""The guard against an oracle of keys that was written from the design page alone: who may speak for number 4.

A situation is drawn in words, built as real commits and refs, and pushed: what is on main, what is open, who signs
which commit with which key, what became of the commits before, and what an approver makes of them. Where the page
decides (the oracle is not silent), the guard decides the same.
"""

import shutil
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.corpus import keys_oracle as oracle
from tests.corpus.keys_oracle import Answer, Base, Fate, Kind, Side, Signed, Situation, Step, Way
from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Command, Tree, own
from tests.hosts.plain.stage import Stage
from tests.hosts.plain.test_keys import APPROVED, FOUR, LATER, RELEASE, Fleet, ref_of

CHARTER = "registry/charter.yaml"
KEYS = ("ANN", "NEXT", "THIEF", "OWNER", "HELD")
SIGNERS = (None, "ANN", "ANN", "NEXT", "THIEF", "OWNER")
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
        self.fleet, self.start = fleet, fleet.main

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

    def mains(self, drawn: Drawn) -> tuple[str, str]:
        """Main where the session's commits began, and main now."""
        more = "session_keys: required\n" if drawn.required else ""
        slots = {"n4": drawn.slot} if drawn.slot else {}
        held = drawn.kind in oracle.LATER or (drawn.kind is Kind.WITHDRAW and drawn.main_key is not None)
        tree: Tree = {**self.fleet.trees[self.start], CHARTER: self.fleet.charter(more, **slots).encode()}
        if held:
            tree[own(4)] = self.text(drawn.main_key)
        fork = self.step(self.start, tree) if drawn.our_root else self.step(None, tree)
        now = fork if drawn.our_root else self.step(self.start, tree)
        if drawn.base is Base.CHANGED:
            now = self.step(now, {**tree, own(4): self.text(drawn.main_key, goal="Send 17 emails every day")})
        elif drawn.base is Base.EARLIER_LIFE:
            other = {path: text for path, text in tree.items() if path != own(4)}
            between = other if held else {**tree, own(4): self.text("HELD", session="earl")}
            now = self.step(self.step(now, between), tree)
        return fork, now

    def step(self, parent: str | None, tree: Tree) -> str:
        return self.fleet.signed("OWNER", (parent,) if parent else (), tree=tree, message=APPROVED)

    def proposal(self, drawn: Drawn, fork: str, now: str) -> tuple[str, tuple[Signed, ...]]:
        """The branch that is proposed, and its commits in the oracle's words."""
        before = self.fleet.trees[fork]
        tip, rows = fork, list[Signed]()
        fresh = {"fate": drawn.fate, "base": drawn.base, "our_root": drawn.our_root}
        for at, signer in enumerate(drawn.below):
            tree = {
                **before,
                own(4): self.text(drawn.new_key or drawn.main_key, pending=True, goal=f"Send {at + 3} emails daily"),
            }
            tip = self.fleet.signed(signer, (tip,), tree=tree, when=LATER)
            rows.append(Signed(self.key(signer), made_blob=False, base=drawn.base, our_root=drawn.our_root))
        tree = {path: text for path, text in before.items() if path != own(4)}
        if drawn.kind is not Kind.RELEASE:
            tree[own(4)] = self.text(drawn.new_key, session=drawn.session, pending=drawn.pending)
        tip = self.fleet.signed(drawn.signer, (tip,), tree=tree, when=LATER)
        rows.append(Signed(self.key(drawn.signer), **fresh))  # type: ignore[arg-type]  # one dict for three fields
        if drawn.joins:
            merged = {path: text for path, text in self.fleet.trees[now].items() if path != own(4)}
            merged |= {own(4): tree[own(4)]} if own(4) in tree else {}
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
        branch = RELEASE if drawn.kind is Kind.RELEASE else FOUR
        tip, rows = self.proposal(drawn, fork, now)
        if drawn.kind is Kind.REPLACE:
            there = {**self.fleet.trees[now], own(4): self.text(drawn.open_key, pending=not drawn.pending)}
            refs[branch] = self.fleet.signed(drawn.open_key, (now,), tree=there)
        if drawn.fate is not Fate.FRESH:
            self.close(drawn.fate, branch, tip, refs)
        commands, step = [(refs.get(branch, ZERO), tip, branch)], None
        if drawn.way is Way.MERGED:
            merge, step = self.merged(drawn, now, tip)
            commands = [(now, merge, MAIN)]
        self.refs(refs)
        held = drawn.kind in oracle.LATER
        return commands, Situation(
            kind=drawn.kind, way=drawn.way, commits=rows, step=step,
            new=self.side(drawn.new_key, drawn.session) if drawn.kind is not Kind.RELEASE else None,
            main=self.side(drawn.main_key) if held else None,
            open=self.side(drawn.open_key) if drawn.kind is Kind.REPLACE else None,
            slot_key=self.key(drawn.slot), approver_keys=self.approvers(), session_keys_required=drawn.required,
            changes_more_than_key=drawn.pending,
        )  # fmt: skip

    def merged(self, drawn: Drawn, now: str, tip: str) -> tuple[str, Step]:
        tree = {path: text for path, text in self.fleet.trees[now].items() if path != own(4)}
        tree |= {own(4): self.fleet.trees[tip][own(4)]} if own(4) in self.fleet.trees[tip] else {}
        if drawn.altered:
            tree[own(4)] = self.text(drawn.new_key, session=drawn.session, goal="Send 21 emails daily")
        message = APPROVED if drawn.approved else "Register\n"
        merge = self.fleet.signed(drawn.step_signer, (now, tip), tree=tree, message=message)
        said = self.key("OWNER") if drawn.approved else None
        return merge, Step(self.key(drawn.step_signer), said, lands_signed_blob=not drawn.altered)

    def close(self, fate: Fate, branch: str, tip: str, refs: dict[str, str]) -> None:
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
                self.close(Fate.WITHDRAWN if drawn.pending else Fate.TURNED_DOWN, FOUR, tip, refs)
            self.refs(refs)
            return [(tip, ZERO, FOUR)], situation
        parent = tip if drawn.of_tip else self.fleet.signed(speaks, (now,), tree=there, when=LATER)
        more = {"evil.bin": b"x"} if drawn.rides else {}
        word = self.fleet.signed(drawn.signer, (parent,), more)
        self.refs(refs)
        return [(ZERO, word, ref_of("withdrawn", FOUR, word))], situation

    def approvers(self) -> frozenset[str]:
        return frozenset(self.fleet.public(name) for name in self.fleet.stage.keys)

    def compare(self, drawn: Drawn) -> None:
        commands, situation = self.build(drawn)
        verdict, answer = oracle.decide(situation), self.fleet.decide(*commands)
        event(f"{drawn.kind.name} {verdict.answer.name}")
        for call in verdict.calls:
            event(f"call {call}: {'taken' if answer.taken else 'refused'}")
        if verdict.answer is Answer.SILENT:
            return
        seen = (drawn, verdict.points, answer.said)
        assert answer.taken == (verdict.answer is Answer.ACCEPTED), seen
        if verdict.codes:
            assert any(code in answer.said for code in verdict.codes) or drawn.fate is not Fate.FRESH, seen


names = st.sampled_from(SIGNERS)


PROPOSED_ONLY = (Kind.REPLACE, Kind.WITHDRAW, Kind.DELETE)
KINDS = (Kind.FIRST_CLAIM, Kind.AMENDMENT, Kind.RELEASE, *PROPOSED_ONLY)


@st.composite
def situations(draw: st.DrawFn) -> Drawn:
    """Half of the choices are the honest ones, so that what is accepted is seen as often as what is refused."""
    kind = draw(
        st.sampled_from([Kind.FIRST_CLAIM, Kind.REPLACE, Kind.AMENDMENT, Kind.RELEASE, Kind.WITHDRAW, Kind.DELETE])
    )
    held = kind in oracle.LATER
    rare = st.sampled_from([False, False, False, True])
    main_key = draw(st.sampled_from(["ANN", "ANN", None])) if held else None
    open_key = (
        draw(st.sampled_from(["ANN", "ANN", None])) if kind in (Kind.REPLACE, Kind.WITHDRAW, Kind.DELETE) else None
    )
    if kind is Kind.WITHDRAW and draw(rare):
        main_key = open_key = "ANN"
    new_key = main_key or open_key or draw(st.sampled_from([None, "ANN"]))
    if draw(rare):
        new_key = draw(st.sampled_from([None, "ANN", "NEXT", "THIEF"]))
    honest = main_key or open_key or new_key
    signer = draw(names) if draw(st.booleans()) else honest
    unlike = st.sampled_from([Base.CHANGED, Base.EARLIER_LIFE] if held else [Base.EARLIER_LIFE])
    joins = draw(rare)
    our_root = joins or not draw(rare)
    return Drawn(
        kind=kind,
        way=Way.PROPOSED if kind in PROPOSED_ONLY else draw(st.sampled_from([Way.PROPOSED, Way.MERGED])),
        main_key=main_key, open_key=open_key, new_key=new_key,
        session="thief" if draw(rare) and draw(rare) else "ann",
        pending=new_key == main_key or draw(st.booleans()),
        signer=signer,
        below=tuple(draw(names) if draw(rare) else honest for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2])))),
        joins=joins, join_signer=draw(names) if draw(rare) else honest,
        fate=draw(st.sampled_from([Fate.WITHDRAWN, Fate.TURNED_DOWN])) if draw(rare) and draw(rare) else Fate.FRESH,
        base=draw(unlike) if our_root and draw(rare) else Base.UNCHANGED,
        our_root=our_root,
        slot=draw(st.sampled_from(["ANN", "NEXT"])) if draw(rare) else None,
        required=draw(rare) and draw(rare),
        step_signer=draw(st.sampled_from(["OWNER", "THIEF", None])) if draw(rare) else "OWNER",
        approved=not (draw(rare) and draw(rare)), altered=draw(rare),
        rides=draw(rare), of_tip=not draw(rare), gone=draw(st.booleans()),
    )  # fmt: skip


@pytest.fixture(scope="module")
def play(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Play:
    folder = tmp_path_factory.mktemp("keys")
    return Play(Fleet(template.copy(folder / "stage"), folder))


def test_the_guard_agrees_with_the_oracle_of_keys(play: Play, long: bool) -> None:
    """With --long: two thousand new random situations."""

    @settings(
        max_examples=2_000 if long else 80, derandomize=not long, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(drawn=situations())
    def any_situation(drawn: Drawn) -> None:
        play.compare(drawn)

    any_situation()
