"""A clause around its only quantity: what bounds it, and the period in which it counts."""

from typing import NamedTuple

from validator.model.bounds import Bound, InPeriod
from validator.model.quantities import Token
from validator.model.shapes import Period
from validator.operations.claim.change import Change
from validator.operations.claim.lexicon import LEVELS


class Figure(NamedTuple):
    """A clause around its only quantity, and the period in which it counts."""

    bound: Bound
    quantity: Token
    change: Change | None
    period: InPeriod

    @property
    def verb(self) -> str:
        """The word with which the clause begins, in small letters; empty where it begins with the quantity."""
        return self.bound.before[0].word if self.bound.before else ""

    def per(self, *, flow: bool) -> Period | None:
        """The period of a target; `this year` counts only for what flows, a level is reached in it."""
        return None if self.period.soft and (self.change or not flow) else self.period.per

    @property
    def is_level(self) -> bool:
        """Whether it says how high something stands, and not how much is done."""
        return self.verb in LEVELS or (self.bound.op is not None and not self.verb) or bool(self.bound.negated)
