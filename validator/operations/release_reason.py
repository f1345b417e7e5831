"""Find the commit that has removed a file: its message says why a number was released."""

from validator.git.brought import MAX_COMMITS
from validator.git.repo import Repo


def removing(repo: Repo, commit: str, path: str) -> str:
    """The commit that removed a file which `commit` does not have, found behind merges and commits on top.

    Their messages are not the session's: anyone may merge main into a branch, and a forge does so for whoever asks.
    """
    for _ in range(MAX_COMMITS + 1):
        parents = repo.parents(commit)
        found = zip(parents, repo.objects.facts(f"{parent}:{path}" for parent in parents), strict=True)
        without = next((parent for parent, fact in found if fact is None), None)
        if without is None:
            return commit
        commit = without
    return commit
