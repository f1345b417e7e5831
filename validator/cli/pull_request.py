"""Pull requests, as far as the verbs of all hosts have to do with them."""

from pathlib import Path

from validator.cli.console import Console
from validator.git.repo import Repo
from validator.git.upstream import remotes

RELEASE_APART = "on GitHub the release is a proposal of its own: registry release; leave --release out"


def open_for(console: Console, repo: Path, remote: str, branch: str | None, *, wanted: bool) -> None:
    """Open the pull request of a branch that was pushed, or renew its text; a line on stderr says where it is."""
    if wanted and branch:
        from validator.hosts.github.pull_request import open_pull_request  # most runs open none

        console.hint(open_pull_request(repo=repo, remote=remote, branch=branch))


def on_github(repo: Repo) -> bool:
    """Whether the remote is on GitHub. What GitHub needs is loaded only where there is a remote."""
    if not remotes(repo):
        return False
    from validator.hosts.github.place import is_on_github

    return is_on_github(repo)
