"""Where a repository is on a GitHub, by the address of its remote."""

import shutil
from pathlib import Path

import pytest

from tests.repository import Repository
from validator.git.repo import Repo
from validator.hosts.github.place import Place, is_on_github, place_in


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://github.com/example/fleet.git", Place("github.com", "example/fleet")),
        ("ssh://git@ssh.github.com:443/example/fleet", Place("github.com", "example/fleet")),
        ("git@git.example.org:example/fleet.git", Place("git.example.org", "example/fleet")),
        ("https://git.example.org:8443/example/fleet", Place("git.example.org:8443", "example/fleet")),
        ("/srv/git/fleet.git", None),
        ("git@github.com:--web/fleet.git", None),
    ],
)
def test_place_in_an_address(url: str, place: Place | None) -> None:
    assert place_in(url) == place
    assert place is None or place.owner == "example"


def test_a_repository_without_remote_is_on_no_github(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "registry")
    assert not is_on_github(Repo(repository.path))
    repository.git("remote", "add", "origin", "git@github.com:example/fleet.git")
    assert is_on_github(Repo(repository.path))


def test_another_host_is_a_github_where_its_client_is_logged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository(tmp_path / "registry")
    repository.git("remote", "add", "origin", "git@git.example.org:example/fleet.git")
    client, git = tmp_path / "bin" / "gh", Path(shutil.which("git") or "")
    client.parent.mkdir()
    (client.parent / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(client.parent))
    assert not is_on_github(Repo(repository.path))  # without the client nobody can be
    for code, known in ((1, False), (0, True)):
        client.write_text(f"#!/bin/sh\nexit {code}\n")
        client.chmod(0o755)
        assert is_on_github(Repo(repository.path)) is known
