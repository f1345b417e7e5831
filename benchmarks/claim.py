"""One claim as an agent makes it, over `file://`, and the equivalent Git commands.

The commands are those that a script would need for the same claim: fetch main and the proposals, write file, tree and
commit without a working tree, create the branch by compare-and-swap, keep it. They judge nothing and ask nobody.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.hosts.plain.stage import Stage, answer, claim_path, claim_text, claim_words, git, registry

CAPACITY = 99
Way = Callable[[Path, int], None]


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


def main() -> None:
    """Claim in each way in turns, from fresh clones; print medians."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claim", description="One claim over file://.")
    parser.add_argument("--claims", type=int, default=15)
    count = parser.parse_args().claims
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plain").mkdir()
        (Path(folder) / "guarded").mkdir()
        plain = Stage.make(Path(folder) / "plain", capacity=CAPACITY, guarded=False)
        guarded = Stage.make(Path(folder) / "guarded", capacity=CAPACITY)
        ways: dict[str, tuple[Stage, Way]] = {
            "the bare Git commands, no guard": (plain, by_hand),
            "the bare Git commands, guarded": (guarded, by_hand),
            "registry claim --push, guarded": (guarded, by_verb),
        }
        rows: dict[str, list[float]] = {title: [] for title in ways}
        for at in range(count):
            for place, (title, (stage, way)) in enumerate(ways.items()):
                number = at * len(ways) + place + 1
                clone = stage.clone(f"clone-{number}")
                start = time.perf_counter()
                way(clone, number)
                rows[title].append((time.perf_counter() - start) * 1000)
    bare = next(iter(rows.values()))
    print(f"One claim over file://, medians of {count} rounds; a ratio is the median of the rounds' ratios.")
    for title, row in rows.items():
        ratio = statistics.median(mine / theirs for mine, theirs in zip(row, bare, strict=True))
        print(f"  {title:<31} {statistics.median(row):6.0f} ms  {ratio:5.2f} ×")


if __name__ == "__main__":
    main()
