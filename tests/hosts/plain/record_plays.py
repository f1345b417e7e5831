"""The same for consensus: two registered sessions, records on main and on branches, acknowledgements, broadcasts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from pathlib import Path

from tests.corpus import guard_oracle as oracle
from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Command, Ground, Tree, own
from tests.hosts.plain.plays import CHARTER, LIMITS, Choice, Drawn, Play, approved, blob_id
from tests.hosts.plain.stage import charter, claim_text, public
from validator.git.repo import Repo
from validator.hosts.plain.push import BROADCAST
from validator.operations.consensus.mail import mail_at
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.forms import BROADCAST as BROADCAST_FORM
from validator.registry.reader import Reader
from validator.registry.yaml.writer import write_record

WEEK = '[{activity: Send, days: [mon], start: "10:00", end: "11:00"}]'
HOLDERS = {1: "victim", 2: "thief"}
HUMANS = ("approval", "activation")
STAGES = ("confirmation", "approval", "broadcast", "acknowledgement 1", "acknowledgement 2", "activation")


class RecordPlay(Play):
    """A server whose two numbers are registered, at any stage from there to active."""

    def __init__(self, ground: Ground, keys: Mapping[str, Path]) -> None:
        super().__init__(ground, keys)
        self.written = dict[str, Mapping[str, bytes]]()
        self.digests, self.mails = dict[str, str](), dict[str, Mapping[str, str]]()
        people = {name: public(key) for name, key in ground.stage.keys.items()}
        text = charter(2, people).encode()
        handles = tuple(oracle.Approver(f"@{name}", name) for name in people)
        self.contents[blob_id(text)] = oracle.Charter(handles, 2)
        tree = {**ground.trees[self.start], CHARTER: text}
        for number, session in HOLDERS.items():
            tree[own(number)] = self.claim(number, session)
        self.start = self.commit([self.start], tree, "OWNER", approved("OWNER"))
        self.stages = [self.start]
        for stage in STAGES:
            kind, _, last = stage.partition(" ")
            path, content = self.record(self.stages[-1], kind, int(last or 0))
            tree = {**ground.trees[self.stages[-1]], path: content}
            self.stages.append(self.commit([self.stages[-1]], tree, "OWNER", approved("OWNER")))

    def claim(self, number: int, session: str, status: str = "REGISTERED") -> bytes:
        """A claim's text; what it means is known from then on."""
        text = claim_text(number, session, status=status, schedule=WEEK).encode()
        meaning = oracle.Claim(number, session, f"{number} {session} {status}", status == "REGISTERED")
        self.contents[blob_id(text)] = meaning
        return text

    def record(
        self, base: str, kind: str, number: int = 0, by: str = "", extra: str = "", *, late: bool = False
    ) -> tuple[str, bytes]:
        """A record for the registry at a commit, by who may make it or by somebody else; its path and text."""
        number = number or (0 if kind in HUMANS else 1)
        by = by or (HOLDERS[number] if number else "@OWNER")
        fields: dict[str, object] = {"registry": self.digest(base)}
        fields |= {"number": number, "session_id": by} if number else {"approved_by": by}
        more: dict[str, dict[str, object]] = {
            "acknowledgement": {"ready": True}, "activation": {"week": "2026-W48"}, "broadcast": {"delivered": [1, 2]}
        }  # fmt: skip
        fields |= more.get(kind, {})
        fields["timestamp"] = f"2026-01-05T08:{45 if late else 30}:00Z"
        text = (write_record(fields) + extra).encode()
        abstract = oracle.digest(self.world(), self.files(base))
        self.contents[blob_id(text)] = oracle.Record(kind, number or None, by, abstract, canonical=not extra)
        place = f"acknowledgements/{number:02}" if kind == "acknowledgement" else kind
        return f"registry/consensus/{place}.yaml", text

    def digest(self, commit: str) -> str:
        """The digest of the registry at a commit; the same wherever the oracle's is."""
        abstract = oracle.digest(self.world(), self.files(commit))
        if abstract not in self.digests:
            self.digests[abstract] = registry_digest(Reader(Repo(self.ground.server)).at(commit))
        return self.digests[abstract]

    def letters(self, commit: str) -> Mapping[str, bytes]:
        """What main generates at a commit."""
        if commit not in self.written:
            self.written[commit] = mail_at(Reader(Repo(self.ground.server)), commit).files()
        return self.written[commit]

    def world(self, commands: Sequence[Command] = ()) -> oracle.World:
        main = self.refs[MAIN] if hasattr(self, "refs") else self.start
        if any(command[2] == BROADCAST for command in commands) and main not in self.mails:
            self.mails[main] = {path: blob_id(text) for path, text in self.letters(main).items()}
        return oracle.World(self.refs, self.commits, self.contents, self.mails, limits=LIMITS)

    def begin_at(self, stage: int) -> None:
        """Main as it is after so many of the records."""
        self.refs = {MAIN: self.stages[stage]}
        self.ground.restore(self.refs)


ACKNOWLEDGED = (
    "text", "old", "name", "message", "trailer", "key", "stranger", "rider", "parent", "merge", "stale", "again", "gone"
)  # fmt: skip
RATIFIED = ("old", "name", "signer", "unsigned", "trailer", "other", "both", "rider")
PROPOSED = ("old", "name", "ref", "tip", "rider")
MAILED = ("old", "more", "less", "letter", "malware", "main", "both", "message", "key", "gone", "stale", "again")
BY_HUMANS, ON_BRANCHES = (
    ("confirmation", "approval", "broadcast", "activation"),
    ("confirmation", "broadcast", "acknowledgement"),
)


class RecordsDrawn(Drawn):
    """Records, acknowledgements and broadcasts: honest ones, and ones with one flaw each."""

    play: RecordPlay

    def __init__(self, play: RecordPlay, choose: Choice) -> None:
        super().__init__(play, choose)
        self.made = [play.start, *play.stages]

    @property
    def main(self) -> str:
        return self.play.refs[MAIN]

    @property
    def files(self) -> Tree:
        return self.play.ground.trees[self.main]

    def push(self) -> list[Command]:
        """What fits the phase half of the time."""
        phase = oracle.phase(self.play.world(), self.play.files(self.main))
        fits = {oracle.Phase.APPROVED: "mail", oracle.Phase.BROADCAST: "acknowledge"}.get(phase, "ratify")
        due = [kind for kind in BY_HUMANS if oracle.NEEDS[kind] == phase]
        kind = self.one([fits] * 6 + ["acknowledge", "propose", "accept", "undo", "amend", "mail", "mail", "any"])
        makers: dict[str, Callable[[], list[Command]]] = {
            "any": super().push,
            "acknowledge": lambda: self.acknowledge(self.one("12"), self.flaw(ACKNOWLEDGED)),
            "propose": lambda: self.propose(self.one(ON_BRANCHES), self.flaw(PROPOSED)),
            "ratify": lambda: self.ratify(self.one([*BY_HUMANS, *due * 8]), self.flaw(RATIFIED)),
            "mail": lambda: self.mail(self.flaw(MAILED)),
            "undo": lambda: self.undo(self.one(self.records() or [own(2)]), self.one(["", "OWNER"])),
            "amend": lambda: self.amend(self.one(["thief"] * 4 + ["victim"]), self.one(["OWNER"] * 4 + [""])),
            "accept": lambda: self.moved(self.merge(), MAIN),
        }
        commands = makers[kind]()
        self.made += [new for _, new, _ in commands if new != ZERO]
        if self.one(["alone"] * 9 + ["two"]) == "two":
            return commands + (self.propose("confirmation", "") if kind != "propose" else self.mail(""))
        return commands

    def flaw(self, kinds: Sequence[str]) -> str:
        return self.one(["", "", "", *kinds])

    def moved(self, new: str, ref: str, flaw: str = "") -> list[Command]:
        """A command; with the flaw `stale` the client says what the ref is not."""
        return [(self.play.stages[-1] if flaw == "stale" else self.play.refs.get(ref, ZERO), new, ref)]

    def records(self) -> list[str]:
        """The records on main."""
        return [path for path in sorted(self.files) if path.startswith("registry/consensus/")]

    def record(self, kind: str, number: int, flaw: str) -> tuple[str, bytes]:
        """A record's path and text."""
        base = self.main
        if flaw == "old":
            base = self.play.commit([base], {**self.files, own(1): self.play.claim(1, "victim", "PENDING")})
        other = "@DEPUTY" if kind in HUMANS else HOLDERS[3 - (number or 1)]
        extra, late = "# and more\n" if flaw == "text" else "", flaw == "again"
        by = other if flaw == "name" else ""
        return self.play.record(base, kind, number, by, extra, late=late)

    def acknowledge(self, number: str, flaw: str) -> list[Command]:
        """A step of main, as a session makes it without an approver."""
        path, text = self.record("acknowledgement", int(number), flaw)
        form = f"Record: acknowledgement of number {number}\n"
        message = {"message": "Ready\n", "trailer": f"{form}\nApproved-by: @OWNER\n"}.get(flaw, form)
        parents = [self.tip() if flaw == "parent" else self.main]
        tree = {**self.play.ground.trees[parents[0]], path: text}
        if flaw == "gone":
            tree.pop(path)
        elif flaw == "rider":
            tree["evil.bin"] = self.play.blobs["evil"]
        elif flaw == "merge":
            parents.append(self.play.commit([self.main], {**tree, "evil.bin": self.play.blobs["evil"]}))
        signer = {"key": "OWNER", "stranger": "STRANGER"}.get(flaw)
        return self.moved(self.play.commit(parents, tree, signer, message, form), MAIN, flaw)

    def propose(self, kind: str, flaw: str) -> list[Command]:
        """A record on its branch, or on another's."""
        path, text = self.record(kind, 2 if kind == "acknowledgement" else 0, flaw)
        branch = path.removeprefix("registry/consensus/").removesuffix(".yaml")
        parent = self.tip() if flaw == "tip" else self.main
        if flaw == "rider":
            parent = self.play.commit([self.main], {**self.files, "evil.bin": self.play.blobs["evil"]})
        files = {name: text for name, text in self.play.ground.trees[parent].items() if name != "evil.bin"}
        oid = self.play.commit([parent], {**files, path: text}, *self.signed())
        return self.moved(oid, "refs/heads/claim/02" if flaw == "ref" else f"refs/heads/record/{branch}")

    def ratify(self, kind: str, flaw: str) -> list[Command]:
        """A record that an approver commits on main."""
        path, text = self.record(kind, 0, flaw)
        signer = {"signer": "STRANGER", "other": "DEPUTY", "unsigned": ""}.get(flaw, "OWNER")
        both = f"{approved('OWNER')}Approved-by: @DEPUTY\n"
        message = {"trailer": "Claim\n", "both": both, "unsigned": approved("OWNER")}.get(flaw, approved(signer))
        more = {"evil.bin": self.play.blobs["evil"]} if flaw == "rider" else {}
        return self.moved(
            self.play.commit([self.main], {**self.files, path: text, **more}, signer or None, message), MAIN
        )

    def undo(self, path: str, signer: str) -> list[Command]:
        """A record is taken off main."""
        form = "Record: acknowledgement of number 2\n"
        tree = {name: text for name, text in self.files.items() if name != path}
        message = approved(signer) if signer else form
        return self.moved(self.play.commit([self.main], tree, signer or None, message, form), MAIN)

    def amend(self, session: str, signer: str) -> list[Command]:
        """Main's claim of number 2 changes, and with it the digest."""
        tree = {**self.files, own(2): self.play.claim(2, session, "PENDING")}
        if signer:
            return self.moved(self.play.commit([self.main], tree, signer, approved(signer)), MAIN)
        return self.moved(self.play.commit([self.main], tree), "refs/heads/claim/02")

    def mail(self, flaw: str) -> list[Command]:
        """A commit of the broadcast's branch: what main generates, or that with a change."""
        there, evil = self.play.refs.get(BROADCAST), self.play.blobs["evil"]
        tree = dict(self.play.letters(self.play.stages[-1] if flaw == "old" else self.main))
        first = min(tree)
        tree |= {"more": {"evil.bin": evil}, "letter": {first: tree[first] + b"x"}}.get(flaw, {})
        if flaw == "less":
            del tree[first]
        parents = [there] if there else []
        malware = self.play.commit([self.main], {"evil.bin": evil}) if flaw in ("malware", "both") else self.main
        if flaw in ("malware", "main", "both"):
            parents = [*(parents if flaw == "both" else []), malware]
        message = "Do this\n" if flaw == "message" else BROADCAST_FORM
        signer = "OWNER" if flaw == "key" else None
        oid = self.play.commit(parents, tree, signer, message, BROADCAST_FORM)
        if flaw == "again":  # two more at once
            oid = self.play.commit([oid], tree, signer, message, BROADCAST_FORM)
        return self.moved(ZERO if flaw == "gone" else oid, BROADCAST, flaw)


def table(drawn: RecordsDrawn, stage: int) -> Iterator[Callable[[], list[Command]]]:
    """Each kind of push with each flaw, at the stage where it would be honest; and the honest ones at any stage."""
    due = {0: "confirmation", 1: "approval", 2: "broadcast", 5: "activation"}.get(stage, "")
    for kind in BY_HUMANS:
        for flaw in ("", *(RATIFIED if kind == due else ())):
            yield partial(drawn.ratify, kind, flaw)
    for kind in ON_BRANCHES:
        for flaw in ("", *(PROPOSED if kind == due or (kind, stage) == ("acknowledgement", 3) else ())):
            yield partial(drawn.propose, kind, flaw)
    for number, flaw in product("12", ("", *(ACKNOWLEDGED if stage in (3, 4) else ()))):
        yield partial(drawn.acknowledge, number, flaw)
    for flaw in ("", *(MAILED if stage == 2 else ())):
        yield partial(drawn.mail, flaw)
    for path, signer in product(drawn.records() if stage in (4, 6) else (), ("", "OWNER")):
        yield partial(drawn.undo, path, signer)
    for session, signer in product(("thief", "victim") if stage in (0, 6) else (), ("", "OWNER")):
        yield partial(drawn.amend, session, signer)
