"""`registry whoami`: what main says about one session, and what that session should do now."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import click

from validator.cli.console import Console
from validator.cli.identity import identity_of, shared
from validator.cli.options import FORMAT, REF, REPO, SESSION
from validator.git.remote import Proposal, Remote, rejections
from validator.git.repo import Repo
from validator.git.upstream import remote_of
from validator.hosts.agents.identity import OPTION, Identity, users
from validator.model.errors import Unreadable
from validator.model.escape import logged, visible, well_formed, well_formed_or_none
from validator.operations.export import slots_of
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.phases import phase_of
from validator.registry.holders import a_free_number
from validator.registry.proposals import claim_of, proposals_on, published
from validator.registry.reader import Reader, charter_of, reader_at
from validator.registry.records import command as command_of
from validator.registry.snapshot import Snapshot
from validator.report.documents import Oid, PrintedDocument, SlotEntry, as_json

SessionState = Literal["unregistered", "proposed", "unreadable", "pending", "registered", "acknowledged"]


class WhoamiDocument(PrintedDocument):
    """`whoami`: what main says about one session, and what that session should do now.

    `identity` is where its name was said; `runtimes` are those that speak for it in this clone.
    """

    session_id: str
    commit: Oid
    state: SessionState
    number: int | None
    role: str | None
    goal: str | None
    registered_at: str | None
    next_action: str
    identity: str
    runtimes: tuple[str, ...]


DOCUMENTS = {"output-whoami": WhoamiDocument}


@click.command(epilog="Example: registry whoami --session-id marketing-outreach-1 --fetch")
@SESSION
@click.option("--fetch", is_flag=True, help="Ask the remote first.")
@REPO
@REF
@FORMAT
@click.pass_obj
def command(console: Console, session_id: str | None, fetch: bool, repo: Path, ref: str | None, format: str) -> int:
    """What main says about one session; exit 1 if it is not registered."""
    me = identity_of(session_id, repo)
    if fetch:  # otherwise main, proposals and rejections are as last fetched
        _fetch(Repo(repo), console.hint)
    reader, commit = reader_at(repo, ref)
    document = _about(me, users(me, os.environ, repo), reader, commit, console.hint)
    console.say(as_json(document) if format == "json" else _render(document))
    return 1 if document.state in ("unregistered", "proposed") else 0


def _fetch(repo: Repo, hint: Callable[[str], None]) -> None:
    server = Remote(repo)
    server.fetch()
    for one, why in server.unfetched.items():
        hint(f"{one.name}: {logged(why)}\n")


def _about(
    me: Identity, runtimes: tuple[str, ...], reader: Reader, commit: str, hint: Callable[[str], None]
) -> WhoamiDocument:
    session_id, snapshot = me.name, reader.at(commit)
    charter, digest = charter_of(snapshot), registry_digest(snapshot)
    slots = slots_of(snapshot, charter, digest, frozenset())
    mine = next((slot for slot in slots if slot.session_id == session_id), None)
    turned_down = ""
    if mine is None:
        mine = _proposed(reader, session_id, hint)
        turned_down = "" if mine else _turned_down(reader, session_id)
    state: Any = mine.state if mine else "unregistered"  # a slot with a session in it is never "open"
    return WhoamiDocument(
        session_id=well_formed(session_id),
        commit=commit,
        state=state,
        number=mine.number if mine else None,
        role=mine.role if mine else None,
        goal=mine.goal if mine else None,
        registered_at=mine.registered_at if mine else None,
        next_action=turned_down + _next_action(mine, snapshot, named=me.source == OPTION),
        identity=me.source,
        runtimes=runtimes,
    )


def _proposed(reader: Reader, session_id: str, hint: Callable[[str], None]) -> SlotEntry | None:
    """What a session has proposed: on the remote as last fetched, or here where there is no remote."""
    for proposal in proposals_on(published(reader.repo), reader.repo, "claim"):
        claim = claim_of(reader, proposal)
        if isinstance(claim, Unreadable):
            hint(f"{proposal.name} cannot be read: {logged(claim.why)}\n")
            continue
        if claim and claim.draft.session_id == session_id:
            return SlotEntry(
                number=claim.number,
                state="proposed",
                session_id=well_formed(session_id),
                role=well_formed_or_none(claim.draft.role),
                goal=well_formed_or_none(claim.draft.goal),
                registered_at=None,
                commit=None,
            )
    return None


def _turned_down(reader: Reader, session_id: str) -> str:
    """Why this session's last proposal was turned down, as last fetched."""
    for rejection in reversed(rejections(reader.repo, remote_of(reader.repo))):
        claim = claim_of(reader, Proposal(rejection.name, rejection.rejected))
        if claim and not isinstance(claim, Unreadable) and claim.draft.session_id == session_id:
            return f"{rejection.name} was turned down: {rejection.reason}; "
    return ""


def _next_action(mine: SlotEntry | None, snapshot: Snapshot, *, named: bool) -> str:
    """The next action; its command names the session where the reader has no bound name."""
    if mine is None:
        return a_free_number(snapshot)
    if mine.state == "proposed":
        return f"wait: a human has to approve number {mine.number}; ask again with --fetch"
    if mine.state == "unreadable":
        return f"fix the claim of number {mine.number}: registry audit says what is wrong with it"
    if mine.state == "pending":
        return "commit to the claim: amend it to status: REGISTERED"
    if mine.state == "acknowledged":
        return "start when the fleet is active: registry consensus status"
    if phase_of(snapshot) == "broadcast":
        return f"acknowledge it: {command_of('acknowledgement', snapshot.by_number[mine.number], named=named)}"
    return "wait for the broadcast: registry status"


def _render(document: WhoamiDocument) -> str:
    name = document.session_id if document.identity == OPTION else f"{document.session_id} ({document.identity})"
    common = shared(document.session_id, document.runtimes)
    if document.number is None:
        return f"{visible(name)} is not registered\n{common}next: {visible(document.next_action)}\n"
    rows = (
        ("name", name),
        ("number", str(document.number)),
        ("state", document.state),
        ("role", document.role or ""),
        ("goal", document.goal or ""),
        ("since", document.registered_at or ""),
        ("next", document.next_action),
    )
    return "".join(f"{name + ':':<8} {visible(value)}".rstrip() + "\n" for name, value in rows) + common
