"""What a session whose scope meets another's takes instead."""

from typing import Any

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.registry.conflicts import conflicts
from validator.registry.share_mend import mending_command
from validator.registry.snapshot import UnreadClaims

WORK = [{"name": "outreach", "first": 1, "last": 50}, {"name": "replies", "segments": ["high", "standard", "overflow"]}]


def span(first: int, last: int, work: str = "outreach") -> dict[str, Any]:
    return {"work": work, "first": first, "last": last}


def named(*segments: str) -> dict[str, Any]:
    return {"work": "replies", "segments": list(segments)}


@pytest.mark.parametrize(
    ("others", "own", "scopes"),
    [
        # what is left of its own
        ([span(1, 17)], [span(17, 33)], ["outreach 18-33"]),
        ([span(10, 12)], [span(5, 20)], ["outreach 5-9", "outreach 13-20"]),
        ([named("high")], [named("high", "standard")], ["replies: standard"]),
        ([span(1, 17)], [span(1, 20), named("high")], ["outreach 18-20", "replies: high"]),
        # what nobody has, at most as much
        ([span(1, 17)], [span(1, 17)], ["outreach 18-34"]),
        ([span(6, 40)], [span(6, 20)], ["outreach 1-5", "outreach 41-50"]),
        ([span(6, 40)], [span(6, 8)], ["outreach 1-3"]),
        ([named("high")], [named("High")], ["replies: standard"]),
        ([span(1, 20)], [span(1, 5), span(11, 15)], ["outreach 21-25", "outreach 26-30"]),
    ],
)
def test_the_scope_that_mends_it(others: list[dict[str, Any]], own: list[dict[str, Any]], scopes: list[str]) -> None:
    words = " ".join(f"--scope '{scope}'" for scope in scopes)
    found = snapshot(registry(claim(1, scope=others), claim(2, scope=own), charter=charter(work=WORK)))
    assert found.charter
    mended = mending_command(found, found.charter, found.by_number[2].draft, 2, "--session-id", "x")
    assert mended == f"registry claim 2 --session-id x {words} --push"
    help = f"who was first keeps it; number 2 takes a part that nobody has: {mended.replace('-id x', '-id outreach-2')}"
    assert {one.help for one in conflicts(found, found.charter) if one.kind == "scope"} == {help}


@pytest.mark.parametrize(
    ("others", "own"),
    [
        ([span(1, 50)], [span(1, 17)]),  # nothing is left
        ([span(1, 9, "visits")], [span(1, 9, "visits")]),  # not the charter's work
        ([span(1, 9)], [span(10, 17)]),  # they do not meet
        ([span(1, 9)], None),
    ],
)
def test_there_is_no_such_scope(others: list[dict[str, Any]], own: list[dict[str, Any]] | None) -> None:
    found = snapshot(registry(claim(1, scope=others), claim(2, scope=own), charter=charter(work=WORK)))
    assert found.charter
    assert mending_command(found, found.charter, found.by_number[2].draft, 2) is None
    for conflict in conflicts(found, found.charter):
        assert conflict.kind == "gap" or conflict.help.endswith(
            "takes a part that nobody has, in an amendment of its claim"
        )


@pytest.mark.parametrize("quiet", [{1}, {1, 2}])
def test_what_claims_without_a_conflict_have_counts_whoever_asks(quiet: set[int]) -> None:
    """Number 2 is one of them where it asks for a scope that it only proposes; its own part is then left out."""
    fleet = registry(claim(1, scope=[span(1, 17)]), claim(2, scope=[span(18, 20)]), charter=charter(work=WORK))
    found = snapshot(fleet)
    assert found.charter
    parts = [part for number in quiet for part in found.by_number[number].draft.scope or ()]
    found = found._replace(quiet=UnreadClaims(frozenset(quiet), lambda: iter(parts)))
    wanted = snapshot(registry(claim(2, scope=[span(10, 20)]), charter=charter(work=WORK))).by_number[2].draft
    assert found.charter
    assert mending_command(found, found.charter, wanted, 2) == "registry claim 2 --scope 'outreach 18-20' --push"
