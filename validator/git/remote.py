"""Proposals on a remote: fetch, and push by compare-and-swap.

A branch name exists once on a server, and its creation is atomic: so only one of two sessions gets a number.
"""

import re
import shlex
import time
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

from validator.git import locks, program
from validator.git.objects import MAX_COMMIT, OID
from validator.git.program import in_a_line, last_line
from validator.git.refs import STALE
from validator.git.repo import Repo
from validator.git.upstream import absent, broken, follow_head, main_on, remote_of, remotes
from validator.model.errors import FatalError
from validator.model.escape import address_without_credentials
from validator.model.layout import HEADS, KINDS, PROPOSAL, REJECTED, REMOTES, WITHDRAWN, number_of

REFSPECS = (
    f"+{HEADS}{{main}}:{REMOTES}{{remote}}/{{main}}",
    *(f"+{HEADS}{kind}/*:{REMOTES}{{remote}}/{kind}/*" for kind in KINDS),
    f"+{REJECTED}*:{REJECTED}{{remote}}/*",
    f"+{WITHDRAWN}*:{WITHDRAWN}{{remote}}/*",
    f"+{HEADS}broadcast*:{REMOTES}{{remote}}/broadcast*",  # a pattern: before the first broadcast there is none
)
_FETCH = ("--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-gc")
LOCKED = 2.0  # seconds: how long another push may hold the lock of a ref
_LOCKED = re.compile(r"cannot lock ref|unable to create .*\.lock|failed to update ref", re.IGNORECASE)
_BROKEN = re.compile(r"^(?:fatal|error): bad object (refs/remotes/\S+)", re.MULTILINE)
# What `git init --shared` sets (git-init(1)); a changed proposal stands on main, and not on what it replaces.
_FORWARD_ONLY = ("a proposal cannot be replaced there; on the server: git config receive.denyNonFastForwards false",)


class Outcome(Enum):
    """The result of a push: accepted, lost to a faster push, refused by the server's gate, or no answer."""

    PUSHED = auto()
    LOST = auto()
    REFUSED = auto()
    UNREACHABLE = auto()


class Pushed(NamedTuple):
    """The result of a push, and the server's messages, one line each."""

    outcome: Outcome
    said: tuple[str, ...] = ()


class Update(NamedTuple):
    """A ref to move: from `old` (None: it must not exist) to `new` (None: delete it). Full object ids."""

    ref: str
    old: str | None
    new: str | None


class Proposal(NamedTuple):
    """A branch on the remote that proposes a change of main."""

    name: str
    commit: str


def unmoved(proposal: Proposal) -> Update:
    """That a proposal is still what it was: a push that has this beside other updates fails where it is not."""
    return Update(f"{HEADS}{proposal.name}", proposal.commit, proposal.commit)


class Rejection(NamedTuple):
    """A proposal that a human turned down, and why."""

    name: str
    commit: str
    rejected: str
    reason: str


class Remote:
    """One remote of a repository, by its name; without one, the remote that main follows."""

    def __init__(self, repo: Repo, name: str = "") -> None:
        self.repo, self.name, self._given = repo, name or remote_of(repo), bool(name)
        self._main, self._place = "", ""
        # Proposals on the server that could not be fetched, and why; everything else has been.
        self.unfetched = dict[Proposal, str]()

    @property
    def url(self) -> str:
        """Where it is. Raises FatalError where the repository has no remote of this name."""
        status, out, error = self.repo.as_user("remote", "get-url", "--", self.name)
        if status and "No such remote" not in error:
            raise FatalError(f"git remote: {last_line(error)}")
        if status:
            raise absent(self.name, remotes(self.repo), given=self._given)
        if out.strip() in ("", self.name):  # what Git takes for the address of a remote that has none
            raise FatalError(f"remote {self.name} has no URL; fill in: git remote set-url {shlex.quote(self.name)} URL")
        return out.strip()

    @property
    def address(self) -> str:
        """The same without credentials, to be shown."""
        return address_without_credentials(self.url)

    @property
    def branch(self) -> str:
        """What the main branch is called there: `main`, or another branch that is the server's HEAD."""
        self._main = self._main or main_on(self.repo, self.name)
        return self._main

    @property
    def main(self) -> str:
        """The name of the remote's main as last fetched."""
        return f"{REMOTES}{self.name}/{self.branch}"

    def fetch(self, refspecs: Sequence[str] = REFSPECS) -> None:
        """Fetch main, proposals, rejections and the broadcast, or other refs; `{remote}` in a refspec is its name.

        One proposal that cannot be had (a broken object on the server, a ref in its way here) is left out, and is in
        `unfetched`. Raises FatalError where the server does not answer.
        """
        self.unfetched = {}
        named = [spec.format(remote=self.name, main=self.branch) for spec in refspecs]
        error = self._fetch(named)
        if error and refspecs is REFSPECS and self._is_called_otherwise():
            named = [spec.format(remote=self.name, main=self.branch) for spec in refspecs]
            error = self._fetch(named)
        if not error:
            return
        if program.local_fault(error):
            raise FatalError(f"nothing can be fetched: {last_line(error)}")
        if found := _BROKEN.search(error):
            raise broken(self.repo, found[1])
        if refspecs is not REFSPECS or self._fetch(named[:1]):
            raise FatalError(f"{self.address} does not answer: {in_a_line(error)}")
        self.unfetched = self._without(self._listed())
        self._fetch([*named, *(f"^{HEADS}{one.name}" for one in self.unfetched)])

    def fetch_within(self, seconds: float) -> bool | None:
        """Fetch the same without asking anybody for a password; whether it worked, None where it takes longer.

        Then it goes on by itself, after this program as well.
        """
        named = [spec.format(remote=self.name, main=self.branch) for spec in REFSPECS]
        slow = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=20")
        command = (*slow, "fetch", *_FETCH, "--", self._source, *named)
        variables = {"GIT_TERMINAL_PROMPT": "0", **self.repo.real}
        status = program.finished(command, variables, self.repo.top or self.repo.folder, seconds)
        return None if status is None else status == 0

    def _is_called_otherwise(self) -> bool:
        """Whether the server's HEAD is another branch than was asked for, and there; it is the main branch then."""
        status, out, _ = self.repo.as_user("ls-remote", "--symref", "--", self.name, "HEAD", f"{HEADS}{self.branch}")
        if status == 0 and not out:
            raise FatalError(f"{self.address} has no main yet; publish one: git push {self.name} main")
        rows = [line.split("\t") for line in out.splitlines()]
        heads = [
            row[0].removeprefix(f"ref: {HEADS}") for row in rows if row[1] == "HEAD" and row[0].startswith("ref: ")
        ]
        if status or any(row[1] == f"{HEADS}{self.branch}" for row in rows):
            return False
        if not heads:
            way_out = "on the server; fill in: git symbolic-ref HEAD refs/heads/BRANCH"
            raise FatalError(f"{self.address} has no branch {self.branch}, and its HEAD names no branch; {way_out}")
        self._main = heads[0]
        follow_head(self.repo, self.name, self._main)
        return True

    def _listed(self) -> list[Proposal]:
        """The open proposals as the server lists them."""
        status, out, error = self.repo.as_user("ls-remote", "--heads", "--", self.name)
        if status:
            raise FatalError(f"{self.address} does not answer: {in_a_line(error)}")
        rows = (line.partition("\t") for line in out.splitlines())
        found = (Proposal(ref.removeprefix(HEADS), oid) for oid, _, ref in rows)
        return [one for one in found if PROPOSAL.fullmatch(one.name)]

    def _without(self, proposals: list[Proposal]) -> dict[Proposal, str]:
        """Of some proposals those that cannot be fetched, and why; found by halves."""
        refs = [f"+{HEADS}{one.name}:{REMOTES}{self.name}/{one.name}" for one in proposals]
        error = self._fetch(refs) if refs else ""
        if not error:
            return {}
        if len(proposals) == 1:
            return {proposals[0]: f"it cannot be fetched: {in_a_line(error)}"}
        half = len(proposals) // 2
        return self._without(proposals[:half]) | self._without(proposals[half:])

    def _fetch(self, refspecs: Sequence[str]) -> str:
        """Fetch; what went wrong, empty where nothing did."""
        whole = ("--no-filter",) if self.repo.partial else ()
        command = ("fetch", *_FETCH, *whole, "--", self._source, *refspecs)
        status, _, error = self.repo.as_user(*command)
        if status and self._source != self.name:
            self._place = self.name
            return self._fetch(refspecs)
        if status and locks.wait_for_locks(error, self.repo.folder):
            status, _, error = self.repo.as_user(*command)
        return (error.strip() or f"git fetch exits with {status}") if status else ""

    def proposals(self) -> tuple[Proposal, ...]:
        """The open proposals as last fetched, by name."""
        return self.main_and_proposals()[1]

    def main_and_proposals(self) -> tuple[str, tuple[Proposal, ...]]:
        """Main and the open proposals as last fetched, by name. Raises FatalError where the server has no main."""
        prefix = f"{REMOTES}{self.name}/"
        found = {ref.removeprefix(prefix): oid for ref, oid in self.repo.refs(prefix)}
        if self.branch not in found:
            raise FatalError(f"{self.address} has no main yet; publish one: git push {self.name} main")
        found |= {one.name: one.commit for one in self.unfetched}
        rows = sorted(found.items())
        return found[self.branch], tuple(Proposal(name, oid) for name, oid in rows if PROPOSAL.fullmatch(name))

    def said_on(self, branch: str) -> tuple[str, ...]:
        """The commits that may be newer than the next proposal on a branch, as last fetched.

        The open proposal, those that were turned down or withdrawn, by which commits, and the parents of all of them.
        """
        places = [f"{kind}{self.name}/{branch}" for kind in (REMOTES, REJECTED, WITHDRAWN)]
        out = self.repo.read("for-each-ref", "--format=%(objectname) %(parent)", *places, environment=self.repo.real)
        return tuple(dict.fromkeys(out.decode().split()))

    def has(self, commit: str) -> bool:
        """Whether a commit is on main or among the rejections, although its push has failed."""
        self.fetch()
        rejected = [rejection.commit for rejection in rejections(self.repo, self.name)]
        return commit in rejected or self.repo.merge_base(commit, self.main_and_proposals()[0]) == commit

    def push(self, updates: Sequence[Update]) -> Pushed:
        """Move refs together, each only from where the caller believes it to be."""
        leases = [f"--force-with-lease={update.ref}:{update.old or ''}" for update in updates]
        refspecs = [f"{update.new or ''}:{update.ref}" for update in updates]
        options = ("--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no")
        atomic = ("--atomic",) if len(updates) > 1 else ()
        one_by_one = (f"remote.{self.name}.mirror=false",)  # or Git takes no names of refs
        command = ("push", *options, *atomic, *leases, "--", self.name, *refspecs)
        status, out, error = self.repo.as_user(*command, settings=one_by_one)
        said = tuple(
            line.removeprefix("remote: ").rstrip() for line in error.splitlines() if line.startswith("remote:")
        )
        if status == 0:
            return Pushed(Outcome.PUSHED, said)
        refused = tuple(line.split("\t")[-1] for line in out.splitlines() if line.startswith("!"))
        if not refused:
            return Pushed(Outcome.UNREACHABLE, tuple(line for line in error.splitlines() if line.strip())[-3:])
        locked = bool(_LOCKED.search(out + error))
        if locked and (in_the_way := self._in_the_way(updates)):
            return Pushed(Outcome.REFUSED, in_the_way)
        if STALE in said or self._is_lost(updates, patient=locked):
            return Pushed(Outcome.LOST, said)
        return Pushed(Outcome.REFUSED, (*(said or refused), *(_FORWARD_ONLY if _only_forward(error) else ())))

    def _in_the_way(self, updates: Sequence[Update]) -> tuple[str, ...]:
        """What keeps a new branch from being made on the server, as `claim` and `claim/04/x` keep `claim/04`."""
        new = [update.ref for update in updates if update.old is None]
        status, out, _ = self.repo.as_user("ls-remote", "--heads", "--", self._pushed_to) if new else (1, "", "")
        there = [line.partition("\t")[2] for line in out.splitlines()] if status == 0 else []
        names = [old for old in there for ref in new if f"{ref}/".startswith(f"{old}/") or old.startswith(f"{ref}/")]
        return tuple(_moved_away(old.removeprefix(HEADS)) for old in names if old not in new)

    def _is_lost(self, updates: Sequence[Update], *, patient: bool) -> bool:
        """Whether a ref of a failed push is elsewhere now than the pusher believed: the race is lost, nothing is wrong.

        The server's refs tell that, not the words of a message: those are another server's, or a hook's. While another
        push holds a ref's lock it has not moved yet; with `patient` that is waited for.
        """
        late = time.monotonic() + (LOCKED if patient else 0)
        while True:
            there = self._refs_on_server(updates)
            if there is None or any(there.get(update.ref) != update.old for update in updates):
                return True
            if time.monotonic() >= late:
                return False
            time.sleep(LOCKED / 10)

    def _refs_on_server(self, updates: Sequence[Update]) -> dict[str, str] | None:
        """Where the refs of a push are on the server now; None where it does not answer."""
        status, out, _ = self.repo.as_user("ls-remote", "--", self._pushed_to, *(update.ref for update in updates))
        rows = (line.partition("\t") for line in out.splitlines())
        return None if status else {ref: oid for oid, _, ref in rows}

    @property
    def _source(self) -> str:
        """What is fetched from: the place that is pushed to, where that is another one and answers.

        A mirror that lags would not tell who was first.
        """
        if not self._place:
            asked = rf"^(remote\.{re.escape(self.name)}\.pushurl|url\..*\.pushinsteadof)$"
            differs = self.repo.as_user("config", "--get-regexp", asked)[0] == 0
            self._place = self._pushed_to if differs else self.name
        return self._place

    @property
    def _pushed_to(self) -> str:
        """Where a push goes; it can be another place than the one that is read (git-config(1), pushurl)."""
        status, out, _ = self.repo.as_user("remote", "get-url", "--push", "--", self.name)
        return self.name if status else out.strip()


def _moved_away(branch: str) -> str:
    """How a branch that is in the way of a proposal gets another name."""
    words = ("git", "branch", "--move", "--", branch, f"old-{branch.replace('/', '-')}")
    return f"branch {branch} is in the way; on the server: {shlex.join(words)}"


def _only_forward(error: str) -> bool:
    return "denying non-fast-forward" in error


def rejections(repo: Repo, remote: str) -> tuple[Rejection, ...]:
    """The proposals that were turned down, as last fetched from a remote, the latest last."""
    prefix = f"{REJECTED}{remote}/"
    named = ((ref.removeprefix(prefix).rpartition("/")[0], oid) for ref, oid in repo.refs(prefix))
    rows = [(name, oid) for name, oid in named if PROPOSAL.fullmatch(name)]
    sizes = repo.commit_sizes(oid for _, oid in rows)  # a server without the guard has anything here, of any size
    rows = [(name, oid) for name, oid in rows if sizes.get(oid, MAX_COMMIT + 1) <= MAX_COMMIT]
    contents = repo.blobs(oid for _, oid in rows)
    by_time = sorted(rows, key=lambda row: (repo.read_commit(contents[row[1]])[1], row))
    return tuple(_rejection(name, oid, contents[oid]) for name, oid in by_time)


def _rejection(name: str, oid: str, content: bytes) -> Rejection:
    header, _, message = content.decode("utf-8", "replace").partition("\n\n")
    parents = [line.removeprefix("parent ") for line in header.split("\n") if line.startswith("parent ")]
    parents = list(filter(OID.fullmatch, parents))  # what a server without the guard has here may be anything
    return Rejection(name, oid, parents[0] if parents else oid, message.split("\n\n")[0].strip())


def withdrawn(repo: Repo, remote: str) -> dict[str, str]:
    """The proposals that were withdrawn, as last fetched: `claim/04/0123456789ab` to the commit that was proposed."""
    prefix = f"{WITHDRAWN}{remote}/"
    rows = repo.parents_below(prefix).items()
    return {ref.removeprefix(prefix): parents[0] for ref, parents in rows if len(parents) == 1}


def last_rejection(repo: Repo, remote: str, word: str) -> Rejection | None:
    """How a proposal was turned down the last time, as last fetched; a number stands for its claim."""
    past = [one for one in rejections(repo, remote) if word in (one.name, number_of(one.name))]
    return past[-1] if past else None
