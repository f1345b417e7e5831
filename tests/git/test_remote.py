"""Pushes and fetches of named refs on a real server, each from its expected old value; lost answers."""

import os
from pathlib import Path

import pytest

from tests.repository import NINE, Repository
from tests.shell import program, quoted
from validator.git.refs import STALE
from validator.git.remote import Outcome, Pushed, Remote, Update, last_rejection, rejections
from validator.git.repo import Repo
from validator.model.errors import FatalError

CLAIM = "refs/heads/claim/04"


@pytest.fixture
def server(tmp_path: Path) -> Repository:
    server = Repository(tmp_path / "server.git")
    server.commit("main", {"a": "1"})
    server.commit("claim/04", {"b": "1"}, "main")
    return server


@pytest.fixture
def clone(server: Repository, tmp_path: Path) -> Repository:
    """A clone that has main_and_proposals of the server as it was at first."""
    clone = Repository(tmp_path / "clone", bare=False)
    clone.git("remote", "add", "origin", str(server.path))
    remote(clone).fetch()
    return clone


def remote(clone: Repository) -> Remote:
    return Remote(Repo(clone.path), "origin")


def tip(server: Repository, ref: str) -> str:
    return server.git("rev-parse", ref)


class TestLease:
    """A push moves a ref from the commit that was judged, whatever this clone has main_and_proposals of meanwhile."""

    def test_of_a_ref_that_another_process_has_fetched_since(self, server: Repository, clone: Repository) -> None:
        judged, mine = tip(server, CLAIM), clone.commit("mine", {"b": "2"}, "refs/remotes/origin/main")
        theirs = server.commit("claim/04", {"b": "3"})
        remote(clone).fetch()
        assert remote(clone).push([Update(CLAIM, judged, mine)]).outcome is Outcome.LOST
        assert tip(server, CLAIM) == theirs
        assert remote(clone).push([Update(CLAIM, theirs, mine)]).outcome is Outcome.PUSHED
        assert tip(server, CLAIM) == mine

    def test_of_a_ref_that_is_to_go(self, server: Repository, clone: Repository) -> None:
        judged, theirs = tip(server, CLAIM), server.commit("claim/04", {"b": "3"})
        remote(clone).fetch()
        assert remote(clone).push([Update(CLAIM, judged, None)]).outcome is Outcome.LOST
        assert tip(server, CLAIM) == theirs

    def test_of_a_ref_that_must_not_exist(self, server: Repository, clone: Repository) -> None:
        theirs, mine = tip(server, CLAIM), clone.commit("mine", {"b": "2"}, "refs/remotes/origin/main")
        assert remote(clone).push([Update(CLAIM, None, mine)]).outcome is Outcome.LOST
        assert tip(server, CLAIM) == theirs

    def test_of_two_refs_either_both_move_or_none(self, server: Repository, clone: Repository) -> None:
        main, judged = tip(server, "main"), tip(server, CLAIM)
        merge = clone.commit("merge", {"b": "1"}, "refs/remotes/origin/main")
        theirs = server.commit("claim/04", {"b": "3"})
        moves = [Update("refs/heads/main", main, merge), Update(CLAIM, judged, None)]
        assert remote(clone).push(moves).outcome is Outcome.LOST
        assert (tip(server, "main"), tip(server, CLAIM)) == (main, theirs)


def test_a_stale_old_value_in_the_hook_is_a_lost_race(server: Repository, clone: Repository) -> None:
    """Somebody was faster by a moment: after the server has told of its refs, and before its hook has looked."""
    mine = clone.commit("mine", {"b": "2"}, "refs/remotes/origin/main")
    hook = server.path / "hooks/pre-receive"
    for said, outcome in ((STALE, Outcome.LOST), ("not today", Outcome.REFUSED)):
        program(hook, f"echo {quoted(f'{CLAIM}: refused')}; echo {quoted(said)}; exit 1")
        assert remote(clone).push([Update("refs/heads/claim/05", None, mine)]).outcome is outcome


@pytest.mark.parametrize("setting", ["push.followTags=true", "push.default=matching", "remote.origin.push=refs/tags/*"])
def test_a_push_sends_only_the_named_refs(server: Repository, clone: Repository, setting: str) -> None:
    mine = clone.commit("mine", {"b": "2"}, "refs/remotes/origin/main")
    who = {f"GIT_COMMITTER_{what}": "OWNER" for what in ("NAME", "EMAIL")}
    clone.git("tag", "--annotate", "--message", "my own", "v1", mine, variables=who)
    clone.git("config", *setting.split("="))
    assert remote(clone).push([Update("refs/heads/claim/05", None, mine)]) == Pushed(Outcome.PUSHED)
    names = server.git("for-each-ref", "--format=%(refname)").split()
    assert names == [CLAIM, "refs/heads/claim/05", "refs/heads/main"]


def test_a_push_asks_no_hook_of_the_user(server: Repository, clone: Repository) -> None:
    program(clone.path / ".git/hooks/pre-push", "exit 1")
    mine = clone.commit("mine", {"b": "2"}, "refs/remotes/origin/main")
    assert remote(clone).push([Update("refs/heads/claim/05", None, mine)]).outcome is Outcome.PUSHED


def test_a_fetch_updates_only_the_named_refs(server: Repository, clone: Repository) -> None:
    """Neither tags of the commits that it brings, nor other branches, nor what a `git pull` would merge."""
    server.commit("main", {"a": "2"})
    server.git("update-ref", "refs/tags/v1", "main")
    server.commit("topic", {"c": "1"})
    remote(clone).fetch()
    names = clone.git("for-each-ref", "--format=%(refname)").split()
    assert names == ["refs/remotes/origin/claim/04", "refs/remotes/origin/main"]
    assert tip(clone, "refs/remotes/origin/main") == tip(server, "main")
    assert not (clone.path / ".git/FETCH_HEAD").exists()


def test_a_proposal_that_is_broken_on_the_server_is_listed_and_stops_no_other(
    server: Repository, clone: Repository
) -> None:
    broken, whole = server.commit("claim/05", {"c": "5"}, "main"), server.commit("claim/06", {"d": "6"}, "main")
    blob = server.git("rev-parse", f"{broken}:c")
    (server.path / "objects" / blob[:2] / blob[2:]).unlink()
    origin = remote(clone)
    origin.fetch()
    assert {one.name: one.commit for one in origin.proposals()} == {
        "claim/04": tip(server, CLAIM), "claim/05": broken, "claim/06": whole
    }  # fmt: skip
    assert [one.name for one in origin.unfetched] == ["claim/05"]
    assert tip(clone, "refs/remotes/origin/claim/06") == whole


def test_what_a_push_without_an_answer_has_done(server: Repository, clone: Repository) -> None:
    """It may have landed, and others on top of it."""
    mine = clone.commit("mine", {"b": "2"}, "refs/remotes/origin/main")
    assert not remote(clone).has(mine)
    clone.git("push", "--quiet", "origin", f"{mine}:refs/heads/main")
    assert remote(clone).has(mine)
    server.commit("main", {"a": "2"})
    assert remote(clone).has(mine)
    assert not remote(clone).has(clone.commit("other", {"b": "3"}, "refs/remotes/origin/main"))


def test_the_last_rejection_is_the_one_with_the_latest_time(clone: Repository) -> None:
    """In the order of time, whatever the names under which they are kept."""
    for hour in (3, 1, 4, 2):
        commit = clone.commit("reason", {}, "refs/remotes/origin/claim/04", time=NINE + 3600 * hour)
        clone.git("update-ref", f"refs/rejected/origin/claim/04/{commit[:12]}", commit)
    repo = Repo(clone.path)
    told = [repo.read_commit(repo.blobs([one.commit])[one.commit])[1] for one in rejections(repo, "origin")]
    assert told == [NINE + 3600 * hour for hour in (1, 2, 3, 4)]
    last = last_rejection(repo, "origin", "4")
    assert last == rejections(repo, "origin")[-1]


def test_server_messages_remove_no_local_lock(clone: Repository, tmp_path: Path) -> None:
    """A server can say the same as Git does where a lock of this repository is in the way."""
    mine = tmp_path / "mine.lock"
    mine.touch()
    os.utime(mine, (0, 0))
    says = quoted("echo", f"fatal: Unable to create '{mine}': File exists.")
    clone.git("config", "remote.origin.uploadpack", quoted(program(tmp_path / "upload-pack", f"{says} >&2\nexit 1")))
    with pytest.raises(FatalError, match="File exists"):
        remote(clone).fetch()
    assert mine.exists()


def test_in_a_clone_of_another_user_no_command_of_its_configuration_is_run(
    clone: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.git("config", "remote.origin.url", "ssh://nobody@nowhere.invalid/x")
    clone.git("config", "core.sshCommand", f"touch {quoted(tmp_path / 'ran')}; false")
    clone.git("config", "gpg.ssh.program", str(program(tmp_path / "signer", f"touch {quoted(tmp_path / 'ran')}")))
    tree = clone.git("hash-object", "-t", "tree", "-w", "/dev/null")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    remote = Remote(Repo(clone.path))
    update = Update(CLAIM, None, tree)
    for act in (remote.fetch, lambda: remote.push([update]),
                lambda: remote.repo.commit_as_user(tree, [], "x", key="key.pub")):  # fmt: skip
        with pytest.raises(FatalError, match=r"belongs to another user; if you trust it, fill in: git config"):
            act()
    assert not (tmp_path / "ran").exists()
    assert remote.url.startswith("ssh://"), "what is only read is read"
