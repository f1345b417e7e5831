"""Judge a change as it would land on its base, or step by step as it moves main."""

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from validator.git.arrivals import Arrival, arrivals
from validator.git.change import differing, joining
from validator.git.file_origin import KnownStep, Origins
from validator.git.repo import Repo
from validator.git.signatures import Endorsement, signing_keys
from validator.git.upstream import unfetched_remote
from validator.model.errors import FatalError
from validator.model.findings import Finding, Verdict
from validator.model.layout import CHARTER, SESSIONS
from validator.operations.guards import Keys, endorsed, keys_in
from validator.operations.judge import judge
from validator.operations.narrow import Narrow
from validator.registry.reader import Reader, main_of
from validator.registry.snapshot import Author, Snapshot

MAX_STEPS = 500
Line = Sequence[tuple[str, str]]  # (parent, commit), oldest first


def validate(
    *,
    repo: Path,
    base: str | None,
    head: str,
    steps: bool = False,
    worktree: bool = False,
    staged: bool = False,
    index: str | None = None,
    author: Author | None = None,
    hint: Callable[[str], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Verdict:
    """The verdict on a change. `base` None stands for main.

    `worktree` judges the files on disk in place of `head`, `staged` those of `index`, by default the own.
    `hint` gets a line where main may be older than that of the remote; `progress` how many claims of a large registry
    are read, and how many there are.
    `author` is who proposes the change, where a forge says so; steps have many authors, and ask for none.
    `steps` judges what moves main: every first-parent commit after base, each against its parent.
    Raises FatalError for what is the environment's fault.
    """
    reader = Reader(Repo(repo))
    reader.progress = progress
    start = main_of(reader.repo, base)
    if base is None and (remote := unfetched_remote(reader.repo)):
        hint(f"judged against the main that is here, which may be old; to get that of {remote}: git fetch {remote}\n")
    end = _head(reader.repo, head, worktree=worktree, staged=staged, index=index)
    if steps:
        return in_steps(reader, start, end, keys_in(reader.at(start).charter))
    landed, current = Narrow(reader).change(start, end)
    if worktree or staged:
        landed = landed._replace(origins=None)  # it is signed when it is committed
    return judge(landed._replace(author=author), current)


def _head(repo: Repo, head: str, *, worktree: bool, staged: bool, index: str | None) -> str:
    if staged:
        return repo.staged_commit(index)
    return repo.working_tree_commit() if worktree else repo.commit(head)


def in_steps(reader: Reader, base: str, head: str, guards: Keys, *, unnamed: bool = False) -> Verdict:
    """The verdict on every first-parent commit after base. `guards` are the keys of base's approvers.

    `unnamed`: a forge moves main, which knows accounts and does not say whose change a step is; nobody has to sign.
    """
    line = reader.repo.line(base, head)
    if line is None:
        return of_rewritten(reader, base, head)
    if not line:
        return judge(*reader.step(base, head))
    if len(line) > MAX_STEPS:
        raise FatalError(
            f"{len(line):,} steps are too many to judge at once; begin with: --head {line[MAX_STEPS - 1][1]}"
        )
    return of_line(reader, line, {} if unnamed else endorsed(reader, line, guards), unnamed=unnamed)


def of_rewritten(reader: Reader, base: str, head: str) -> Verdict:
    """The verdict on a head that does not have base on its first-parent line."""
    landed, current = reader.change(base, head)
    return judge(landed._replace(rewritten=True), current)


def of_line(
    reader: Reader,
    line: Line,
    signed: Mapping[str, Endorsement | None],
    *,
    unnamed: bool = False,
    until_bad: bool = False,
) -> Verdict:
    """The verdict on each step of a line, which has one at least; see `read_steps`.

    `until_bad`: what comes after the first rejected step is not read.
    """
    verdicts = list[tuple[str, Verdict]]()
    for (_, commit), step in zip(line, read_steps(reader, line, signed, unnamed=unnamed), strict=False):
        verdicts.append((commit, judge(*step)))
        if until_bad and not verdicts[-1][1].accepted:
            break
    last = verdicts[-1][1]
    return Verdict(
        line[0][0],
        line[-1][1],
        last.tree,
        tuple(at_step(commit, finding) for commit, verdict in verdicts for finding in verdict.findings),
        tuple(at_step(commit, finding) for commit, verdict in verdicts for finding in verdict.healed),
        last.free_numbers,
    )


def read_steps(
    reader: Reader,
    line: Line,
    signed: Mapping[str, Endorsement | None],
    *,
    unnamed: bool = False,
) -> Iterator[tuple[Snapshot, Snapshot]]:
    """(a step of main, its parent) for each step of a line of (parent, commit), ready to be judged.

    `signed` has an endorsement for each step that somebody has to sign.
    """
    arriving = arrivals(reader.repo, line)
    # The place on the line of each of its commits, and the last place where a file was changed, the latest last.
    places, moves = {line[0][0]: 0} if line else {}, dict[str, int]()
    key_of = _key_finder(reader.repo, arriving)
    for place, (parent, commit) in enumerate(line, 1):
        arrival, endorsement = arriving[commit], signed.get(commit)
        landed, current = reader.step(parent, commit, arrival.commits)
        if endorsement:
            unsigned, approvals = endorsement.signer is None, endorsement.approvals
            landed = landed._replace(unsigned=unsigned, signed_by=endorsement.signer, approvals=approvals)
        start = places.get(arrival.fork or "")
        moved = None if start is None else frozenset(_moved_after(start, moves))
        origins = Origins(reader.repo, parent, commit, KnownStep(arrival, moved, key_of))
        landed = landed._replace(unnamed=unnamed, origins=origins)
        yield _held_to_its_change(reader.repo, landed, current, arrival, moved, whole=endorsement is not None), current
        places[commit] = place
        for path in differing(current.files, landed.files):
            moves.pop(path, None)
            moves[path] = place


def _moved_after(start: int, moves: dict[str, int]) -> Iterator[str]:
    yield from itertools.takewhile(lambda path: moves[path] > start, reversed(moves))


def _key_finder(repo: Repo, arriving: Mapping[str, Arrival]) -> Callable[[str], str | None]:
    """Find the key that has signed a commit; the first question about a proposal is asked for all of a line at once."""
    proposed = [row[0] for arrival in arriving.values() for row in arrival.commits[1:]]
    proposals = functools.cache(lambda: signing_keys(repo, proposed))
    beside = frozenset(proposed)
    return functools.cache(lambda one: (proposals() if one in beside else signing_keys(repo, [one]))[one])


def _held_to_its_change(
    repo: Repo, landed: Snapshot, current: Snapshot, arrival: Arrival, moved: frozenset[str] | None, *, whole: bool
) -> Snapshot:
    """A step of main with what it made of the change that it merges: of the registry's files, or of the `whole`.

    `moved` are the files that main has changed since the change began, where they are known already.
    """
    assert current.commit, "a step's parent is a commit"
    _, _, *others = arrival.commits[0]
    if len(others) != 1:
        return landed._replace(joins=len(others))
    fork, files = arrival.fork, (current.files, landed.files)
    found = joining(repo, fork, current.commit, others[0], *files, whole=whole, since=moved)
    landed = landed._replace(joins=1, unrelated=fork is None, altered=found.altered, superseded=found.superseded)
    if not landed.unnamed or fork is None:
        return landed
    if moved is None:
        moved = frozenset(path for path, _ in repo.results(fork, current.commit, [CHARTER, SESSIONS]))
    return landed._replace(since_fork=moved)


def at_step(commit: str, finding: Finding) -> Finding:
    """A finding with the commit that was judged."""
    return finding._replace(step=commit)
