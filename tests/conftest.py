"""What all tests share."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="accept what is printed as what is expected")
    parser.addoption("--long", action="store_true", help="races, faults and pushes in the numbers of a bad day")


@pytest.fixture
def bless(request: pytest.FixtureRequest) -> bool:
    """Whether the expected files are to be written anew."""
    return bool(request.config.getoption("--bless"))


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for large numbers."""
    return bool(request.config.getoption("--long"))
