"""`registry charter VERB`: change what the fleet is for."""

import click

from validator.cli.group import Verbs

VERBS = {
    "Approver": {
        "propose": "Propose the charter of the working tree, on a branch charter/NAME; a human approves it.",
    },
}


@click.group(cls=Verbs, package=__name__, sections=VERBS)
def command() -> None:
    """Propose a change of the charter; a human approves it, like a claim."""
