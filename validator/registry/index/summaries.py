"""What verbs that tell about all of main need of each claim, kept by the object id of its file."""

from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

from validator.registry.consensus.digest import agreed
from validator.registry.index.sealing import sealed, unsealed
from validator.registry.parsing import ClaimFile, Row, Summary


def row_of(file: ClaimFile, size: int) -> Row | None:
    """The row of a claim; None for one that is not valid, or says another number than its file's name."""
    if file.claim is None or file.claim.number != file.number:
        return None
    return Row(file.number, size, file.summary, agreed(file.claim))


def encoded(rows: Mapping[str, Row], program: str) -> bytes:
    """The bytes of rows by object id that this `program` made."""
    header = {
        "oids": list(rows),
        "numbers": [row.number for row in rows.values()],
        "sizes": [row.size for row in rows.values()],
        "summaries": list(zip(*(row.summary for row in rows.values()), strict=True)),
        "lengths": [len(row.agreed) for row in rows.values()],
    }
    return sealed(program, header, b"".join(row.agreed for row in rows.values()))


def decoded(data: bytes, program: str) -> dict[str, Row] | None:
    """The rows in some bytes; None where they are not whole, or of another program."""
    return unsealed(data, program, _read)


def _read(header: dict[str, Any], rest: memoryview) -> dict[str, Row]:
    ends = accumulate(header["lengths"], initial=0)
    parts = (bytes(rest[start:end]) for start, end in pairwise(ends))
    summaries = map(Summary, *header["summaries"]) if header["summaries"] else ()
    return dict(zip(header["oids"], map(Row, header["numbers"], header["sizes"], summaries, parts), strict=True))
