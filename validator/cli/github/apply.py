"""`registry github apply`: make GitHub's settings what they should be, and check them."""

from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.github.plan import GithubPlanDocument, printed
from validator.cli.options import at_commit
from validator.hosts.github.api import Gh
from validator.hosts.github.plan import settings

DOCUMENTS = {"output-github-plan": GithubPlanDocument}


@click.command(epilog="Example: registry github apply")
@at_commit
@click.pass_obj
def command(console: Console, repo: Path, ref: str | None, format: str) -> int:
    """Make GitHub's settings what they should be."""
    gh = Gh(repo)
    changed = [setting for setting in settings(repo=repo, ref=ref) if not setting.fits and setting.call]
    for setting in changed:
        assert setting.call, "only what has a call is changed"
        gh.send(setting.call.method, setting.call.path, setting.wanted)
    way_out = "propose it: registry codeowners, then a pull request\n"
    text, exit_code = printed(settings(repo=repo, ref=ref), format, way_out)
    done = "".join(f"set: {setting.name}\n" for setting in changed) if format == "text" else ""
    console.say(done + text)
    return exit_code
