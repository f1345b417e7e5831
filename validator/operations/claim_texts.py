"""The claims of a large registry as `export` prints them, kept in a file beside the index by object id."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from validator.git.change import Files
from validator.model.layout import CHARTER
from validator.operations.beside import worked_out
from validator.operations.index_file import KeptFile, program
from validator.operations.indexing import CHUNK, chunks
from validator.registry.index.texts import decoded, encoded
from validator.registry.parsing import ClaimFile, KnownClaim, ToldClaim
from validator.registry.reader import Reader
from validator.registry.snapshot import Snapshot
from validator.report.documents import text_of_claim

NAME = "texts"


def texts_of(reader: Reader, snapshot: Snapshot, index: KeptFile) -> list[str]:
    """The text of each valid claim of a commit, in the order of the claims."""
    file, oids = index.beside(NAME), [snapshot.files[claim.path].oid for claim in valid(snapshot)]
    texts = decoded(file.content(), program()) or {}
    unknown = {claim.path: entry for claim in valid(snapshot) if (entry := snapshot.files[claim.path]).oid not in texts}
    if unknown:
        texts |= _read(reader, snapshot, unknown)
        file.keep(encoded({oid: texts[oid] for oid in oids}, program()))
    return [texts[oid] for oid in oids]


def told(reader: Reader, snapshot: Snapshot, index: KeptFile) -> Snapshot:
    """The same registry, whose valid claims say what their kept texts say: their files are not read."""
    known = [claim for claim in valid(snapshot) if isinstance(claim, KnownClaim)]
    if not known:
        return snapshot
    texts = dict(zip((claim.path for claim in valid(snapshot)), texts_of(reader, snapshot, index), strict=True))
    said = {claim.path: claim.told(texts[claim.path]) for claim in known}
    return snapshot._replace(claims={path: said.get(path, claim) for path, claim in snapshot.claims.items()})


def valid(snapshot: Snapshot) -> Iterable[ClaimFile]:
    """The claims that have the form of one."""
    return (claim for claim in snapshot.claims.values() if claim.summary.valid)


def by_number(snapshot: Snapshot) -> dict[int, str]:
    """The text of each valid claim of a registry that has been read."""
    return {
        file.number: file.text if isinstance(file, ToldClaim) else text_of_claim(file.claim)
        for file in snapshot.claims.values()
        if file.claim
    }


def _read(reader: Reader, snapshot: Snapshot, unknown: Files) -> Mapping[str, str]:
    """The texts of some claims by object id."""
    assert snapshot.commit is not None, "only a commit is exported"
    reads, texts = chunks(reader, snapshot.commit, snapshot.files[CHARTER], unknown), dict[str, str]()
    for at, part in enumerate(worked_out(partial(_part, read) for read in reads), 1):
        reader.progress(min(at * CHUNK, len(unknown)), len(unknown))
        texts |= part
    return texts


def _part(read: Callable[[], Snapshot]) -> Mapping[str, str]:
    part = read()
    return {part.files[file.path].oid: text_of_claim(file.claim) for file in part.claims.values() if file.claim}
