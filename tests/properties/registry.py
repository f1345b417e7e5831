"""Snapshots made of bytes in memory: what reading a repository gives, thousands of times faster than Git."""

import functools
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from tests.repository import CHARTER, charter, claim_path, fleet
from validator.git.trees import Entry
from validator.model import shapes
from validator.model.layout import form_of
from validator.registry.parsing import ClaimFile, Parsed, claim_file, parse
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.reader import Document, read

COMMIT, TREE = "1" * 40, "2" * 40
LATER = 4_000_000_000  # after every timestamp

Reader = Callable[[str, bytes], Document]


@functools.lru_cache(maxsize=200)
def _claim(reader: Reader, path: str, data: bytes, number: int) -> ClaimFile:
    return claim_file(reader(path, data), number)


@functools.lru_cache(maxsize=200)
def _parsed(reader: Reader, path: str, data: bytes, shape: Any) -> Parsed[Any]:
    return parse(reader(path, data), shape)


def snapshot(files: Mapping[str, bytes], reader: Reader = read) -> Snapshot:
    """The registry of these files, in the order in which they are given."""
    entries = {path: Entry("100644", hashlib.sha1(data).hexdigest(), len(data)) for path, data in files.items()}
    charter_file = _parsed(reader, CHARTER, files[CHARTER], shapes.Charter) if CHARTER in files else None
    claims, records = dict[str, ClaimFile](), dict[str, Parsed[Any]]()
    for path, data in files.items():
        match form_of(path):
            case (shapes.Claim, int(number)):
                claims[path] = _claim(reader, path, data, number)
            case (shape, _) if shape is not shapes.Charter:
                records[path] = _parsed(reader, path, data, shape)
    return Snapshot(COMMIT, TREE, entries, charter_file, claims, records, LATER)


def fleet_files() -> dict[str, bytes]:
    """The charter and the twelve claims of the first fleet."""
    claims = {claim_path(number): text.encode() for number, text in fleet().items()}
    return {CHARTER: charter().encode(), **claims}
