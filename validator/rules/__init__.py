"""The rules. A rule is a module of this package and a line in RULES."""

from collections.abc import Iterator
from typing import Protocol

from validator.model.findings import Input, Level, Problem
from validator.registry.snapshot import Snapshot
from validator.rules import (
    altered_merge,
    bad_timestamp,
    charter_contradiction,
    charter_missing,
    double_holder,
    file_mode,
    file_name,
    foreign_owner,
    foreign_record,
    frozen,
    goal_not_measurable,
    key_missing,
    key_taken,
    line_rewritten,
    merge_conflict,
    metric_misused,
    metric_unrelated,
    mission_conflict,
    mixed_change,
    name_alike,
    not_the_session,
    number_mismatch,
    number_out_of_range,
    number_taken,
    premature_record,
    rider,
    role_misaligned,
    role_taken,
    schedule_overnight,
    scope_disagrees,
    scope_overlap,
    session_id_taken,
    shape,
    stale_record,
    takeover,
    target_implausible,
    target_not_in_goal,
    unapproved,
    unreadable_file,
    unsafe_text,
    vague_goal,
    work_gap,
    work_unknown,
    yaml_subset,
    yaml_syntax,
)


class Rule(Protocol):
    """A rule module: the docstring is its documentation, the constants are its metadata, `check` finds problems."""

    __doc__: str | None
    CODE: str
    NAME: str
    LEVEL: Level

    @property
    def LOOKS_AT(self) -> tuple[Input, ...]:  # noqa: N802 - a constant, with one entry or more
        """What the rule looks at; an audit in parts and narrow verdicts rely on it."""

    def check(self, head: Snapshot, base: Snapshot) -> Iterator[Problem]:
        """Yield a problem for everything in head that the rule forbids; base is main before the change."""


RULES: tuple[Rule, ...] = (
    unreadable_file,
    yaml_syntax,
    yaml_subset,
    file_mode,
    file_name,
    shape,
    charter_missing,
    charter_contradiction,
    number_mismatch,
    number_out_of_range,
    number_taken,
    session_id_taken,
    role_taken,
    role_misaligned,
    scope_overlap,
    unsafe_text,
    key_taken,
    name_alike,
    key_missing,
    goal_not_measurable,
    target_not_in_goal,
    target_implausible,
    scope_disagrees,
    vague_goal,
    mission_conflict,
    work_gap,
    work_unknown,
    metric_misused,
    metric_unrelated,
    schedule_overnight,
    takeover,
    mixed_change,
    bad_timestamp,
    unapproved,
    merge_conflict,
    line_rewritten,
    foreign_owner,
    not_the_session,
    rider,
    altered_merge,
    stale_record,
    foreign_record,
    premature_record,
    frozen,
    double_holder,
)
# Those that say whether a step of main was allowed, whatever it holds: `audit --steps` replays main by them.
AUTHORITY: tuple[Rule, ...] = (
    takeover,
    mixed_change,
    unapproved,
    line_rewritten,
    foreign_owner,
    not_the_session,
    rider,
    altered_merge,
    foreign_record,
)
