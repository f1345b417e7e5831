"""The registry that every case starts from, and the vocabulary of changes in the table."""

from collections.abc import Mapping

from tests.blackbox.store import Entry, Files

CHARTER = b"""\
mission:
  statement: Win 120 customers
  targets:
    - {metric: customers, op: gte, value: 120, unit: customers, per: month}
capacity: 12
orchestrator: 1
time_zone: America/Los_Angeles
approvers:
  - {handle: "@OWNER"}
work:
  - {name: outreach, first: 1, last: 600}
  - {name: replies, segments: [urgent, standard]}
slots:
  - {number: 2, title: Research, role: Research AI - Find prospects}
"""

ROLES = {2: "Research AI - Find prospects"}


def claim(number: int = 6, **fields: str) -> bytes:
    """The text of a claim that nothing is wrong with; a field is replaced as it is written, or left out for ""."""
    lines = {
        "number": str(number),
        "role": ROLES.get(number, f"Channel AI {number} - Keep channel {number}"),
        "goal": "Send 17 emails daily",
        "targets": "\n  - {metric: emails sent, op: gte, value: 17, unit: emails, per: day}",
        "session_id": f"session-{number}",
        "responsibilities": "[Write emails]",
        "status": "REGISTERED",
        "timestamp": "2026-01-05T08:00:00Z",
    } | fields
    return "".join(f"{name}: {value}\n" for name, value in lines.items() if value).replace(": \n", ":\n").encode()


def path(number: int) -> str:
    return f"registry/sessions/{number:02}.yaml"


MAIN: Files = {
    ".github/workflows/gate.yml": b"on: pull_request\n",
    "CODEOWNERS": b"* @OWNER\n",
    "README.md": b"# A fleet\n",
    "registry/README.md": b"# The registry\n",
    "registry/charter.yaml": CHARTER,
    "registry/consensus/.gitkeep": b"",
    "registry/sessions/.gitkeep": b"",
    "schema/session.schema.json": b"{}\n",
    "validator/__init__.py": b"",
    "validator/rules/number_taken.py": b"CODE = 'REG103'\n",
    **{path(number): claim(number) for number in (2, 3, 4)},
}

Change = Mapping[str, bytes | Entry | None]  # path to its new content; None: gone


def changed(files: Files, change: Change) -> dict[str, bytes | Entry]:
    """The files after a change."""
    return {path: file for path, file in {**files, **change}.items() if file is not None}


def puts(number: int, **fields: str) -> dict[str, bytes | Entry | None]:
    """The change that writes the claim of a number, new or in place of the one that is there."""
    return {path(number): claim(number, **fields)}


def removes(*numbers: int) -> dict[str, bytes | Entry | None]:
    """The change that deletes the claims of these numbers."""
    return {path(number): None for number in numbers}
