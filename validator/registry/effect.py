"""Say in one sentence what merging a change would do, and show the claim that comes or goes."""

from collections.abc import Iterator, Sequence

from validator.model import shapes
from validator.model.effect import NOTHING, Effect
from validator.model.layout import ACTIVATION, CHARTER, CODEOWNERS, SESSIONS, form_of
from validator.model.phrases import counted, join_limited, ranges
from validator.model.targets import format_target
from validator.registry.amendment import DIFF, charter_changes, charter_in_short, claim_changes
from validator.registry.consensus.criteria import is_registered
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.week import with_days
from validator.registry.parsing import ClaimFile
from validator.registry.proposer import proposer
from validator.registry.records import KINDS, acknowledges_only, record_of, record_states
from validator.registry.snapshot import Author, Snapshot
from validator.registry.workload import format_scope

MOST_SESSIONS = 12  # acknowledging sessions that are named
LAYOUT, OUTSIDE = "in its comments or layout only.", "not part of the registry: "
NO_CLAIM = "a file that is no claim."
UNSHOWN = (LAYOUT, OUTSIDE, NO_CLAIM, DIFF)  # in a sentence that does not show what changes
MOST_STEPS = 12  # changes of a group that are told
STOPS = "; the fleet stops until then"
MOST_MISSING = 12  # numbers that are named
OWNER_SPEAKS = " From then on only this account, or an approver, can change or release it."
FROZEN = (
    " From the merge on no session can change its role, goal, targets, responsibilities, scope or schedule "
    "without giving its number back."
)


def effect_of(head: Snapshot, base: Snapshot) -> Effect:
    """What merging would do; `head` is the change as it would land on `base`."""
    touched = sorted(path for path in head.touched(base) if not path.endswith("/.gitkeep"))
    by = proposer(head, base)
    sentence = _sentence(touched, head, base) + (f" It {words}" if (words := voids(head, base)) else "")
    owned = not acknowledges_only(head, base)
    rows = tuple(_rows(touched, head, base))
    who = (by.own, by.elsewhere, by.named)
    unshown = any(words in sentence for words in UNSHOWN)
    return Effect(sentence, by.words, by.cautions, rows, owned, by.notes, by.lost, by.doubts, *who, unshown)


def effect_of_group(steps: Sequence[tuple[Snapshot, Snapshot]]) -> Effect:
    """What several changes do one after the other, each a pair as for `effect_of`; there is one at least."""
    first, *others = (effect_of(head, base) for head, base in steps[:MOST_STEPS])
    if not others:
        return first
    more = f" So it goes on for {counted(len(steps), 'change')}." if len(steps) > MOST_STEPS else ""
    return Effect(" Then it ".join(one.sentence for one in (first, *others)) + more)


def held_since(claim: ClaimFile, base: Snapshot) -> str:
    """`marketing-outreach-1 since 2026-11-20`: the session that holds a number on main."""
    found = base.past([claim.path]).get(claim.path)
    return (claim.draft.session_id or "an unreadable claim") + (f" since {found.day}" if found else "")


def _sentence(touched: list[str], head: Snapshot, base: Snapshot) -> str:
    if not touched:
        return f"{NOTHING} on main."
    if acknowledges_only(head, base):
        return _acknowledgements(touched, head)
    if CHARTER in touched and set(touched) <= {CHARTER, CODEOWNERS}:
        return _charter(head, base)
    if len(touched) == 1 and form_of(touched[0]):
        is_claim = touched[0].startswith(f"{SESSIONS}/")
        return _claim(touched[0], head, base) if is_claim else _record(touched[0], head, base)
    start = f"changes {counted(len(touched), 'file')} that"
    if any(form_of(path) for path in touched):
        names = join_limited(f"{path} ({_how(path, head, base)})" for path in touched)
        return f"{start} must not be changed together: {names}."
    verb = "is" if len(touched) == 1 else "are"
    outside = f"{verb} {OUTSIDE}{join_limited(touched)}."
    return f"{start} {outside} No number is taken or given back."


def _how(path: str, head: Snapshot, base: Snapshot) -> str:
    if path not in head.files:
        return "removed"
    return "changed" if path in base.files else "added"


def _claim(path: str, head: Snapshot, base: Snapshot) -> str:
    held, claim = base.claims.get(path), head.claims.get(path)
    number = (form_of(path) or (None, None))[1]
    if held is None:
        return _registers(number, claim) if path in head.files else f"removes {path}, {NO_CLAIM}"
    if path not in head.files:
        return f"gives number {number} back, which {_holds(held, base)}, so that anybody can claim it."
    if not head.differs(path, base):
        return f"{NOTHING}: number {number} is held by {held_since(held, base)} already."
    return _changes(held, claim, head, base)


def _registers(number: int | None, claim: ClaimFile | None) -> str:
    if claim is None or claim.claim is None:
        return f"puts a file on number {number} that is no valid claim."
    session = claim.claim.session_id
    if claim.claim.status == "PENDING":
        return f"reserves number {number} for {session}, which is not ready yet (status: PENDING)."
    return f"registers number {number} for {session}."


def _changes(held: ClaimFile, claim: ClaimFile | None, head: Snapshot, base: Snapshot) -> str:
    """What happens to a number that is held: another session on it, or other content."""
    intent = head.intent.get(held.path)
    before, after = held.draft.session_id, claim.draft.session_id if claim else None
    if after and (before != after or (intent is not None and intent.before is None)):
        return f"puts {after} on number {held.number}, which {_holds(held, base)}."
    start = f"changes number {held.number}, held by {held_since(held, base)}"
    if claim is None or claim.claim is None:
        return f"{start}, into a file that is no valid claim."
    if held.claim is None:
        still = f"mends number {held.number}, held by {held_since(held, base)}"
        return f"{still}: its file is no valid claim on main, and becomes one."
    changed = claim_changes(held.claim, claim.claim)
    if not changed:
        return f"{start}, {LAYOUT}"
    handed = claim.claim.owner not in (None, held.claim.owner)
    return f"{start}: {changed}.{OWNER_SPEAKS if handed else ''}"


def _holds(held: ClaimFile, base: Snapshot) -> str:
    name, _, since = held_since(held, base).partition(" since ")
    return f"{name} has held since {since}" if since else f"{name} holds"


def _charter(head: Snapshot, base: Snapshot) -> str:
    if CHARTER not in head.files:
        return "removes the charter: without it nothing can be judged."
    if head.charter is None:
        return "changes the charter into a file that is no valid charter."
    if base.charter is None:
        where = "in place of one that is not valid" if CHARTER in base.files else "where there is none"
        return f"puts a valid charter on main, {where}: {charter_in_short(head.charter)}."
    changed = charter_changes(base.charter, head.charter)
    return f"changes the charter: {changed}." if changed else f"changes the charter {LAYOUT}"


def _acknowledgements(touched: list[str], head: Snapshot) -> str:
    names = [_named(head.records[path].value, path) for path in touched]
    if len(names) == 1:
        return f"records that {names[0]} accepts its number, role and goal."
    who = join_limited(names, MOST_SESSIONS)
    return f"records that {len(names)} sessions accept their number, role and goal: {who}."


def _named(value: shapes.Acknowledgement | None, path: str) -> str:
    return f"{value.session_id} (number {value.number})" if value else f"an unreadable file ({path})"


def _record(path: str, head: Snapshot, base: Snapshot) -> str:
    shape = (form_of(path) or (None, None))[0]
    if path not in head.files:
        kind = KINDS[shape] if shape and issubclass(shape, shapes.Record) else "record"
        return f"removes the {kind} from main. It has to be made again before the next step."
    parsed = head.records.get(path)
    record = record_of(parsed, base.charter) if parsed and base.charter else None
    if record is None:
        return f"puts a file at {path} that is no valid record."
    if record.kind == "activation":
        return f"starts the fleet in week {with_days(record.value.week)}, in the name of {record.by}.{FROZEN}"
    if record.kind == "approval":
        fleet = f"as main has it, with {counted(len(base.claims), 'session')}"
        return f"records that {record.by} approves the registry {fleet}. It starts nothing."
    who = f"{record.by} (number {record.value.number})"
    if record.kind == "confirmation":
        return f"records that {who} confirms: no two sessions conflict. It approves and starts nothing."
    sessions = counted(len(record.value.delivered), "session")
    return (
        f"records the word of {who} that it has sent the registry to {sessions}. The gate cannot see what has arrived."
    )


def voids(head: Snapshot, base: Snapshot) -> str:
    """The records of main that count today, and would not count for what main would hold then; empty for none."""
    before = registry_digest(base) if base.charter else ""
    standing = record_states(base, base.charter, before) if base.charter and base.records else ()
    names = [one.kind for one in standing if one.void is None and one.path in head.files]
    if not names or registry_digest(head) == before:
        return ""
    kinds = [kind for kind in KINDS.values() if kind in names]
    acknowledged = counted(names.count("acknowledgement"), "acknowledgement")
    listed = [acknowledged if kind == "acknowledgement" else f"the {kind}" for kind in kinds]
    one = "has to be made again"
    if names == ["confirmation"] and head.charter:
        one = f"number {head.charter.orchestrator} has to make again"
    again = one if len(names) == 1 else "have to be made again"
    stops = STOPS if "activation" in names else ""
    return f"voids {', '.join(listed)}, which {again}{_after(head)}{stops}."


def stops_fleet(head: Snapshot, base: Snapshot) -> bool:
    """Whether a change stops an active fleet until its records are made again."""
    return ACTIVATION in base.records and STOPS in voids(head, base)


def _after(head: Snapshot) -> str:
    """What has to be registered before the first of the records can be made again; empty where all is."""
    if head.charter is None:
        return ""
    ready = {claim.number for claim in head.claims.values() if is_registered(claim, head.charter)}
    missing = [number for number in range(1, head.charter.capacity + 1) if number not in ready]
    if len(missing) > MOST_MISSING:
        return f" after {len(missing)} more numbers are registered"
    one = len(missing) == 1
    which = f"number{'' if one else 's'} {ranges(missing)} {'is' if one else 'are'}"
    return f" after {which} registered" if missing else ""


def _owner(claim: ClaimFile, author: Author | None) -> str | None:
    """An account's number, with its name: as GitHub says it of the account that proposes, else as the claim says it."""
    account, login = claim.draft.owner, claim.claim.owner_login if claim.claim else None
    if account is None:
        return None
    if author and author.account == account:
        return f"{account} ({author.handle})"
    says = f"the claim gives the login as @{login}, which is not checked; " if login else ""
    return f"{account} ({says}to see who that is: gh api user/{account.removeprefix('github:')} --jq .login)"


def _rows(touched: list[str], head: Snapshot, base: Snapshot) -> Iterator[tuple[str, str]]:
    """The one claim that comes, or that goes."""
    shown = [claim for path in touched if (claim := head.claims.get(path) or base.claims.get(path))]
    if len(shown) != 1:
        return
    draft = shown[0].draft
    values = {
        "Number": str(shown[0].number),
        "Session": draft.session_id,
        "Role": draft.role,
        "Goal": draft.goal,
        "Targets": "; ".join(map(format_target, draft.targets or ())),
        "Scope": format_scope(draft.scope or ()),
        "Owner": _owner(shown[0], head.author),
    }
    yield from ((label, value) for label, value in values.items() if value)
