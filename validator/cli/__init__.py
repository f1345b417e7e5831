"""`registry VERB`: the only owner of stdout, stderr, the environment, the clock and the exit code."""

import gc
import sys
from typing import Any, NoReturn

import click

from validator import __version__
from validator.cli.console import Console
from validator.cli.group import Verbs
from validator.model.errors import FatalError
from validator.startup import describe, enter

# Who uses a verb → the verb, a module of this folder → its line of help.
VERBS = {
    "Sessions": {
        "claim": "Propose a claim: writes branch claim/NN; with --push also on the remote, if no session was faster.",
        "bind": "Store your session name in this clone; the other verbs then need no --session-id.",
        "whoami": "What main says about one session; exit 1 if it is not registered.",
        "withdraw": "Take back one of your own open proposals, for good.",
        "release": "Propose to release a number: pushes branch release/NN, which a human approves.",
        "conflicts": "Conflicts on main and in proposals, who was first, what to do; exit 1 if any.",
        "schedule": "The week of the fleet, in the charter's time zone.",
    },
    "Approver": {
        "site": "The registry as web pages in a folder, with every document as JSON.",
        "serve": "The registry's web pages on this machine, live: they follow main and the proposals.",
        "charter": "Propose a change of the charter; a human approves it, like a claim.",
        "proposals": "Every open proposal with its verdict and its competitors.",
        "show": "One proposal in full: the file, the change, the verdict, competitors, who signed it.",
        "approve": "Merge proposals in your name; a proposal is a number or a branch.",
        "reject": "Turn proposals down, with a reason.",
    },
    "Orchestrator": {
        "roll-call": "Which sessions run in this clone; exit 1 if a name is unknown on main, or bound twice.",
        "status": "How far the fleet is: numbers, criteria, next action.",
        "consensus": "The steps from registered to active.",
        "history": "What happened to the numbers, in the order of main.",
        "export": "Charter, slots, claims and digest as one JSON document, or the claims as a page in Markdown.",
    },
    "Agents": {
        "capabilities": "What this program can do: every verb with its options, exit codes and documents.",
        "guide": "Print the answer of whoami, then the handbook for your present state.",
        "mcp": "Serve the verbs of a session to an agent, by the Model Context Protocol.",
        "hook": "Answer a harness's hook: session-start, prompt, stop or session-end, as JSON on standard input.",
    },
    "Engineer": {
        "demo": "Play the whole process in a minute, on a Git server in a temporary folder.",
        "init": "Start a registry for another fleet.",
        "install-hook": "Guard a plain Git server's main with this validator.",
        "doctor": "Check that the gate is in force; exit 1 if a check fails.",
        "github": "GitHub's settings for a registry, and comments on pull requests.",
        "validate": "Judge a change as it would land.",
        "audit": "Judge the whole registry and its history.",
        "explain": "A rule in full, by code or name; without one, the list.",
        "codeowners": "Write CODEOWNERS from the charter's approvers.",
        "schema": "Write schema/*.schema.json from the models.",
        "completion": "The script that lets a shell complete verbs, options, numbers, proposals and rule codes.",
    },
}


@click.group(
    cls=Verbs, package=__name__, sections=VERBS, context_settings={"help_option_names": ["-h", "--help"]}
)  # fmt: skip
@click.version_option(__version__, prog_name="registry")
@click.pass_context
def registry(context: click.Context) -> None:
    """Who is who in a fleet of AI coding sessions: numbers, roles and measurable goals, kept in Git.

    Exit codes: 0 yes, 1 no (findings; not reached), 2 usage or environment.
    """
    context.obj = Console()


if registry.help is None:
    from validator.cli.docstrings import docstring

    registry.help = docstring(__name__, "registry")


@registry.result_callback()
def leave(exit_code: int, **_: Any) -> NoReturn:
    """End the process with what the verb has returned."""
    sys.exit(exit_code)


def main() -> NoReturn:
    """Run the command line. A FatalError ends in one line on stderr and exit 2."""
    enter()
    try:
        registry(prog_name="registry")
    except (FatalError, OSError) as error:
        from validator.model.escape import visible

        Console().hint(f"registry: {visible(describe(error) if isinstance(error, OSError) else str(error))}\n")
    finally:
        gc.freeze()  # nor does the interpreter look for any when it ends
    sys.exit(2)
