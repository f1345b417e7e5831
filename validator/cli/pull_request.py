"""The option `--pr`: open the pull request of what a verb has proposed."""

from pathlib import Path

from validator.cli.console import Console


def open_for(console: Console, repo: Path, remote: str, branch: str | None, *, wanted: bool) -> None:
    """Open the pull request of a branch that was pushed, or renew its text; a line on stderr says where it is."""
    if wanted and branch:
        from validator.hosts.github.pull_request import open_pull_request  # most runs open none

        console.hint(open_pull_request(repo=repo, remote=remote, branch=branch))
