"""The open proposals, by the names of branches: on a remote as last fetched, or in this repository."""

import re

from validator.git.remote import Proposal
from validator.git.repo import Repo
from validator.model.layout import HEADS, ORIGIN, PROPOSAL, REMOTES

_NUMBERED = re.compile(r"refs/(?:heads|remotes/[^/]+)/claim/(0*[1-9][0-9]*)")


def published(repo: Repo) -> str | None:
    """The remote whose proposals count: origin, if its main has been fetched. None for a repository without one.

    A session's own branch stays behind when its proposal is replaced, merged or turned down.
    """
    return ORIGIN if any(repo.resolve(f"{REMOTES}{ORIGIN}/main")) else None


def proposals_on(remote: str | None, repo: Repo, kind: str = "") -> tuple[Proposal, ...]:
    """The proposals on a remote (None: in this repository), by name; of one `kind` where it is named: claim, record."""
    prefix = f"{REMOTES}{remote}/" if remote else HEADS
    rows = ((ref.removeprefix(prefix), oid) for ref, oid in repo.refs(f"{prefix}{kind}/" if kind else prefix))
    return tuple(Proposal(name, oid) for name, oid in rows if PROPOSAL.fullmatch(name))


def proposed_numbers(repo: Repo) -> frozenset[int]:
    """The numbers that have a branch `claim/NN`, in this repository or on any remote."""
    names = (name for name, _ in repo.refs(f"{HEADS}claim/", REMOTES))
    return frozenset(int(found[1]) for name in names if (found := _NUMBERED.fullmatch(name)))
