"""The real command line, with nothing in its surroundings that could help.

It runs in a process of its own, or in the tests' own: the start of a process takes three times as long as a verdict,
and adds nothing to most.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.stage import PROGRESS, verb

ROOT = Path(__file__).parent.parent.parent
SECONDS = 5.0  # of computing: no single run, Git included, may take more


class Run(NamedTuple):
    """What a run leaves behind."""

    exit: int
    out: str
    err: str
    seconds: float

    @property
    def verdict(self) -> dict[str, Any]:
        verdict: dict[str, Any] = json.loads(self.out)
        return verdict

    def codes(self, origin: str) -> str:
        """The set of codes of this origin, `introduced`, `inherited` or `healed`, as the table writes it."""
        if origin == "healed":
            return " ".join(sorted({finding["code"] for finding in self.verdict["healed"]}))
        return " ".join(sorted({row["code"] for row in self.verdict["findings"] if row["origin"] == origin}))


def registry(*words: str, folder: Path, apart: bool = True, **environment: str) -> Run:
    """Run a verb in a folder; `apart` in a process of its own, `python -m validator`."""
    before, around = computed(), surroundings() | environment
    if not apart:
        with pytest.MonkeyPatch.context() as patch:
            for name in os.environ.keys() - around.keys():
                patch.delenv(name)
            for name, value in around.items():
                patch.setenv(name, value)
            return Run(*verb(folder, *words), computed() - before)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "validator", *words],
        cwd=folder,
        env=around,
        capture_output=True,
        timeout=60,
        check=False,
    )
    out, err = done.stdout.decode(), PROGRESS.sub("", done.stderr.decode())
    assert "Traceback" not in err, err
    return Run(done.returncode, out, err, computed() - before)


def validate(store: Path, base: str, head: str, *options: str, apart: bool = True) -> Run:
    """Judge a change."""
    words = ["validate", "--repo", str(store), "--base", base, "--head", head, "--format", "json", *options]
    return registry(*words, folder=store, apart=apart)


def surroundings() -> dict[str, str]:
    """All that the program finds in its environment. The Git settings of the user would spoil every answer."""
    home = str(ROOT / "tests/blackbox/home")
    program = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "TMPDIR": tempfile.gettempdir()}
    return program | {"HOME": home, "XDG_CONFIG_HOME": home, "GIT_CONFIG_NOSYSTEM": "1"}


def computed() -> float:
    """Processor seconds that this process and those that it has started and ended took so far."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
