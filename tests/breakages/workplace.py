"""A copy of the working tree in a temporary folder, with an environment of its own, in which tests can be run.

Its `.venv` has the libraries of the one that runs this, but the copy's `validator`: a program that a test starts is
broken too, however the test finds it.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.util import cache_from_source
from pathlib import Path
from typing import NamedTuple

from tests.repository import ROOT
from tests.shell import program, quoted

STAMPS = (".made", ".runtime", ".dev")  # with these, make prepares nothing anew
LIMIT = 600  # seconds for one run of tests
PYTEST = ("-q", "-p", "no:cacheprovider", "--tb=short", "--color=no")


class Ran(NamedTuple):
    """How a run of tests ended: pytest's exit code (None: it took too long), and what it printed."""

    exit_code: int | None
    out: str


class Workplace:
    """A copy in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.root, self.scratch = folder / "tree", folder / "tmp"
        self.scratch.mkdir(parents=True)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout
        for name in filter(None, listed.decode("utf-8", "surrogateescape").split("\0")):
            if (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.root / name, follow_symlinks=False)
        for words in (["init", "--quiet"], ["add", "--all"]):  # the copy's tests ask Git what belongs to the project
            subprocess.run(["git", *words], cwd=self.root, check=True)
        self._equip()

    def put(self, path: Path, text: str) -> None:
        """Write a source file. Bytecode of the same second and size would pass for fresh: it goes."""
        path.write_text(text, encoding="utf-8", newline="")
        if path.suffix == ".py":
            Path(cache_from_source(str(path))).unlink(missing_ok=True)

    def pytest(self, *words: str, limit: float = LIMIT) -> Ran:
        """Run tests of the copy."""
        command = [str(self.root / ".venv/bin/python"), "-m", "pytest", *PYTEST, *words]
        environment = {**os.environ, "TMPDIR": str(self.scratch), "PYTHONPATH": str(self.root)}
        try:
            done = subprocess.run(
                command, cwd=self.root, env=environment, encoding="utf-8", errors="replace",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as slow:
            return Ran(None, (slow.stdout or b"").decode("utf-8", "replace") if isinstance(slow.stdout, bytes) else "")
        return Ran(done.returncode, done.stdout)

    def _equip(self) -> None:
        venv.EnvBuilder(symlinks=True).create(self.root / ".venv")
        programs = self.root / ".venv/bin"
        (packages,) = (self.root / ".venv").glob("lib/python*/site-packages")
        # ASCII, as the Makefile's: Python 3.11 reads the file in the locale's encoding, and a hook's may be C.
        places = os.fsencode(self.root), os.fsencode(sysconfig.get_path("purelib"))
        (packages / "copy.pth").write_text(f"import os, sys; sys.path.extend(map(os.fsdecode, {places}))\n")
        program(programs / "registry", f'exec {quoted(programs / "python")} -P -m validator "$@"')
        for tool in Path(sys.executable).parent.iterdir():
            if not (programs / tool.name).exists():
                (programs / tool.name).symlink_to(tool)
        for stamp in STAMPS:
            (self.root / ".venv" / stamp).touch()
            os.utime(self.root / ".venv" / stamp, (4102444800, 4102444800))  # the year 2100: never stale
