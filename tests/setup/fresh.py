"""`make setup-check`: prepare a copy of this repository with the oldest pip, when every package has a newer release.

The pip is the one that came with the first release of this Python; the newer releases are made up. It needs the package
index, so it is no part of the suite.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.repository import ROOT, tracked
from tests.setup.wheels import Wheel
from tests.shell import in_utf8

PIN = re.compile(r"^([\w.-]+)(?:\[([\w,.-]+)\])?==(\S+)", re.MULTILINE)
NEWER = "9999.0"


def main() -> None:
    """Exit 1 with what pip or make said where the set-up fails or differs from the lock files."""
    with tempfile.TemporaryDirectory() as name:
        copy, index = Path(name, in_utf8("a cöpy")), Path(name, "index")
        index.mkdir()
        copy_tree(copy)
        pins = {pin[1]: pin for lock in ("pip", "runtime", "dev") for pin in PIN.finditer(read_lock(lock))}
        for pin in pins.values():
            Wheel(pin[1], NEWER, extras=tuple(pin[2].split(",")) if pin[2] else ()).write(index)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
        environment["PIP_FIND_LINKS"] = f"{environment.get('PIP_FIND_LINKS', '')} {index.as_uri()}".strip()
        oldest = prepare_oldest(copy, environment)
        run("make", f"PYTHON={Path(sys.executable).resolve()}", ".venv/.dev", cwd=copy, env=environment)
        run(".venv/bin/registry", "--help", cwd=copy, env=environment)
        compare({name: pin[3] for name, pin in pins.items()}, copy)
        print(f"set up by {oldest} as locked, while {len(pins)} newer releases were on offer")


def read_lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def copy_tree(copy: Path) -> None:
    """Copy what Git tracks, as it is in the working tree."""
    for path in tracked():
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def prepare_oldest(copy: Path, environment: dict[str, str]) -> str:
    """Make .venv, with the oldest pip as the one that Python brings; return its name and version.

    The newer releases must be on offer to it: otherwise the check would prove nothing.
    """
    run("make", f"PYTHON={Path(sys.executable).resolve()}", ".venv/.made", cwd=copy, env=environment)
    pip = (".venv/bin/python", "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(
        *pip, "install", "--no-deps", "--require-hashes", "-r", "requirements/oldest-pip.txt", cwd=copy, env=environment
    )
    run(*pip, "download", "--no-deps", "--dest", "offered", "coverage", cwd=copy, env=environment)
    if not any(NEWER in path.name for path in (copy / "offered").iterdir()):
        sys.exit("setup-check: pip does not see the newer releases")
    return run(*pip, "--version", cwd=copy, env=environment).split(" from ")[0]


def compare(pins: dict[str, str], copy: Path) -> None:
    """Every package is installed as pinned, but for those that are for other Pythons and platforms."""
    rows = json.loads(run(".venv/bin/python", "-m", "pip", "list", "--format", "json", cwd=copy, env=None))
    other = [
        f"{row['name']} {row['version']}" for row in rows if row["version"] != pins.get(row["name"], row["version"])
    ]
    if other:
        sys.exit(f"setup-check: not as pinned: {', '.join(other)}")


def run(*command: str, cwd: Path, env: dict[str, str] | None) -> str:
    """Run a command in the copy and return what it printed; end the check where it fails."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}setup-check: failed: {' '.join(command)}")
    return done.stdout


if __name__ == "__main__":
    main()
