"""Replay main from its root: find the first step that was not allowed, as far as a clone can tell."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from validator.git.objects import OID
from validator.git.repo import Repo
from validator.git.signatures import endorsement
from validator.model.errors import FatalError
from validator.model.findings import Finding, Location, Verdict
from validator.model.layout import ALONE
from validator.model.phrases import join_limited
from validator.operations.guards import endorsed, keys_in
from validator.operations.judge import judge
from validator.operations.steps import at_step, read_steps
from validator.registry.reader import Reader, charter_of, main_of
from validator.registry.snapshot import Snapshot
from validator.rules import AUTHORITY, RULES, foreign_owner, unapproved

CHUNK = 500  # steps: what is read of them is forgotten after so many, however long main is
_COMMITTER = re.compile(rb"^committer (.*) -?[0-9]+ [+-][0-9]+$", re.MULTILINE)
_PULL_REQUEST = re.compile(r"Merge pull request #([0-9]{1,9}) .*|.* \(#([0-9]{1,9})\)", re.ASCII)

Gap = Literal["approval", "author"]
Line = Sequence[tuple[str, str]]  # (parent, commit), oldest first


class Unproved(NamedTuple):
    """A step that no signature proves: what only the forge can know, and the pull request that its message names."""

    number: int
    commit: str
    gaps: tuple[Gap, ...]
    pull_request: int | None


class BadStep(NamedTuple):
    """The first step that was not allowed; number 0 is the root. `parent` is the last commit that is proved.

    `signed_by` is the approver, by the parent's charter, who has signed it; `formerly` the one by an earlier charter;
    `committer` is what the commit says of itself.
    """

    number: int
    commit: str
    parent: str | None
    signed_by: str | None
    formerly: str | None
    committer: str


class Replay(NamedTuple):
    """Main from `root` on, which has `steps` after it; `verdict` has the findings of the bad one.

    `approved` counts the steps of each approver, `acknowledged` the sessions' own unsigned ones.
    """

    root: str
    steps: int
    approved: Mapping[str, int]
    acknowledged: int
    unproved: tuple[Unproved, ...]
    bad: BadStep | None
    verdict: Verdict


class _Step(NamedTuple):
    number: int
    parent: str
    commit: str
    landed: Snapshot
    current: Snapshot
    verdict: Verdict

    @property
    def guarded(self) -> bool:
        return self.landed.unsigned or self.landed.signed_by is not None


def replay(
    *,
    repo: Path,
    ref: str | None,
    root: str,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    chunk: int = CHUNK,
) -> Replay:
    """Judge each step of main after its root by the rules of authority, up to the first that was not allowed.

    `root` is the full id of a commit. `progress` is called after each chunk with the number of judged steps and of all.
    Raises FatalError for a root that main does not come from, and for a clone that cannot tell.
    """
    store = Repo(repo)
    head = main_of(store, ref)
    line = _line(store, root, head)
    bad, findings = _held_by_root(store, root)
    approved, acknowledged, unproved = Counter[str](), 0, list[Unproved]()
    for step in _judged(store, line, chunk, progress) if bad is None else ():
        if not step.verdict.accepted:
            bad, findings = _bad_step(store, step, line), step.verdict.findings
            break
        if not step.guarded:
            unproved.append(_unproved(store, step))
        elif step.landed.signed_by:
            approved[step.landed.signed_by] += 1
        else:
            acknowledged += 1
    main = Reader(store).at(head)
    told = tuple(at_step(bad.commit, finding) for finding in findings) if bad else ()
    verdict = Verdict(root, head, main.tree, told, (), main.free_numbers())
    return Replay(root, len(line), approved, acknowledged, tuple(unproved), bad, verdict)


def root_of(store: Repo, main: str) -> str | None:
    """The last commit of main before its first claim or record, to be pinned; None where main began with one."""
    for step in store.steps(main, ALONE):
        if _is_held(step.path):
            return next(iter(store.parents(step.commit)), None)
    return main


def held_from_the_start(first: Snapshot) -> list[str]:
    """The claims and records in the first commit of a main, which nobody has approved; sorted, by path."""
    return sorted(filter(_is_held, first.files))


def _is_held(path: str) -> bool:
    return path.startswith(ALONE) and path.endswith(".yaml")


def _line(store: Repo, root: str, head: str) -> Line:
    if not OID.fullmatch(root):
        raise FatalError("--root takes the full id of a commit, as registry install-hook prints it")
    if store.resolve(root) != [root]:
        raise FatalError(f"commit {root} is not in this clone: its main does not come from that root")
    line = store.line(root, head)
    if line is None:
        raise FatalError(f"commit {root} does not stand on the first-parent line of {head}: this is another main")
    return line


def _judged(store: Repo, line: Line, chunk: int, progress: Callable[[int, int], None]) -> Iterator[_Step]:
    reader = Reader(store)
    for start in range(0, len(line), chunk):
        part = line[start : start + chunk]
        steps = read_steps(reader, part, endorsed(reader, part))
        for number, ((parent, commit), (landed, current)) in enumerate(zip(part, steps, strict=True), start + 1):
            # Without a readable charter nobody could say who may approve the next step.
            verdict = judge(landed, current, AUTHORITY if landed.charter else RULES, free=False)
            yield _Step(number, parent, commit, landed, current, verdict)
        reader.forget()
        progress(start + len(part), len(line))


def _held_by_root(store: Repo, root: str) -> tuple[BadStep | None, tuple[Finding, ...]]:
    """The root is taken on trust: it has a charter, and no claim or record that no step has brought."""
    snapshot = Reader(store).at(root)
    charter_of(snapshot)
    held = held_from_the_start(snapshot)
    if not held:
        return None, ()
    message = f"the root holds {join_limited(held)}, which no step of main has brought"
    help = "begin with a commit of main before its first claim: --root COMMIT"
    found = Finding(unapproved.CODE, unapproved.NAME, unapproved.LEVEL, Location(held[0]), message, help)
    return BadStep(0, root, None, None, None, _committer(store, root)), (found,)


def _bad_step(store: Repo, step: _Step, line: Line) -> BadStep:
    formerly = None
    if step.landed.unsigned:
        parents = [parent for parent, _ in line[: step.number]]
        keys = {key for charter in Reader(store).charters(parents).values() for key in keys_in(charter)}
        formerly = endorsement(store, step.commit, sorted(keys)).signer
    committer = _committer(store, step.commit)
    return BadStep(step.number, step.commit, step.parent, step.landed.signed_by, formerly, committer)


def _unproved(store: Repo, step: _Step) -> Unproved:
    found = _PULL_REQUEST.fullmatch(store.message(step.commit).split("\n", 1)[0])
    number = int(found[1] or found[2]) if found else None
    return Unproved(step.number, step.commit, ("approval", "author") if _has_owner(step) else ("approval",), number)


def _has_owner(step: _Step) -> bool:
    """Whether a step changes what belongs to an account, or brings a claim that says so."""
    landed = step.landed._replace(unnamed=True, since_fork=None)
    touched = landed.touched(step.current)
    new = any(claim.draft.owner for path, claim in landed.claims.items() if path in touched)
    return new or any(foreign_owner.check(landed, step.current))


def _committer(store: Repo, commit: str) -> str:
    found = _COMMITTER.search(store.blobs([commit])[commit].split(b"\n\n", 1)[0])
    return found[1].decode("utf-8", "replace") if found else ""
