"""The servers that other tests stand on carry what Git sends them."""

import random
from pathlib import Path

import pytest

from tests.hosts.plain.stage import ENVIRONMENT, git, run
from tests.server import Cut, serving


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "served.git")
    git(tmp_path, "clone", "--quiet", "served.git", "clone")
    return tmp_path / "clone"


def commit(clone: Path, size: int) -> str:
    """A commit of something that cannot be made smaller."""
    (clone / "file").write_bytes(random.Random(size).randbytes(size))
    git(clone, "add", "file")
    git(clone, "commit", "--quiet", "--message", f"{size} bytes")
    return git(clone, "rev-parse", "HEAD").strip()


@pytest.mark.parametrize("scheme", ["http", "git"])
@pytest.mark.parametrize("size", [10, 3 << 20], ids=["small", "in chunks"])  # http.postBuffer is 1 MiB
def test_push_and_clone(clone: Path, tmp_path: Path, scheme: str, size: int) -> None:
    pushed = commit(clone, size)
    with serving(scheme, tmp_path, ENVIRONMENT) as server:
        git(clone, "push", "--quiet", f"{server.url}/served.git", "HEAD:main")
        git(tmp_path, "clone", "--quiet", f"{server.url}/served.git", "copy")
    assert git(tmp_path / "copy", "rev-parse", "HEAD").strip() == pushed


def test_a_long_question_comes_in_gzip(clone: Path, tmp_path: Path) -> None:
    """Git deflates a request of more than 1,024 bytes, such as one for many branches."""
    for size in range(30):
        commit(clone, size)
        git(clone, "branch", f"topic-{size}")
    with serving("http", tmp_path, ENVIRONMENT) as server:
        url = f"{server.url}/served.git"
        git(clone, "push", "--quiet", url, "--all")
        traced = run(["git", "clone", url, "copy"], tmp_path, GIT_TRACE_CURL="1", GIT_TRACE_CURL_NO_DATA="1")
    assert traced.returncode == 0, traced.stderr
    assert "content-encoding: gzip" in traced.stderr.lower()
    assert len(git(tmp_path / "copy", "branch", "--remotes", "--list", "origin/topic-*").splitlines()) == 30


@pytest.mark.parametrize(("cut", "arrives"), [(Cut.IN_THE_PACK, False), (Cut.BEFORE_THE_ANSWER, True)])
def test_connection_is_cut(clone: Path, tmp_path: Path, cut: Cut, arrives: bool) -> None:
    commit(clone, 10)
    with serving("http", tmp_path, ENVIRONMENT) as server:
        server.cuts.extend([cut] * 3)
        assert run(["git", "push", f"{server.url}/served.git", "HEAD:main"], clone).returncode != 0
    assert bool(git(tmp_path / "served.git", "for-each-ref")) is arrives


@pytest.mark.parametrize("scheme", ["http", "git"])
def test_a_stopped_server_does_not_answer(clone: Path, tmp_path: Path, scheme: str) -> None:
    commit(clone, 10)
    with serving(scheme, tmp_path, ENVIRONMENT) as server:
        push = ["git", "push", f"{server.url}/served.git", "HEAD:main"]
        with server.away():
            assert run(push, clone).returncode != 0
        assert run(push, clone).returncode == 0
