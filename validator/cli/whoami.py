"""`registry whoami`: what main says about one session, and what that session should do now."""

import os
from pathlib import Path
from typing import Literal

import click

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.identity import identity_of, shared
from validator.cli.next_lines import HERE, sentence_in_folder
from validator.cli.options import SESSION, at_commit
from validator.cli.progress import patient_reader
from validator.hosts.agents.identity import OPTION, Identity, users
from validator.model.escape import visible, well_formed
from validator.model.keys import KeyState
from validator.operations.claim_key import ClaimKey
from validator.operations.whoami.advice import advise
from validator.operations.whoami.facts import HELD, OwnProposal, SessionState
from validator.operations.whoami.look import SessionReport, look
from validator.registry.consensus.criteria import Phase
from validator.report.documents import Oid, Printed, PrintedDocument, as_json


class OwnProposalEntry(Printed):
    """An open proposal of the session, or one that a human turned down; `reason` is empty where it is accepted.

    `fingerprint` is that of the key which speaks for it; `key_state` says whether that has signed it, and is the one
    that main has (`same-as-before`).
    """

    branch: str
    verdict: Literal["accepted", "rejected", "turned-down"]
    reason: str
    fingerprint: str | None = None
    key_state: KeyState = "not-signed"


class WhoamiDocument(PrintedDocument):
    """`whoami`: what main says about one session, and what that session should do now.

    `command` is the next command as a list of words, which works as it is; null where one waits, or where only the
    reader knows a value: then `next_action` shows a form. `identity` is where the session's name was said; `runtimes`
    are those that speak for it in this clone. `fingerprint` is that of the key in its claim on main, else in its open
    one; `key_state`: the last change of that claim brought the key (`new`) or kept it (`same-as-before`), or there is
    no key, or it has not signed (`not-signed`).
    """

    session_id: str
    commit: Oid
    state: SessionState
    number: int | None
    role: str | None
    goal: str | None
    registered_at: str | None
    next_action: str
    command: tuple[str, ...] | None
    phase: Phase
    week: str | None
    proposals: tuple[OwnProposalEntry, ...]
    identity: str
    runtimes: tuple[str, ...]
    fingerprint: str | None = None
    key_state: KeyState = "not-signed"


DOCUMENTS = {"output-whoami": WhoamiDocument}


@click.command(epilog="Example: registry whoami --session-id marketing-outreach-1 --fetch")
@SESSION
@at_commit
@click.pass_obj
@fetches
def command(console: Console, session_id: str | None, repo: Path, ref: str | None, format: str) -> int:
    """What main says about one session; exit 1 if it is not registered."""
    document = _in_folder(whoami(console, identity_of(session_id, repo), repo, ref), repo)
    console.say(as_json(document) if format == "json" else render(document))
    return 0 if document.state in HELD else 1


def whoami(console: Console, me: Identity, repo: Path, ref: str | None) -> WhoamiDocument:
    """What a revision says about a session (None: main)."""
    reader, commit = patient_reader(repo, ref, console.hint)
    found = look(reader, commit, me.name, named=me.source == OPTION, hint=console.hint, now=console.now)
    return _document(me, users(me, os.environ, repo), commit, found)


def _in_folder(document: WhoamiDocument, repo: Path) -> WhoamiDocument:
    """The next command as it works where --repo was typed."""
    if repo == HERE:
        return document
    command = document.command and (*document.command, "--repo", str(repo))
    return document.model_copy(
        update={"command": command, "next_action": sentence_in_folder(document.next_action, repo)}
    )


def _document(me: Identity, runtimes: tuple[str, ...], commit: str, found: SessionReport) -> WhoamiDocument:
    slot, facts, advice = found.slot, found.facts, advise(found.facts)
    return WhoamiDocument(
        session_id=well_formed(me.name),
        commit=commit,
        state=facts.state,
        number=slot.number if slot else None,
        role=slot.role if slot else None,
        goal=slot.goal if slot else None,
        registered_at=slot.registered_at if slot else None,
        next_action=well_formed(advice.sentence),
        command=advice.command,
        phase=facts.phase,
        week=facts.week,
        proposals=tuple(map(_proposal, found.proposals)),
        identity=me.source,
        runtimes=runtimes,
        fingerprint=slot.fingerprint if slot else None,
        key_state=(slot and slot.key_state) or "not-signed",
    )


def _proposal(one: OwnProposal) -> OwnProposalEntry:
    return OwnProposalEntry(
        branch=one.branch,
        verdict=one.verdict,
        reason=well_formed(one.reason),
        fingerprint=one.claim_key.fingerprint,
        key_state=one.claim_key.state,
    )


def _other_key(one: OwnProposalEntry, mine: ClaimKey) -> bool:
    """Whether another key speaks for a proposal than for the session, or that has not signed it."""
    return mine.fingerprint != one.fingerprint or (mine.fingerprint is not None and one.key_state == "not-signed")


def _open(one: OwnProposalEntry, mine: ClaimKey) -> str:
    key = f", key {ClaimKey(one.fingerprint, one.key_state)}" if _other_key(one, mine) else ""
    return f"{one.branch}, {one.verdict}{key}"


def render(document: WhoamiDocument) -> str:
    """The answer as text."""
    name = document.session_id if document.identity == OPTION else f"{document.session_id} ({document.identity})"
    common = shared(document.session_id, document.runtimes)
    if document.number is None:
        return f"{visible(name)} is not registered\n{common}next: {visible(document.next_action)}\n"
    opened = [one for one in document.proposals if one.verdict != "turned-down"]
    mine = ClaimKey(document.fingerprint, document.key_state)
    rows = (
        ("name", name),
        ("number", str(document.number)),
        ("state", document.state),
        ("role", document.role or ""),
        ("goal", document.goal or ""),
        ("since", document.registered_at or ""),
        *([("key", str(mine))] if document.fingerprint else []),
        *(("open", _open(one, mine)) for one in opened if len(opened) > 1 or _other_key(one, mine)),
        ("next", document.next_action),
    )
    return "".join(f"{name + ':':<8} {visible(value)}".rstrip() + "\n" for name, value in rows) + common
