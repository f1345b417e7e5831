"""The server as it is before a push: its own refs, its main, and who may approve."""

from collections.abc import Mapping
from functools import cached_property

from validator.git.change import has_landed
from validator.git.repo import Repo
from validator.git.trees import MAX_PUSHED
from validator.git.upstream import main_of_server
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.model.layout import HEADS, MAIN, REJECTED, WITHDRAWN
from validator.operations.guards import Keys, keys_in
from validator.operations.narrow import Narrow
from validator.operations.proposed import judge_proposed
from validator.registry.reader import Reader, charter_of
from validator.registry.snapshot import Snapshot

UNSIGNED = "registry.unsigned"
# A change of more files by somebody who approves nothing is refused for that, before any rule looks at it.
MAX_FILES = 50
MAX_CHECKS = 250  # of signatures, for somebody who approves nothing: each takes a hundredth of a second and more
CLOSINGS = {WITHDRAWN: "withdrawn", REJECTED: "turned down"}


class Server:
    """What a push is judged against: `refs` are the server's own. No part of the push is in it."""

    def __init__(self, reader: Reader, refs: Mapping[str, str]) -> None:
        self.reader, self.refs = reader, refs
        self._landed = dict[str, tuple[Snapshot, Snapshot]]()
        self._wide = dict[str, bool]()
        self._verdicts = dict[str, Verdict]()

    def limit(self, checks: int | None) -> None:
        """Limit the checks of signatures and the folders that are read from now on; None: to none."""
        self.repo.checks_left = checks
        self.repo.trees.left = None if checks is None else MAX_PUSHED

    @property
    def repo(self) -> Repo:
        """Its repository."""
        return self.reader.repo

    @cached_property
    def line(self) -> str:
        """The ref of main: `refs/heads/main`, or the branch that this server's HEAD names."""
        return MAIN if self.refs.get(MAIN) else main_of_server(self.repo)

    @property
    def main(self) -> str | None:
        """The commit of main; None where there is none yet."""
        return self.refs.get(self.line) or None

    @cached_property
    def base(self) -> Snapshot:
        """The registry on main."""
        assert self.main is not None, "asked where there is a main"
        return self.reader.at(self.main)

    def base_of(self, paths: frozenset[str]) -> Snapshot:
        """Main with what it has of some files; other claims may be missing, where a proposal of these was just read."""
        read = (base for landed, base in self._landed.values() if paths <= landed.touched(base))
        return next(read, None) or self.base

    @cached_property
    def guards(self) -> Keys:
        """Who may sign: the approvers of main's charter who have a key; nobody has to sign where there are none.

        Raises FatalError where nothing could be approved, since the guard was not installed as unsigned.
        """
        charter = self.reader.charters([self.main])[self.main] if self.main else None
        keys = keys_in(charter or charter_of(self.base)) if self.main else ()
        if self.main and not keys and not is_unsigned(self.repo):
            raise FatalError("no approver in main's charter has a key, and this guard is not installed as --unsigned")
        return keys

    @cached_property
    def closed(self) -> Mapping[str, str]:
        """The commits that were turned down or withdrawn, and which of both, by what stands on the server."""
        return {commit: how for how, refs in self._closings.items() for commit in refs.values()}

    def closed_on(self, branch: str) -> tuple[str, ...]:
        """The commits of one branch that were turned down or withdrawn, and those by which they were withdrawn."""
        names = [f"{prefix}{branch}" for prefix in CLOSINGS]
        closings = (row for refs in self._closings.values() for row in refs.items())
        own = {ref: commit for ref, commit in closings if ref.rpartition("/")[0] in names}
        return (*own.values(), *(self.refs[ref] for ref in own if ref.startswith(WITHDRAWN) and ref in self.refs))

    @cached_property
    def _closings(self) -> Mapping[str, Mapping[str, str]]:
        """For each way to close a proposal the refs that do so, with the proposal's commit."""
        return {how: self._closing(prefix) for prefix, how in CLOSINGS.items()}

    def _closing(self, prefix: str) -> Mapping[str, str]:
        there = any(ref.startswith(prefix) for ref in self.refs)
        rows = self.repo.parents_below(prefix).items() if there else ()
        return {ref: parents[0] for ref, parents in rows if len(parents) == 1}

    def is_settled(self, commit: str) -> bool:
        """Whether a proposal has landed on main already, or was turned down or withdrawn: by what the server has."""
        return commit in self.closed or (self.main is not None and has_landed(self.repo, self.main, commit))

    def others(self, ref: str) -> Mapping[str, str]:
        """The branches but for this one: commit to name."""
        return {
            oid: name.removeprefix(HEADS) for name, oid in self.refs.items() if name.startswith(HEADS) and name != ref
        }

    def landed(self, commit: str) -> tuple[Snapshot, Snapshot]:
        """(A proposal as it would land on main, main): read once for refs that name it one after another."""
        assert self.main is not None, "without a main nothing is proposed"
        if commit not in self._landed:
            self._landed.clear()  # a push may have many, and each may be large
            self._landed[commit] = self._narrow.change(self.main, commit)
        return self._landed[commit]

    @cached_property
    def _narrow(self) -> Narrow:
        """Reads proposals; an index that others on this machine could have written does not count."""
        return Narrow(self.reader, alone=True)

    def is_wide(self, commit: str) -> bool:
        """Whether a commit changes more than MAX_FILES files since it left main, or never did."""
        assert self.main is not None, "without a main nothing is proposed"
        if commit not in self._wide:
            fork = self.repo.merge_base(self.main, commit)
            self._wide[commit] = self.repo.has_more_changes(fork, commit, MAX_FILES)
        return self._wide[commit]

    def verdict(self, commit: str) -> Verdict:
        """The gate's verdict on a proposal, judged once."""
        if commit not in self._verdicts:
            self._verdicts[commit] = judge_proposed(self.reader, *self.landed(commit)).verdict
        return self._verdicts[commit]


def keys_of(snapshot: Snapshot) -> Keys:
    """The approvers of a charter that have a key, as (handle, public key)."""
    return keys_in(charter_of(snapshot))


def is_unsigned(repo: Repo) -> bool:
    """Whether the guard was installed with --unsigned."""
    return repo.setting(UNSIGNED) == "true"


def refusal_of(verdict: Verdict, repo: Repo) -> str | None:
    """Why a verdict refuses, with the numbers that are neither held nor proposed in a repository; None: it accepts."""
    if verdict.accepted:
        return None
    from validator.registry.proposals import with_proposed  # most pushes need no report
    from validator.report.text import render

    return render(with_proposed(verdict, repo))
