"""The state of main for making a record, the record's draft, and the outcome."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.registry.consensus.digest import registry_digest
from validator.registry.parsing import ClaimFile
from validator.registry.reader import Reader, charter_of, main_of
from validator.registry.records import RecordKind
from validator.registry.snapshot import Snapshot


class MainState(NamedTuple):
    """Main as last fetched, and the remote if there is one to push to."""

    reader: Reader
    server: Remote | None
    main: str
    snapshot: Snapshot
    charter: shapes.Charter
    digest: str


class RecordDraft(NamedTuple):
    """A record to be made; `claim` is the claim of the session that makes it, None for a human.

    `replaces` is the week that main is activated for, where it is not over: an activation holds one week.
    `left_out` is the week that has begun, where the fleet was activated before and starts in a later one now.
    """

    kind: RecordKind
    path: str
    fields: Mapping[str, Any]
    claim: ClaimFile | None = None
    replaces: str = ""
    left_out: str = ""


class RecordOutcome(NamedTuple):
    """The outcome: `note` is one line for the user; `merged` is the commit of main that has the record."""

    succeeded: bool
    note: str
    branch: str | None = None
    commit: str | None = None
    pushed: bool = False
    merged: str | None = None
    verdict: Verdict | None = None


def look(repo: Path, remote: str | None) -> MainState:
    """The state of main, fetched from a remote if one is named. Raises FatalError where the charter cannot be read."""
    reader = Reader(Repo(repo))
    server = Remote(reader.repo, remote) if remote is not None else None
    return look_again(reader, server)


def look_again(reader: Reader, server: Remote | None) -> MainState:
    """The state of main now; `reader` keeps what it has read before."""
    if server:
        server.fetch()
    main = reader.repo.commit(server.main) if server else main_of(reader.repo, None)
    snapshot = reader.at(main)
    return MainState(reader, server, main, snapshot, charter_of(snapshot), registry_digest(snapshot))


def claim_of(state: MainState, session_id: str) -> ClaimFile:
    """The claim of a session. Raises FatalError for one that holds no number."""
    for claim in state.snapshot.claims.values():
        if claim.draft.session_id == session_id:
            return claim
    raise FatalError(f"{session_id} holds no number on main; see: registry whoami --session-id {session_id}")


def record_by(state: MainState, claim: ClaimFile, kind: RecordKind, path: str, now: str, **more: object) -> RecordDraft:
    """A record by the holder of a number; `more` are the fields that only this kind has. `now` is RFC 3339."""
    fields = {
        "registry": state.digest,
        "number": claim.number,
        "session_id": claim.draft.session_id,
        "timestamp": now,
        **more,
    }
    return RecordDraft(kind, path, fields, claim)


def orchestrator_of(state: MainState, session_id: str) -> ClaimFile:
    """The claim of the orchestrator. Raises FatalError where the session is another one."""
    held = state.snapshot.by_number.get(state.charter.orchestrator)
    who = held.draft.session_id if held else "no session"
    if held is None or who != session_id:
        raise FatalError(f"the orchestrator is number {state.charter.orchestrator}, held by {who}, not {session_id}")
    return held
