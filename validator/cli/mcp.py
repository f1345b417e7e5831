"""`registry mcp`: the verbs of a session as tools of the Model Context Protocol, on standard input and output."""

from importlib.util import find_spec
from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.options import REPO
from validator.model.errors import FatalError


@click.command(epilog="Example: registry mcp")
@REPO
@click.pass_obj
def command(console: Console, repo: Path) -> int:
    """Serve the verbs of a session to an agent, by the Model Context Protocol.

    It needs the extra [mcp]. No tool approves: only a human can.
    """
    if find_spec("mcp") is None:
        raise FatalError(
            "the extra [mcp] is not installed; in a checkout of the registry's program, run: pip install '.[mcp]'"
        )
    console.require_stdout()
    from validator.cli.mcp_server import server

    server(console, repo).run()
    return 0
