"""A claim or record comes together with something else.

What it means: A change that touches a file under `registry/sessions/` or `registry/consensus/` touches that one
file and nothing else. Acknowledgements may come together, since nobody approves one of them alone.

Why: A claim is judged by the charter and the validator of main. One that brings its own charter, validator,
workflow or CODEOWNERS would be its own judge, and two claims in one change could not be approved one by one.

Example:

    A registry/sessions/05.yaml
    M validator/rules/number_taken.py

Way out: Propose the claim alone, on a branch from main; the rest in a change of its own.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import ALONE
from validator.model.phrases import join_limited, quoted
from validator.registry.records import acknowledges_only
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG302", "mixed-change", Level.ERROR
LOOKS_AT = (Input.CHANGE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the change, at its first claim or record, if it touches anything else."""
    touched = sorted(head.touched(base))
    alone = [path for path in touched if path.startswith(ALONE) and not path.endswith("/.gitkeep")]
    together = acknowledges_only(head, base)
    if len(touched) > 1 and alone and not together and not head.unrelated and not _is_swap(alone, touched, head, base):
        others = [path for path in touched if path != alone[0]]
        message = f"this change touches {quoted(alone[0])} together with {join_limited(map(quoted, others))}"
        yield Problem(Location(alone[0]), message, "propose each claim or record alone, on a branch from main")


def _is_swap(alone: list[str], touched: list[str], head: Snapshot, base: Snapshot) -> bool:
    """One claim removed and another added: the takeover rule reports it."""
    removed = [path for path in alone if path in base.claims and path not in head.files]
    added = [path for path in alone if path in head.claims and path not in base.files]
    return len(touched) == 2 and len(removed) == len(added) == 1
