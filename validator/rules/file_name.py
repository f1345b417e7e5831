"""A path under registry/ is not one of the registry's files.

What it means: Names are compared byte for byte. A claim is `registry/sessions/NN.yaml` with at least two
digits and no other padding (`01` to `99`, then `100`); the records of consensus have fixed names. The only other files
are `registry/README.md` and empty `.gitkeep` files.

Why: `6.yaml`, `006.yaml`, `06.yml` and `06.YAML` would each claim number 6 without a merge conflict with `06.yaml`.

Example:

    registry/sessions/6.yaml

Way out: Rename the file to the name that the message gives: `git mv registry/sessions/6.yaml
registry/sessions/06.yaml`.
"""

import re
import unicodedata
from collections.abc import Iterator

from validator.git.trees import Entry
from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import ACKNOWLEDGEMENTS, RECORDS, SESSIONS, claim_path, form_of, governed
from validator.model.phrases import join_limited, quoted
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG005", "file-name", Level.ERROR
LOOKS_AT = (Input.FILE,)
README = "registry/README.md"
CONSENSUS = "registry/consensus"
PLACEHOLDERS = {f"{folder}/.gitkeep" for folder in (SESSIONS, CONSENSUS, ACKNOWLEDGEMENTS)}


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the paths under registry/ that are not among its files."""
    capacity = head.charter.capacity if head.charter else None
    for path, entry in head.files.items():
        if form_of(path) is None and governed(path) and not _may_stand(path, entry):
            message = f"{quoted(path)} is not one of the files of a registry"
            yield Problem(Location(path), message, _way_out(path, capacity))


def _may_stand(path: str, entry: Entry) -> bool:
    return path == README or (path in PLACEHOLDERS and entry.size == 0)


def _way_out(path: str, capacity: int | None) -> str:
    if path in PLACEHOLDERS:
        return "a .gitkeep is empty; empty it or delete it"
    digits = re.search(r"0*([0-9]{1,5})[^0-9]*$", unicodedata.normalize("NFKC", path))
    if digits and capacity and 1 <= int(digits[1]) <= capacity:
        return f"a claim of number {int(digits[1])} is {claim_path(int(digits[1]))}; otherwise delete the file"
    if path.startswith(f"{CONSENSUS}/"):
        names = join_limited(record.removeprefix(f"{CONSENSUS}/") for record in RECORDS)
        return f"delete it; the records are {names} and acknowledgements/NN.yaml"
    return "delete it; a claim is registry/sessions/NN.yaml"
