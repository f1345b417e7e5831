"""What happens on a server between the fetch of a verb and its push; registries that are on the way to consensus."""

from pathlib import Path

from tests.cli.stage import Stage, git
from tests.repository import Repository
from tests.shell import program, quoted

# The line of main in `tests.commands.states.active`, as revisions.
REGISTERED, CONFIRMED, APPROVED, BROADCAST = "main~16", "main~15", "main~14", "main~13"
ALL_BUT_ONE_ACKNOWLEDGED, ACKNOWLEDGED = "main~2", "main~1"


class Advanced(Stage):
    """A server without a guard whose main is a commit of another repository's, and a human's clone of it."""

    def __init__(self, folder: Path, repository: Repository, revision: str) -> None:
        self.folder, self.bare = folder, folder / "fleet.git"
        git(folder, "clone", "--quiet", "--bare", "--template=", "--no-hardlinks", str(repository.path), str(self.bare))
        self.beginning = git(self.bare, "rev-parse", revision).strip()
        git(self.bare, "update-ref", "refs/heads/main", self.beginning)
        self.human = self.clone("human")


def before_the_push(clone: Path, script: str) -> None:
    """Run a script on the server, in its repository, whenever this clone begins a push: it has fetched by then."""
    path = clone.parent / f"{clone.name}-receive-pack"
    program(path, f'(cd "$1" && {{ {script}\n}}) || exit 1\nexec git-receive-pack "$@"')
    git(clone, "config", "remote.origin.receivepack", quoted(path))


def once(script: str) -> str:
    """The same for the first push only."""
    return f"if mkdir once 2>/dev/null; then {script}; fi"
