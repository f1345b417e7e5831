"""Main for the verbs that tell about all of it: most claims are known by their summaries, and are not read."""

from collections.abc import Callable
from functools import partial

from validator.git.change import Files
from validator.git.trees import Entry
from validator.operations.arrivals import KeptLine
from validator.operations.index_file import KeptFile, program
from validator.operations.indexing import CHUNK, Summaries, chunks, is_claim
from validator.registry.index.summaries import decoded, encoded, row_of
from validator.registry.index.table import Index
from validator.registry.reader import Reader
from validator.registry.snapshot import Snapshot, UnreadClaims

NAME = "summaries"


def quiet_of(table: Index) -> UnreadClaims:
    """The claims in which no rule that looks at one file alone finds anything, and that are in no conflict."""
    return UnreadClaims(frozenset(table.numbers) - table.always, lambda: table.parts(table.always))


class KnownClaims:
    """The summaries of the claims at a commit, by object id, in a file beside the index."""

    def __init__(self, reader: Reader, commit: str, index: KeptFile) -> None:
        self._commit, self._index, self._file = commit, index, index.beside(NAME)
        self._rows = decoded(self._file.content(), program()) or {}
        reader.repo.trees.learn({oid: row.size for oid, row in self._rows.items()})
        self._reader, self._made = Reader(reader.repo, self._rows), False
        self._progress = reader.progress

    def summaries(self, part: Snapshot) -> Summaries:
        """The summaries of the claims of a part of the registry that are not known yet."""
        found = [(part.files[path], claim) for path, claim in part.claims.items()]
        rows = ((entry.oid, row_of(claim, entry.size or 0)) for entry, claim in found if entry.oid not in self._rows)
        return {oid: row for oid, row in rows if row}

    def learn(self, summaries: Summaries) -> None:
        """Note them."""
        self._rows |= summaries
        self._made |= bool(summaries)

    def whole(self, charter: Entry, table: Index) -> Snapshot:
        """The registry, of whose claims `table` is the index; those of which it finds nothing are `quiet`."""
        files = self._reader.files(self._commit)
        unknown = {path: one for path, one in files.items() if one.oid not in self._rows and is_claim(path, one)}
        if unknown:
            self._read(unknown, charter)
        if self._made:
            there = {entry.oid for entry in files.values()}
            self._file.keep(encoded({oid: row for oid, row in self._rows.items() if oid in there}, program()))
        line = KeptLine(self._reader.repo, self._commit, self._index)
        return line.on(self._reader.at(self._commit))._replace(quiet=quiet_of(table))

    def _read(self, unknown: Files, charter: Entry) -> None:
        """Learn the claims that are not known yet."""
        from validator.operations.beside import worked_out  # most are known

        reads = chunks(self._reader, self._commit, charter, unknown)
        for at, fresh in enumerate(worked_out(partial(self._summaries_of, read) for read in reads), 1):
            self._progress(min(at * CHUNK, len(unknown)), len(unknown))
            self.learn(fresh)

    def _summaries_of(self, read: Callable[[], Snapshot]) -> Summaries:
        return self.summaries(read())
