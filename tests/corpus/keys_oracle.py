"""Who may speak for a session, decided from the design page and nothing else.

A pure function over values: `decide(situation) -> Verdict`. It knows no Git, reads no repository and imports nothing of
the product. It was written before the rules of keys (REG109, REG308, withdrawal) were built, by someone who has not
read the product. It extends `guard_oracle.py`: that one judges a whole push without keys, this one judges one act in a
session's name with them. A push that the guard's oracle refuses firmly stays refused, whatever this one says.

How to read it
--------------
* `D2`, `D3`, `D7` = sections of design.md; `I15` = the requirements for keys; `R`, `S` = docs/rules.md, docs/server.md.
* A `Situation` says what is true on the server *before* the push and what the push brings. A test draws a situation,
  builds it as real commits and refs, pushes it, and compares.
* Where the page decides, a `Point` has `call=None`: it is firm. Where it is silent or can be read in two ways, the
  oracle chooses and names its choice in `CALLS`: then `Verdict.answer` is SILENT, and `Verdict.leans` is the choice.
* `Point.codes` are the codes under which the fault may rightly be told; empty where the page names none.
* `Situation.pusher` is never read: a plain server does not know who pushes (D3, `The server's own refs are the only
  truth`). It is there so that a test can vary it.
* A plain server with signatures, unless `signed_server` is false. Accounts of a forge (`owner`) are out.
"""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import NamedTuple

KeyText = str
KeyIdentity = tuple[str, str]

CALLS: Mapping[str, str] = {
    "approver-edits-more": (
        "D3 'a new key also by an approver's own signed commit': one that changes the goal as well: refused"
    ),
    "approver-first-key": (
        "D3 row 4 'a new key also by an approver' against row 5 'the first key … slots[].key, or release and "
        "a new claim' and I15 'comes only from': refused"
    ),
    "approver-withdraws": (
        "D3 'only an approver takes it away' is `reject`; a withdrawal signed by an approver: refused"
    ),
    "earlier-commits": (
        "D3 asks for a signature on a first claim's *commits*; R REG308 asks the same of an amendment and a release, "
        "whose messages are read: unsigned commits below: refused. Of a record the commit that made the blob: accepted"
    ),
    "key-removed": (
        "an amendment that takes the key out, signed by it: accepted (with `session_keys: required` refused)"
    ),
    "key-removed-by-approver": (
        "'a new key' is not 'no key': an approver who takes a key out: refused (release instead)"
    ),
    "keys-unsigned-server": (
        "D3 speaks of 'a plain server with signatures'; without them a session's key binds nobody: accepted"
    ),
    "landed": "a commit that main has already proposes nothing: refused",
    "merge-unsigned": (
        "D3 'its commits are signed by that key'; a merge of main into the branch makes no blob: what an approver has "
        "merged is accepted unsigned; as the last commit of a branch that is pushed: refused (S: its message and date)"
    ),
    "open-key-dropped": ("a keyed open first claim replaced, with its key's signature, by one without a key: refused"),
    "open-rekey": (
        "a keyed open first claim replaced by one with another key: its commits would need both signatures: refused"
    ),
    "open-renamed": (
        "a keyed open first claim replaced, with its key's signature, under another session_id: refused (S: "
        "'only the session that made it can replace it')"
    ),
    "required-later": (
        "`session_keys: required` came after a keyless claim: what it says or amends without a key: accepted (R "
        "REG111 'a claim that had none before … is a warning')"
    ),
    "rotation-leaves-slot": (
        "`slots[].key` binds 'before the first claim'; a later new key that is not the slot's: accepted"
    ),
    "slot-after-claim": (
        "`slots[].key` names a key, main's claim has none: who speaks is 'the key in main's claim, where it "
        "has one': nobody is asked: accepted"
    ),
    "slot-key-elsewhere": (
        "a claim with the key that another number's slot names: refused (D7 'the same key under two numbers')"
    ),
    "slot-key-unwritten": ("`slots[].key` names a key, the first claim is signed by it and has no `key`: accepted"),
    "slot-over-keyless-open": (
        "a keyless open claim, then the slot gets a key, and the slot's key replaces it: D3 'never adding a "
        "key': refused, reject first"
    ),
    "superseded-draft": (
        "an older signed draft of the same open proposal, pushed again over the newer one: I15 'nothing "
        "counts that its signer did not say here and now': refused (S: the committer's dates rise on a branch)"
    ),
    "withdraw-later": (
        "withdrawing an open amendment, release or record: the key in main's claim (I15 'what is later said')"
    ),
    "withdrawal-rides": (
        "a withdrawal whose tree is not its parent's: D3 'nothing rides along' speaks of branches: refused"
    ),
    "withdrawn-name": ("I15 `refs/withdrawn/…`: the rest of the name is the product's; taken: as of `refs/rejected/`"),
}


class Kind(Enum):
    """What is said in a session's name. An amendment that changes or adds a key is an AMENDMENT with another key."""

    FIRST_CLAIM = "a claim of a number that main does not hold, no open proposal for it"
    REPLACE = "the same, over an open proposal"
    WITHDRAW = "a commit under refs/withdrawn/ whose only parent is the proposal"
    DELETE = "the proposal's branch is taken away"
    AMENDMENT = "a change of main's claim by its holder; a new key is one"
    RELEASE = "main's claim is taken away"
    ACKNOWLEDGEMENT = "acknowledgements/NN.yaml"
    CONFIRMATION = "confirmation.yaml, `number` is the orchestrator's"
    BROADCAST = "broadcast.yaml, `number` is the orchestrator's"


class Way(Enum):
    """How it comes."""

    PROPOSED = "pushed to its branch (or to refs/withdrawn, or the branch deleted)"
    MERGED = "a merge of the branch moves main"
    DIRECT = "a commit with one parent moves main: an approver's own, or a session's acknowledgement"


class Fate(Enum):
    """What became of a signed commit before this push."""

    FRESH = "never on the server, or the tip of the open proposal itself"
    SUPERSEDED = "was the tip of the open proposal; a newer one stands there"
    TURNED_DOWN = "turned down by an approver"
    WITHDRAWN = "withdrawn by its session"
    LANDED = "merged into main"


class Base(Enum):
    """Main's file between the fork of the signed commit and the main of now."""

    UNCHANGED = "the same all the time"
    CHANGED = "another"
    EARLIER_LIFE = "gone and back in between: the number was released and registered again"


class Signed(NamedTuple):
    """One commit that a branch brings. `made_blob`: the file is as this commit made it (a release: it took it away)."""

    signer: KeyText | None = None
    made_blob: bool = True
    merge_of_main: bool = False
    fate: Fate = Fate.FRESH
    base: Base = Base.UNCHANGED
    our_root: bool = True


class Step(NamedTuple):
    """The commit that moves main. `approved_by_key`: the key of the approver whom its trailer `Approved-by` names."""

    signer: KeyText | None = None
    approved_by_key: KeyText | None = None
    lands_signed_blob: bool = True
    canonical: bool = True


class Side(NamedTuple):
    """A claim for the number: main's, the server's open one, or the new one."""

    session_id: str
    key: KeyText | None = None


class Situation(NamedTuple):
    """One act, and the server before it."""

    kind: Kind
    way: Way = Way.PROPOSED
    commits: tuple[Signed, ...] = (Signed(),)
    new: Side | None = None  # first claim, replacement, amendment
    main: Side | None = None  # of the number; of a record: its session's
    open: Side | None = None  # the server's open proposal under this name
    step: Step | None = None  # MERGED and DIRECT
    slot_key: KeyText | None = None
    slot_keys_elsewhere: frozenset[KeyText] = frozenset()
    keys_elsewhere: frozenset[KeyText] = frozenset()  # on main, under other numbers
    approver_keys: frozenset[KeyText] = frozenset()  # of the old main's charter
    session_keys_required: bool = False
    changes_more_than_key: bool = False
    of_server_tip: bool = True  # WITHDRAW: the only parent is what the server has open now
    rides: bool = False  # WITHDRAW: its tree is not its parent's
    gone_on_server: bool = False  # DELETE: merged, turned down or withdrawn there, before this push
    signed_server: bool = True
    pusher: str = "anyone"


class Answer(Enum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SILENT = "the page is silent"


class Point(NamedTuple):
    """One thing that decides. `page` is the sentence it is from."""

    page: str
    codes: frozenset[str] = frozenset()
    call: str | None = None
    refuses: bool = True


class Verdict(NamedTuple):
    points: tuple[Point, ...]

    @property
    def leans(self) -> Answer:
        """The oracle's answer, its own choices included."""
        return Answer.REFUSED if any(point.refuses for point in self.points) else Answer.ACCEPTED

    @property
    def answer(self) -> Answer:
        """What the page decides: a firm refusal wins; a choice of the oracle's makes it SILENT."""
        if any(point.refuses and point.call is None for point in self.points):
            return Answer.REFUSED
        return Answer.SILENT if self.points else Answer.ACCEPTED

    @property
    def codes(self) -> frozenset[str]:
        """Of the firm refusals: a test asks that at least one of these is told, where there is any."""
        firm = (point for point in self.points if point.refuses and point.call is None)
        return frozenset[str]().union(*(point.codes for point in firm))

    @property
    def calls(self) -> frozenset[str]:
        return frozenset(point.call for point in self.points if point.call)


NOT_THE_SESSION = frozenset({"REG308"})
KEY_TAKEN = frozenset({"REG109"})
PROPOSE_AGAIN = frozenset({"REG305", "REG308"})
ALTERED = frozenset({"REG310", "REG308"})
UNAPPROVED = frozenset({"REG304"})
NO_CODE = frozenset[str]()
LATER = frozenset({Kind.AMENDMENT, Kind.RELEASE, Kind.ACKNOWLEDGEMENT, Kind.CONFIRMATION, Kind.BROADCAST})
RECORDS = frozenset({Kind.ACKNOWLEDGEMENT, Kind.CONFIRMATION, Kind.BROADCAST})


# --- keys ------------------------------------------------------------------------------------------------------------

KEY = re.compile(r"(ssh-ed25519|sk-ssh-ed25519@openssh\.com) ([A-Za-z0-9+/]+={0,2})(?: .*)?", re.ASCII)


def identity(key: KeyText | None) -> KeyIdentity | None:
    """I15: 'Ed25519 or sk-Ed25519, compared by type and base64 alone, no certificates'. None for anything else."""
    found = KEY.fullmatch(key) if key else None
    return (found[1], found[2]) if found else None


def same(one: KeyText | None, other: KeyText | None) -> bool:
    """Whether two texts are one key. No key is the same as none."""
    return identity(one) is not None and identity(one) == identity(other)


def among(key: KeyText | None, keys: frozenset[KeyText]) -> bool:
    return any(same(key, one) for one in keys)


# --- the decision ----------------------------------------------------------------------------------------------------


def decide(situation: Situation) -> Verdict:
    """The verdict on one act."""
    return Verdict(tuple(points(situation)))


def points(situation: Situation) -> Iterator[Point]:
    if situation.kind is Kind.DELETE:
        yield from deletion_points(situation)
        return
    yield from key_form_points(situation)
    if not situation.signed_server:
        yield Point(
            "D3 'Without signatures anyone who may push may do all of this'", NO_CODE, "keys-unsigned-server", False
        )
        return
    yield from fate_points(situation)
    yield from step_points(situation)
    yield from last_points(situation)
    if situation.kind is Kind.WITHDRAW:
        yield from withdrawal_points(situation)
    elif situation.kind in (Kind.FIRST_CLAIM, Kind.REPLACE):
        yield from first_claim_points(situation)
    elif situation.kind is Kind.AMENDMENT:
        yield from amendment_points(situation)
    else:
        yield from later_points(situation)


def refused(page: str, codes: frozenset[str] = NOT_THE_SESSION, call: str | None = None) -> Point:
    return Point(page, codes, call)


def allowed(call: str) -> Point:
    return Point(CALLS[call], NO_CODE, call, refuses=False)


def key_form_points(situation: Situation) -> Iterator[Point]:
    """D2 'the SSH key'; D7, REG109."""
    key = situation.new.key if situation.new else None
    if key is None:
        return
    if identity(key) is None:
        yield refused("I15 'Ed25519 or sk-Ed25519 …, no certificates'", NO_CODE)
    if among(key, situation.approver_keys):
        yield refused("D7 REG109 'an approver's key in a claim'", KEY_TAKEN)
    if among(key, situation.keys_elsewhere):
        yield refused("D7 REG109 'the same key under two numbers'", KEY_TAKEN)
    elif among(key, situation.slot_keys_elsewhere):
        yield refused(CALLS["slot-key-elsewhere"], KEY_TAKEN, "slot-key-elsewhere")


def fate_points(situation: Situation) -> Iterator[Point]:
    """D3, 'What is signed is what lands'. True for every kind, with or without keys."""
    for commit in situation.commits:
        if commit.fate in (Fate.TURNED_DOWN, Fate.WITHDRAWN):
            yield refused("D3 'a commit that was turned down or withdrawn … counts for nothing'", NO_CODE)
        if not commit.our_root:
            yield refused("D3 'of another registry (another root) counts for nothing'", PROPOSE_AGAIN)
        if commit.base is Base.EARLIER_LIFE:
            yield refused("D3 'of an earlier life of the number … counts for nothing'", PROPOSE_AGAIN)
        elif commit.base is Base.CHANGED:
            yield refused(
                "D3 'main's file is unchanged since that commit's fork; else \"propose again\"'", PROPOSE_AGAIN
            )
        if commit.fate is Fate.SUPERSEDED and commit.signer:
            yield refused(CALLS["superseded-draft"], NOT_THE_SESSION, "superseded-draft")
        elif commit.fate is Fate.LANDED:
            yield refused(CALLS["landed"], NO_CODE, "landed")


def step_points(situation: Situation) -> Iterator[Point]:
    """D3, first row, and 'a merge has each file as one of its parents has it'."""
    step = situation.step
    if step is None:
        return
    own_acknowledgement = situation.kind is Kind.ACKNOWLEDGEMENT and situation.way is Way.DIRECT and step.canonical
    approved = same(step.signer, step.approved_by_key) and among(step.signer, situation.approver_keys)
    if not approved and not own_acknowledgement:
        yield refused("D3 'a commit signed by an approver of the *old* main's charter, with the trailer'", UNAPPROVED)
    if situation.way is Way.MERGED and not step.lands_signed_blob:
        yield refused("D3 'the blob on main is, byte for byte, the blob in the session's signed commit'", ALTERED)


def last_points(situation: Situation) -> Iterator[Point]:
    """S 'the last commit of a branch is signed': a merge of main, too."""
    if situation.way is not Way.PROPOSED or not situation.commits or not situation.commits[-1].merge_of_main:
        return
    sides = (situation.main, situation.open, situation.new)
    key = next((side.key for side in sides if side and side.key), situation.slot_key)
    last = situation.commits[-1].signer
    if key and not same(last, key) and not among(last, situation.approver_keys):
        yield refused(CALLS["merge-unsigned"], NOT_THE_SESSION, "merge-unsigned")


# --- whose signature -------------------------------------------------------------------------------------------------


def signed_by(situation: Situation, key: KeyText | None) -> bool:
    """Whether what made the file is signed by a key. D3: 'followed to the commit that made the blob' (I15)."""
    return any(same(signer, key) for signer in speakers(situation))


def signed_by_approver(situation: Situation) -> bool:
    """D3: 'an approver's own signed commit': it made the file itself; a merge of somebody's commit is not one."""
    return any(among(signer, situation.approver_keys) for signer in speakers(situation))


def speakers(situation: Situation) -> tuple[KeyText | None, ...]:
    """The signers of the commits that made the file. A step with one parent has made it itself."""
    if situation.way is Way.DIRECT:
        return (situation.step.signer,) if situation.step else ()
    return tuple(commit.signer for commit in situation.commits if commit.made_blob)


def all_signed_by(situation: Situation, key: KeyText | None) -> bool:
    """D3: 'its commits are signed by that key': all that the branch brings, but merges of main."""
    if situation.way is Way.DIRECT:
        return signed_by(situation, key)
    return all(same(commit.signer, key) for commit in situation.commits if not commit.merge_of_main)


# --- no claim on main yet --------------------------------------------------------------------------------------------


def first_claim_points(situation: Situation) -> Iterator[Point]:
    """D3, rows 2 and 3."""
    new, slot = situation.new, situation.slot_key
    if new is None:
        return
    if new.key is None and situation.session_keys_required:
        yield refused("D2 '`required` makes every claim carry the key that speaks for it'", NO_CODE)
    if new.key and not all_signed_by(situation, new.key):
        yield refused("D3 'with a `key` in it: its commits are signed by that key'")
    if slot and not all_signed_by(situation, slot):
        yield refused("D3 'where `slots[].key` names one, by that one'")
    if slot and new.key is None:
        yield allowed("slot-key-unwritten")
    merged = situation.way is Way.MERGED and any(commit.merge_of_main for commit in situation.commits)
    if (new.key or slot) and merged:
        yield allowed("merge-unsigned")
    if situation.kind is Kind.REPLACE and situation.open:
        yield from replaced_points(situation, new, situation.open)


def replaced_points(situation: Situation, new: Side, there: Side) -> Iterator[Point]:
    """D3, row 3: 'the key of the **server's open proposal**; keyless: the same session_id …, never adding a key'."""
    if there.key is None:
        if new.session_id != there.session_id:
            yield refused("D3 'keyless: the same session_id replaces'", NO_CODE)
        if new.key is not None:
            slot = same(new.key, situation.slot_key)
            yield refused("D3 'never adding a key'", NOT_THE_SESSION, "slot-over-keyless-open" if slot else None)
        return
    if new.key is not None and not same(new.key, there.key):
        # Refused whichever signs: by the open key's absence, or by the new one's.
        yield refused(CALLS["open-rekey"], NOT_THE_SESSION, "open-rekey" if signed_by(situation, there.key) else None)
    elif not signed_by(situation, there.key):
        yield refused("D3 'the key of the **server's open proposal**'")
    elif new.key is None:
        yield refused(CALLS["open-key-dropped"], NOT_THE_SESSION, "open-key-dropped")
    if new.session_id != there.session_id:
        yield refused(CALLS["open-renamed"], NO_CODE, "open-renamed")


# --- withdrawal and deletion -----------------------------------------------------------------------------------------


def withdrawal_points(situation: Situation) -> Iterator[Point]:
    """I15: 'a commit under `refs/withdrawn/…` whose only parent is the proposal, signed by its key'."""
    later = situation.main is not None
    speaker = situation.main if later else situation.open
    if not situation.of_server_tip:
        yield refused("I15 'whose only parent is the proposal'; D3 'the server's own refs are the only truth'", NO_CODE)
    if situation.rides:
        yield refused(CALLS["withdrawal-rides"], NO_CODE, "withdrawal-rides")
    if signed_by_approver(situation):
        yield refused(CALLS["approver-withdraws"], NO_CODE, "approver-withdraws")
    elif speaker is None or speaker.key is None:
        yield refused("D3 'keyless: … only an approver takes it away'", NO_CODE)
    elif not signed_by(situation, speaker.key):
        yield refused("I15 'signed by its key'", NO_CODE, "withdraw-later" if later else None)
    elif later:
        yield allowed("withdraw-later")


def deletion_points(situation: Situation) -> Iterator[Point]:
    """D3: the server's refs before the push; I15 'then the branch may go'. Who deletes does not matter."""
    if situation.gone_on_server:
        return
    if situation.signed_server:
        yield refused(
            "D3 '… never another part of the same push'; S 'a proposal goes after it is merged or turned down'", NO_CODE
        )


# --- a claim is on main ----------------------------------------------------------------------------------------------


def amendment_points(situation: Situation) -> Iterator[Point]:
    """D3, rows 4 and 5."""
    main, new = situation.main, situation.new
    if main is None or new is None:
        return
    if new.session_id != main.session_id:
        yield refused("R REG301 'puts another session_id on a held number'", frozenset({"REG301"}))
    if main.key is None:
        yield from first_key_points(situation, new)
    elif same(main.key, new.key):
        yield from later_points(situation)
    elif new.key is None:
        yield from dropped_key_points(situation, main)
    else:
        yield from new_key_points(situation, main, new)


def first_key_points(situation: Situation, new: Side) -> Iterator[Point]:
    """D3, row 5: 'the first key of a registered keyless claim: `slots[].key`, or release and a new claim'."""
    if new.key is None:
        if situation.session_keys_required:
            yield allowed("required-later")
        if situation.slot_key:
            yield allowed("slot-after-claim")
    elif same(new.key, situation.slot_key) and signed_by(situation, new.key):
        yield from below_points(situation, new.key)
    else:
        by_approver = signed_by_approver(situation)
        yield refused("D3 row 5", NOT_THE_SESSION, "approver-first-key" if by_approver else None)


def new_key_points(situation: Situation, main: Side, new: Side) -> Iterator[Point]:
    """I15: 'A new key is an amendment signed by the old one; … an approver's own signed commit … replaces the key'."""
    if signed_by(situation, main.key):
        yield from below_points(situation, main.key)
    elif not signed_by_approver(situation):
        yield refused("D3 row 4 'the key in **main's** claim'")
    elif situation.changes_more_than_key:
        yield refused(CALLS["approver-edits-more"], NOT_THE_SESSION, "approver-edits-more")
    if situation.slot_key and not same(new.key, situation.slot_key):
        yield allowed("rotation-leaves-slot")


def dropped_key_points(situation: Situation, main: Side) -> Iterator[Point]:
    if situation.session_keys_required:
        yield refused("D2 '`required` makes every claim carry the key that speaks for it'", NO_CODE)
    if signed_by(situation, main.key):
        yield allowed("key-removed")
    else:
        by_approver = signed_by_approver(situation)
        yield refused("D3 row 4", NOT_THE_SESSION, "key-removed-by-approver" if by_approver else None)


def later_points(situation: Situation) -> Iterator[Point]:
    """D3, row 4: 'the key in **main's** claim, where it has one; release … also by an approver's own signed commit'."""
    main = situation.main
    if main is None:
        return  # not a matter of keys: R REG402, or there is nothing to release
    if main.key is None:
        if situation.session_keys_required and situation.kind in RECORDS:
            yield allowed("required-later")
        if situation.slot_key:
            yield allowed("slot-after-claim")
    elif signed_by(situation, main.key):
        yield from below_points(situation, main.key)
    elif situation.kind is not Kind.RELEASE or not signed_by_approver(situation):
        yield refused("D3 row 4 'the key in **main's** claim, where it has one'")


def below_points(situation: Situation, key: KeyText | None) -> Iterator[Point]:
    """Commits of the branch that did not make the file as it is."""
    if all_signed_by(situation, key):
        return
    if situation.kind in RECORDS:
        yield allowed("earlier-commits")
    else:
        yield refused(CALLS["earlier-commits"], NOT_THE_SESSION, "earlier-commits")
