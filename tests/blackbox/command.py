"""The real command line, in a process of its own, with nothing in its surroundings that could help."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

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


def registry(*words: str, folder: Path, **environment: str) -> Run:
    """Run `python -m validator` in a folder. The Git settings of the user would spoil every answer."""
    home = ROOT / "tests/blackbox/home"
    surroundings = {
        **{
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
        },
        **{"HOME": str(home), "XDG_CONFIG_HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"},
        **environment,
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "validator", *words],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        timeout=60,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    return Run(done.returncode, out, err, seconds)


def validate(store: Path, base: str, head: str, *options: str) -> Run:
    return registry(
        "validate", "--repo", str(store), "--base", base, "--head", head, "--format", "json", *options, folder=store
    )
