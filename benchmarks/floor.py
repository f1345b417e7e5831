"""F, the floor: only reads every claim of main with `git cat-file`, PyYAML's C loader and a pydantic model.

`python -m benchmarks.floor REPO` prints how many it read. It judges nothing, and knows no place of anything.
"""

import subprocess
import sys
from typing import Any

import yaml
from pydantic import BaseModel


class Claim(BaseModel):
    """As much of a claim as a program needs that trusts its files."""

    number: int
    session_id: str
    role: str
    goal: str
    targets: list[dict[str, Any]]
    responsibilities: list[str]
    scope: list[dict[str, Any]] = []
    schedule: list[dict[str, Any]] = []
    status: str


def main() -> None:
    """Read them all."""
    repo = sys.argv[1]
    listed = subprocess.run(
        ["git", "-C", repo, "ls-tree", "--object-only", "main:registry/sessions"], check=True, capture_output=True
    )
    packed = subprocess.run(
        ["git", "-C", repo, "cat-file", "--batch"], input=listed.stdout, check=True, capture_output=True
    ).stdout
    at, claims = 0, list[Claim]()
    while at < len(packed):
        end = packed.index(b"\n", at)
        size = int(packed[at:end].rsplit(b" ", 1)[1])
        claims.append(Claim.model_validate(yaml.load(packed[end + 1 : end + 1 + size], yaml.CSafeLoader)))
        at = end + size + 2
    print(len(claims))


if __name__ == "__main__":
    main()
