"""A change as it would land on main: the merge in memory, and the change's own edits, without their meaning."""

from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import NamedTuple

from validator.git.folders import FOLDER, SUBMODULE
from validator.git.history import Merge
from validator.git.repo import Repo
from validator.git.trees import TWICE, Entry, text
from validator.model.errors import FatalError
from validator.model.layout import governed

Files = Mapping[str, Entry]

MAX_MERGED_BYTES = 4 * 1024 * 1024  # of files that both sides have changed; beyond it Git compares lines for minutes

FEW_STEPS = 8  # of main, between which each folder is compared here

MAX_MOVES = (
    64 * 1024 * 1024
)  # bytes of names that main has changed since a fork: filling the largest registry takes 30 MB


class Listing(dict[str, Entry]):
    """The registry's files of a tree by path. Made from another listing, it knows in what they differ.

    It is made once and not changed.
    """

    base: "Listing | None" = None
    moved: frozenset[str] = frozenset()


class Intent(NamedTuple):
    """What a change itself did to a file since it forked from the base's line, whatever the merge result is."""

    before: Entry | None
    after: Entry | None


class Landing(NamedTuple):
    """The files of a base, and what a change would leave of them.

    `fork` is where the change forked from the base's line, None for an unrelated history. `merge` is None for a change
    directly on top of its base: there is nothing to merge. `superseded` are the registry's files that the base has
    changed since the fork: the change was made for another version of them.
    """

    before: Files
    after: Files
    intent: Mapping[str, Intent]
    merge: Merge | None
    fork: str | None
    superseded: tuple[str, ...] = ()

    @property
    def merged(self) -> str | None:
        """The tree of the merge; None where it conflicts, and where there is nothing to merge."""
        return self.merge.tree if self.merge and self.fork and not self.merge.conflicts else None


def landing(repo: Repo, base: str, head: str) -> Landing:
    """A commit as it would land on another one. Nothing of it is checked out, followed or run."""
    fork, before = repo.merge_base(base, head), registry_files(repo, base)
    if fork == base:
        before, after = with_others(repo, base, before, head, registry_files(repo, head))
        intent = {path: Intent(before.get(path), after.get(path)) for path in differing(before, after)}
        return Landing(before, after, intent, None, fork)
    intent = _intent(repo, fork, head)
    before |= _others(repo, fork, base, intent)
    landed = Landing(before, before, intent, _merge(repo, fork, base, head, before, intent), fork)
    if landed.merged:
        kept = {path: entry for path, entry in before.items() if not governed(path)}
        before, after = with_others(repo, base, before, landed.merged, kept | registry_files(repo, landed.merged))
    else:
        after = _overlaid(repo, before, intent)
    own = {path: pair for path, pair in intent.items() if governed(path)}
    return landed._replace(
        before=before, after=after, superseded=_superseded(repo, fork, base, before, own) if fork else ()
    )


def landing_alone(repo: Repo, base: str, head: str) -> Landing | None:
    """The same with no other files than those that the change touches: no tree is listed as a whole.

    None where the two share no history.
    """
    fork = repo.merge_base(base, head)
    if fork is None:
        return None
    intent = _intent(repo, fork, head)
    if fork == base:
        landed, moved = Landing({}, {}, intent, None, fork), repo.changes(base, head)
    else:
        from validator.git.apart import merged_apart  # most registries are small, and read as a whole

        since = repo.changes(fork, base, MAX_MOVES)
        before = _moved_on(intent, since)
        merged = merged_apart(repo, base, head, since, intent)
        merge = Merge(merged) if merged else _merge(repo, fork, base, head, before, intent)
        landed = Landing(before, before, intent, merge, fork)
        own = {path: pair for path, pair in intent.items() if governed(path)}
        superseded = _superseded(repo, fork, base, before, own, _changed_since(repo, fork, base))
        landed = landed._replace(superseded=superseded)
        moved = {path: (before.get(path), pair.after) for path, pair in intent.items()}
        if landed.merged:
            found = moved if merged else repo.changes(base, landed.merged)
            moved = {path: (entry, entry) for path, entry in before.items()} | found
    before, after = (sized(repo, {path: pair[side] for path, pair in moved.items()}) for side in (0, 1))
    return landed._replace(before=before, after=after)


def sized(repo: Repo, files: Mapping[str, Entry | None]) -> dict[str, Entry]:
    """The files that are there, with their sizes, as a listing has them."""
    there = {path: entry for path, entry in files.items() if entry}
    sizes = repo.sizes(entry.oid for entry in there.values() if entry.mode not in (FOLDER, SUBMODULE))
    return {path: entry._replace(size=sizes.get(entry.oid)) for path, entry in there.items()}


class Joining(NamedTuple):
    """A merge commit held against what it merges.

    `altered` are the files that it has otherwise than the merged change made them, or changes beside it. `superseded`
    are those of the change that the first parent had changed since the fork.
    """

    altered: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()


def joining(
    repo: Repo,
    fork: str | None,
    ours: str,
    theirs: str,
    before: Files,
    after: Files,
    *,
    whole: bool,
    since: Collection[str] | None = None,
) -> Joining:
    """What a merge of `theirs` into `ours`, which turns the files `before` into `after`, made of the change.

    `fork` is their best common ancestor, and `since` the files that `ours` has changed from there on, where they are
    known already. Without `whole` the registry's files alone are looked at: others Git may merge line by line.
    """
    if fork is None:
        return Joining()
    intent = {path: pair for path, pair in _intent(repo, fork, theirs).items() if whole or governed(path)}
    wanted = {path: pair.after for path, pair in intent.items()}
    moved = differing(before, after)
    changed = {path for path in moved if whole or governed(path)} | set(intent)
    known = {path: entry for path, entry in _others(repo, fork, ours, intent).items() if path not in moved}
    was, now = ({path: side.get(path, known.get(path)) for path in changed} for side in (before, after))
    altered = [path for path in changed if _identity(now[path]) != _identity(wanted.get(path, was[path]))]
    return Joining(tuple(sorted(altered)), _superseded(repo, fork, ours, was, intent, since))


def has_landed(repo: Repo, main: str, commit: str) -> bool:
    """Whether a proposal's commit is in main, and main had its files as it has them when it came in.

    A merge that left it out (`-s ours`), on main itself or in what main merged, does not count.
    """
    if not repo.is_in(commit, main):
        return False
    step = repo.step_of(commit, main)
    parents = repo.parents(step) if step else ()
    if not step or not parents:
        return True  # it is a commit of main's own line
    fork = repo.merge_base(parents[0], commit)
    proposed = repo.changes(fork, commit).keys() if fork else repo.tree(commit).keys()
    return not proposed & repo.changes(commit, step).keys()


def _superseded(
    repo: Repo,
    fork: str,
    base: str,
    before: Mapping[str, Entry | None],
    intent: Mapping[str, Intent],
    since: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Of the files that a change alters, those that have not stayed as they were at the fork all along to the base."""
    found = {path for path, pair in intent.items() if _identity(pair.before) != _identity(before.get(path))}
    left = sorted(filter(governed, intent.keys() - found))
    if since is not None:
        return tuple(sorted(found.union(path for path in left if path in since)))
    for path, entry in repo.results(fork, base, left) if left and fork != base else ():
        if _identity(entry) != _identity(intent[path].before):
            found.add(path)  # changed and changed back: another life of the file
    return tuple(sorted(found))


def _changed_since(repo: Repo, fork: str, base: str) -> set[str] | None:
    """The files that some step of main has changed since a fork; None where those are more than a few steps.

    Git would start a process for it, and read all of a large folder for each step.
    """
    line = [base]
    while line[-1] != fork:
        parents = repo.parents(line[-1])
        if not parents or len(line) > FEW_STEPS:
            return None
        line.append(parents[0])
    return {path for commit, parent in pairwise(line) for path in repo.changes(parent, commit)}


def differing(one: Files, other: Files) -> set[str]:
    """The paths whose file is not the same in both."""
    if isinstance(other, Listing) and other.base is one:
        return set(other.moved)
    odd = {path for path, _ in one.items() ^ other.items()}  # also where the size is known in one of them alone
    return {path for path in odd if _identity(one.get(path)) != _identity(other.get(path))}


def registry_files(repo: Repo, treeish: str) -> dict[str, Entry]:
    """The files of a tree that are the registry's; whatever else the repository holds is not listed."""
    return repo.tree(treeish, governed)


def next_listing(repo: Repo, known: Listing, old: str, new: str) -> Listing | None:
    """The registry's files of `new` by what differs from `old`, of which they are known; None where that tells less."""
    try:
        changes = {path: pair for path, pair in repo.changes(old, new).items() if governed(path)}
    except FatalError:
        return None  # too much has changed
    # A name that a folder lists twice is compared in full.
    if any(
        before == after or TWICE in {one.mode for one in (before, after) if one} for before, after in changes.values()
    ):
        return None
    listing = Listing(known)
    sizes = repo.sizes(after.oid for _, after in changes.values() if after and after.mode not in (FOLDER, SUBMODULE))
    for path, (_, after) in changes.items():
        listing.pop(path, None)
        if after:
            listing[path] = after._replace(size=sizes.get(after.oid))
    known.base = None  # or all that came before would be held
    listing.base, listing.moved = known, frozenset(changes)
    return listing


def with_others(
    repo: Repo, old: str, before: dict[str, Entry], new: str, after: dict[str, Entry]
) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """The files before and after, and besides those of the project that differ between the two trees."""
    roots = [[row for row in repo.trees.top(tree) if not governed(text(row[1]))] for tree in (old, new)]
    if roots[0] == roots[1]:
        return before, after
    sides = dict(before), dict(after)
    for path, pair in repo.changes(old, new).items():
        for side, entry in zip(sides, () if governed(path) else pair, strict=False):
            side.pop(path, None)
            side.update({path: entry} if entry else {})
    return sides


def _others(repo: Repo, fork: str | None, base: str, intent: Mapping[str, Intent]) -> dict[str, Entry]:
    """What a base has where a change alters other files than the registry's."""
    others = {path: pair for path, pair in intent.items() if not governed(path)}
    return _at_base(repo, fork, base, others) if others and fork is not None else {}


def _at_base(repo: Repo, fork: str, base: str, intent: Mapping[str, Intent]) -> dict[str, Entry]:
    """What a base has of the files that a change alters."""
    return _moved_on(intent, repo.changes(fork, base, MAX_MOVES) if fork != base else {})


def _moved_on(intent: Mapping[str, Intent], since: Mapping[str, tuple[Entry | None, Entry | None]]) -> dict[str, Entry]:
    """What a base has of the files that a change alters, by what it has changed itself since the fork."""
    found = {path: since[path][1] if path in since else pair.before for path, pair in intent.items()}
    return {path: entry for path, entry in found.items() if entry}


def _intent(repo: Repo, fork: str | None, head: str) -> dict[str, Intent]:
    if fork is None:
        return {path: Intent(None, entry) for path, entry in repo.tree(head).items()}
    return {path: Intent(*pair) for path, pair in repo.changes(fork, head).items()}


def _merge(repo: Repo, fork: str | None, base: str, head: str, before: Files, intent: Mapping[str, Intent]) -> Merge:
    if fork is None:
        return Merge("", tuple(intent))
    both = sorted(path for path, entry in intent.items() if _identity(entry.before) != _identity(before.get(path)))
    versions = [entry.oid for path in both for entry in (*intent[path], before.get(path)) if entry]
    if versions and sum(repo.sizes(versions).values()) > MAX_MERGED_BYTES:
        return Merge("", tuple(both))
    return repo.merge(base, head)


def _overlaid(repo: Repo, before: Files, intent: Mapping[str, Intent]) -> dict[str, Entry]:
    """The files if the change won every merge conflict, so that its own faults are reported as well."""
    after = dict(before)
    sizes = repo.sizes(entry.after.oid for entry in intent.values() if entry.after)
    for path, entry in intent.items():
        after.pop(path, None)
        if entry.after:
            after[path] = entry.after._replace(size=sizes.get(entry.after.oid))
    return after


def _identity(entry: Entry | None) -> tuple[str, str] | None:
    return (entry.mode, entry.oid) if entry else None
