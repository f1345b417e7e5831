"""Read every document that the pages show, at one commit of main."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from validator.cli.conflicts import conflicts_of
from validator.cli.consensus.status import consensus_of
from validator.cli.explain import rules_document
from validator.cli.history import history_of
from validator.cli.ics import calendar
from validator.cli.in_full import in_full
from validator.cli.progress import patient
from validator.cli.proposals import ProposalsDocument, entry_of, pending_claims, pending_entry
from validator.cli.pull_request import on_github
from validator.cli.schedule import schedule_of
from validator.cli.status import status_of
from validator.git.remote import Proposal
from validator.git.repo import Repo
from validator.hosts.site.documents import Documents, Json
from validator.hosts.site.render import fingerprint
from validator.model.escape import json_text, long_json_text
from validator.model.layout import ACTIVATION
from validator.model.phrases import rfc3339
from validator.operations.claim_texts import by_number
from validator.operations.competitors import Competitors
from validator.operations.consensus.assessment import assessment
from validator.operations.consensus.mail import page_at
from validator.operations.export import without_claims
from validator.operations.index_file import program
from validator.operations.narrow import SMALL, Narrow
from validator.operations.proposals import Judged, judged_here
from validator.registry.consensus.phases import phase_of
from validator.registry.proposals import proposals_on, published
from validator.registry.reader import Reader, charter_of, main_of
from validator.registry.schedule import Week, week_at, week_of, zone_of
from validator.registry.snapshot import Snapshot
from validator.report.documents import Printed, export_text
from validator.rules import RULES

if TYPE_CHECKING:
    from validator.hosts.github.pulls import Pull

_MAKERS = ("icalendar", "jinja2", "markupsafe", "tzdata")  # libraries that say what stands in a file of the site
_LONG = frozenset(("status", "conflicts", "history", "schedule"))  # documents without fractions
MOST_READINGS = 5  # of a registry that moves faster than it is read
State = tuple[str, tuple[Proposal, ...]]


def state_of(repo: Repo, ref: str | None) -> State:
    """What the pages are made of: the commit of main, and the open proposals."""
    return main_of(repo, ref), proposals_on(published(repo), repo)


def basis_of(repo: Repo, state: State) -> str:
    """All that a site is made of, in short: main, the proposals, where they are, and what makes pages of them."""
    said = [state, published(repo), on_github(repo), program(*_MAKERS), fingerprint()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def documents_now(
    repo: Repo,
    ref: str | None,
    pulls: "Sequence[Pull] | None" = None,
    hint: Callable[[str], None] = lambda _: None,
) -> tuple[State, Documents]:
    """The documents of main and the proposals as they are now; what moves while they are read is read again.

    `pulls` are the open pull requests, where they are known: those that are no branch here are proposals too.
    `hint` prints how far this is, where it takes long.
    """
    for _ in range(MOST_READINGS):
        before = state_of(repo, ref)
        documents = documents_at(patient(Reader(repo), hint), before[0], pulls)
        if state_of(repo, ref) == before:
            break
    return before, documents


def documents_at(
    reader: Reader, commit: str, pulls: "Sequence[Pull] | None" = None, *, small: int = SMALL
) -> Documents:
    """The documents of a commit and the open proposals. Raises FatalError where the charter cannot be read.

    `small`: of a folder of claims that has more bytes, an index is kept in the Git folder.
    """
    snapshot, steps = Narrow(reader, small=small).all_of(commit)
    week = _week(snapshot)
    proposals = (*judged_here(reader, commit), *_from_forks(reader, commit, pulls or ()))
    rejected = frozenset(one.proposal.name for one in proposals if not one.verdict.accepted)
    rivals = Competitors(proposals)
    numbers = {pull.head: f"#{pull.number}" for pull in pulls or ()}  # on GitHub that is where one decides
    entries = tuple(entry_of(one, rivals, reader.repo, numbers.get(one.proposal.commit, "")) for one in proposals)
    found = assessment(reader, commit, rejected=rejected)
    pending = tuple(map(pending_entry, pending_claims(snapshot)))
    status, claims = status_of(reader, commit, found), by_number(snapshot)
    export = without_claims(reader, commit, snapshot, status.slots)
    made = {
        "status": _json(status),
        "export": _json(export),
        "consensus": _json(consensus_of(reader, commit, found)),
        "proposals": _json(ProposalsDocument(proposals=entries, rejected=(), pending=pending)),
        "conflicts": _json(conflicts_of(reader, commit, proposals)),
        "history": _json(history_of(reader, commit, known=steps)),
        "schedule": _json(schedule_of(week, commit)),
        "rules": _json(rules_document(RULES)),
    }
    texts = {name: partial(long_json_text if name in _LONG else json_text, one) for name, one in made.items()}
    return Documents(
        **made,
        claims=claims,
        proposals_in_full=[
            _json(in_full(one, entry, reader.repo)) for one, entry in zip(proposals, entries, strict=True)
        ],
        texts={**texts, "export": lambda: export_text(export, list(claims.values()))},
        calendar=lambda: calendar(week, snapshot.committed_at or 0),
        markdown=page_at(reader, commit),
        on_github=pulls is not None or on_github(reader.repo),
        pulls_shown=pulls is not None,
    )


def _from_forks(reader: Reader, commit: str, pulls: "Sequence[Pull]") -> tuple[Judged, ...]:
    if not pulls:
        return ()
    from validator.hosts.github.pulls import judged_pulls  # only GitHub has them

    return judged_pulls(reader, commit, pulls, proposals_on(published(reader.repo), reader.repo))


def _json(document: Printed) -> Json:
    return document.model_dump(mode="json")


def _week(snapshot: Snapshot) -> Week:
    """The week in which the fleet starts; before it is started, the week of main's last step."""
    charter = charter_of(snapshot)
    active = snapshot.records.get(ACTIVATION)
    if active and active.value and phase_of(snapshot) == "active":
        return week_of(snapshot, charter, active.value.week)
    moment = datetime.fromisoformat(rfc3339(snapshot.committed_at or 0))
    return week_of(snapshot, charter, week_at(moment, zone_of(charter)))
