"""CODEOWNERS on a guarded server: it comes and changes only as the charter beside it generates it, byte for byte."""

from validator.git.repo import Repo
from validator.model.layout import CODEOWNERS, REGULAR_FILE
from validator.registry.reader import Reader, charter_of
from validator.registry.snapshot import Snapshot


def owners_fault(entry: tuple[str, str] | None, snapshot: Snapshot, repo: Repo) -> str | None:
    """Why a CODEOWNERS, given as (mode, object id), is not the one of a charter."""
    from validator.hosts.github.codeowners import owners_text  # few pushes need it

    wanted = owners_text(one.handle for one in charter_of(snapshot).approvers).encode()
    if entry == (REGULAR_FILE, repo.blob_id(wanted)):
        return None
    return f"brings another {CODEOWNERS} than its charter generates; run: registry codeowners"


def owners_fault_of_steps(reader: Reader, base: str, head: str) -> str | None:
    """The same of the first of main's steps that changes the file and does not have it right."""
    for parent, commit in reader.repo.line(base, head) or ():
        entry = _entry(reader.repo, commit)
        if entry != _entry(reader.repo, parent) and (why := owners_fault(entry, reader.at(commit), reader.repo)):
            return f"commit {commit[:12]} {why}"
    return None


def _entry(repo: Repo, commit: str) -> tuple[str, str] | None:
    rows = repo.trees.top(commit)
    return next(((mode, oid) for mode, name, oid in rows if name == CODEOWNERS.encode()), None)
