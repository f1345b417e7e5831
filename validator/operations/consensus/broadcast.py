"""The orchestrator sends the final registry to every session, and proposes the record when all have been reached."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from validator.model.errors import FatalError
from validator.model.layout import BROADCAST
from validator.model.phrases import ranges
from validator.operations.consensus.delivery import Carrier, Mail, mail_at, on_branch, through_command, to_folder
from validator.operations.consensus.letters import Letter
from validator.operations.consensus.record import Tell, pause, propose
from validator.operations.consensus.view import MainState, RecordDraft, RecordOutcome, look, orchestrator_of
from validator.registry.consensus.phases import NEEDED, phase_of, reached
from validator.report.documents import DeliveryEntry, DeliveryState

ROUNDS = 3  # how often a letter is tried before somebody has to look


class Way(NamedTuple):
    """How to broadcast: through a command, on branch `broadcast`, or into a folder (None: one in Git's own)."""

    command: tuple[str, ...] = ()
    branch: bool = False
    folder: Path | None = None
    limit: float = 30  # seconds that a command has for one letter


class Sent(NamedTuple):
    """What became of the letters: who had one from an earlier run, who has one now, and whom it did not reach."""

    before: frozenset[int]
    now: frozenset[int]
    failed: dict[int, str]


def broadcast(
    *, repo: Path, remote: str | None, session_id: str, way: Way, now: str, tell: Tell
) -> tuple[MainState, RecordDraft, RecordOutcome, tuple[DeliveryEntry, ...]]:
    """Carry a letter to each session; a session that has it is passed over. `now` is RFC 3339.

    With all letters delivered, and only then, the record is proposed (`remote` None: here only).
    """
    view = look(repo, remote)
    orchestrator = orchestrator_of(view, session_id)
    mail = mail_at(view.reader, view.main)
    delivered = sorted(letter.number for letter in mail.letters)
    fields = {
        "registry": view.digest,
        "number": orchestrator.number,
        "session_id": session_id,
        "timestamp": now,
        "delivered": delivered,
    }
    draft = RecordDraft("broadcast", BROADCAST, fields, orchestrator)
    phase = phase_of(view.snapshot)
    if not reached(phase, NEEDED["broadcast"]):
        return view, draft, RecordOutcome(False, f"nothing is sent: the registry is {phase}, not approved"), ()
    sent = _send(view, _carrier(view, way), mail, tell)
    rows = tuple(_entry(letter, sent) for letter in mail.letters)
    if sent.failed:
        who = ranges(sorted(sent.failed))
        note = f"not delivered to {who}; run the same command again: whoever has it is passed over"
        return view, draft, RecordOutcome(False, note), rows
    return view, draft, propose(view, draft), rows


def _carrier(view: MainState, way: Way) -> Carrier:
    if way.command:
        return through_command(way.command, way.limit)
    if way.branch:
        if view.server is None:
            raise FatalError("branch broadcast is on the remote: say --push as well")
        return on_branch(view.server)
    return to_folder(way.folder or _kept(view) / "mail")


def _send(view: MainState, carrier: Carrier, mail: Mail, tell: Tell) -> Sent:
    """Each delivery is noted as soon as it is known, so that a run that is killed has lost nothing."""
    ledger = _kept(view) / hashlib.sha256(carrier.name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    before = _noted(ledger)
    wanted = [letter for letter in mail.letters if letter.number not in before]
    reached_now, failed = set[int](), dict[int, str]()
    for attempt in range(ROUNDS):
        if attempt and failed:
            pause(attempt)  # a carrier that was busy may not be any more
        for number, why in carrier.carry(mail, wanted):
            if why is None:
                _note(ledger, number)
                reached_now.add(number)
                failed.pop(number, None)
            else:
                tell(f"number {number}: {why}\n")
                failed[number] = why
        wanted = [letter for letter in wanted if letter.number in failed]
        if not wanted:
            break
    return Sent(before, frozenset(reached_now), failed)


def _entry(letter: Letter, sent: Sent) -> DeliveryEntry:
    state: DeliveryState = "delivered-before" if letter.number in sent.before else "delivered"
    if letter.number in sent.failed:
        state = "failed"
    why = sent.failed.get(letter.number, "")
    return DeliveryEntry(number=letter.number, session_id=letter.session_id, state=state, note=why)


def _kept(view: MainState) -> Path:
    """Where the progress of this registry's broadcast is kept: in Git's own folder, under the digest."""
    return view.reader.repo.folder / "registry" / "broadcast" / view.digest.removeprefix("sha256:")[:32]


def _noted(ledger: Path) -> frozenset[int]:
    try:
        return frozenset(int(path.name) for path in ledger.iterdir() if path.name.isdecimal())
    except FileNotFoundError:
        return frozenset()


def _note(ledger: Path, number: int) -> None:
    """An empty file named by the number: it is there or it is not."""
    try:
        ledger.mkdir(parents=True, exist_ok=True)
        (ledger / str(number)).touch()
    except OSError as error:
        raise FatalError(f"the progress of the broadcast cannot be kept: {error.strerror}") from error
