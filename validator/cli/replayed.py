"""`registry audit --steps` as text and as JSON: what is proved of main, and the first step that was not allowed."""

from collections.abc import Iterator

from validator.model.escape import logged, well_formed
from validator.model.phrases import counted
from validator.operations.replay import BadStep, Replay, Unproved
from validator.report import FORMATS, Setting

LISTED = 20  # steps that are not proved, in text; JSON has all of them


def report_replay(replayed: Replay, *, colour: bool) -> str:
    """The report for a terminal."""
    verdict = FORMATS["text"](replayed.verdict._replace(free_numbers=()), Setting(colour=colour))
    if replayed.bad is None:
        return "".join(f"{line}\n" for line in _allowed(replayed)) + verdict
    before, after = "\n".join(_not_allowed(replayed.bad, replayed.steps)), "\n".join(_next(replayed.bad))
    return f"{before}\n\n{verdict}{after}\n"


def replay_document(replayed: Replay) -> str:
    """The document of `--format json`."""
    from validator.report.documents import AuditStepsDocument, BadStepEntry, ReplayEntry, UnprovedEntry, as_json
    from validator.report.json import document

    bad = replayed.bad
    steps = ReplayEntry(
        root=replayed.root,
        count=replayed.steps,
        approved=dict(sorted(replayed.approved.items())),
        acknowledged=replayed.acknowledged,
        unproved=tuple(UnprovedEntry(**one._asdict()) for one in replayed.unproved),
        first_bad=BadStepEntry(**bad._replace(committer=well_formed(bad.committer))._asdict()) if bad else None,
    )
    return as_json(AuditStepsDocument(**dict(document(replayed.verdict)), steps=steps))


def _allowed(replayed: Replay) -> Iterator[str]:
    proved = replayed.steps - len(replayed.unproved)
    yield f"from root {replayed.root} on: {counted(replayed.steps, 'step')}, {proved} of them proved"
    for handle, steps in sorted(replayed.approved.items()):
        yield f"  approved and signed by {handle}: {steps}"
    if replayed.acknowledged:
        yield f"  acknowledgements by sessions: {replayed.acknowledged}"
    if replayed.unproved:
        yield f"  not proved, because no approver had a key in the charter then: {len(replayed.unproved)}"
        yield from (f"    {_unproved(one)}" for one in replayed.unproved[:LISTED])
    if len(replayed.unproved) > LISTED:
        yield f"    and {len(replayed.unproved) - LISTED} more; all of them: --format json"


def _unproved(one: Unproved) -> str:
    gaps = {"approval": "who approved it", "author": "who made it, for a claim with an owner"}
    where = f", pull request {one.pull_request}" if one.pull_request else ""
    return f"step {one.number} (commit {one.commit[:12]}{where}): {'; '.join(gaps[gap] for gap in one.gaps)}"


def _not_allowed(bad: BadStep, steps: int) -> Iterator[str]:
    which = f"step {bad.number} of {steps}" if bad.number else "the root"
    yield f"{which} was not allowed: commit {bad.commit}"
    if bad.signed_by:
        yield f"  signed by {bad.signed_by}"
    elif bad.formerly:
        yield f"  signed by {bad.formerly}, whom an earlier charter named, and the one before this step does not"
    yield f"  its committer, as the commit states: {logged(bad.committer)}"
    if bad.parent:
        yield f"  main is proved up to its parent: commit {bad.parent}"


def _next(bad: BadStep) -> Iterator[str]:
    if bad.parent:
        yield f"next: read main as it is proved: registry status --ref {bad.parent}"
        yield f"whoever runs the server sets main back there, in its repository: git update-ref HEAD {bad.parent}"
