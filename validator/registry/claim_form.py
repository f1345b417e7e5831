"""What the first claim of a number has to say, as the words of the command that a session fills in."""

from collections.abc import Sequence

from validator.model.shapes import Appointment, Charter, Claim, Slot
from validator.model.targets import format_target
from validator.registry.workload import format_scope

Words = tuple[str, ...]
_ROLE = ("--role", "ROLE")


def claim_form(charter: Charter, number: int, *me: str, keyed: bool = False) -> tuple[str, ...]:
    """The command with ROLE and GOAL for what only the session knows; `me` are the words that name it.

    The role is the plan's where the charter has one; a key and an owner are there where the charter asks for them, and
    a key where the session has one already (`keyed`). With --yes it works where nobody can be asked; the targets that
    are read from the goal are printed.
    """
    planned = next((slot for slot in charter.slots if slot.number == number), None)
    return _form(charter, str(number), me, () if planned else _ROLE, key_words(charter, planned, keyed=keyed))


def any_claim_form(charter: Charter, *me: str) -> tuple[str, ...]:
    """The same with --any: it takes a number that nobody holds or has proposed when it runs."""
    has_roles = len(charter.slots) == charter.capacity
    return _form(charter, "--any", me, () if has_roles else _ROLE, key_words(charter))


def open_claim_form(charter: Charter, free: Sequence[int]) -> tuple[str, ...]:
    """The same for a session that still has to choose one of the free numbers, with NUMBER."""
    has_roles = {*free} <= {slot.number for slot in charter.slots}
    return _form(charter, "NUMBER", (), () if has_roles else _ROLE, key_words(charter))


def _form(charter: Charter, number: str, me: Words, role: Words, key: Words) -> Words:
    return ("registry", "claim", number, *me, *role, "--goal", "GOAL", *key, "--yes", publish_word(charter))


def repeated_claim(charter: Charter, claim: Claim, *me: str) -> tuple[str, ...]:
    """The command that claims a number as a claim had it: all that its session decided is named."""
    planned = next((slot for slot in charter.slots if slot.number == claim.number), None)
    own = claim.responsibilities if claim.responsibilities != (claim.goal,) else ()
    named = {
        "--role": [claim.role],
        "--goal": [claim.goal],
        "--target": map(format_target, claim.targets),
        "--responsibility": own,
        "--scope": (format_scope([part]) for part in claim.scope or ()),
        "--schedule": map(format_appointment, claim.schedule or ()),
    }
    words = (word for option, values in named.items() for value in values for word in (option, value))
    key = key_words(charter, planned, keyed=claim.key is not None)
    return ("registry", "claim", str(claim.number), *me, *words, *key, "--yes", publish_word(charter))


def format_appointment(one: Appointment) -> str:
    """As --schedule reads it: `Send batch, mon,tue 10:00-11:00`, `Approval queue, wed by 08:00`."""
    return f"{one.activity}, {','.join(one.days)} {f'{one.start}-' if one.start else 'by '}{one.end}"


def key_words(charter: Charter, planned: Slot | None = None, *, keyed: bool = False) -> tuple[str, ...]:
    """`--key new` where the charter asks for a key or the session has one, unless the number is kept for a key.

    A key that is made already and was never on main is the new one.
    """
    wanted = keyed or charter.session_keys == "required"
    return ("--key", "new") if wanted and not (planned and planned.key) else ()


def publish_word(charter: Charter) -> str:
    """How a claim is published: as a pull request where the charter asks for an owner."""
    return "--pr" if charter.session_owners == "required" else "--push"
