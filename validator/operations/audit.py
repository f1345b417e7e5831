"""Judge a whole registry as it stands, a large one a thousand claims at a time: that needs little memory.

First each claim is judged by the rules that look at nothing else, and noted by what others could share with it. Then
those that share something, or that a rule adds up, are judged together. Nothing of it is kept or read from a file.
"""

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

from validator.model.errors import FatalError
from validator.model.findings import Finding, Input, Verdict, in_order
from validator.model.layout import CHARTER, REGULAR_FILE, SESSIONS, governed
from validator.operations import judge
from validator.operations.beside import worked_out
from validator.operations.indexing import CHUNK, chunks, listed, named
from validator.operations.judge import run
from validator.operations.narrow import SMALL
from validator.registry.index.selection import beside
from validator.registry.index.table import Index
from validator.registry.index.traits import Traits, traits_of
from validator.registry.reader import Reader
from validator.registry.snapshot import Snapshot
from validator.rules import RULES

Progress = Callable[[int, int], None]  # called with (claims that are read, all)
ALONE = tuple(rule for rule in RULES if rule.LOOKS_AT == (Input.FILE,))
TOGETHER = tuple(rule for rule in RULES if rule not in ALONE)
BOTH = tuple(rule for rule in TOGETHER if Input.FILE in rule.LOOKS_AT)


class _Part(NamedTuple):
    """Some claims: what is found in them one by one, those that are judged again with others, and their traits."""

    findings: tuple[Finding, ...]
    watched: set[int]
    rows: list[tuple[int, Traits]]


def audit(reader: Reader, commit: str, progress: Progress = lambda done, of: None, *, small: int = SMALL) -> Verdict:
    """The verdict on the registry at a commit; every finding counts as its own.

    `small`: a folder of claims that has fewer bytes is read as a whole.
    """
    (folder,) = reader.repo.objects.facts([f"{commit}:{SESSIONS}"])
    found = None
    if folder and folder.kind == "tree" and folder.size >= small:
        try:
            found = in_parts(reader, commit, progress)
        except FatalError:
            found = None  # whatever is wrong, reading all of it says what
    return found or judge.audit(reader.at(commit))


def in_parts(
    reader: Reader, commit: str, progress: Progress = lambda done, of: None, *, most: int = CHUNK
) -> Verdict | None:
    """The verdict, with `most` claims in a part; None where the registry has to be read as a whole."""
    light, folders = reader.repo.trees.files_beside(commit, governed, SESSIONS.encode())
    charter = light.get(CHARTER)
    if len(folders) != 1 or charter is None or charter.mode != REGULAR_FILE:
        return None
    claims, odd = listed(reader, folders[0])
    reads = chunks(reader, commit, charter, claims, most)
    read = next(reads, None)
    first = _part(read) if read else None
    if first is None or 2 * len(first.watched) > len(first.rows):
        return None  # most of them are judged together: they would be read twice
    findings, watched = list[Finding](), set[int]()

    def rows() -> Iterator[tuple[int, Traits]]:
        done = 0
        for part in itertools.chain([first], worked_out(functools.partial(_part, read) for read in reads)):
            findings.extend(part.findings)
            watched.update(part.watched)
            done += len(part.rows)
            progress(done, len(claims))
            yield from part.rows

    index = Index.of(rows())
    numbers = watched | index.always | index.later_than(reader.committed_at(commit))
    paths = {
        path: entry for (path, entry), number in zip(claims.items(), index.numbers, strict=True) if number in numbers
    }
    rest = {**light, **odd}
    findings += run(alone := reader.among(commit, rest), alone, ALONE)
    whole = functools.cache(lambda: reader.at(commit))  # a gap in a confirmed registry: its digest is over all claims
    together = reader.among(commit, {**rest, **paths})._replace(unread=beside(index, numbers), complete=whole)
    findings += run(together, together, TOGETHER)
    return Verdict(None, commit, together.tree, in_order(findings), (), together.free_numbers())


def _part(read: Callable[[], Snapshot]) -> _Part:
    snapshot = read()
    claims = snapshot.claims
    return _Part(
        tuple(finding for finding in run(snapshot, snapshot, ALONE) if finding.location.path in claims),
        named(snapshot, (finding.location.path for finding in run(snapshot, snapshot, BOTH))),
        [(claim.number, traits_of(claim.draft, near=False)) for claim in claims.values()],
    )
