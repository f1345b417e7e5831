"""Many sessions claim at once: everybody gets a definite answer, and no number has two proposals.

`make race` does the same with a hundred processes, ten times, and takes the time.
"""

from pathlib import Path

import pytest

from tests.hosts.plain.racing import SEVEN, all_have_one, one_has_seven, race_for
from tests.hosts.plain.stage import ENVIRONMENT, NAME, Stage
from tests.server import serving


@pytest.mark.parametrize("scheme", ["http", "git"])
@pytest.mark.takes_long
def test_all_get_a_number_of_their_own(tmp_path: Path, scheme: str, long: bool) -> None:
    """As many numbers as sessions, without turns: the last ones lose many races."""
    count = 100 if long else 12 if scheme == "http" else 8
    stage = Stage.make(tmp_path, capacity=count)
    with serving(scheme, stage.served, ENVIRONMENT) as server:
        clones = stage.copies(count, f"{server.url}/{NAME}")
        all_have_one(stage, clones, race_for("--any", clones, apart=True))


def test_one_of_many_sessions_gets_number_seven(tmp_path: Path, long: bool) -> None:
    count = 100 if long else 8
    stage = Stage.make(tmp_path, capacity=count)
    with serving("http", stage.served, ENVIRONMENT) as server:
        clones = stage.copies(count, f"{server.url}/{NAME}")
        one_has_seven(stage, clones, race_for(SEVEN, clones, apart=True))


@pytest.mark.takes_long
def test_on_one_machine_all_get_a_number_of_their_own(stage: Stage) -> None:
    """The same without a server's name: a folder is enough.

    That they wait for each other: `tests/git/test_retry.py`.
    """
    clones = stage.copies(8)
    all_have_one(stage, clones, race_for("--any", clones, apart=False))
