"""Read a registry a thousand claims at a time, beside its charter: for the index of main, and for an audit."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple, Protocol

from validator.git.change import Files
from validator.git.trees import Entry
from validator.model import shapes
from validator.model.findings import Input
from validator.model.layout import CHARTER, REGULAR_FILE, SESSIONS, form_of
from validator.operations.judge import run
from validator.registry.conflicts import with_mission
from validator.registry.consensus.criteria import is_registered
from validator.registry.index.encoding import StoredIndex
from validator.registry.index.table import Index
from validator.registry.index.traits import Traits, traits_of
from validator.registry.parsing import Row
from validator.registry.reader import Reader
from validator.registry.snapshot import Snapshot
from validator.rules import RULES, mission_conflict

CHUNK = 1_000  # claims that are held at once: with fewer more processes are started, each of which costs 10 ms
OF_A_FILE = tuple(rule for rule in RULES if Input.FILE in rule.LOOKS_AT)


def listed(reader: Reader, folder: str) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """The files in the folder of claims by path: (the claims by ascending numbers, what is no claim)."""
    files = {f"{SESSIONS}/{name}": entry for name, entry in reader.repo.tree(folder).items()}
    claims = [path for path, entry in files.items() if is_claim(path, entry)]
    ordered = sorted(claims, key=lambda path: (form_of(path) or (None, 0))[1] or 0)
    odd = {path: entry for path, entry in files.items() if not is_claim(path, entry)}
    return {path: files[path] for path in ordered}, odd


def is_claim(path: str, entry: Entry) -> bool:
    """Whether an entry of a tree is the file of a claim."""
    form = form_of(path)
    return entry.mode == REGULAR_FILE and form is not None and form[0] is shapes.Claim


def chunks(
    reader: Reader, commit: str, charter: Entry, claims: Mapping[str, Entry], most: int = CHUNK
) -> Iterator[Callable[[], Snapshot]]:
    """What reads these claims of a commit, at most so many at a time; their contents are fetched."""
    paths = list(claims)
    for start in range(0, len(paths), most):
        few = {path: claims[path] for path in paths[start : start + most]}
        yield Reader(reader.repo).fetched(commit, {CHARTER: charter, **few})


def always(snapshot: Snapshot) -> set[int]:
    """The claims that are judged with any change: a rule finds something in them, or adds them up with others.

    What a rule of pairs finds in claims of main, the index knows.
    """
    found = named(snapshot, (finding.location.path for finding in run(snapshot, snapshot, OF_A_FILE)))
    against = with_mission(snapshot, snapshot.charter) if snapshot.charter else ()
    return found.union(*(conflict.numbers for conflict in against))


def waiting(snapshot: Snapshot) -> set[int]:
    """The claims that do not count as registered."""
    charter = snapshot.charter
    return {one.number for one in snapshot.claims.values() if not (charter and is_registered(one, charter))}


def named(snapshot: Snapshot, paths: Iterable[str]) -> set[int]:
    """The numbers of the claims at these paths, and of those that a rule adds up."""
    found, charter = set(paths), snapshot.charter
    return {
        claim.number
        for claim in snapshot.claims.values()
        if claim.path in found or (charter and mission_conflict.adds_up(claim, charter))
    }


Summaries = Mapping[str, Row]  # by object id


class Known(Protocol):
    """What is known of claims by their object ids."""

    def summaries(self, part: Snapshot) -> Summaries:
        """The summaries of the claims of a part of the registry that are not known yet."""

    def learn(self, summaries: Summaries) -> None:
        """Note them."""


class _Part(NamedTuple):
    """What is noted of some claims."""

    watched: set[int]
    waiting: set[int]
    rows: list[tuple[int, Traits]]
    summaries: Summaries


def _part(known: Known | None, read: Callable[[], Snapshot]) -> _Part:
    snapshot = read()
    rows = [(claim.number, traits_of(claim.draft)) for claim in snapshot.claims.values()]
    return _Part(always(snapshot), waiting(snapshot), rows, known.summaries(snapshot) if known else {})


def index_of(reader: Reader, base: str, light: Files, folder: str, known: Known | None = None) -> StoredIndex:
    """The index of a tree, from all of its claims; `known` learns what they are."""
    from validator.operations.beside import worked_out  # an index is rarely made anew

    claims, odd = listed(reader, folder)
    watched, not_ready = set[int](), set[int]()

    def rows() -> Iterator[tuple[int, Traits]]:
        done = 0
        reads = chunks(reader, base, light[CHARTER], claims)
        for part in worked_out(partial(_part, known, read) for read in reads):
            reader.progress(done := done + len(part.rows), len(claims))
            watched.update(part.watched)
            not_ready.update(part.waiting)
            if known:
                known.learn(part.summaries)
            yield from part.rows

    index = Index.of(rows())
    index.always |= watched
    index.waiting = not_ready
    return StoredIndex(light[CHARTER].oid, folder, index, odd)
