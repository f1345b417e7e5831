"""Facts that many messages tell, worded once."""

from collections.abc import Iterable, Mapping, Sequence

from validator.history import Registration
from validator.snapshot import ClaimFile, Snapshot

LONGEST_QUOTE = 80


def quoted(value: object) -> str:
    """A value out of a file, in the double quotes of a message, cut to a length that a line can carry."""
    text = value.replace("\n", "\\n") if isinstance(value, str) else repr(value)
    return f'"{text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"}"'


def holder(claim: ClaimFile, standing: Mapping[str, Registration]) -> str:
    """`marketing-outreach-1 since 2026-11-20 (commit 0123456789ab)`."""
    who = claim.draft.session_id or "an unreadable claim"
    return who + since(claim.path, standing)


def since(path: str, standing: Mapping[str, Registration]) -> str:
    """` since 2026-11-20 (commit 0123456789ab)`, or nothing for a file that is not on main."""
    found = standing.get(path)
    return f" since {found.day} (commit {found.commit[:12]})" if found else ""


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in short: `3, 7-9, 12`; `none` where there are none."""
    runs = list[list[int]]()
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs) or "none"


def span(first: int, last: int) -> str:
    """A range of work in short: `1-17`, or `18`."""
    return str(first) if first == last else f"{first}-{last}"


def way_to_a_number(base: Snapshot, session_id: str | None) -> str:
    """What a session that wanted another number does now: it has one already, or it claims a free one."""
    held = sorted(c.number for c in base.claims.values() if session_id and c.draft.session_id == session_id)
    if held:
        return f"{session_id} holds number {held[0]} already: amend that claim, or release it first"
    return a_free_number(base)


def a_free_number(base: Snapshot) -> str:
    """What a session without a number does now."""
    free = base.free_numbers()
    return f"claim a free number: {ranges(free)}" if free else "no number is free: ask a holder to release one"


def some(names: Iterable[str], limit: int = 5) -> str:
    """A list of names that stays short: `a, b, c and 12 more`."""
    listed = list(names)
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more
