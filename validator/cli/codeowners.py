"""`registry codeowners`: CODEOWNERS, written from the approvers of the charter or checked to be fresh."""

from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.options import CHECK, REPO
from validator.git.repo import Repo
from validator.hosts.github.codeowners import owners_text
from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.layout import CHARTER
from validator.operations.generate import with_a_tree, write_or_check
from validator.registry.parsing import parse
from validator.registry.yaml.reader import read


@click.command(epilog="Example: registry codeowners --check")
@CHECK
@REPO
@click.pass_obj
def command(console: Console, check: bool, repo: Path) -> int:
    """Write CODEOWNERS from the charter's approvers."""
    text, exit_code = write_or_check(repo, owners(with_a_tree(repo)[0]), "registry codeowners", check=check)
    console.say(text)
    return exit_code


def owners(repo: Repo) -> dict[str, str]:
    """CODEOWNERS for the charter in a working tree: path → text. Raises FatalError if the charter is broken."""
    return {"CODEOWNERS": owners_text(approver.handle for approver in _charter(repo).approvers)}


def _charter(repo: Repo) -> shapes.Charter:
    try:
        charter = parse(read(CHARTER, repo.stored_content(CHARTER)), shapes.Charter).value
    except OSError as error:
        raise FatalError(f"{CHARTER} cannot be read: {error.strerror}") from error
    if charter is None:
        raise FatalError(f"{CHARTER} is broken; run: registry validate --worktree")
    return charter
