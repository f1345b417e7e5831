"""Record changes that must not get through, and those that must."""

from typing import Any

from tests.blackbox.case import Build, Case, accepted, change, late, refused
from tests.blackbox.consensus.world import (
    ACKNOWLEDGED,
    ACTIVATION,
    ACTIVE,
    ALL,
    APPROVAL,
    APPROVED,
    BROADCAST,
    CHARTER,
    CONFIRMATION,
    CONFIRMED,
    FOLDER,
    OTHER,
    REGISTERED,
    SENT,
    VOID,
    Claims,
    FileMap,
    ack,
    acknowledgement,
    activation,
    approval,
    broadcast,
    claim,
    confirmation,
    digest,
    fleet,
    path,
    text,
)
from tests.blackbox.store import executable, link

ZEROS = f"sha256:{'0' * 64}"
OLD = digest()


def puts(where: str, content: bytes, base: FileMap) -> Build:
    return change({where: content}, base)


def confirmed(base: FileMap = REGISTERED, **fields: Any) -> Build:
    return puts(CONFIRMATION, confirmation(**fields), base)


def acked(number: int, base: FileMap = SENT, /, **fields: Any) -> Build:
    return puts(ack(number), acknowledgement(number, **fields), base)


def agreed(claims: Claims) -> FileMap:
    """The registry of these claims after confirmation, approval, broadcast and all acknowledgements."""
    today = {"registry": digest(claims)}
    acks = {ack(number): acknowledgement(number, **today) for number in claims}
    said = {CONFIRMATION: confirmation(**today), APPROVAL: approval(**today), BROADCAST: broadcast(**today)}
    return fleet(claims) | said | acks


def confirmed_of(claims: Claims) -> Build:
    """The confirmation of a registry of these claims."""
    return puts(CONFIRMATION, confirmation(registry=digest(claims)), fleet(claims))


def as_json(content: bytes) -> bytes:
    """A record in flow style."""
    rows = (row.split(": ", 1) for row in content.decode().splitlines())
    return ("{" + ", ".join(f'"{name}": {value}' for name, value in rows) + "}\n").encode()


def charter(**fields: Any) -> bytes:
    return text({**CHARTER, **fields})


IDLE: Claims = {number: claim(number, schedule=[]) for number in ALL}
TWO: Claims = {1: ALL[1], 2: ALL[2]}
PENDING: Claims = {**ALL, 3: claim(3, status="PENDING")}
TWINS: Claims = {**ALL, 3: claim(3, role=ALL[2]["role"])}
MEETING = [{"work": "outreach", "first": 34, "last": 51}, {"work": "outreach", "first": 30, "last": 33}]
NEIGHBOURS: Claims = {**ALL, 3: claim(3, scope=MEETING)}

TURN = (
    accepted("the orchestrator confirms", confirmed()),
    accepted("a human approves", puts(APPROVAL, approval(), CONFIRMED)),
    accepted("the other human approves", puts(APPROVAL, approval(approved_by="@DEPUTY"), CONFIRMED)),
    accepted("the orchestrator has broadcast", puts(BROADCAST, broadcast(), APPROVED)),
    accepted("delivered in another order", puts(BROADCAST, broadcast(delivered=[3, 1, 2]), APPROVED)),
    accepted("a session acknowledges", acked(2)),
    accepted("acknowledged as JSON", puts(ack(2), as_json(acknowledgement(2)), SENT)),
    accepted("a human starts the fleet", puts(ACTIVATION, activation(), ACKNOWLEDGED)),
    accepted("a void confirmation is renewed", confirmed(VOID, registry=digest(OTHER))),
    accepted("a claim is amended after confirmation: nobody's fault", puts(path(3), text(OTHER[3]), CONFIRMED)),
    accepted("a comment on a claim of an active fleet", puts(path(3), b"# the last\n" + text(ALL[3]), ACTIVE)),
    accepted("a number of an active fleet is given back", change({path(3): None}, ACTIVE)),
    accepted("the human takes the approval back", change({APPROVAL: None}, APPROVED)),
    accepted("acknowledged once more", acked(2, ACKNOWLEDGED, timestamp="2026-01-05T08:30:00Z")),
)

FOREIGN = (
    refused(
        "confirmed by number 2", confirmed(number=2, session_id="session-2"), "REG402", says="only number 1 can say it"
    ),
    refused("confirmed by the holder of another number", confirmed(session_id="session-2"), "REG402"),
    refused("confirmed by the orchestrator under another number", confirmed(number=2), "REG402"),
    refused("confirmed by nobody that is registered", confirmed(session_id="session-9"), "REG402"),
    refused("approved by nobody in the charter", puts(APPROVAL, approval(approved_by="@me"), CONFIRMED), "REG402"),
    refused(
        "approved by a handle in small letters", puts(APPROVAL, approval(approved_by="@owner"), CONFIRMED), "REG402"
    ),
    refused("approved by the orchestrator", puts(APPROVAL, approval(approved_by="@session-1"), CONFIRMED), "REG402"),
    refused("approved by a name", puts(APPROVAL, approval(approved_by="OWNER"), CONFIRMED), "REG006"),
    refused("approved by two", puts(APPROVAL, approval(approved_by=["@OWNER", "@DEPUTY"]), CONFIRMED), "REG006"),
    refused("broadcast by number 2", puts(BROADCAST, broadcast(number=2, session_id="session-2"), APPROVED), "REG402"),
    refused("acknowledged for another", acked(2, session_id="session-3"), "REG402", says="held by session-2"),
    refused("acknowledged by the orchestrator for all", acked(2, session_id="session-1"), "REG402"),
    refused("another's acknowledgement under one's own number", puts(ack(2), acknowledgement(3), SENT), "REG402"),
    refused("acknowledged for number 13", acked(13), "REG102 REG402"),
    refused("another's acknowledgement is replaced", acked(2, ACKNOWLEDGED, session_id="session-3"), "REG402"),
    refused(
        "another's acknowledgement is taken away",
        change({ack(2): None}, ACKNOWLEDGED),
        "REG402",
        says="removes an acknowledgement",
    ),
    refused(
        "activated by nobody in the charter", puts(ACTIVATION, activation(approved_by="@me"), ACKNOWLEDGED), "REG402"
    ),
)

STALE = (
    refused(
        "a forged digest", confirmed(registry=ZEROS), "REG401", says="registry consensus confirm --session-id session-1"
    ),
    refused("the digest of a registry of one", confirmed(registry=digest({1: ALL[1]})), "REG401"),
    refused(
        "the digest of what main was before", confirmed(VOID, registry=OLD, timestamp="2026-01-05T08:59:00Z"), "REG401"
    ),
    refused("the digest of what main will be", confirmed(registry=digest(OTHER)), "REG401"),
    refused("a digest in capitals", confirmed(registry=OLD.upper().replace("SHA", "sha")), "REG006"),
    refused("a digest without its kind", confirmed(registry=OLD.removeprefix("sha256:")), "REG006"),
    refused("half a digest", confirmed(registry=OLD[:39]), "REG006"),
    refused("an approval of another registry", puts(APPROVAL, approval(registry=ZEROS), CONFIRMED), "REG401"),
    refused("a broadcast of another registry", puts(BROADCAST, broadcast(registry=ZEROS), APPROVED), "REG401"),
    refused("an acknowledgement of another registry", acked(2, registry=ZEROS), "REG401"),
    refused("an activation of another registry", puts(ACTIVATION, activation(registry=ZEROS), ACKNOWLEDGED), "REG401"),
    refused(
        "a claim is amended while the confirmation waits",
        late({CONFIRMATION: confirmation()}, {path(3): text(OTHER[3])}, REGISTERED),
        "REG401",
    ),
    refused(
        "a number is given back while an acknowledgement waits",
        late({ack(2): acknowledgement(2)}, {path(3): None}, SENT),
        "REG401 REG403",
    ),
)

PREMATURE = (
    refused("confirmed with a number free", confirmed_of(TWO), "REG403", says="again in phase registered"),
    refused("confirmed with one pending", confirmed_of(PENDING), "REG403"),
    refused("confirmed with two in one role", confirmed_of(TWINS), "REG403", inherited="REG501"),
    refused("confirmed with two on one piece of work", confirmed_of(NEIGHBOURS), "REG403", inherited="REG204 REG501"),
    refused("confirmed with work that nobody took", confirmed_of({**ALL, 3: claim(3, scope=None)}), "REG207"),
    refused(
        "approved before it is confirmed",
        puts(APPROVAL, approval(), REGISTERED),
        "REG403",
        says="again in phase confirmed",
    ),
    refused(
        "approved while the confirmation is void", puts(APPROVAL, approval(registry=digest(OTHER)), VOID), "REG403"
    ),
    refused("broadcast before it is approved", puts(BROADCAST, broadcast(), CONFIRMED), "REG403"),
    refused("acknowledged before the broadcast", acked(2, APPROVED), "REG403"),
    refused("acknowledged before anything", acked(2, REGISTERED), "REG403"),
    refused(
        "activated with one acknowledgement missing",
        puts(ACTIVATION, activation(), {k: v for k, v in ACKNOWLEDGED.items() if k != ack(3)}),
        "REG403",
        says="again in phase acknowledged",
    ),
    refused("activated at once", puts(ACTIVATION, activation(), REGISTERED), "REG403"),
    refused("a broadcast that reached two of three", puts(BROADCAST, broadcast(delivered=[1, 2]), APPROVED), "REG403"),
    refused(
        "a broadcast that reached number 4", puts(BROADCAST, broadcast(delivered=[1, 2, 3, 4]), APPROVED), "REG403"
    ),
    refused(
        "a broadcast that reached one of them twice",
        puts(BROADCAST, broadcast(delivered=[1, 2, 2, 3]), APPROVED),
        "REG403",
    ),
    refused("a broadcast that reached nobody", puts(BROADCAST, broadcast(delivered=[]), APPROVED), "REG403"),
    refused(
        "activated in a week that the year has not",
        puts(ACTIVATION, activation(week="2025-W53"), ACKNOWLEDGED),
        "REG403",
        says="no week 2025-W53",
    ),
    refused("activated in week 00", puts(ACTIVATION, activation(week="2026-W00"), ACKNOWLEDGED), "REG006"),
    refused(
        "activated with nothing scheduled", puts(ACTIVATION, activation(registry=digest(IDLE)), agreed(IDLE)), "REG403"
    ),
)

MIXED = (
    refused(
        "an acknowledgement with a claim",
        change({ack(2): acknowledgement(2), path(2): text(claim(2, goal="Send 17 emails daily, or less"))}, SENT),
        "REG302 REG401 REG403",
    ),
    refused(
        "two acknowledgements in one commit",
        change({ack(2): acknowledgement(2), ack(3): acknowledgement(3)}, SENT),
        "REG309",
    ),
    refused(
        "confirmation and approval in one change",
        change({CONFIRMATION: confirmation(), APPROVAL: approval()}, REGISTERED),
        "REG302",
    ),
    refused(
        "an approval that brings its approver",
        change(
            {APPROVAL: approval(approved_by="@me"), "registry/charter.yaml": charter(approvers=[{"handle": "@me"}])},
            CONFIRMED,
        ),
        "REG302",
    ),
    refused(
        "a confirmation that brings its CODEOWNERS",
        change({CONFIRMATION: confirmation(), "CODEOWNERS": b"* @me\n"}, REGISTERED),
        "REG302",
    ),
    refused(
        "an acknowledgement with a program",
        change({ack(2): acknowledgement(2), "validator/__init__.py": b""}, SENT),
        "REG302",
    ),
)

FORM = (
    refused(
        "an acknowledgement through a link",
        change({ack(2): link("03.yaml")}, SENT | {ack(3): acknowledgement(3)}),
        "REG004",
    ),
    refused("an acknowledgement that can be run", change({ack(2): executable(acknowledgement(2))}, SENT), "REG004"),
    refused(
        "an acknowledgement with another ending",
        puts(f"{FOLDER}/acknowledgements/02.yml", acknowledgement(2), SENT),
        "REG005",
    ),
    refused(
        "an acknowledgement with three digits",
        puts(f"{FOLDER}/acknowledgements/002.yaml", acknowledgement(2), SENT),
        "REG005",
    ),
    refused("a record that nobody knows", puts(f"{FOLDER}/veto.yaml", confirmation(), REGISTERED), "REG005"),
    refused("a confirmation in capitals", puts(f"{FOLDER}/Confirmation.yaml", confirmation(), REGISTERED), "REG005"),
    refused(
        "the digest twice", puts(CONFIRMATION, f"registry: {ZEROS}\n".encode() + confirmation(), REGISTERED), "REG003"
    ),
    refused(
        "the digest by an alias",
        puts(CONFIRMATION, confirmation().replace(b"registry: ", b"registry: &a "), REGISTERED),
        "REG003",
    ),
    refused(
        "the digest by a merge key",
        puts(CONFIRMATION, b"<<: {registry: x}\n" + confirmation(), REGISTERED),
        "REG003",
    ),
    refused(
        "two records in one file",
        puts(ack(2), acknowledgement(2) + b"---\n" + acknowledgement(3), SENT),
        "REG003",
    ),
    refused("a tagged number", acked(2, number="!!int 2"), "REG003"),
    refused("a number in quotes", acked(2, number='"2"'), "REG006"),
    refused("ready: yes", acked(2, ready="yes"), "REG003"),
    refused("ready: false", acked(2, ready=False), "REG006"),
    refused("a field more", acked(2, except_for="Mondays"), "REG006"),
    refused("a byte order mark", puts(ack(2), b"\xef\xbb\xbf" + acknowledgement(2), SENT), "REG001"),
    refused("lines that end in CR LF", puts(ack(2), acknowledgement(2).replace(b"\n", b"\r\n"), SENT), "REG001"),
    refused("from tomorrow", acked(2, timestamp="2026-01-06T08:00:00Z"), "REG303"),
    refused("in local time", acked(2, timestamp="2026-01-05T08:00:00+01:00"), "REG303"),
)

FROZEN = (
    refused(
        "a claim of an active fleet is amended",
        puts(path(3), text(OTHER[3]), ACTIVE),
        "REG404",
        says="registry release 3",
    ),
    refused(
        "a session of an active fleet steps back to pending",
        puts(path(3), text(claim(3, status="PENDING")), ACTIVE),
        "REG404",
    ),
    refused(
        "a number of an active fleet is taken over",
        puts(path(3), text(claim(3, session_id="session-9")), ACTIVE),
        "REG301 REG404",
    ),
    refused(
        "a claim of an active fleet becomes unreadable", puts(path(3), b"number: [\n", ACTIVE), "REG002 REG207 REG404"
    ),
)

THEMES = (TURN, FOREIGN, STALE, PREMATURE, MIXED, FORM, FROZEN)
CASES: dict[str, Case] = {case.name: case for theme in THEMES for case in theme}
