"""What all tests share."""

import pytest

from tests.repository import untracked


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="accept what is printed as what is expected")
    parser.addoption("--long", action="store_true", help="races, faults and pushes in the numbers of a bad day")


def pytest_report_header() -> list[str]:
    """Name what is not tested."""
    return [f"not in Git, so no part of the project here (git add): {name}" for name in untracked()[:5]]


@pytest.fixture
def bless(request: pytest.FixtureRequest) -> bool:
    """Whether the expected files are to be written anew."""
    return bool(request.config.getoption("--bless"))


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for large numbers."""
    return bool(request.config.getoption("--long"))
