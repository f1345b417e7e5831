"""The letters of a broadcast: one to each session, in the seed's form."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from validator.model import shapes
from validator.model.escape import visible
from validator.model.targets import format_target
from validator.registry.claim_form import format_appointment
from validator.registry.snapshot import Snapshot
from validator.registry.workload import format_scope

PAGE, DATA, LETTERS = "REGISTRY.md", "registry.json", "messages"


class Letter(NamedTuple):
    """The message to one session. `runtime_id` is its name in the coordination system, where it has one."""

    number: int
    session_id: str
    runtime_id: str | None
    text: str

    @property
    def file(self) -> str:
        """The letter's file in a folder or on a branch: `messages/04-marketing-outreach-1.txt`."""
        return f"{LETTERS}/{self.number:02}-{self.session_id}.txt"


class Mail(NamedTuple):
    """All that a broadcast delivers: the registry as a page and as JSON, and the letters.

    The page stands beside the letters, once: so what is sent grows with the fleet, and not with its square.
    """

    page: str
    data: str
    letters: tuple[Letter, ...]

    def whole(self, letter: Letter) -> str:
        """A letter with the page, for a session that gets no files."""
        return f"{letter.text}\n{self.page}"

    def files(self) -> Mapping[str, bytes]:
        """Each part as a file, by path."""
        letters = {letter.file: letter.text for letter in self.letters}
        return {path: text.encode() for path, text in {PAGE: self.page, DATA: self.data, **letters}.items()}


def letters(snapshot: Snapshot, digest: str) -> tuple[Letter, ...]:
    """A letter to every session, in the order of numbers."""
    claims = [claim.claim for _, claim in sorted(snapshot.by_number.items()) if claim.claim]
    return tuple(_letter(claim, digest) for claim in claims)


def _letter(said: shapes.Claim, digest: str) -> Letter:
    text = "\n".join(_lines(said, digest)) + "\n"
    return Letter(said.number, said.session_id, said.runtime_id, text)


def _lines(said: shapes.Claim, digest: str) -> Iterator[str]:
    """The block of the seed's *Expected Registration Messages* with the whole registration, and what to do now."""
    yield "REGISTRATION COMPLETE"
    yield f"NUMBER: {said.number}"
    yield f"ROLE: {visible(said.role)}"
    yield f"GOAL: {visible(said.goal)}"
    yield f"SESSION_ID: {said.session_id}"
    yield f"STATUS: {said.status}"
    yield "READY: YES"
    yield from _listed("RESPONSIBILITIES", said.responsibilities)
    yield from _listed("SCOPE", (format_scope([part]) for part in said.scope or ()))
    yield from _listed("SCHEDULE", map(format_appointment, said.schedule or ()))
    yield ""
    yield f"Measured by: {'; '.join(visible(format_target(target)) for target in said.targets)}"
    yield f"Registered: {said.timestamp}"
    yield ""
    yield f"The registry is final: {digest}"
    yield f"Acknowledge it: registry consensus acknowledge --session-id {said.session_id} --push"
    yield f"What everybody else has committed to: {PAGE}, or registry export --format markdown"


def _listed(name: str, values: Iterable[str]) -> Iterator[str]:
    """A list of the block, one value a line; nothing where there is no value."""
    rows = [f"- {visible(value)}" for value in values]
    if rows:
        yield f"{name}:"
        yield from rows
