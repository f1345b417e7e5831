"""A rebuild makes the files of a whole build, byte for byte, whatever is kept of earlier ones."""

import random
from pathlib import Path

import pytest

from tests.operations.test_known import spoil
from tests.operations.test_narrow import Story
from validator.cli.gather import documents_at
from validator.git.repo import Repo
from validator.hosts.site.files import site_of
from validator.hosts.site.output import MANIFEST, put
from validator.model.errors import FatalError
from validator.operations.index_file import FOLDER
from validator.registry.reader import Reader

KEPT = ("arrivals", "claims", "steps", "summaries", "texts")
READ_AS_A_WHOLE = 10**9


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> range:
    return range(6, 21 if request.config.getoption("--long") else 7)


def files(repository: Path, commit: str, folder: Path, *, small: int) -> dict[str, bytes] | str:
    """The files of a site, or why there is none; those of `folder` are made of what is there."""
    folder.mkdir(exist_ok=True)
    repo = Repo(repository)
    try:
        put(folder, site_of(documents_at(Reader(repo), commit, small=small)).files())
    except FatalError as error:
        return str(error)
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name != MANIFEST}


@pytest.mark.takes_long
def test_a_rebuild_is_a_whole_build(tmp_path: Path, seeds: range) -> None:
    """A drawn history, with proposals that come and go, and what is kept of it new, of another commit, or damaged."""
    many = 0
    for seed in seeds:
        story, chance, place = Story(tmp_path / f"{seed}.git", seed), random.Random(seed), tmp_path / f"{seed}"
        for at in range(3 if len(seeds) == 1 else 12):
            story.step()
            branch = f"refs/heads/claim/{chance.randint(4, 6):02}"
            story.repository.git("update-ref", branch, story.proposals[-1])
            main = chance.choice([story.mains[-1]] * 3 + story.mains) if at > 2 else story.mains[-1]
            again = files(story.repository.path, main, place, small=0)
            fresh = files(story.repository.path, main, tmp_path / f"{seed} {at}", small=READ_AS_A_WHOLE)
            assert again == fresh, (seed, at)
            many += isinstance(again, dict)
            for name in KEPT if at > 0 else ():
                spoil(story.repository.path / FOLDER / name, chance)
    assert many >= 2 * len(seeds), "most have a site"
