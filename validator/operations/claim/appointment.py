"""Read an appointment (`--schedule`): `Send batch, mon-fri 10:00-11:00`, or `Approval queue, mon,wed by 08:00`."""

import re
from typing import Any, get_args

from validator.model.normalize import UNREADABLE
from validator.model.shapes import Day
from validator.operations.claim.amounts import LONGEST
from validator.operations.claim.target import UnreadableError

DAYS: tuple[Day, ...] = get_args(Day)
_NAMES: tuple[str, ...] = DAYS
_DAY = "|".join(DAYS)
_DAYS = rf"(?:{_DAY})(?: ?[-,] ?(?:{_DAY}))*"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_APPOINTMENT = re.compile(
    rf"(?P<activity>\S.*?) ?, ?(?P<days>{_DAYS}) "
    rf"(?:by (?P<deadline>{_CLOCK})|(?P<start>{_CLOCK}) ?- ?(?P<end>{_CLOCK}))",
    re.IGNORECASE | re.ASCII,
)


def read_appointment(text: str) -> dict[str, Any]:
    """A part of `schedule` as a claim has it; without `start`, `end` is a deadline. Raises UnreadableError."""
    plain = "" if len(text) > LONGEST or UNREADABLE.search(text) else " ".join(text.split())
    found = _APPOINTMENT.fullmatch(plain.replace("\N{EN DASH}", "-"))
    days = _days(found["days"].lower().replace(" ", "")) if found else []
    if not found or not days:
        raise UnreadableError(
            f'"{text[:LONGEST]}" is no schedule; write ACTIVITY, DAYS HH:MM-HH:MM'
            ", as in: Read mail, mon-fri 10:00-11:00; or ACTIVITY, DAYS by HH:MM"
            f", as in: Report, mon,wed by 08:00; the days are {' '.join(DAYS)}"
        )
    times = {"end": found["deadline"]} if found["deadline"] else {"start": found["start"], "end": found["end"]}
    return {"activity": found["activity"], "days": days} | {name: clock.zfill(5) for name, clock in times.items()}


def _days(text: str) -> list[Day]:
    """The days of `mon-wed,fri`, each once; none for a range of three ends. A range may run over Sunday: `sat-mon`."""
    days = list[Day]()
    for part in text.split(","):
        ends = [_NAMES.index(name) for name in part.split("-")]
        if len(ends) > 2:
            return []
        days += [DAYS[(ends[0] + at) % 7] for at in range((ends[-1] - ends[0]) % 7 + 1)]
    return list(dict.fromkeys(days))
