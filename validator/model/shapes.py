"""The shapes of a registry's files: charter, claim and records; one class a file.

`definition.py` says what they hold, and type checkers read that. While the program runs they are classes of the same
names and fields that need no pydantic (`core.py`): its import takes longer than a judgement.
"""

from typing import TYPE_CHECKING

from validator.model.words import COMMITMENT, Day, Op, Period, Status

if TYPE_CHECKING:
    from validator.model.definition import (
        Acknowledgement,
        Activation,
        Appointment,
        Approval,
        Approver,
        Broadcast,
        Charter,
        Claim,
        Confirmation,
        Metric,
        Mission,
        Part,
        RangePart,
        RangeWork,
        Record,
        SegmentPart,
        SegmentWork,
        Shape,
        Slot,
        Target,
        Work,
    )
else:
    from validator.model.core import Schemas, Shape, read_table
    from validator.model.keys import normal_key
    from validator.model.words import divided_how, only_true

    _FUNCTIONS = (dict, divided_how, normal_key, only_true)
    globals().update(Schemas(read_table(), {each.__name__: each for each in _FUNCTIONS}).classes)
    Part = RangePart | SegmentPart
    Work = RangeWork | SegmentWork
    Record = Confirmation | Approval | Broadcast | Acknowledgement | Activation

__all__ = [
    "COMMITMENT",
    "Acknowledgement",
    "Activation",
    "Appointment",
    "Approval",
    "Approver",
    "Broadcast",
    "Charter",
    "Claim",
    "Confirmation",
    "Day",
    "Metric",
    "Mission",
    "Op",
    "Part",
    "Period",
    "RangePart",
    "RangeWork",
    "Record",
    "SegmentPart",
    "SegmentWork",
    "Shape",
    "Slot",
    "Status",
    "Target",
    "Work",
]
