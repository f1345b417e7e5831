"""The claims as `export` prints them, by the object id of their files."""

import zlib
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

from validator.registry.index.sealing import sealed, unsealed

FASTEST = 1  # level of compression: claims are alike, and a tenth is left


def encoded(texts: Mapping[str, str], program: str) -> bytes:
    """The bytes of texts, which are ASCII, by object id; this `program` made them."""
    header = {"oids": list(texts), "lengths": list(map(len, texts.values()))}
    return sealed(program, header, zlib.compress("".join(texts.values()).encode("ascii"), FASTEST))


def decoded(data: bytes, program: str) -> dict[str, str] | None:
    """The texts in some bytes; None where they are not whole, or of another program."""
    return unsealed(data, program, _read)


def _read(header: dict[str, Any], rest: memoryview) -> dict[str, str]:
    ends = accumulate(header["lengths"], initial=0)
    try:
        text = zlib.decompress(rest).decode("ascii")
    except zlib.error as error:
        raise ValueError("this is not compressed") from error
    return dict(zip(header["oids"], (text[start:end] for start, end in pairwise(ends)), strict=True))
