"""The orchestrator sends the final registry to every session: compose the letters, deliver them, propose the record."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from validator.git.remote import Remote
from validator.git.retry import Attempts, Patience
from validator.model.errors import FatalError
from validator.model.layout import BROADCAST
from validator.model.phrases import ranges
from validator.operations.consensus.delivery import Carrier, on_branch, through_command, to_folder
from validator.operations.consensus.ledger import Ledger, ledger_of, progress_folder
from validator.operations.consensus.letters import Letter, Mail
from validator.operations.consensus.mail import mail_at
from validator.operations.consensus.record import Hint, propose
from validator.operations.consensus.state import MainState, RecordDraft, RecordOutcome, look, orchestrator_of, record_by
from validator.registry.consensus.phases import NEEDED, phase_of, reached
from validator.report.documents import DeliveryEntry, DeliveryState

PATIENCE = Patience(attempts=3, unanswered=3, longest=20.0)  # with each letter: the carrier may have been busy


class Way(NamedTuple):
    """How to broadcast: through a command, on branch `broadcast`, or into a folder; one of the three."""

    command: tuple[str, ...] = ()
    branch: bool = False
    folder: Path | None = None
    limit: float = 30  # seconds that a command has for one letter


def broadcast(
    *, repo: Path, remote: str | None, session_id: str, way: Way, now: str, hint: Hint
) -> tuple[MainState, RecordDraft, RecordOutcome, tuple[DeliveryEntry, ...]]:
    """Deliver a letter to each session that does not have it yet. `now` is RFC 3339.

    The record is proposed only when all letters have been delivered (`remote` None: in this repository only).
    """
    state = look(repo, remote)
    mail = mail_at(state.reader, state.main)
    draft = _draft(state, session_id, mail, now)
    phase = phase_of(state.snapshot)
    if not reached(phase, NEEDED["broadcast"]):
        return state, draft, RecordOutcome(False, f"nothing is sent: the registry is {phase}, not approved"), ()
    progress = progress_folder(state.reader.repo.folder, state.digest)
    carrier = _carrier(way, state.server)
    ledger = ledger_of(progress, carrier.name)
    before = ledger.delivered()
    failed = _send(carrier, mail, [letter for letter in mail.letters if letter.number not in before], ledger, hint)
    rows = tuple(_entry(letter, before, failed) for letter in mail.letters)
    if failed:
        who = ranges(sorted(failed))
        note = f"not delivered to {who}; run the same command again: it sends nothing twice"
        return state, draft, RecordOutcome(False, note), rows
    return state, draft, propose(state, draft), rows


def _draft(state: MainState, session_id: str, mail: Mail, now: str) -> RecordDraft:
    delivered = sorted(letter.number for letter in mail.letters)
    return record_by(state, orchestrator_of(state, session_id), "broadcast", BROADCAST, now, delivered=delivered)


def _carrier(way: Way, server: Remote | None) -> Carrier:
    if way.command:
        return through_command(way.command, way.limit)
    if way.branch:
        if server is None:
            raise FatalError("branch broadcast is on the remote: say --push as well")
        return on_branch(server)
    if way.folder:
        return to_folder(way.folder)
    raise FatalError("nothing is sent: say how; --branch --push always works, or --folder DIR, or a program after --")


def _send(carrier: Carrier, mail: Mail, wanted: Sequence[Letter], ledger: Ledger, hint: Hint) -> Mapping[int, str]:
    """Why letters were not delivered, by number, after the last attempt.

    Each delivery is recorded as soon as it is known, so that a killed run loses none.
    """
    failed = dict[int, str]()
    attempts = Attempts(PATIENCE)
    for attempt in attempts:
        for number, why in carrier.carry(mail, wanted):
            if why is None:
                ledger.add(number)
                failed.pop(number, None)
            else:
                hint(f"number {number}: {why}\n")
                failed[number] = why
        wanted = [letter for letter in wanted if letter.number in failed]
        if not wanted:
            break
        attempts.pause(attempt + 1)
    return failed


def _entry(letter: Letter, before: frozenset[int], failed: Mapping[int, str]) -> DeliveryEntry:
    state: DeliveryState = "delivered-before" if letter.number in before else "delivered"
    if letter.number in failed:
        state = "failed"
    why = failed.get(letter.number, "")
    return DeliveryEntry(number=letter.number, session_id=letter.session_id, state=state, note=why)
