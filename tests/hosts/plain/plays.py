"""Servers and pushes for the property test of the guard: what anybody makes, in Git's words and in the oracle's."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path

from tests.corpus import guard_oracle as oracle
from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Command, Ground, Tree, own
from tests.hosts.plain.stage import charter, claim_text, public
from validator.git.brought import MAX_PERSON
from validator.hosts.github.codeowners import owners_text
from validator.hosts.plain.push import MAX_REFS

CHARTER, CODEOWNERS = "registry/charter.yaml", "CODEOWNERS"
SESSIONS = ("victim", "thief")
PLAYED = ("refs/heads/claim/02", "refs/heads/claim/03", "refs/heads/release/02", "refs/heads/charter/more")
ODD = ("refs/heads/topic", "refs/tags/v1", "refs/heads/claim/2", "refs/heads/record/approval", "refs/heads/broadcast")
Choice = Callable[[Sequence[str]], str]
LIMITS = oracle.Limits(refs=MAX_REFS, author=MAX_PERSON)


class Play:
    """The server, and the same in the oracle's words."""

    def __init__(self, ground: Ground, keys: Mapping[str, Path]) -> None:
        self.ground, self.keys = ground, keys
        self.commits = dict[str, oracle.Commit]()
        self.contents = dict[str, oracle.Content]()
        self.blobs = self.blob_texts()
        self.start = ground.main
        self._know(ground.main, (), None, "")
        first = {**ground.trees[self.start], own(2): self.blobs["2 victim REGISTERED"]}
        self.first = self.commit([self.start], first)
        self.refs = {MAIN: self.start}

    def blob_texts(self) -> dict[str, bytes]:
        """Texts by name, each with what it means."""
        people = {name: public(key) for name, key in self.ground.stage.keys.items()}
        more = {**people, "THIRD": public(self.keys["THIRD"])}
        known: dict[str, tuple[bytes, oracle.Content]] = {
            "broken": (b"number: 2\nnumber: 2\n", oracle.Broken()),
            "evil": (b"\0evil", oracle.Other()),
            "charter": (charter(12, people).encode(), _charter(people)),
            "more": (charter(12, more).encode(), _charter(more)),
            "owners": (owners_text(f"@{name}" for name in more).encode(), oracle.Codeowners(_charter(more).handles)),
            "false owners": (owners_text(["@THIRD"]).encode(), oracle.Codeowners(("@THIRD",))),
        }
        for number, session, status in product((2, 3), SESSIONS, ("REGISTERED", "PENDING")):
            name = f"{number} {session} {status}"
            claim = oracle.Claim(number, session, name, status == "REGISTERED")
            known[name] = claim_text(number, session, status=status).encode(), claim
        self.contents |= {blob_id(text): meaning for text, meaning in known.values()}
        return {name: text for name, (text, _) in known.items()}

    def _know(self, oid: str, parents: Sequence[str], signer: str | None, message: str, form: str = "") -> None:
        trailers, size = tuple(trailers_of(message)), max(100, len(message))
        canonical = signer is None and message == form
        self.commits[oid] = oracle.Commit(tuple(parents), self.files(oid), signer, trailers, size, canonical=canonical)

    def files(self, oid: str) -> dict[str, str]:
        """The blobs of a commit."""
        return {path: blob_id(text) for path, text in self.ground.trees[oid].items()}

    def commit(
        self, parents: Sequence[str], tree: Tree, signer: str | None = None, message: str = "Claim\n", form: str = ""
    ) -> str:
        """A commit; `form` is the message that this program writes for what it holds."""
        key = self.keys[signer] if signer else None
        oid = self.ground.commit(parents, tree=tree, signer=key, message=message)
        self._know(oid, parents, signer, message, form)
        return oid

    def begin(self) -> None:
        """Main as at first, and the victim's open proposal."""
        self.refs = {MAIN: self.start, PLAYED[0]: self.first}
        self.ground.restore(self.refs)

    def world(self, commands: Sequence[Command] = ()) -> oracle.World:
        """The server before these commands, as the oracle sees it."""
        return oracle.World(self.refs, self.commits, self.contents, limits=LIMITS)

    def push(self, commands: Sequence[Command]) -> oracle.Verdict:
        """Ask both; move the refs where the guard lets them. Fails where the page decides otherwise."""
        world = self.world(commands)
        verdict = oracle.judge(world, [oracle.Command(*command) for command in commands])
        answer = self.ground.decide(*commands)
        if verdict.firm:
            rows = [(command, self.commits.get(command[1])) for command in commands]
            assert answer.taken == verdict.accepted, (self.refs, rows, verdict.points, answer.said)
        if answer.taken:
            before = dict(self.refs)
            for _, new, ref in commands:
                self.refs.pop(ref, None)
                if new != ZERO:
                    self.refs[ref] = new
            self.ground.restore(self.refs)
            self._is_sound(before)
        return verdict

    def _is_sound(self, before: Mapping[str, str]) -> None:
        """What no oracle has to say: see tests/corpus/guard-properties.md, section 5."""
        assert self.refs[MAIN] == before[MAIN] or before[MAIN] in self._line(self.refs[MAIN])
        for step in self._line(self.refs[MAIN])[: -len(self._line(before[MAIN]))]:
            assert self._is_approved(step) or self._acknowledges(step), step
        turned_down = {self.commits[oid].parents[0] for ref, oid in before.items() if ref.startswith("refs/rejected/")}
        for ref, tip in before.items():
            if ref.startswith("refs/rejected/"):
                assert self.refs[ref] == tip
            elif ref != MAIN and ref not in self.refs:
                assert tip in turned_down or tip in self._all(before[MAIN]), ref
        reachable = {oid for tip in self.refs.values() for oid in self._all(tip)}
        evil = blob_id(self.blobs["evil"])
        carrying = [oid for oid in reachable if evil in self.commits[oid].files.values()]
        assert all(oid in self._line(self.refs[MAIN]) for oid in carrying), "it came along with a proposal"

    def _is_approved(self, step: str) -> bool:
        commit = self.commits[step]
        return commit.signer in self.ground.stage.keys and {("Approved-by", f"@{commit.signer}")} == set(
            commit.trailers
        )

    def _acknowledges(self, step: str) -> bool:
        commit = self.commits[step]
        paths = oracle.changed(self.commits[commit.parents[0]].files, commit.files)
        return len(commit.parents) == 1 and len(paths) == 1 and all("/acknowledgements/" in path for path in paths)

    def _line(self, oid: str) -> list[str]:
        line = [oid]
        while parents := self.commits[line[-1]].parents:
            line.append(parents[0])
        return line

    def _all(self, oid: str) -> set[str]:
        seen, todo = set[str](), [oid]
        while todo:
            if (one := todo.pop()) not in seen:
                seen.add(one)
                todo += self.commits[one].parents
        return seen


def blob_id(text: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()


def _charter(people: Mapping[str, str]) -> oracle.Charter:
    return oracle.Charter(tuple(oracle.Approver(f"@{name}", name) for name in people), 12)


def trailers_of(message: str) -> list[tuple[str, str]]:
    last = message.rstrip("\n").rpartition("\n\n")[2] if "\n\n" in message else ""
    rows = [row.partition(": ") for row in last.split("\n") if ": " in row]
    return [(name, value) for name, _, value in rows]


class Drawn:
    """What hypothesis chooses, weighted so that about every second push is one that somebody honest could make."""

    def __init__(self, play: Play, choose: Choice) -> None:
        self.play, self.choose = play, choose
        self.made = [play.start, play.first]

    def one(self, choices: Sequence[str]) -> str:
        return str(self.choose(choices))

    def tip(self) -> str:
        """Main five times, an open ref four times, or anything made."""
        refs = list(self.play.refs.values())
        return self.one([self.play.refs[MAIN]] * 5 + refs * 2 + self.made)

    def commit(self) -> str:
        kind = self.one(["claim"] * 4 + ["merge"] * 3 + ["rejection", "step", "charter", "release", "rider", "join"])
        oid = getattr(self, kind)()
        self.made.append(oid)
        return str(oid)

    def claim(self) -> str:
        text = self.one([name for name in self.play.blobs if name[0] in "23"] * 2 + ["broken"])
        parent, number = self.tip(), int(text[0]) if text[0] in "23" else 2
        tree = {**self.play.ground.trees[parent], own(number): self.play.blobs[text]}
        return self.play.commit([parent], tree, *self.signed())

    def release(self) -> str:
        parent = self.tip()
        tree = {path: text for path, text in self.play.ground.trees[parent].items() if path != own(2)}
        return self.play.commit([parent], tree, *self.signed())

    def charter(self) -> str:
        parent = self.tip()
        tree = {**self.play.ground.trees[parent], CHARTER: self.play.blobs["more"]}
        if owners := self.one(["", "", "owners", "false owners"]):
            tree[CODEOWNERS] = self.play.blobs[owners]
        return self.play.commit([parent], tree, *self.signed())

    def rider(self) -> str:
        parent = self.tip()
        tree = dict(self.play.ground.trees[parent])
        if "evil.bin" in tree:
            del tree["evil.bin"]
        else:
            tree["evil.bin"] = self.play.blobs["evil"]
        return self.play.commit([parent], tree, *self.signed())

    def step(self) -> str:
        """What an approver commits on main."""
        trees, main = self.play.ground.trees, self.play.refs[MAIN]
        edit = self.one(["2 victim REGISTERED", "3 thief REGISTERED", "more"])
        path = CHARTER if edit == "more" else own(int(edit[0]))
        signer = self.one(["OWNER", "OWNER", "DEPUTY"])
        return self.play.commit([main], {**trees[main], path: self.play.blobs[edit]}, signer, approved(signer))

    def merge(self) -> str:
        """Main's tree with what the proposal did; sometimes with the proposal's tree, or with main's."""
        trees, main, proposal = self.play.ground.trees, self.play.refs[MAIN], self.tip()
        fork = self.fork(main, proposal)
        took = {path: text for path, text in trees[main].items() if path not in self.changed(fork, proposal)}
        took |= {path: trees[proposal][path] for path in self.changed(fork, proposal) if path in trees[proposal]}
        tree = {"as it is": took, "theirs": trees[proposal], "ours": trees[main]}[
            self.one(["as it is"] * 6 + ["theirs", "ours"])
        ]
        signer, message = self.signed() if self.one("no no yes".split()) == "yes" else ("OWNER", approved("OWNER"))
        return self.play.commit([main, proposal], tree, signer, message)

    def join(self) -> str:
        """A branch with another commit, of main or not, merged into it."""
        trees, branch, other = self.play.ground.trees, self.tip(), self.tip()
        tree = self.one(["ours", "theirs", "both"])
        files = {"ours": trees[branch], "theirs": trees[other], "both": trees[other] | trees[branch]}[tree]
        return self.play.commit([branch, other], files, *self.signed())

    def rejection(self) -> str:
        proposal = self.one([*(oid for ref, oid in self.play.refs.items() if ref != MAIN), *self.made])
        signer = self.one(["OWNER"] * 4 + ["STRANGER"])
        message = f"No\n\nRejected-by: @{signer}\n"
        return self.play.commit([proposal], self.play.ground.trees[proposal], signer, message)

    def signed(self) -> tuple[str | None, str]:
        signer = self.one(["", "", "", "OWNER", "STRANGER"])
        return signer or None, self.one(["Claim\n"] * 4 + [approved("OWNER"), approved("DEPUTY")])

    def fork(self, one: str, other: str) -> str:
        """A best common ancestor; of several any."""
        theirs = self.play._all(other)
        return next(oid for oid in self.play._line(one) if oid in theirs)

    def changed(self, old: str, new: str) -> set[str]:
        trees = self.play.ground.trees
        return {path for path in {*trees[old], *trees[new]} if trees[old].get(path) != trees[new].get(path)}

    def command(self) -> Command:
        refs = self.play.refs
        if self.one(["new"] * 5 + ["gone"]) == "gone":
            ref, new = self.one([ref for ref in refs if ref != MAIN] * 4 + [MAIN, *PLAYED]), ZERO
        else:
            new = self.commit() if self.one(["made", "made", "known"]) == "made" else self.one(self.made)
            ref = self.ref_for(new)
        old = self.one([refs.get(ref, ZERO)] * 8 + [ZERO, *self.made[-2:]])
        return old, new, ref

    def push(self) -> list[Command]:
        """One to three commands of any kind, or an attack of one of the known kinds."""
        if self.one(["any", "attack"]) == "any":
            return [self.command() for _ in range(int(self.one("11123")))]
        kind = self.one(["steal", "away", "twice", "turn_down", "sneak", "forge"])
        commands: list[Command] = getattr(self, kind)()
        self.made += [new for _, new, _ in commands if new != ZERO]
        return commands

    def open_ref(self) -> tuple[str, str]:
        """A proposal on the server, and what it is now; the place of one where there is none."""
        ref = self.one([ref for ref in self.play.refs if ref.startswith("refs/heads/c")] or [PLAYED[0]])
        return ref, self.play.refs.get(ref, ZERO)

    def steal(self) -> list[Command]:
        ref, old = self.open_ref()
        text = self.one(["2 thief REGISTERED", "2 victim PENDING"])
        parent = self.one([self.play.refs[MAIN], self.play.first])
        tree = {**self.play.ground.trees[parent], own(2): self.play.blobs[text]}
        return [(old, self.play.commit([parent], tree), ref)]

    def away(self) -> list[Command]:
        ref, old = self.open_ref()
        return [(old, ZERO, ref)]

    def twice(self) -> list[Command]:
        ((old, new, ref),) = self.steal()
        return [(old, new, ref), (self.one([old, new]), self.one([ZERO, new, self.play.first]), ref)]

    def turn_down(self) -> list[Command]:
        ref, proposal = self.open_ref()
        if proposal == ZERO:
            return self.away()
        signer = self.one(["", "STRANGER", "OWNER", "OWNER"]) or None
        message = f"No\n\nRejected-by: @{self.one(['OWNER', 'OWNER', 'DEPUTY'])}\n"
        reason = self.play.commit([proposal], self.play.ground.trees[proposal], signer, message)
        gone = [(proposal, ZERO, ref)] if self.one(["alone", "alone", "with"]) == "with" else []
        return [(ZERO, reason, f"refs/rejected/{ref.removeprefix('refs/heads/')}/{reason[:12]}"), *gone]

    def sneak(self) -> list[Command]:
        """What one commit brings and the next takes out, proposed or merged by an approver."""
        trees, main = self.play.ground.trees, self.play.refs[MAIN]
        claim = {own(3): self.play.blobs["3 victim REGISTERED"]}
        below = self.play.commit([main], {**trees[main], "evil.bin": self.play.blobs["evil"]})
        tip = self.play.commit([below], {**trees[main], **claim})
        if self.one(["proposed", "merged"]) == "proposed":
            return [(self.play.refs.get(PLAYED[1], ZERO), tip, PLAYED[1])]
        return [(main, self.play.commit([main, tip], {**trees[main], **claim}, "OWNER", approved("OWNER")), MAIN)]

    def forge(self) -> list[Command]:
        """A step of main with a signature, a trailer, or both."""
        main, signer = self.play.refs[MAIN], self.one(["", "STRANGER", "OWNER"])
        message = self.one(["Claim\n", approved("OWNER"), approved("DEPUTY")])
        tree = {**self.play.ground.trees[main], own(3): self.play.blobs["3 thief REGISTERED"]}
        return [(main, self.play.commit([main], tree, signer or None, message), MAIN)]

    def ref_for(self, oid: str) -> str:
        """Where somebody honest would push a commit; sometimes anywhere else."""
        commit, main = self.play.commits[oid], self.play.refs[MAIN]
        if self.one(["fit"] * 9 + ["any"]) == "any":
            return self.one([*PLAYED, *ODD, MAIN, *self.play.refs])
        if any(name == "Rejected-by" for name, _ in commit.trailers):
            branch = next(
                (ref for ref, tip in self.play.refs.items() if tip == commit.parents[0] and ref != MAIN), PLAYED[0]
            )
            return f"refs/rejected/{branch.removeprefix('refs/heads/')}/{oid[:12]}"
        if (
            commit.signer
            and commit.parents[:1] == (main,)
            and any(name == "Approved-by" for name, _ in commit.trailers)
        ):
            return MAIN
        changed = self.changed(main, oid)
        if CHARTER in changed:
            return PLAYED[3]
        if own(2) in changed and own(2) not in self.play.ground.trees[oid]:
            return PLAYED[2]
        return PLAYED[1] if own(3) in changed else PLAYED[0]


def approved(handle: str) -> str:
    """What an approver says of a step of main."""
    return f"Register\n\nApproved-by: @{handle}\n"
