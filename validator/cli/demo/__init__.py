"""`registry demo`: a whole fleet on one machine."""

import click

from validator.cli.console import Console


@click.command(epilog="Example: registry demo")
@click.pass_obj
def command(console: Console) -> int:
    """Play the whole process in a minute, on a Git server in a temporary folder."""
    from validator.cli.demo.story import demo  # who lists the verbs does not load the story

    return demo(say=console.say, now=console.now, colour=console.colour)
