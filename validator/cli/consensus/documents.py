"""The outcome of making a record, as the verbs of consensus print it."""

from pathlib import Path
from typing import TYPE_CHECKING

from validator.cli.console import Console
from validator.cli.next_lines import after_decision, ask_again
from validator.cli.pull_request import open_for
from validator.model.escape import well_formed_or_none
from validator.model.findings import without_others
from validator.operations.consensus.state import MainState, RecordDraft, RecordOutcome
from validator.report.text import render as report

if TYPE_CHECKING:
    from validator.report.documents import RecordDocument


def print_outcome(
    console: Console,
    state: MainState,
    draft: RecordDraft,
    outcome: RecordOutcome,
    format: str,
    repo: Path,
    *,
    pr: bool = False,
) -> int:
    """Print the outcome, and with `pr` open its pull request. Returns 0 if the record was made or proposed, else 1."""
    if format == "json":
        from validator.report.documents import as_json

        console.say(as_json(document_of(state, draft, outcome)))
    else:
        console.say(render(outcome, draft.path, colour=console.colour))
    open_pr(console, state, outcome, wanted=pr)
    if outcome.succeeded and format != "json":
        console.hint(next_line(draft, repo))
    return 0 if outcome.succeeded else 1


def open_pr(console: Console, state: MainState, outcome: RecordOutcome, *, wanted: bool) -> None:
    """Open the pull request of a record that was proposed on a remote, where it is `wanted`."""
    if state.server and outcome.succeeded:
        repo = state.reader.repo
        open_for(console, repo.top or repo.folder, state.server.name, outcome.branch, wanted=wanted)


def next_line(draft: RecordDraft, repo: Path) -> str:
    """The next command: a session's, or a human's."""
    if draft.claim is None:
        return after_decision(repo)
    return ask_again(draft.claim.draft.session_id or "", repo)


def document_of(state: MainState, draft: RecordDraft, outcome: RecordOutcome) -> "RecordDocument":
    """The record and the outcome as a JSON document."""
    from validator.report.documents import RecordDocument, finding_entries

    claim = draft.claim.draft if draft.claim else None
    return RecordDocument(
        record=draft.kind,
        path=draft.path,
        registry=state.digest,
        number=draft.claim.number if draft.claim else None,
        session_id=well_formed_or_none(claim.session_id if claim else None),
        role=well_formed_or_none(claim.role if claim else None),
        goal=well_formed_or_none(claim.goal if claim else None),
        branch=outcome.branch,
        commit=outcome.commit,
        pushed=outcome.pushed,
        merged=outcome.merged,
        findings=finding_entries(outcome.verdict.findings) if outcome.verdict else (),
        note=outcome.note,
    )


def render(outcome: RecordOutcome, path: str, *, colour: bool) -> str:
    """The outcome as text, with the findings where the gate rejected the record, the file of this path."""
    refused = outcome.verdict if outcome.verdict and not outcome.succeeded else None
    rejected = report(without_others(refused, path), colour=colour) if refused else ""
    return f"{rejected}{outcome.note}\n"
