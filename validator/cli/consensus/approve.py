"""`registry consensus approve`: a human accepts the registry as it is on main."""

from pathlib import Path

import click

from validator.cli.consensus.documents import print_outcome
from validator.cli.console import Console
from validator.cli.options import by_approver
from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.model.escape import visible
from validator.model.layout import CONFIRMATION, branch_of
from validator.model.targets import format_target
from validator.operations.approve import approve as merge
from validator.operations.approver import Approver
from validator.operations.consensus.ratify import Consent, approve
from validator.operations.consensus.state import MainState, RecordDraft
from validator.operations.judge import audit
from validator.registry.claim_form import format_appointment
from validator.registry.consensus.phases import assess
from validator.registry.consensus.week import with_days
from validator.registry.parsing import Draft
from validator.registry.workload import format_scope
from validator.report.summary import conclusion

DOCUMENTS = {"output-consensus-record": "RecordDocument"}


@click.command(epilog="Example: registry consensus approve")
@by_approver
@click.pass_obj
def command(console: Console, yes: bool, pr: bool, remote: str, repo: Path, format: str) -> int:
    """A human accepts the registry: merged at once, in your name.

    Where the confirmation is still proposed, it is merged first.
    """
    if not pr:
        _merge_confirmation(console, repo, remote, yes=yes, format=format)
    consent = consent_of(console, yes=yes, format=format)
    state, draft, outcome = approve(repo=repo, remote=remote, now=console.now, consent=consent)
    return print_outcome(console, state, draft, outcome, format, repo, pr=pr)


def _merge_confirmation(console: Console, repo: Path, remote: str, *, yes: bool, format: str) -> None:
    """Show an open confirmation, ask, and merge it; where it does not land, the gate says what is missing."""
    server, name = Remote(Repo(repo), remote), branch_of(CONFIRMATION)
    server.fetch()
    if any(one.name == name for one in server.proposals()):
        show = console.beside(format)
        merge(
            repo=repo, remote=remote, names=(name,), all_accepted=False,
            ask=console.asker(yes), show=show, say=show, format="text",
        )  # fmt: skip


def consent_of(console: Console, *, yes: bool, format: str) -> Consent:
    """Show the registry and ask the human, for `approve` and `activate`."""
    ask, show = console.asker(yes), console.beside(format)

    def consent(state: MainState, draft: RecordDraft, approver: Approver) -> bool:
        show(_page(state))
        if draft.left_out:
            this, instead = with_days(draft.left_out), f"registry consensus activate --week {draft.left_out}"
            show(f"this leaves out week {this}, which has begun; to activate that one instead: {instead}\n")
        return ask(f"{_question(draft)} as {approver.handle}?")

    return consent


def _question(draft: RecordDraft) -> str:
    if draft.kind != "activation":
        return "Approve this registry"
    instead = f" instead of week {draft.replaces}, which is not over," if draft.replaces else ""
    return f"Activate week {draft.fields['week']}{instead}"


def _in_short(draft: Draft) -> str:
    """A claim's targets, scope and hours in one line."""
    parts = [format_target(target) for target in draft.targets or ()]
    parts += [format_scope(draft.scope)] if draft.scope else []
    return "; ".join((*parts, *(map(format_appointment, draft.schedule) if draft.schedule else ("no hours",))))


def _page(state: MainState) -> str:
    """The registry for the human who decides: every claim, the digest, the audit's findings and the criteria."""
    lines = [f"{state.charter.mission.statement}", f"registry {state.digest}", ""]
    for number, claim in sorted(state.snapshot.by_number.items()):
        draft = claim.draft
        lines += [f"{number:>5}  {draft.session_id}: {draft.role}", f"       {draft.goal}"]
        lines.append(f"       {_in_short(draft)}")
    verdict = audit(state.snapshot)
    lines += ["", *(f"{f.level}[{f.code}] {f.message}" for f in verdict.findings), f"audit: {conclusion(verdict)}"]
    lines += [
        f"{'✓' if c.met else '·'} {c.name:<23} {c.evidence}" for c in assess(state.snapshot, state.charter).criteria
    ]
    return "".join(f"{visible(line)}\n" for line in lines) + "\n"
