"""What cannot be read of one of many is said, and stops none of the others."""

import pytest

from validator.model.errors import FatalError, ShallowError, Unreadable, attempted


def test_a_value_that_can_be_read_is_returned() -> None:
    assert attempted(lambda: 4) == 4


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (FatalError("object 1 is missing"), "object 1 is missing"),
        (RecursionError(), "RecursionError"),
        (ValueError("a\n b"), "ValueError: a b"),
        (ValueError("x" * 300), f"ValueError: {'x' * 200}"),
    ],
)
def test_any_error_is_the_fault_of_what_is_read(error: Exception, why: str) -> None:
    def fail() -> int:
        raise error

    assert attempted(fail) == Unreadable(why)


def test_a_clone_without_history_is_the_fault_of_the_clone() -> None:
    def fail() -> int:
        raise ShallowError("this clone is shallow")

    with pytest.raises(ShallowError):
        attempted(fail)
