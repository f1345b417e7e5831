"""What the tests of verbs share: registries that are read and never changed, and servers to act on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.agreeing import charter_for
from tests.cli.stage import Stage, hear_nobody
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
    hear_nobody(monkeypatch)


def kept(tmp_path_factory: pytest.TempPathFactory, **settings: Any) -> Stage:
    """A server that is made once, and copied for each test."""
    with pytest.MonkeyPatch.context() as patch:
        hear_nobody(patch)
        return Stage(tmp_path_factory.mktemp("kept"), **settings)


@pytest.fixture(scope="session")
def kept_stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return kept(tmp_path_factory)


@pytest.fixture(scope="session")
def kept_guarded(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return kept(tmp_path_factory, guarded=True, signed=True)


@pytest.fixture(scope="session")
def kept_unsigned(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return kept(tmp_path_factory, guarded=True)


@pytest.fixture(scope="session")
def kept_small(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A guarded server with a registry of three numbers."""
    return kept(tmp_path_factory, charter=charter_for(3), guarded=True)


@pytest.fixture
def stage(kept_stage: Stage, tmp_path: Path) -> Stage:
    """A server without a guard, where nobody is registered."""
    return kept_stage.copy(tmp_path)


@pytest.fixture
def guarded(kept_guarded: Stage, tmp_path: Path) -> Stage:
    """A server that lets main move only by what its approver has signed."""
    return kept_guarded.copy(tmp_path)


@pytest.fixture
def unsigned(kept_unsigned: Stage, tmp_path: Path) -> Stage:
    """A server with a guard that asks for no signatures."""
    return kept_unsigned.copy(tmp_path)
