"""`registry github VERB`: GitHub around a registry."""

import click

from validator.cli.group import Verbs

VERBS = {
    "Engineer": {
        "plan": "Compare GitHub's settings with what they should be; exit 1 if they differ.",
        "apply": "Make GitHub's settings what they should be.",
        "ruleset": "Write .github/rulesets/main.json.",
    },
    "Workflows": {
        "remark": "The remark on an event's pull request, as JSON; on a runner also as the step's output.",
        "comment": "Put a remark on an event's pull request, in place of an earlier one.",
        "touched": "The open pull requests that a push to main touches, as JSON; on a runner the step's output.",
        "rerun": "Run the last gate and comment of pull requests again: main has moved since.",
    },
}


@click.group(cls=Verbs, package=__name__, sections=VERBS)
def command() -> None:
    """GitHub's settings for a registry, and comments on pull requests."""
