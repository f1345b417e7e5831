"""`registry consensus VERB`: from registered to active."""

import click

from validator.cli.group import Verbs

VERBS = {
    "Orchestrator": {
        "status": "Phase, criteria, blockers and who acts next; exit 1 before there is consensus.",
        "confirm": "The orchestrator confirms that there are no conflicts.",
        "broadcast": "The orchestrator sends the registry to every session; COMMAND, after --, is run once for each.",
    },
    "Approver": {
        "approve": "A human accepts the registry: merged at once, in your name.",
        "activate": "A human starts the fleet: merged at once, in your name.",
    },
    "Sessions": {
        "acknowledge": "A session commits to its number, role and goal; with --push, directly on main.",
    },
}


@click.group(cls=Verbs, package=__name__, sections=VERBS)
def command() -> None:
    """The steps from registered to active."""
