"""`registry install-hook`: an interpreter that may be gone tomorrow is refused, with what to do instead."""

import subprocess
import sysconfig
import venv
import zipapp
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, ROOT, Stage, git
from tests.cli.test_hook import contents
from validator.hosts.plain.install import install
from validator.model.errors import FatalError

PACKAGES = sysconfig.get_path("purelib")
ALONE = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("PYTHON")}
WAY_OUT = "install the program where it stays"


def environment(folder: Path, *importable: str) -> Path:
    """A virtual environment that finds what lies in the given folders; its interpreter."""
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "found.pth").write_text("".join(f"{line}\n" for line in importable))
    return folder / "bin" / "python"


def run(python: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-P", *words]
    return subprocess.run(command, env=ALONE | variables, capture_output=True, encoding="utf-8", check=False)


def copy_program(folder: Path) -> None:
    """Put the program's own files, as Git knows them, into a folder."""
    for name in git(ROOT, "ls-files", "validator").split():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())


def installed(python: Path, stage: Stage, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return run(python, "-m", "validator", "install-hook", "--unsigned", *words, str(stage.bare), **variables)


def refused(done: subprocess.CompletedProcess[str], stage: Stage, why: str) -> bool:
    """Whether the guard is refused in one line that says why and what to do, and nothing is left behind."""
    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.count("\n") == 1
    assert why in done.stderr
    assert WAY_OUT in done.stderr
    return "hooks" not in contents(stage.bare)


def test_an_interpreter_that_is_not_there(stage: Stage) -> None:
    with pytest.raises(FatalError, match=r"/nowhere/python cannot be run .*; install the program where it stays"):
        install(bare=stage.bare, python="/nowhere/python", environment=ENVIRONMENT, unsigned=True)
    assert "hooks" not in contents(stage.bare)


def test_the_guard_does_not_depend_on_the_installing_shell(stage: Stage) -> None:
    """PYTHONPATH finds the program here, and not where Git runs the hook."""
    python = environment(stage.folder / "venv", PACKAGES)
    done = installed(python, stage, PYTHONPATH=str(ROOT))
    assert refused(done, stage, f"{python} by itself does not have this program (ModuleNotFoundError: No module named")


@pytest.mark.parametrize("other", [True, False], ids=["another is installed", "none is installed"])
def test_an_archive_is_refused(stage: Stage, other: bool) -> None:
    """A zipapp, and what shiv and pex make: the interpreter alone does not have what the archive holds."""
    copy_program(stage.folder / "source")
    archive = stage.folder / "registry.pyz"
    zipapp.create_archive(stage.folder / "source", archive, main="validator.cli:main")
    python = environment(stage.folder / "venv", PACKAGES, *([str(ROOT)] if other else []))
    done = run(python, str(archive), "install-hook", "--unsigned", str(stage.bare))
    assert refused(done, stage, "has the program of " if other else "does not have this program")


@pytest.mark.parametrize(
    "kept", ["home/.cache/uv/archive-v0/a1b2", "Caches/pipx/a1b2", "xdg/a1b2", "tagged/archive-v0/a1b2"]
)
def test_an_environment_in_a_cache_is_refused(stage: Stage, kept: str) -> None:
    """Those of uvx, `uv run --with` and `pipx run`, wherever the cache is."""
    python = environment(stage.folder / kept, PACKAGES, str(ROOT))
    if kept.startswith("tagged"):
        (stage.folder / "tagged/CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    done = installed(python, stage, XDG_CACHE_HOME=str(stage.folder / "xdg"))
    assert refused(done, stage, f"{stage.folder / kept} is in a cache, ")
    assert installed(python, stage, "--trial").returncode == 0


def test_an_environment_that_carries_the_tag_itself_is_none(stage: Stage) -> None:
    python = environment(stage.folder / "venv", PACKAGES)
    (packages,) = (stage.folder / "venv").glob("lib/python*/site-packages")
    copy_program(packages)
    (stage.folder / "venv/CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    done = installed(python, stage)
    assert done.returncode == 0, done.stderr


def test_a_temporary_environment_is_accepted_only_for_a_temporary_repository(stage: Stage) -> None:
    temporary = stage.folder / "temporary"
    python = environment(temporary / "venv", PACKAGES, str(ROOT))
    done = installed(python, stage, TMPDIR=str(temporary))
    assert refused(done, stage, f"{temporary / 'venv'} is in a folder for temporary files, {temporary}")
    git(temporary, "init", "--quiet", "--bare", "--template=", "fleet.git")
    words = ("install-hook", "--unsigned", str(temporary / "fleet.git"))
    done = run(python, "-m", "validator", *words, TMPDIR=str(temporary))
    assert done.returncode == 0, done.stderr
