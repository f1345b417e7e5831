"""`registry show`: one open proposal in full: the file, the change, the verdict, competitors, who signed it."""

from collections.abc import Iterator
from pathlib import Path

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.in_full import ProposalDocument, ProposalInFull, in_full
from validator.cli.options import FETCHES, FORMAT, REMOTE, REPO
from validator.cli.proposals import entry_of, read_open
from validator.git.remote import Remote, last_rejection
from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.model.escape import logged
from validator.model.layout import digits
from validator.operations.claim_key import ClaimKey, is_keyed, key_line
from validator.operations.competitors import Competitors
from validator.operations.proposals import Judged
from validator.report.documents import as_json

DOCUMENTS = {"output-show": ProposalDocument}


@click.command(epilog="Example: registry show 4")
@click.argument("name", metavar="PROPOSAL", shell_complete=completing.proposals)
@FETCHES
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(console: Console, name: str, remote: str, repo: Path, format: str) -> int:
    """One proposal in full: the file, the change, the verdict, competitors, who signed it.

    PROPOSAL is a number, for branch claim/NN, or a branch.
    """
    server = Remote(Repo(repo), remote)
    _, open_ones = read_open(console, server)
    one = _named(name, open_ones, server)
    document = in_full(one, entry_of(one, Competitors(open_ones), server.repo), server.repo)
    lines = _lines(document.proposal, keyed=is_keyed(one.base))
    console.say(as_json(document) if format == "json" else "".join(f"{line}\n" for line in lines))
    return 0


def _named(word: str, open_ones: tuple[Judged, ...], server: Remote) -> Judged:
    """The proposal that a word names: a number is its claim, anything else a branch. Raises FatalError for neither."""
    number = digits(int(word)) if word.isascii() and word.isdecimal() and len(word) <= 5 else ""
    name, known = f"claim/{number}" if number else word, {one.proposal.name: one for one in open_ones}
    if name in known:
        return known[name]
    if number and f"release/{number}" in known:
        raise FatalError(f"there is no open proposal {name!r}; its release is open: registry show release/{number}")
    past = last_rejection(server.repo, server.name, name)
    why = f"it was turned down: {logged(past.reason)}" if past else "see: registry proposals"
    raise FatalError(f"there is no open proposal {name!r}; {why}")


def _lines(proposal: ProposalInFull, *, keyed: bool) -> Iterator[str]:
    yield f"{proposal.name}, proposed {proposal.proposed_at}: {logged(proposal.subject)}"
    yield f"commit: {proposal.commit}"
    yield f"author: {logged(proposal.author)}"
    yield f"signed: {_signature(proposal)}"
    if key := key_line(proposal.name, ClaimKey(proposal.fingerprint, proposal.key_state), keyed=keyed):
        yield key
    if proposal.file is not None:
        yield f"\n{proposal.path}"
        yield from (f"  {logged(line)}" for line in proposal.file.splitlines())
    if proposal.file is None or "\n--- a/" in proposal.difference:  # else it has all lines of the file, and no others
        yield "\nchange"
        yield from (f"  {logged(line)}" for line in proposal.difference.splitlines())
    yield f"\n{proposal.report.rstrip()}"
    if proposal.competitors:
        yield f"whoever is merged first wins against: {', '.join(proposal.competitors)}"
    if proposal.effect:
        yield f"approving this {proposal.effect}"
    who = "its author" if proposal.name.startswith("charter/") else "its session"
    again = f"{logged(proposal.session_id or who)} proposes it again"
    yield f"next: {proposal.approve or again}"


def _signature(proposal: ProposalInFull) -> str:
    if proposal.signed_by:
        return f"by {logged(proposal.signed_by)}"
    return "by a key that nobody has in the charter or in this claim" if proposal.signed else "no"
