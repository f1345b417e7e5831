"""The decision of a guarded plain server about one push, written from the design page and nothing else.

A pure function over values: `judge(world, commands) -> Verdict`. It knows no Git, reads no repository and imports nothing
of the product. It was written before the guard was mended, by someone who has not read the guard.

How to read it
--------------
* `D2`, `D3`, `D7`, `D8` = sections of design.md; `I12` = the list of known holes; `S` = docs/server.md; `R` = docs/rules.md.
* Where the page decides, a `Point` has `call=None`: it is firm. Where the page is silent or can be read in two ways, the
  oracle chooses and names its choice in `CALLS`; such a point is not firm, and a test that compares the guard with the
  oracle asserts only where `Verdict.firm` is true, and counts (and prints once) the rest.
* The unit is the push: a pre-receive hook takes all of it or nothing. So one refused command refuses everything.
* Kinds of reasons are for people. A test compares accepted/refused, and the kind only for `LOST_RACE` and `TWICE`, since
  one fault may rightly be told under several names.
* Content rules that do not concern authority (goals, roles, scopes, text) are out: contents arrive parsed, a file that
  those rules refuse is `Broken`. Sessions' keys (REG308), withdrawal and the pinned root belong to a later issue; the
  places where they go are `World.withdrawn`, `Claim.key` and `may_replace`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple

Oid = str
Blob = str
Path = str
Ref = str
Files = Mapping[Path, Blob]

ZERO: Oid = "0" * 40
MAIN: Ref = "refs/heads/main"
BROADCAST_BRANCH: Ref = "refs/heads/broadcast"
CHARTER: Path = "registry/charter.yaml"
CODEOWNERS: Path = "CODEOWNERS"  # I12, hole 4: "brings the charter and, byte for byte, the CODEOWNERS it generates"
SESSIONS: Path = "registry/sessions/"
CONSENSUS: Path = "registry/consensus/"
ACKNOWLEDGEMENTS: Path = "registry/consensus/acknowledgements/"

CALLS: Mapping[str, str] = {
    "refs-limit": "D8 'bounded: refs in a push': the number is the guard's; `Limits.refs` has to be set to it",
    "charter-name": "D2 `charter/NAME` gives NAME no form; taken: one path segment, ASCII words, at most 64",
    "author-bounds": "I12.4 'authors bounded': the bound is the guard's; taken: `Limits.author` bytes, no control character",
    "author-date": "I12.7 a date in year 3170843 breaks a reader; page does not say that the guard refuses it; taken: refused",
    "extra-headers": "I12.4 'canonical form': unknown commit headers on unsigned steps and broadcasts are refused",
    "no-op": "a command whose new value is the server's present one moves nothing: accepted",
    "nothing-proposed": "a proposal branch at main, or whose file is main's, proposes nothing: refused",
    "first-main": "a first main that holds claims or records: refused (said by later work on names)",
    "signer-left": "D3 'approver of the old main's charter'; that the signer also stands in the step's parent's charter"
    " is said by later work: refused when the same push has taken the signer out",
    "false-approval": "I12.2/4: besides the signer's own `Approved-by`, one of somebody else: refused",
    "empty-step": "a signed step of main with the trailer that changes no file: accepted",
    "octopus": "D3 speaks of 'one of its parents'; a merge of more than two is refused",
    "not-open": "I12.3 'what was proposed': second parent is no tip of the server's proposals (amended meanwhile, or"
    " never pushed): accepted, since the approver signed exactly this",
    "code-merge": "a signed merge on main of a branch that is no proposal (README, code): refused as a rider",
    "changed-and-back": "D3 'unchanged since the fork', 'an earlier life of the number counts for nothing': main's file is as at"
    " the fork, but was another (or gone) in between: refused",
    "crossed": "several merge bases: refused as superseded",
    "turned-down-inside": "D3 'a commit that was turned down counts for nothing': also where it is not the tip: refused",
    "empty-commit": "D3 'changes nothing but the proposal's own file' holds for an empty commit: accepted",
    "reversed-merge": "D3 'a merge of main into it': main as the first parent, the branch as the second: refused",
    "record-removed": "a record branch that takes its record away: refused (the page has no such proposal)",
    "canonical-signed": "I12.4 'acknowledgements are the canonical form': also where an approver merges them: refused",
    "approver-replaces": "D3 row 'replacing an open first claim' names the session alone: a replacement under another"
    " session_id is refused even where an approver has signed it (reject first)",
    "holder-replaces": "D8 'one proposal can never stop the others': the holder on main may replace somebody else's dead"
    " proposal for its number: accepted",
    "unreadable-proposal": "the server's open proposal cannot be read, so nobody can be its session: only an approver's"
    " rejection frees the branch: refused",
    "release-replaces": "D3 has no row for replacing an open release; taken: any valid release of the same number",
    "charter-replaces": "D3 has no row for replacing a charter draft; taken: one that an approver has signed is replaced"
    " only by one that an approver has signed; an unsigned one by anyone",
    "spent-replaces": "a proposal that is merged or turned down on the server already is no open one: anyone may reuse"
    " the branch: accepted",
    "rejection-tip": "a new rejection is of the server's present proposal under that name; of another commit: refused",
    "rejection-form": "no tree change, one parent, name ends in the commit's first 12 digits, trailer `Rejected-by` of"
    " the signer (the same kind as I12.2)",
    "rejection-old-approver": "a rejection on the server by an approver whom the charter has lost since still stands",
    "unsigned-delete": "D3 'without signatures anyone who may push may do all of this': deletes proposals: accepted",
    "old-broadcast": "S 'holds what an approved main says': of an earlier main than the server's present one: refused",
    "broadcast-parent": "I12.4: the new commit's only parent is the server's branch, or none at first",
}


class Kind(Enum):
    """What is wrong. The value is what a reader sees; codes where the rules page has one."""

    LOST_RACE = "the old value is not the server's"
    TWICE = "a ref is named twice"
    TOO_MANY = "too many refs"
    NAME = "no ref of the contract"
    NOT_A_COMMIT = "not a commit"
    NOTHING_TO_DELETE = "no such ref on the server"
    NEVER_DELETED = "main, broadcast and rejections are never deleted"
    STILL_OPEN = "deletes an open proposal"
    NOT_YOURS = "replaces another's open proposal"
    NO_CHARTER = "REG007"
    REWRITTEN = "REG306"
    UNRELATED = "REG305"
    UNAPPROVED = "REG304"
    MERGE_EDITS = "a merge has a file as no parent has it"
    NOT_WHAT_WAS_PROPOSED = "what lands is not what was proposed"
    SUPERSEDED = "main's file has changed since the fork: propose again"
    TURNED_DOWN = "a commit that was turned down or withdrawn"
    RIDER = "REG309"
    MIXED = "REG302"
    TAKEOVER = "REG301"
    WRONG_NUMBER = "REG101/REG102"
    SESSION_TAKEN = "REG104"
    FROZEN = "REG404"
    STALE_RECORD = "REG401"
    FOREIGN_RECORD = "REG402"
    PREMATURE = "REG403"
    BROKEN = "a file that the rules of content refuse"
    NOT_CANONICAL = "not the program's own form"
    WRONG_BRANCH = "the branch holds another kind of change than its name says"
    NOTHING = "nothing is proposed"
    BAD_REJECTION = "no rejection by an approver"
    BAD_BROADCAST = "not what main says"
    ALLOWED = "accepted by a judgement call"


class Point(NamedTuple):
    """One thing that decides, or (`refuses` False) a judgement call that let something pass."""

    kind: Kind
    ref: Ref
    oid: Oid
    call: str | None = None
    refuses: bool = True


class Verdict(NamedTuple):
    """The answer for the whole push."""

    points: tuple[Point, ...]

    @property
    def accepted(self) -> bool:
        return not any(point.refuses for point in self.points)

    @property
    def firm(self) -> bool:
        """Whether the page decides: a refusal without a call, or an acceptance that needed none."""
        if self.accepted:
            return not self.points
        return any(point.refuses and point.call is None for point in self.points)

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(point.kind for point in self.points if point.refuses)

    @property
    def calls(self) -> frozenset[str]:
        return frozenset(point.call for point in self.points if point.call)


# --- what blobs mean -------------------------------------------------------------------------------------------------


class Approver(NamedTuple):
    """`key` is the identity of a key as `Commit.signer` has it; None where approvals cannot be signed."""

    handle: str
    key: str | None = None


class Charter(NamedTuple):
    """`core` stands for all that the digest covers: everything but approvers and slots (D2)."""

    approvers: tuple[Approver, ...]
    capacity: int
    orchestrator: int = 1
    core: str = "core"

    @property
    def guarded(self) -> bool:
        return any(approver.key for approver in self.approvers)

    @property
    def handles(self) -> tuple[str, ...]:
        return tuple(approver.handle for approver in self.approvers)


class Claim(NamedTuple):
    """`commitment` stands for what the digest covers of a claim. `key` is for later work."""

    number: int
    session_id: str
    commitment: str
    registered: bool = True
    key: str | None = None


class Record(NamedTuple):
    """`kind` is the file's stem, or `acknowledgement`; `by` a session_id or a handle; `number` None for humans'."""

    kind: str
    number: int | None
    by: str
    registry: str
    canonical: bool = True


class Codeowners(NamedTuple):
    """Byte for byte what a charter with these handles generates."""

    handles: tuple[str, ...]


class Broken(NamedTuple):
    """A file that the rules of content refuse: unreadable, a link, without a measurable goal, …"""


class Other(NamedTuple):
    """A file that the registry does not read."""


Content = Charter | Claim | Record | Codeowners | Broken | Other


class Commit(NamedTuple):
    """`signer` is the key whose signature verifies, None for none, a broken one or junk in `gpgsig`.

    `canonical` says that message and headers are the program's own for this kind of commit (used for acknowledgements
    and broadcasts alone). `headers` are those beyond tree, parent, author, committer, gpgsig.
    """

    parents: tuple[Oid, ...]
    files: Files
    signer: str | None = None
    trailers: tuple[tuple[str, str], ...] = ()
    message_size: int = 100
    author: str = "A Session <session@example.invalid>"
    sane_date: bool = True
    canonical: bool = True
    headers: frozenset[str] = frozenset()


class Command(NamedTuple):
    """One line of a push as the client words it: `claimed_old` is its word, and nothing more."""

    claimed_old: Oid
    new: Oid
    ref: Ref


class Limits(NamedTuple):
    """D3: 64 KiB and 50 are the page's. The others are the guard's to choose: set them before comparing."""

    message: int = 64 * 1024
    commits: int = 50
    refs: int = 100
    author: int = 1024


@dataclass(frozen=True)
class World:
    """The server before the push, and all objects that it will have if it takes the push.

    `refs` are the server's own. `broadcasts` maps a commit of main to the tree that main generates there. `withdrawn`
    holds commits taken back by their session (later work fills it).
    """

    refs: Mapping[Ref, Oid]
    commits: Mapping[Oid, Commit]
    contents: Mapping[Blob, Content]
    broadcasts: Mapping[Oid, Files] = field(default_factory=dict)
    withdrawn: frozenset[Oid] = frozenset()
    limits: Limits = field(default_factory=Limits)

    @property
    def main(self) -> Oid | None:
        return self.refs.get(MAIN)

    @property
    def charter(self) -> Charter | None:
        """D3: 'approver of the *old* main's charter'; D8: 'judge from base'."""
        return charter_of(self, self.commits[self.main].files) if self.main else None

    @property
    def guarded(self) -> bool:
        """S: 'where the charter has a key, the guard asks for signatures however it was installed'."""
        return bool(self.charter and self.charter.guarded)


# --- the push as a whole ---------------------------------------------------------------------------------------------


def judge(world: World, commands: Sequence[Command]) -> Verdict:
    """The verdict on one push. Every command is judged against `world.refs`, never against another command.

    D3: 'The server's own refs are the only truth: never what a client says they are, never another part of the same
    push.' So the order of commands cannot matter either.
    """
    shape = tuple(push_points(world, commands))
    if any(point.refuses for point in shape):
        return Verdict(shape)
    return Verdict(shape + tuple(point for command in commands for point in command_points(world, command)))


def push_points(world: World, commands: Sequence[Command]) -> Iterator[Point]:
    """D8: bounded before anything is read; I12.1: 'a stale old value is a lost race; a ref named twice is refused'."""
    if len(commands) > world.limits.refs:
        yield Point(Kind.TOO_MANY, "", ZERO, "refs-limit")
    refs = [command.ref for command in commands]
    for ref in sorted({ref for ref in refs if refs.count(ref) > 1}):
        yield Point(Kind.TWICE, ref, ZERO)
    for command in commands:
        if command.claimed_old != world.refs.get(command.ref, ZERO):
            yield Point(Kind.LOST_RACE, command.ref, command.new)


def command_points(world: World, command: Command) -> Iterator[Point]:
    """One command, by the kind of its ref. Only the contract's refs exist (D2, 'Proposals live on branches: …')."""
    judged_by = judge_of(command.ref)
    if judged_by is None:
        yield Point(Kind.NAME, command.ref, command.new)
    elif command.new == ZERO:
        yield from deletion_points(world, command)
    elif command.new == command.claimed_old:
        yield allowed("no-op", command.ref, command.new)
    elif command.new not in world.commits:
        # A tag object, a tree or a blob. Branches are commits; a rejection is a commit whose parent is the proposal.
        yield Point(Kind.NOT_A_COMMIT, command.ref, command.new)
    elif world.main is None and command.ref != MAIN:
        # R, REG007: 'A gate that cannot decide must not open.'
        yield Point(Kind.NO_CHARTER, command.ref, command.new)
    else:
        yield from judged_by(world, command)


def judge_of(ref: Ref) -> Callable[[World, Command], Iterator[Point]] | None:
    if ref == MAIN:
        return main_points
    if ref == BROADCAST_BRANCH:
        return broadcast_points
    if rejected_name(ref):
        return rejection_points
    return proposal_points if proposal_of(ref) else None


def allowed(call: str, ref: Ref, oid: Oid) -> Point:
    return Point(Kind.ALLOWED, ref, oid, call, refuses=False)


# --- names -----------------------------------------------------------------------------------------------------------

# D2: 'NN is the number with at least two digits and no other padding: 01 … 99, 100'. D8: full match, never a prefix.
NUMBER = r"(0[1-9]|[1-9][0-9]{1,4})"
CLAIM_NAME = re.compile(rf"claim/{NUMBER}", re.ASCII)
RELEASE_NAME = re.compile(rf"release/{NUMBER}", re.ASCII)
ACKNOWLEDGEMENT_NAME = re.compile(rf"record/acknowledgements/{NUMBER}", re.ASCII)
RECORD_NAME = re.compile(r"record/(confirmation|broadcast)", re.ASCII)  # approval and activation never travel so
CHARTER_NAME = re.compile(r"charter/([A-Za-z0-9]+([._-][A-Za-z0-9]+)*)", re.ASCII)  # call "charter-name"
REJECTED_NAME = re.compile(r"refs/rejected/(.+)/([0-9a-f]{12})", re.ASCII)


class Proposal(NamedTuple):
    """What a branch may hold: `own` are the only paths that its commits may change."""

    kind: str  # claim, release, record, charter
    own: frozenset[Path]
    number: int | None = None

    @property
    def file(self) -> Path:
        return min(self.own, key=lambda path: path == CODEOWNERS)


def proposal_of(ref: Ref) -> Proposal | None:
    """The proposal that a branch name of the contract stands for."""
    return proposal_named(ref.removeprefix("refs/heads/")) if ref.startswith("refs/heads/") else None


def proposal_named(name: str) -> Proposal | None:
    for kind, pattern in (("claim", CLAIM_NAME), ("release", RELEASE_NAME)):
        if found := pattern.fullmatch(name):
            return Proposal(kind, frozenset({f"{SESSIONS}{found[1]}.yaml"}), int(found[1]))
    if found := ACKNOWLEDGEMENT_NAME.fullmatch(name):
        return Proposal("record", frozenset({f"{ACKNOWLEDGEMENTS}{found[1]}.yaml"}), int(found[1]))
    if found := RECORD_NAME.fullmatch(name):
        return Proposal("record", frozenset({f"{CONSENSUS}{found[1]}.yaml"}))
    if CHARTER_NAME.fullmatch(name) and len(name) <= len("charter/") + 64 and not name.endswith(".lock"):
        return Proposal("charter", frozenset({CHARTER, CODEOWNERS}))
    return None


def rejected_name(ref: Ref) -> tuple[str, str] | None:
    """The proposal's name and the twelve digits of `refs/rejected/claim/02/0123456789ab`."""
    found = REJECTED_NAME.fullmatch(ref)
    return (found[1], found[2]) if found and proposal_named(found[1]) else None


# --- the graph -------------------------------------------------------------------------------------------------------


def ancestors(world: World, oid: Oid) -> frozenset[Oid]:
    """A commit and all that it reaches. What the graph does not have, Git's own connectivity check refuses."""
    seen = set[Oid]()
    todo = [oid]
    while todo:
        one = todo.pop()
        if one not in seen and one in world.commits:
            seen.add(one)
            todo.extend(world.commits[one].parents)
    return frozenset(seen)


def brought(world: World, new: Oid, old: Oid) -> frozenset[Oid]:
    """The commits that `new` brings to a server whose line ends in `old`."""
    return ancestors(world, new) - ancestors(world, old)


def merge_bases(world: World, one: Oid, other: Oid) -> frozenset[Oid]:
    common = ancestors(world, one) & ancestors(world, other)
    return frozenset(
        base for base in common if not any(base != rival and base in ancestors(world, rival) for rival in common)
    )


def first_parents(world: World, new: Oid) -> tuple[Oid, ...]:
    """From `new` back to the root along first parents."""
    line = list[Oid]()
    one: Oid | None = new
    while one is not None and one in world.commits:
        line.append(one)
        one = next(iter(world.commits[one].parents), None)
    return tuple(line)


def changed(before: Files, after: Files) -> frozenset[Path]:
    return frozenset(path for path in {*before, *after} if before.get(path) != after.get(path))


# --- the registry in a tree ------------------------------------------------------------------------------------------


class Phase(IntEnum):
    """D1 and R (REG403): each waits for the one before."""

    REGISTERING = 0
    REGISTERED = 1
    CONFIRMED = 2
    APPROVED = 3
    BROADCAST = 4
    ACKNOWLEDGED = 5
    ACTIVE = 6


NEEDS: Mapping[str, Phase] = {
    "confirmation": Phase.REGISTERED,
    "approval": Phase.CONFIRMED,
    "broadcast": Phase.APPROVED,
    "acknowledgement": Phase.BROADCAST,
    "activation": Phase.ACKNOWLEDGED,
}


def content(world: World, files: Files, path: Path) -> Content | None:
    return world.contents.get(files[path], Other()) if path in files else None


def charter_of(world: World, files: Files) -> Charter | None:
    found = content(world, files, CHARTER)
    return found if isinstance(found, Charter) else None


def claims(world: World, files: Files) -> Mapping[int, Claim]:
    """The claim of each number, by the number in the file's name."""
    found = dict[int, Claim]()
    for path in files:
        value = content(world, files, path)
        if path.startswith(SESSIONS) and isinstance(value, Claim):
            found[number_in(path)] = value
    return found


def number_in(path: Path) -> int:
    return int(path.rpartition("/")[2].removesuffix(".yaml"))


def claim_path(number: int) -> Path:
    return f"{SESSIONS}{number:02}.yaml"


def acknowledgement_path(number: int) -> Path:
    return f"{ACKNOWLEDGEMENTS}{number:02}.yaml"


def digest(world: World, files: Files) -> str:
    """D2, 'The digest': the charter without approvers and slots, each claim's commitment and key."""
    charter, held = charter_of(world, files), claims(world, files)
    rows = [f"{number}:{held[number].commitment}:{held[number].key}" for number in sorted(held)]
    return "|".join([f"{charter.core}/{charter.capacity}/{charter.orchestrator}" if charter else "", *rows])


def counts(world: World, files: Files, path: Path) -> bool:
    """Whether a record stands at a path, speaks of this registry, and is in the name of who may say it (D2, R 401/402)."""
    record, charter = content(world, files, path), charter_of(world, files)
    if not isinstance(record, Record) or charter is None or record.registry != digest(world, files):
        return False
    return speaks_rightly(record, path, charter, claims(world, files))


def speaks_rightly(record: Record, path: Path, charter: Charter, held: Mapping[int, Claim]) -> bool:
    """D2, the table of records, column *by*."""
    if record.kind in ("approval", "activation"):
        return record.number is None and record.by in charter.handles
    number = number_in(path) if path.startswith(ACKNOWLEDGEMENTS) else charter.orchestrator
    holder = held.get(number)
    return record.number == number <= charter.capacity and holder is not None and holder.session_id == record.by


def phase(world: World, files: Files) -> Phase:
    """The phase is a function of the tree; a gap ends it."""
    charter = charter_of(world, files)
    if charter is None:
        return Phase.REGISTERING
    held, numbers = claims(world, files), range(1, charter.capacity + 1)
    reached = (
        all(number in held and held[number].registered for number in numbers),
        counts(world, files, f"{CONSENSUS}confirmation.yaml"),
        counts(world, files, f"{CONSENSUS}approval.yaml"),
        counts(world, files, f"{CONSENSUS}broadcast.yaml"),
        all(counts(world, files, acknowledgement_path(number)) for number in numbers),
        counts(world, files, f"{CONSENSUS}activation.yaml"),
    )
    return Phase(reached.index(False) if False in reached else len(reached))


# --- content: what one step or one proposal does to main's files -----------------------------------------------------


class Change(NamedTuple):
    """From `before` (main, or a step's first parent) to `after`; `handle` is the approver who signed, if one did."""

    world: World
    before: Files
    after: Files
    ref: Ref
    oid: Oid
    handle: str | None

    def point(self, kind: Kind, call: str | None = None) -> Point:
        return Point(kind, self.ref, self.oid, call)

    @property
    def paths(self) -> frozenset[Path]:
        return changed(self.before, self.after)


def content_points(change: Change) -> Iterator[Point]:
    """D3, D7: mixed-change, takeover, number-taken, session-id-taken, the records' rules."""
    paths = change.paths
    if any(path.startswith((SESSIONS, CONSENSUS)) for path in paths) and len(paths) > 1:
        yield change.point(Kind.MIXED)
    for path in sorted(paths):
        if isinstance(content(change.world, change.after, path), Broken):
            yield change.point(Kind.BROKEN)
        elif path == CHARTER:
            yield from charter_points(change)
        elif path == CODEOWNERS:
            yield from codeowners_points(change)
        elif path.startswith(SESSIONS):
            yield from claim_points(change, path)
        elif path.startswith(CONSENSUS):
            yield from record_points(change, path)


def charter_points(change: Change) -> Iterator[Point]:
    """R, REG007/REG102: a readable charter stays, and has the numbers that are held."""
    charter = charter_of(change.world, change.after)
    if charter is None:
        yield change.point(Kind.NO_CHARTER)
    elif any(number > charter.capacity for number in claims(change.world, change.after)):
        yield change.point(Kind.WRONG_NUMBER)


def codeowners_points(change: Change) -> Iterator[Point]:
    """I12.4: 'brings the charter and, byte for byte, the CODEOWNERS that it generates'."""
    charter = charter_of(change.world, change.after)
    if charter and content(change.world, change.after, CODEOWNERS) != Codeowners(charter.handles):
        yield change.point(Kind.RIDER)


def claim_points(change: Change, path: Path) -> Iterator[Point]:
    """One claim added, changed or taken away. Who may do it is a matter of the ref (signature, branch), not of this."""
    world, before, after = change.world, change.before, change.after
    now, was, charter = content(world, after, path), content(world, before, path), charter_of(world, before)
    if now is None:
        return  # a release; R, REG404: 'A number can still be given back'
    if charter is None or not isinstance(now, Claim):
        yield change.point(Kind.BROKEN)
        return
    if now.number != number_in(path) or not 1 <= now.number <= charter.capacity:
        yield change.point(Kind.WRONG_NUMBER)
    others = (claim for number, claim in claims(world, before).items() if number != number_in(path))
    if now.session_id in {claim.session_id for claim in others}:
        yield change.point(Kind.SESSION_TAKEN)
    if isinstance(was, Claim) and was.session_id != now.session_id:
        yield change.point(Kind.TAKEOVER)
    if isinstance(was, Claim) and phase(world, before) is Phase.ACTIVE and was.commitment != now.commitment:
        yield change.point(Kind.FROZEN)


def record_points(change: Change, path: Path) -> Iterator[Point]:
    """R, REG401–403; D3: the human in whose name an approval is, is the one who signed the step."""
    world, before, after = change.world, change.before, change.after
    record, charter = content(world, after, path), charter_of(world, after)
    if record is None:
        if path.startswith(ACKNOWLEDGEMENTS) and counts(world, before, path):
            yield change.point(Kind.FOREIGN_RECORD)  # R, REG402: 'is not taken away either'
        return
    if not isinstance(record, Record) or charter is None:
        yield change.point(Kind.BROKEN)
        return
    if record.registry != digest(world, after):
        yield change.point(Kind.STALE_RECORD)
    if not speaks_rightly(record, path, charter, claims(world, after)):
        yield change.point(Kind.FOREIGN_RECORD)
    if record.number is None and world.guarded and record.by != change.handle:
        yield change.point(Kind.FOREIGN_RECORD)
    if phase(world, before) < NEEDS[record.kind]:
        yield change.point(Kind.PREMATURE)
    if record.kind == "acknowledgement" and not record.canonical:
        yield change.point(Kind.NOT_CANONICAL, "canonical-signed")


# --- bounds of a commit ----------------------------------------------------------------------------------------------


def bound_points(world: World, oid: Oid, ref: Ref) -> Iterator[Point]:
    """D3 'a message of at most 64 KiB'; I12.4 'authors and messages bounded'."""
    commit = world.commits[oid]
    if commit.message_size > world.limits.message:
        yield Point(Kind.RIDER, ref, oid)
    if len(commit.author.encode("utf-8", "surrogateescape")) > world.limits.author or any(
        ord(letter) < 32 for letter in commit.author
    ):
        yield Point(Kind.RIDER, ref, oid, "author-bounds")
    if not commit.sane_date:
        yield Point(Kind.RIDER, ref, oid, "author-date")


# --- main ------------------------------------------------------------------------------------------------------------


def main_points(world: World, command: Command) -> Iterator[Point]:
    """D3: forward only, step by step along first-parent, each against its parent."""
    if world.main is None:
        yield from first_main_points(world, command)
        return
    line = first_parents(world, command.new)
    if world.main not in line:
        yield Point(Kind.REWRITTEN, MAIN, command.new)
        return
    for step in reversed(line[: line.index(world.main)]):
        yield from step_points(world, step)


def first_main_points(world: World, command: Command) -> Iterator[Point]:
    """S, 3: the first push of main is taken unsigned. It needs a charter; the pinned root is later work's."""
    files = world.commits[command.new].files
    if charter_of(world, files) is None:
        yield Point(Kind.NO_CHARTER, MAIN, command.new)
    if any(path.startswith((SESSIONS, CONSENSUS)) and path.endswith(".yaml") for path in files):
        yield Point(Kind.UNAPPROVED, MAIN, command.new, "first-main")


def step_points(world: World, step: Oid) -> Iterator[Point]:
    commit = world.commits[step]
    parent = commit.parents[0]
    yield from bound_points(world, step, MAIN)
    yield from turned_down_points(world, brought(world, step, parent), step, MAIN)
    if world.guarded and free_acknowledgement(world, parent, step):
        if commit.headers:
            yield Point(Kind.NOT_CANONICAL, MAIN, step, "extra-headers")
        return
    if world.guarded:
        yield from authority_points(world, parent, step)
    if len(commit.parents) > 2:
        yield Point(Kind.NOT_WHAT_WAS_PROPOSED, MAIN, step, "octopus")
    elif len(commit.parents) == 2:
        yield from merge_points(world, step)
    before = world.commits[parent].files
    if not changed(before, commit.files):
        yield allowed("empty-step", MAIN, step)
    yield from content_points(Change(world, before, commit.files, MAIN, step, signer_handle(world, commit)))


def signer_handle(world: World, commit: Commit) -> str | None:
    """The approver of the server's main whose key has signed."""
    approvers = world.charter.approvers if world.charter else ()
    return next((one.handle for one in approvers if one.key and one.key == commit.signer), None)


def authority_points(world: World, parent: Oid, step: Oid) -> Iterator[Point]:
    """D3, first row: an approver of the *old* main's charter, and the trailer `Approved-by: @HANDLE` of that signer."""
    commit = world.commits[step]
    handle, said = signer_handle(world, commit), approvals(commit)
    if handle is None or handle not in said:
        yield Point(Kind.UNAPPROVED, MAIN, step)
        return
    if set(said) != {handle}:
        yield Point(Kind.UNAPPROVED, MAIN, step, "false-approval")
    charter = charter_of(world, world.commits[parent].files)
    if charter and commit.signer not in {approver.key for approver in charter.approvers}:
        yield Point(Kind.UNAPPROVED, MAIN, step, "signer-left")


def approvals(commit: Commit) -> tuple[str, ...]:
    return tuple(value for name, value in commit.trailers if name == "Approved-by")


def free_acknowledgement(world: World, parent: Oid, step: Oid) -> bool:
    """What guarded main takes unsigned: R, REG304 'in a commit that is no merge and does not touch one that counts
    already'; I12.4 'the program's own canonical form of their fields'. In whose name it may be is open without keys.
    """
    commit, before = world.commits[step], world.commits[parent].files
    paths = changed(before, commit.files)
    if len(commit.parents) != 1 or len(paths) != 1 or approvals(commit) or not commit.canonical:
        return False
    path = next(iter(paths))
    record = content(world, commit.files, path)
    if not isinstance(record, Record) or record.kind != "acknowledgement" or not record.canonical:
        return False
    return (
        path == acknowledgement_path(record.number or 0)
        and not counts(world, before, path)
        and counts(world, commit.files, path)
        and phase(world, before) >= Phase.BROADCAST
    )


def merge_points(world: World, step: Oid) -> Iterator[Point]:
    """D3, 'What is signed is what lands': blob for blob, main's file unchanged since the fork, nothing rides along."""
    merged = world.commits[step]
    main, proposal = merged.parents
    ours, theirs = world.commits[main].files, world.commits[proposal].files
    if any(
        merged.files.get(path) not in (ours.get(path), theirs.get(path)) for path in {*merged.files, *ours, *theirs}
    ):
        yield Point(Kind.MERGE_EDITS, MAIN, step)
    bases = merge_bases(world, main, proposal)
    if not bases:
        yield Point(Kind.UNRELATED, MAIN, step)
        return
    if len(bases) > 1:
        yield Point(Kind.SUPERSEDED, MAIN, step, "crossed")
        return
    fork = world.commits[next(iter(bases))].files
    yield from landing_points(step, fork, ours, theirs, merged.files)
    back = [path for path in changed(fork, theirs) if changed_and_back(world, next(iter(bases)), main, path)]
    if back and all(ours.get(path) == fork.get(path) for path in back):
        yield Point(Kind.SUPERSEDED, MAIN, step, "changed-and-back")
    own = own_paths(changed(fork, theirs))
    if own is None:
        if changed(fork, theirs):
            yield Point(Kind.RIDER, MAIN, step, "code-merge")
        return
    yield from rider_points(world, proposal, main, own, MAIN)
    if proposal not in open_proposals(world):
        yield allowed("not-open", MAIN, step)


def landing_points(step: Oid, fork: Files, ours: Files, theirs: Files, merged: Files) -> Iterator[Point]:
    proposed = changed(fork, theirs)
    if changed(ours, merged) != proposed or any(merged.get(path) != theirs.get(path) for path in proposed):
        # Also `-s ours`, which makes a proposal look merged, and a merge that takes another file back to an old state.
        yield Point(Kind.NOT_WHAT_WAS_PROPOSED, MAIN, step)
    if any(ours.get(path) != fork.get(path) for path in proposed):
        yield Point(Kind.SUPERSEDED, MAIN, step)


def changed_and_back(world: World, fork: Oid, main: Oid, path: Path) -> bool:
    """Whether main's file is the fork's again after it was another, or none, in between."""
    since = set(first_parents(world, main)) - ancestors(world, fork)
    return any(world.commits[one].files.get(path) != world.commits[fork].files.get(path) for one in since)


def own_paths(paths: frozenset[Path]) -> frozenset[Path] | None:
    """The files that belong to the proposal which changes these paths; None where no proposal does."""
    if CHARTER in paths:
        return frozenset({CHARTER, CODEOWNERS}) if paths <= {CHARTER, CODEOWNERS} else None
    if len(paths) != 1:
        return None
    path = next(iter(paths))
    return paths if path.startswith((SESSIONS, CONSENSUS)) else None


def open_proposals(world: World) -> frozenset[Oid]:
    return frozenset(oid for ref, oid in world.refs.items() if proposal_of(ref))


# --- turned down -----------------------------------------------------------------------------------------------------


def rejected_commits(world: World) -> Mapping[Oid, bool]:
    """What stands turned down on the server already, and whether one of today's approvers signed it.

    Docs for approvers: a rejection applies to its parent proposal only. `refs/rejected/` of the push itself is not asked.
    """
    found = dict[Oid, bool]()
    for ref, oid in world.refs.items():
        commit = world.commits.get(oid)
        if commit is not None and rejected_name(ref) and len(commit.parents) == 1:
            today = not world.guarded or signer_handle(world, commit) is not None
            if today or past_approver(world, commit):
                found[commit.parents[0]] = found.get(commit.parents[0], False) or today
    return found


def past_approver(world: World, commit: Commit) -> bool:
    """Whether a charter that main once had names the signer."""
    line = first_parents(world, world.main) if world.main else ()
    charters = (charter_of(world, world.commits[one].files) for one in line)
    return commit.signer is not None and any(
        commit.signer in {approver.key for approver in charter.approvers} for charter in charters if charter
    )


def turned_down_points(world: World, commits: frozenset[Oid], tip: Oid, ref: Ref) -> Iterator[Point]:
    """D3: 'A commit that was turned down or withdrawn … counts for nothing'; I12.3 'never comes back'."""
    rejected = rejected_commits(world)
    for oid in sorted(commits & (rejected.keys() | world.withdrawn)):
        today = rejected.get(oid, True)
        tips = {tip, *world.commits[tip].parents[1:]}
        inside = None if oid in tips else "turned-down-inside"
        yield Point(Kind.TURNED_DOWN, ref, oid, inside if today else "rejection-old-approver")


# --- proposals -------------------------------------------------------------------------------------------------------


def proposal_points(world: World, command: Command) -> Iterator[Point]:
    """A proposal that is made or replaced. It is judged as it would land on the *server's* main."""
    proposal, main = proposal_of(command.ref), world.main
    assert proposal is not None and main is not None  # `judge_of` and `command_points` have seen to it
    commits = brought(world, command.new, main)
    yield from turned_down_points(world, commits | {command.new}, command.new, command.ref)
    yield from rider_points(world, command.new, main, proposal.own, command.ref)
    yield from replacing_points(world, command, proposal)
    bases = merge_bases(world, main, command.new)
    if not bases:
        yield Point(Kind.UNRELATED, command.ref, command.new)
        return
    ours, theirs = world.commits[main].files, world.commits[command.new].files
    if any(world.commits[base].files.get(path) != ours.get(path) for base in bases for path in proposal.own):
        # R, REG103: true even where both files are the same to the byte (D3, 'Intent, not only effect').
        yield Point(Kind.SUPERSEDED, command.ref, command.new, None if len(bases) == 1 else "crossed")
        return
    if any(changed_and_back(world, base, main, path) for base in bases for path in proposal.own):
        yield Point(Kind.SUPERSEDED, command.ref, command.new, "changed-and-back")
    yield from landed_proposal_points(world, command, proposal, with_own(ours, theirs, proposal.own))


def with_own(ours: Files, theirs: Files, own: frozenset[Path]) -> Files:
    """Main with the proposal's own files."""
    landed = {path: blob for path, blob in ours.items() if path not in own}
    return {**landed, **{path: theirs[path] for path in own if path in theirs}}


def landed_proposal_points(world: World, command: Command, proposal: Proposal, landed: Files) -> Iterator[Point]:
    assert world.main is not None
    commit, before = world.commits[command.new], world.commits[world.main].files
    if before == landed:
        yield Point(Kind.NOTHING, command.ref, command.new, "nothing-proposed")
        return
    gone = proposal.file not in landed
    if (proposal.kind == "release" and not gone) or (proposal.kind in ("claim", "charter") and gone):
        yield Point(Kind.WRONG_BRANCH, command.ref, command.new)  # S: 'claim/NN holds one claim, of that number'
    if proposal.kind == "charter" and CHARTER not in changed(before, landed):
        yield Point(Kind.WRONG_BRANCH, command.ref, command.new)
    if proposal.kind == "record" and gone:
        yield Point(Kind.WRONG_BRANCH, command.ref, command.new, "record-removed")
    yield from content_points(Change(world, before, landed, command.ref, command.new, signer_handle(world, commit)))


def rider_points(world: World, tip: Oid, main: Oid, own: frozenset[Path], ref: Ref) -> Iterator[Point]:
    """D3, 'Nothing rides along', for every commit that a branch brings beyond main."""
    commits = brought(world, tip, main)
    if len(commits) > world.limits.commits:
        yield Point(Kind.RIDER, ref, tip)
    for oid in sorted(commits):
        yield from bound_points(world, oid, ref)
        yield from commit_rider_points(world, oid, main, own, ref)


def commit_rider_points(world: World, oid: Oid, main: Oid, own: frozenset[Path], ref: Ref) -> Iterator[Point]:
    commit = world.commits[oid]
    if not commit.parents:
        yield Point(Kind.UNRELATED, ref, oid)  # D3: 'of another registry (another root) counts for nothing'
        return
    paths = changed(world.commits[commit.parents[0]].files, commit.files)
    if len(commit.parents) > 2:
        yield Point(Kind.RIDER, ref, oid)
    elif len(commit.parents) == 2:
        yield from branch_merge_points(world, oid, main, own, ref)
    elif not paths <= own:
        yield Point(Kind.RIDER, ref, oid)
    elif not paths:
        yield allowed("empty-commit", ref, oid)


def branch_merge_points(world: World, oid: Oid, main: Oid, own: frozenset[Path], ref: Ref) -> Iterator[Point]:
    """D3: 'a merge of main into it: nothing but what main has'. The own file is as one of the two has it."""
    commit = world.commits[oid]
    first, second = commit.parents
    ours, theirs, on_main = world.commits[first].files, world.commits[second].files, ancestors(world, main)
    if second not in on_main:
        yield Point(Kind.RIDER, ref, oid, "reversed-merge" if first in on_main else None)
    elif any(commit.files.get(path) != theirs.get(path) for path in {*commit.files, *ours, *theirs} - own):
        # Not only "as one of the parents": a file kept as the branch had it, where main has moved on, is no longer
        # main's, and the branch itself has never changed it.
        yield Point(Kind.RIDER, ref, oid)
    elif any(commit.files.get(path) not in (ours.get(path), theirs.get(path)) for path in own):
        yield Point(Kind.MERGE_EDITS, ref, oid)


# --- who may replace -------------------------------------------------------------------------------------------------


def replacing_points(world: World, command: Command, proposal: Proposal) -> Iterator[Point]:
    """D3, third row. Keys come here: the key in the *server's* open proposal decides."""
    there = world.refs.get(command.ref)
    if there is None:
        return
    if is_spent(world, there):
        yield allowed("spent-replaces", command.ref, command.new)
        return
    if proposal.kind == "claim":
        yield from replaced_claim_points(world, command, proposal, there)
    elif proposal.kind == "release":
        yield allowed("release-replaces", command.ref, command.new)
    elif proposal.kind == "charter":
        yield from replaced_charter_points(world, command, there)
    # A record names its session, and `record_points` holds it to main's holder: the same session by construction.


def replaced_claim_points(world: World, command: Command, proposal: Proposal, there: Oid) -> Iterator[Point]:
    assert world.main is not None
    old = content(world, world.commits[there].files, proposal.file)
    new = content(world, world.commits[command.new].files, proposal.file)
    held = content(world, world.commits[world.main].files, proposal.file)
    if not isinstance(new, Claim):
        return  # refused elsewhere: a claim branch without a claim
    if not isinstance(old, Claim):
        yield Point(Kind.NOT_YOURS, command.ref, command.new, "unreadable-proposal")
    elif old.session_id == new.session_id:
        if old.key is None and new.key is not None:
            yield Point(Kind.NOT_YOURS, command.ref, command.new)  # D3: 'never adding a key'
    elif isinstance(held, Claim) and held.session_id == new.session_id:
        yield allowed("holder-replaces", command.ref, command.new)
    else:
        approver = signer_handle(world, world.commits[command.new])
        yield Point(Kind.NOT_YOURS, command.ref, command.new, "approver-replaces" if approver else None)


def replaced_charter_points(world: World, command: Command, there: Oid) -> Iterator[Point]:
    signed = [signer_handle(world, world.commits[oid]) is not None for oid in (there, command.new)]
    if signed == [True, False]:
        yield Point(Kind.NOT_YOURS, command.ref, command.new, "charter-replaces")
    else:
        yield allowed("charter-replaces", command.ref, command.new)


def is_spent(world: World, oid: Oid) -> bool:
    """Merged into the server's main, turned down or withdrawn: by what the server has, never by this push."""
    merged = world.main is not None and oid in ancestors(world, world.main)
    return merged or oid in rejected_commits(world) or oid in world.withdrawn


# --- deletions -------------------------------------------------------------------------------------------------------


def deletion_points(world: World, command: Command) -> Iterator[Point]:
    """I12.1: 'a deletion is judged against refs that are on the server already, never against another part of the same
    push (so approve and reject make two pushes)'.
    """
    there = world.refs.get(command.ref)
    if there is None:
        yield Point(Kind.NOTHING_TO_DELETE, command.ref, ZERO)  # I12.7, `Z Z ref`
    elif not proposal_of(command.ref):
        # Main and broadcast: S, 'main is never deleted', 'is never taken away'. A rejection: without it what was turned
        # down would come back (D3).
        yield Point(Kind.NEVER_DELETED, command.ref, ZERO)
    elif is_spent(world, there):
        rejected = rejected_commits(world)
        if there in rejected and not rejected[there] and there not in ancestors(world, world.main or ZERO):
            yield allowed("rejection-old-approver", command.ref, ZERO)
    elif not world.guarded:
        yield allowed("unsigned-delete", command.ref, ZERO)
    else:
        yield Point(Kind.STILL_OPEN, command.ref, ZERO)  # D3: keyless, 'only an approver takes it away'


# --- rejections ------------------------------------------------------------------------------------------------------


def rejection_points(world: World, command: Command) -> Iterator[Point]:
    """`refs/rejected/PROPOSAL/DIGITS`: made once, by an approver of the server's main, about what is open there now."""
    named = rejected_name(command.ref)
    assert named is not None
    if command.ref in world.refs:
        yield Point(Kind.BAD_REJECTION, command.ref, command.new)  # a rejection that stands is not rewritten
        return
    commit = world.commits[command.new]
    handle = signer_handle(world, commit)
    yield from bound_points(world, command.new, command.ref)
    if world.guarded and handle is None:
        yield Point(Kind.BAD_REJECTION, command.ref, command.new)
    if len(commit.parents) != 1:
        yield Point(Kind.BAD_REJECTION, command.ref, command.new)  # whose parent is the one commit turned down
        return
    if commit.parents[0] != world.refs.get(f"refs/heads/{named[0]}"):
        yield Point(Kind.BAD_REJECTION, command.ref, command.new, "rejection-tip")
    if changed(world.commits[commit.parents[0]].files, commit.files):
        yield Point(Kind.RIDER, command.ref, command.new)  # D3: nothing rides along into every clone
    said = {value for name, value in commit.trailers if name == "Rejected-by"}
    if not command.new.startswith(named[1]) or (handle and said != {handle}):
        yield Point(Kind.BAD_REJECTION, command.ref, command.new, "rejection-form")


# --- the broadcast branch --------------------------------------------------------------------------------------------


def broadcast_points(world: World, command: Command) -> Iterator[Point]:
    """S: 'holds what an approved main says, whoever pushes it'; I12.4: the program's own canonical form, on a clean parent."""
    assert world.main is not None
    commit, there = world.commits[command.new], world.refs.get(BROADCAST_BRANCH)
    if phase(world, world.commits[world.main].files) < Phase.APPROVED:
        yield Point(Kind.BAD_BROADCAST, command.ref, command.new)
    if commit.files != world.broadcasts.get(world.main):
        earlier = any(commit.files == world.broadcasts.get(one) for one in first_parents(world, world.main))
        yield Point(Kind.BAD_BROADCAST, command.ref, command.new, "old-broadcast" if earlier else None)
    if commit.parents != ((there,) if there else ()):
        yield from broadcast_parent_points(world, command, there)
    if not commit.canonical:
        yield Point(Kind.NOT_CANONICAL, command.ref, command.new)
    if commit.headers:
        yield Point(Kind.NOT_CANONICAL, command.ref, command.new, "extra-headers")
    yield from bound_points(world, command.new, command.ref)


def broadcast_parent_points(world: World, command: Command, there: Oid | None) -> Iterator[Point]:
    """Anything brought beside the one commit is a rider; a parent that the server already has is a judgement call."""
    known = {oid for ref, tip in world.refs.items() if ref in (MAIN, BROADCAST_BRANCH) for oid in ancestors(world, tip)}
    if there and there not in ancestors(world, command.new):
        yield Point(Kind.BAD_BROADCAST, command.ref, command.new)  # takes back what was broadcast
    strangers = ancestors(world, command.new) - known - {command.new}
    yield Point(Kind.RIDER, command.ref, command.new, None if strangers else "broadcast-parent")
