"""`registry consensus VERB`: from registered to active."""

import click

from validator.cli.group import Verbs

VERBS = {
    "Orchestrator": {
        "status": "Phase, criteria, what blocks and whose move it is; exit 1 before there is consensus.",
        "confirm": "The orchestrator says that nothing conflicts.",
        "broadcast": "The orchestrator sends the registry to every session; COMMAND, after --, is run once for each.",
    },
    "Approver": {
        "approve": "A human accepts the registry: merged at once, in your name.",
        "activate": "A human starts the fleet: merged at once, in your name.",
    },
    "Sessions": {
        "acknowledge": "A session takes its number, role and goal upon itself; with --push, straight onto main.",
    },
}


@click.group(cls=Verbs, package=__name__, sections=VERBS)
def command() -> None:
    """From registered to active: who says what, and when."""
