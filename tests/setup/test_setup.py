"""The Makefile's set-up with made-up packages: real make, real pip, and an index that the test decides about."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.repository import ROOT, environment
from tests.setup.wheels import Wheel
from tests.shell import in_utf8, program, quoted

pytestmark = pytest.mark.takes_long

BETA = Wheel("beta", "1.0", extras=("toml",))
NEWER_BETA = Wheel("beta", "9999.0", extras=("toml",))

PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0"}  # Python takes the folder's name for bytes then
PYTHON = str(Path(sys.executable).resolve())
NO_WORD = "it's a $HOME"
OTHER = 'echo "$PWD 3 99"'  # a Python of another version, as far as the Makefile asks it


class Stranger:
    """A copy of the Makefile with lock files of its own, in a folder whose name is no plain word."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / in_utf8("a cöpy")
        self.index = folder / "index"
        self.index.mkdir()
        (self.folder / "requirements").mkdir(parents=True)
        shutil.copy(ROOT / "Makefile", self.folder)
        NEWER_BETA.write(self.index)
        self.lock("pip", Wheel("installer", "1.0").write(self.index))
        self.lock("runtime", Wheel("alpha", "1.0", ("beta[toml]",)).write(self.index) + BETA.write(self.index))
        self.lock("dev", Wheel("gamma", "1.0").write(self.index))

    def lock(self, name: str, text: str) -> None:
        (self.folder / "requirements" / f"{name}.txt").write_text(text)

    def make(
        self, python: str = PYTHON, settings: Mapping[str, str] = {}, dry_run: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run make as a user with these pip settings would."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))}
        pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.index.as_uri()}
        command = ["make", f"PYTHON={python}", ".venv/.dev", *["--dry-run"] * dry_run]
        environment = {**inherited, **pip, **settings}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    def installed(self) -> dict[str, str]:
        command = [f"{self.folder}/.venv/bin/python", "-m", "pip", "list", "--format", "json"]
        listed = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
        return {row["name"]: row["version"] for row in json.loads(listed)}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stranger, str]:
    """The set-up of a user whose pip settings would have it install another release, elsewhere."""
    folder = tmp_path_factory.mktemp("setup")
    stranger = Stranger(folder)
    constraint = folder / "constraint.txt"
    constraint.write_text("beta==9999.0\n")
    elsewhere = {"PIP_TARGET": str(folder / "target"), "PIP_PREFIX": str(folder / "prefix"), "PIP_USER": "1"}
    python = program(folder / NO_WORD / "python", f'touch used; exec {quoted(PYTHON)} "$@"')
    done = stranger.make(
        str(python), settings=elsewhere | {"PIP_CONSTRAINT": str(constraint), "PIP_REQUIRE_VIRTUALENV": "1"} | PLAIN
    )
    assert done.returncode == 0, done.stderr
    return stranger, done.stdout


@pytest.fixture
def stranger(prepared: tuple[Stranger, str]) -> Iterator[Stranger]:
    """The same set-up for each test, with its lock files put back after it."""
    stranger = prepared[0]
    locks = {path: path.read_text() for path in (stranger.folder / "requirements").iterdir()}
    yield stranger
    for path, text in locks.items():
        if path.read_text() != text:
            path.write_text(text)


def test_newer_releases_and_user_settings_are_ignored(stranger: Stranger) -> None:
    assert stranger.installed().items() >= {"installer": "1.0", "alpha": "1.0", "beta": "1.0", "gamma": "1.0"}.items()


def test_python_may_lie_in_a_folder_of_any_name(stranger: Stranger, tmp_path: Path) -> None:
    assert (stranger.folder / "used").exists()
    python = tmp_path / NO_WORD / "python"
    done = Stranger(tmp_path).make(str(python))
    assert done.returncode == 2
    assert f"tried: {python}. To name another" in done.stderr


@pytest.mark.parametrize("utf8", ["0", "1"])
def test_program_is_found_whatever_the_locale(stranger: Stranger, utf8: str) -> None:
    """Python 3.11 reads .pth files in the locale's encoding, and does not start where it cannot."""
    command = [
        f"{stranger.folder}/.venv/bin/python",
        "-c",
        "import os, sys; print(*map(ascii, map(os.fsencode, sys.path)))",
    ]
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": utf8}
    done = subprocess.run(command, cwd="/", env=plain, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert ascii(os.fsencode(stranger.folder)) in done.stdout


def test_program_is_its_own_whatever_lies_in_the_folder(stranger: Stranger, tmp_path: Path) -> None:
    """A registry that is judged may have a folder of the program's name: Python would take it for the program."""
    for folder, says in ((stranger.folder, "ours"), (tmp_path, "theirs")):
        (folder / "validator").mkdir()
        (folder / "validator/__main__.py").write_text(f"print({says!r})\n")
    program = [f"{stranger.folder}/.venv/bin/registry", "audit"]
    done = subprocess.run(program, cwd=tmp_path, env=environment(), capture_output=True, encoding="utf-8", check=False)
    shutil.rmtree(stranger.folder / "validator")
    assert (done.returncode, done.stdout, done.stderr) == (0, "ours\n", "")


def test_pinned_installer_comes_first(prepared: tuple[Stranger, str]) -> None:
    said = [line for line in prepared[1].splitlines() if line.startswith("installing")]
    assert said[0] == "installing the pinned pip"
    assert len(said) == 3


def test_lock_file_that_lacks_a_package_is_refused_by_name(stranger: Stranger) -> None:
    lacked = Wheel("epsilon", "1.0").write(stranger.index)
    incomplete = Wheel("delta", "1.0", ("epsilon",)).write(stranger.index)
    stranger.lock("dev", incomplete)
    done = stranger.make()
    assert done.returncode == 2
    assert "delta 1.0 requires epsilon, which is not installed." in done.stderr
    stranger.lock("dev", incomplete + lacked)
    assert stranger.make().returncode == 0


@pytest.mark.parametrize("name", ["pip", "runtime", "dev"])
def test_file_with_another_hash_is_refused(stranger: Stranger, name: str) -> None:
    text = Wheel("zeta", "1.0").write(stranger.index)
    Wheel("zeta", "1.0", ("beta",)).write(stranger.index)
    stranger.lock(name, text)
    done = stranger.make()
    assert done.returncode == 2
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr


def test_pin_without_a_hash_is_refused(stranger: Stranger) -> None:
    Wheel("eta", "1.0").write(stranger.index)
    stranger.lock("dev", "eta==1.0\n")
    done = stranger.make()
    assert done.returncode == 2
    assert "Hashes are required" in done.stderr


def test_set_up_is_kept_if_nothing_changed(stranger: Stranger) -> None:
    stranger.make()
    assert "preparing" not in stranger.make(dry_run=True).stdout


def test_set_up_is_made_anew_where_it_was_moved(stranger: Stranger) -> None:
    home, stranger.folder = stranger.folder, stranger.folder.with_name("elsewhere")
    home.rename(stranger.folder)
    try:
        assert "preparing" in stranger.make(dry_run=True).stdout
    finally:
        stranger.folder.rename(home)
        stranger.folder = home


@pytest.mark.parametrize("other", ["/nonexistent/python", "another version"])
def test_set_up_is_made_anew_when_its_python_is_another(stranger: Stranger, tmp_path: Path, other: str) -> None:
    python = stranger.folder / ".venv/bin/python"
    kept = python.rename(tmp_path / "python")
    if other == "another version":
        program(python, OTHER)
    else:
        python.symlink_to(other)
    try:
        assert "preparing" in stranger.make(dry_run=True).stdout
    finally:
        python.unlink()
        kept.rename(python)


def test_set_up_is_made_anew_for_the_python_that_is_asked_for(stranger: Stranger, tmp_path: Path) -> None:
    python = program(tmp_path / NO_WORD / "python", OTHER)
    assert "preparing" in stranger.make(python=str(python), dry_run=True).stdout
