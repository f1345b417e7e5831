"""A reason that is still the word of a form is none."""

import pytest

from validator.model.errors import FatalError
from validator.operations.reason import checked_reason


@pytest.mark.parametrize("form", ["WHY", " TEXT\n", "REASON"])
def test_a_form_that_is_not_filled_in_is_no_reason(form: str) -> None:
    with pytest.raises(FatalError, match=f"^{form.strip()} stands for the reason in a form; write the reason itself"):
        checked_reason(form, "the session reads it")
    assert checked_reason(f"{form} not?", "the session reads it") == f"{form} not?".strip()
