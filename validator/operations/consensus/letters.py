"""The letters of a broadcast: one to each session, in the seed's form."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from validator.model import shapes
from validator.model.escape import visible
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot

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
    """All that a broadcast delivers: the registry as a page and as JSON, and the letters."""

    page: str
    data: str
    letters: tuple[Letter, ...]

    def files(self) -> Mapping[str, bytes]:
        """Each part as a file, by path."""
        letters = {letter.file: letter.text for letter in self.letters}
        return {path: text.encode() for path, text in {PAGE: self.page, DATA: self.data, **letters}.items()}


def letters(snapshot: Snapshot, digest: str) -> tuple[Letter, ...]:
    """A letter to every session, in the order of numbers."""
    claims = [claim for _, claim in sorted(snapshot.by_number.items()) if claim.claim]
    short = {claim.number: _in_short(claim) for claim in claims}
    return tuple(_letter(claim, short, digest) for claim in claims)


def _letter(claim: ClaimFile, short: dict[int, str], digest: str) -> Letter:
    said = claim.claim
    assert said, "only readable claims get letters"
    others = [line for number, line in short.items() if number != claim.number]
    text = "\n".join(_lines(said, others, digest)) + "\n"
    return Letter(claim.number, said.session_id, said.runtime_id, text)


def _lines(said: shapes.Claim, others: Sequence[str], digest: str) -> Iterator[str]:
    """The block of the seed's *Expected Registration Messages*, what to do now, and everybody else's commitments."""
    yield "REGISTRATION COMPLETE"
    yield f"NUMBER: {said.number}"
    yield f"ROLE: {visible(said.role)}"
    yield f"GOAL: {visible(said.goal)}"
    yield f"SESSION_ID: {said.session_id}"
    yield f"STATUS: {said.status}"
    yield "READY: YES"
    yield ""
    yield f"The registry is final: {digest}"
    yield f"Acknowledge it: registry consensus acknowledge --session-id {said.session_id} --push"
    yield ""
    yield "Everybody else's commitments:"
    yield from others


def _in_short(claim: ClaimFile) -> str:
    draft = claim.draft
    return f"{claim.number} {draft.session_id}: {visible(draft.role or '')} | {visible(draft.goal or '')}"
