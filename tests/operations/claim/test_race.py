"""What a session reads between two attempts to claim."""

import pytest

from validator.operations.claim.race import after


@pytest.mark.parametrize(("pause", "said"), [(0.0, ""), (0.04, ""), (0.05, " in 0.1 s"), (1.24, " in 1.2 s")])
def test_a_pause_that_nobody_notices_is_not_said(pause: float, said: str) -> None:
    assert after(pause) == said
