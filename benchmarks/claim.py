"""One claim as an agent makes it, over `file://`, and the Git commands that it stands for: `python -m benchmarks.claim`.

The commands are those that a script would need for the same claim: fetch main and the proposals, write file, tree and
commit without a working tree, create the branch by compare-and-swap, keep it. They judge nothing and ask nobody.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.remote.stage import ENVIRONMENT, Stage, answer, claim_path, claim_text, claim_words, git, registry, run


def by_hand(clone: Path, number: int) -> None:
    """Claim a number with nothing but Git."""
    name, index = f"claim/{number:02}", {"GIT_INDEX_FILE": str(clone / ".git" / "index.claim")}
    git(clone, "fetch", "--quiet", "--prune", "origin", "+refs/heads/*:refs/remotes/origin/*")
    main = git(clone, "rev-parse", "origin/main").strip()
    source = clone / ".git" / "claim.yaml"
    source.write_text(claim_text(number, f"session-{number}"))
    blob = git(clone, "hash-object", "-w", str(source)).strip()
    git(clone, "read-tree", main, **index)
    git(clone, "update-index", "--add", "--cacheinfo", f"100644,{blob},{claim_path(number)}", **index)
    tree = git(clone, "write-tree", **index).strip()
    commit = git(clone, "commit-tree", "-p", main, "-m", f"Claim number {number}", tree).strip()
    git(clone, "push", "--quiet", f"--force-with-lease={name}:", "origin", f"{commit}:refs/heads/{name}")
    git(clone, "update-ref", f"refs/heads/{name}", commit, "")


def by_verb(clone: Path, number: int) -> None:
    """Claim a number as an agent does: one command, one document."""
    done = registry(clone, *claim_words(f"session-{number}", str(number)))
    assert (done.returncode, answer(done)["number"]) == (0, number), done.stderr


def times(stage: Stage, way: Callable[[Path, int], None], first: int, count: int) -> list[float]:
    """Milliseconds of each claim, from a clone of its own."""
    measured = list[float]()
    for number in range(first, first + count):
        clone = stage.clone(f"clone-{number}")
        start = time.perf_counter()
        way(clone, number)
        measured.append((time.perf_counter() - start) * 1000)
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description="One claim over file://.")
    parser.add_argument("--claims", type=int, default=15)
    count = parser.parse_args().claims
    with tempfile.TemporaryDirectory() as folder:
        stages = {guarded: Path(folder, str(guarded)) for guarded in (True, False)}
        for path in stages.values():
            path.mkdir()
        made = {
            guarded: Stage.make(path, capacity=99, planned=0 if not guarded else None, guarded=guarded)
            for guarded, path in stages.items()
        }
        rows = {
            "git, no guard": times(made[False], by_hand, 1, count),
            "git, guarded": times(made[True], by_hand, 1, count),
            "registry claim, guarded": times(made[True], by_verb, 1 + count, count),
        }
        python = time.perf_counter()
        run([registry.__globals__["REGISTRY"][0], "-c", "pass"], Path(folder))
        python = (time.perf_counter() - python) * 1000
    bare = statistics.median(rows["git, no guard"])
    print(f"{count} claims each, medians; starting Python alone: {python:.0f} ms")
    for title, row in rows.items():
        median = statistics.median(row)
        print(f"{title:<26} {median:6.0f} ms  {median / bare:5.2f} × the bare commands")


if __name__ == "__main__":
    assert ENVIRONMENT
    main()
