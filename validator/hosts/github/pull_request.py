"""Open the pull request of a proposal where the remote is on GitHub, through the `gh` program."""

import re
import shutil
import subprocess
from pathlib import Path

from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.model.errors import FatalError

GITHUB = re.compile(
    r"(?:^|[@/.])github\.com(?::[0-9]+)?[:/](?P<name>[A-Za-z0-9][\w.-]*/[\w.-]+?)(?:\.git)?/?\Z", re.ASCII
)


def open_pull_request(*, repo: Path, remote: str, branch: str) -> str:
    """Open a pull request for a pushed branch, or say what to do without GitHub or gh."""
    server = Remote(Repo(repo), remote)
    found = GITHUB.search(server.url)
    if not found:
        return f"{server.name} is no GitHub repository; ask an approver to run: registry approve {branch}\n"
    gh = shutil.which("gh")
    if gh is None:
        page = f"https://github.com/{found['name']}/compare/main...{branch}?expand=1"
        return f"the gh program is not on the PATH; open the pull request by hand: {page}\n"
    command = [gh, "pr", "create", "--repo", found["name"], "--head", branch, "--base", "main"]
    command += ["--title", f"Claim number {int(branch.rpartition('/')[2])}", "--body", ""]
    # An argument vector, no shell; the branch is of our own making, the repository's name begins with a letter.
    done = subprocess.run(  # noqa: S603
        command, cwd=repo, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode and "already exists" not in done.stderr:
        raise FatalError(f"gh pr create: {' '.join(done.stderr.split())[-300:]}")
    return done.stdout or done.stderr
