"""Registries that the tests of the verbs read and never change: each is built once a run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.states import active, complete, halfway
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
            path.parent.mkdir(exist_ok=True)
            path.write_text(printed, encoding="utf-8", newline="")
        assert printed == path.read_text("utf-8")

    return compare
