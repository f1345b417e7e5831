"""What the tests of verbs share: registries that are read and never changed, and servers to act on."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, Stage
from tests.cli.states import active, complete, halfway
from tests.repository import Repository

EXPECTED = Path(__file__).parent / "expected"


@pytest.fixture(scope="session")
def halfway_there(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return halfway(tmp_path_factory.mktemp("halfway") / "registry.git")


@pytest.fixture(scope="session")
def all_registered(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return complete(tmp_path_factory.mktemp("complete") / "registry.git")


@pytest.fixture(scope="session")
def all_active(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return active(tmp_path_factory.mktemp("active") / "registry.git")


@pytest.fixture
def expected(bless: bool) -> Callable[[str, str], None]:
    """Compare a text with a file of `expected/`; `pytest --bless` accepts what is printed."""

    def compare(name: str, printed: str) -> None:
        path = EXPECTED / name
        if bless:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(printed, encoding="utf-8", newline="")
        assert printed == path.read_text("utf-8")

    return compare


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verbs that run in this process hear nobody's settings either."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "COLUMNS"))]:
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A server without a guard, where nobody is registered."""
    return Stage(tmp_path)


@pytest.fixture
def guarded(tmp_path: Path) -> Stage:
    """A server that lets main move only by what its approver has signed."""
    return Stage(tmp_path, guarded=True, signed=True)
