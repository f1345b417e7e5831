"""`registry completion`: click's script for a shell, which asks this program for completions."""

import click
from click.shell_completion import get_completion_class

from validator.cli import registry
from validator.cli.console import Console

SHELLS = ("bash", "zsh", "fish")


@click.command(epilog="Example: registry completion bash")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_obj
def command(console: Console, shell: str) -> int:
    """The script that lets a shell complete verbs, options, numbers, proposals and rule codes.

    For bash or zsh add to ~/.bashrc or ~/.zshrc: eval "$(registry completion bash)". For fish write it to
    ~/.config/fish/completions/registry.fish.
    """
    script = get_completion_class(shell)
    assert script
    console.say(script(registry, {}, "registry", "_REGISTRY_COMPLETE").source(), whole=True)
    return 0
