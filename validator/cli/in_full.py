"""One open proposal in full: the file, the change, the gate's report, who made it and who signed it."""

from collections.abc import Iterator

from validator.cli.proposals import ProposalEntry
from validator.git.repo import Repo
from validator.git.signatures import endorsement
from validator.model.escape import well_formed
from validator.model.layout import CODEOWNERS, REGULAR_FILE, own_files, path_of
from validator.operations.line import author_of
from validator.operations.proposals import Judged, difference
from validator.registry.proposals import with_proposed
from validator.registry.records import claim_of_record
from validator.registry.yaml.reader import MAX_BYTES
from validator.report.documents import Oid, PrintedDocument
from validator.report.text import render

MOST = 64 * 1024  # characters of a change that are shown


class ProposalInFull(ProposalEntry):
    """A proposal with all that a human looks at before a decision.

    `file` is the file as it would land, null for a release and for what cannot be read. `author` is what the commit
    states, `signed_by` whose SSH signature it carries: an approver's, or the session's by the key in its claim on main
    or in this one; `signed` says whether it carries any signature.
    """

    path: str
    file: str | None
    difference: str
    report: str
    author: str
    signed: bool
    signed_by: str | None
    effect: str = ""


class ProposalDocument(PrintedDocument):
    """One open proposal in full, judged against `main`."""

    main: Oid
    proposal: ProposalInFull


def in_full(one: Judged, entry: ProposalEntry, repo: Repo) -> ProposalDocument:
    """The document of an open proposal; `entry` is what the list of all says of it."""
    content = b"" if one.unjudged else repo.blobs([one.proposal.commit])[one.proposal.commit]
    signed = b"\ngpgsig" in content.partition(b"\n\n")[0]
    keys = list(_keys(one)) if signed else []
    proposal = ProposalInFull(
        **entry.model_dump(),
        path=next(iter(_own_files(one)), path_of(one.proposal.name)),
        file=_file(one, repo),
        difference=_shortened(well_formed(difference(one, repo))),
        report=_shortened(well_formed(render(with_proposed(one.verdict, repo)))),
        author=well_formed(author_of(content)),
        signed=signed,
        signed_by=endorsement(repo, one.proposal.commit, keys).signer if keys else None,
        effect=one.effect(repo),
    )
    return ProposalDocument(main=one.base.commit or "", proposal=proposal)


def _own_files(one: Judged) -> list[str]:
    """The file that it is about, by its branch's name; of a pull request (`#7`) what it changes, where that is one."""
    if one.proposal.name.startswith("#"):
        touched = sorted({*one.landed.intent} - {CODEOWNERS})
        return touched if len(touched) == 1 else []
    return sorted(own_files(one.proposal.name) - {CODEOWNERS})


def _keys(one: Judged) -> Iterator[tuple[str, str]]:
    """Whose keys are known here, as (name, public key)."""
    charter = one.base.charter
    yield from ((row.handle, row.key) for row in (charter.approvers if charter else ()) if row.key)
    paths = _own_files(one)
    claims = [snapshot.claims.get(path) for snapshot in (one.base, one.landed) for path in paths]
    claims += [claim_of_record(path, one.base) for path in paths]  # a record is signed by its session
    drafts = [claim.draft for claim in claims if claim]
    yield from ((draft.session_id, draft.key) for draft in drafts if draft.session_id and draft.key)


def _file(one: Judged, repo: Repo) -> str | None:
    """The proposal's own file as it would land."""
    entries = [one.landed.files.get(path) for path in _own_files(one)]
    found = next(filter(None, entries), None)
    if one.unjudged or found is None or found.mode != REGULAR_FILE or (found.size or 0) > MAX_BYTES:
        return None
    return repo.blobs([found.oid])[found.oid].decode("utf-8", "replace")


def _shortened(text: str) -> str:
    if len(text) <= MOST:
        return text
    kept = text[:MOST].rpartition("\n")[0]
    return f"{kept}\n… and {text.count(chr(10)) - kept.count(chr(10)):,} more lines\n"
