"""What the first claim of a number has to say, as the words of the command that a session fills in."""

from validator.model.shapes import Charter


def claim_form(charter: Charter, number: int, *me: str) -> tuple[str, ...]:
    """The command with ROLE and GOAL for what only the session knows; `me` are the words that name it.

    The role is the plan's where the charter has one; a key and an owner are there where the charter asks for them.
    """
    planned = next((slot for slot in charter.slots if slot.number == number), None)
    role = () if planned else ("--role", "ROLE")
    key = ("--key", "new") if charter.session_keys == "required" and not (planned and planned.key) else ()
    publish = "--pr" if charter.session_owners == "required" else "--push"
    return ("registry", "claim", str(number), *me, *role, "--goal", "GOAL", *key, publish)
