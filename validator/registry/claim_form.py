"""What the first claim of a number has to say, as the words of the command that a session fills in."""

from validator.model.shapes import Charter, Slot


def claim_form(charter: Charter, number: int, *me: str) -> tuple[str, ...]:
    """The command with ROLE and GOAL for what only the session knows; `me` are the words that name it.

    The role is the plan's where the charter has one; a key and an owner are there where the charter asks for them. With
    --yes it works where nobody can be asked; the targets that are read from the goal are printed.
    """
    planned = next((slot for slot in charter.slots if slot.number == number), None)
    role = () if planned else ("--role", "ROLE")
    return (
        "registry",
        "claim",
        str(number),
        *me,
        *role,
        "--goal",
        "GOAL",
        *key_words(charter, planned),
        "--yes",
        publish_word(charter),
    )


def key_words(charter: Charter, planned: Slot | None = None) -> tuple[str, ...]:
    """`--key new` where the charter asks for a key, and has kept the number for none."""
    return ("--key", "new") if charter.session_keys == "required" and not (planned and planned.key) else ()


def publish_word(charter: Charter) -> str:
    """How a claim is published: as a pull request where the charter asks for an owner."""
    return "--pr" if charter.session_owners == "required" else "--push"
