"""Which remote and which main a verb means, where they are not called `origin` and `main`."""

import json
from pathlib import Path

from tests.cli.stage import Stage, fleet, git, refs, verb, write


def draft(stage: Stage, number: int) -> str:
    path = stage.folder / f"{number:02}.yaml"
    path.write_text(fleet(number), encoding="utf-8")
    return str(path)


def test_the_only_remote_counts_whatever_its_name(stage: Stage) -> None:
    session = stage.clone("session")
    git(session, "remote", "rename", "origin", "upstream")
    stage.registered(4)
    git(session, "checkout", "--quiet", "--detach")
    write(session, "registry/sessions/04.yaml", fleet(4, session_id="marketing-late"))
    asked = verb(session, "whoami", "--session-id", "marketing-outreach-1", "--fetch")
    assert "state:   registered" in asked.out
    judged = verb(session, "validate", "--worktree")
    assert (judged.exit_code, "REG103" in judged.out) == (1, True), "the local main is older, and has nobody"
    assert json.loads(verb(session, "status", "--format", "json").out)["registered"] == 1
    assert verb(session, "claim", "5", "--from", draft(stage, 5), "--push").exit_code == 0
    assert "refs/heads/claim/05" in stage.refs()
    assert "claim/05" in verb(session, "proposals").out


def test_the_remote_that_main_follows_goes_before_a_fork(stage: Stage) -> None:
    session = stage.clone("session")
    git(stage.folder, "clone", "--quiet", "--bare", "--template=", str(stage.bare), "fork.git")
    git(session, "remote", "rename", "origin", "upstream")
    git(session, "remote", "add", "origin", str(stage.folder / "fork.git"))
    git(session, "config", "remote.pushDefault", "origin")
    git(session, "fetch", "--quiet", "origin")
    stage.registered(4)
    taken = verb(session, "claim", "4", "--from", draft(stage, 4), "--session-id", "marketing-late", "--push")
    assert (taken.exit_code, "number 4 is held by" in taken.out) == (1, True)
    assert verb(session, "claim", "5", "--from", draft(stage, 5), "--push").exit_code == 0
    assert "refs/heads/claim/05" in stage.refs()
    assert "refs/heads/claim/05" not in refs(stage.folder / "fork.git")


def test_a_server_whose_main_has_another_name(stage: Stage) -> None:
    git(stage.bare, "branch", "--move", "main", "trunk")
    git(stage.bare, "symbolic-ref", "HEAD", "refs/heads/trunk")
    session = stage.clone("session")
    assert verb(session, "claim", "4", "--from", draft(stage, 4), "--push").exit_code == 0
    other = stage.folder / "other"
    git(stage.folder, "init", "--quiet", "--template=", "other")
    git(other, "remote", "add", "origin", str(stage.bare))
    assert "claim/04" in verb(other, "proposals").out
    git(stage.human, "remote", "prune", "origin")
    assert verb(stage.human, "approve", "4", "--yes").exit_code == 0
    assert set(stage.refs("refs/heads/")) == {"refs/heads/trunk"}
    verb(session, "whoami", "--session-id", "marketing-outreach-1", "--fetch")
    assert json.loads(verb(session, "status", "--format", "json").out)["registered"] == 1


def test_a_main_that_gets_another_name(stage: Stage) -> None:
    """The clone keeps `origin/main` as it was, and `git fetch` never removes it."""
    session = stage.clone("session")
    git(stage.bare, "branch", "--move", "main", "team/main")
    git(stage.bare, "symbolic-ref", "HEAD", "refs/heads/team/main")
    assert verb(session, "claim", "4", "--from", draft(stage, 4), "--push").exit_code == 0
    assert verb(stage.human, "approve", "4", "--yes").exit_code == 0
    new = stage.folder / "new"
    git(stage.folder, "init", "--quiet", "--template=", "new")
    git(new, "remote", "add", "origin", str(stage.bare))
    told = verb(new, "status").err.rstrip("\n").partition("run: registry ")[2].split()
    for clone in (session, stage.human, new):
        assert verb(clone, *told).exit_code == 0
        assert json.loads(verb(clone, "status", "--format", "json").out)["registered"] == 1
    (stage.bare / "HEAD").write_text(git(stage.bare, "rev-parse", "team/main"))
    git(new, "update-ref", "-d", "refs/remotes/origin/team/main")
    git(new, "symbolic-ref", "--delete", "refs/remotes/origin/HEAD")
    assert (
        "has no branch main, and its HEAD names no branch; on the server; fill in: git symbolic" in verb(new, *told).err
    )


def test_which_of_several_remotes_is_meant_is_asked(stage: Stage) -> None:
    new = stage.folder / "new"
    git(stage.folder, "init", "--quiet", "--template=", "new")
    for name in ("mine", "theirs"):
        git(new, "remote", "add", name, str(stage.bare))
    for words in (["status"], ["proposals"], ["validate"]):
        done = verb(new, *words)
        assert done.exit_code == 2
        told, _, command = done.err.rstrip("\n").partition("; choose one: ")
        assert told == "registry: there is no remote 'origin' here; the remotes are mine, theirs"
    assert "choose one: --remote mine" in verb(new, "proposals", "--remote", "other").err
    git(new, *command.split()[1:])
    assert verb(new, "proposals") == (0, "nothing is proposed\n", "")
    git(new, "config", "remote.mine.url", "")
    assert "remote mine has no URL; fill in: git remote set-url mine URL" in verb(new, "proposals").err


def test_a_possibly_outdated_base_is_reported(stage: Stage, tmp_path: Path) -> None:
    git(stage.human, "remote", "rename", "origin", "upstream")
    git(stage.human, "update-ref", "-d", "refs/remotes/upstream/main")
    done = verb(stage.human, "validate", "--worktree")
    assert done.exit_code == 0
    assert done.err == (
        "judged against the main that is here, which may be old; to get that of upstream: git fetch upstream\n"
    )


def test_a_lost_race_is_looked_up_at_the_push_url(stage: Stage) -> None:
    """A mirror that is fetched from may be old."""
    stage.registered(1)
    git(stage.folder, "clone", "--quiet", "--mirror", str(stage.bare), "mirror.git")
    for name in ("one", "two"):
        clone = stage.clone(name)
        git(clone, "remote", "set-url", "origin", str(stage.folder / "mirror.git"))
        git(clone, "remote", "set-url", "--push", "origin", str(stage.bare))
    assert verb(stage.folder / "one", "claim", "4", "--from", draft(stage, 4), "--push").exit_code == 0
    late = verb(
        stage.folder / "two", "claim", "4", "--from", draft(stage, 4), "--session-id", "marketing-late", "--push"
    )
    assert (late.exit_code, "was proposed first by marketing-outreach-1" in late.out) == (1, True), late
    git(stage.folder / "two", "remote", "set-url", "--push", "origin", "/nowhere")
    assert verb(stage.folder / "two", "proposals") == (0, "nothing is proposed\n", "")


def test_an_empty_server_is_reported(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "--template=", "--initial-branch=master", "fleet.git")
    git(tmp_path, "clone", "--quiet", "fleet.git", "clone")
    clone = tmp_path / "clone"
    assert "has no main yet; publish one: git push origin main" in verb(clone, "proposals").err
    assert verb(tmp_path, "install-hook", "fleet.git", "--unsigned").exit_code == 0
    assert verb(clone, "init", ".", "--capacity", "2", "--mission", "x", "--approver", "@OWNER").exit_code == 0
    git(clone, "push", "--quiet", "origin", "main")
    git(tmp_path, "clone", "--quiet", "fleet.git", "fresh")
    assert (tmp_path / "fresh/registry/charter.yaml").exists(), "no empty clone"


def test_an_empty_repository_is_referred_to_init(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--template=")
    for words in (["status"], ["validate"], ["history"], ["whoami", "--session-id", "a"]):
        done = verb(tmp_path, *words)
        assert (done.exit_code, "start a registry: registry init" in done.err) == (2, True), words


def test_a_server_that_was_cloned_from_somewhere_reads_its_own_main(stage: Stage) -> None:
    """As the pages make it: `git clone --bare fleet fleet.git`, which calls the place that it came from its origin."""
    git(stage.folder, "clone", "--quiet", "--bare", "--template=", str(stage.human), "server.git")
    server = stage.folder / "server.git"
    git(server, "update-ref", "refs/remotes/origin/main", "main")  # what an earlier verb has left behind
    git(stage.human, "remote", "set-url", "origin", str(server))
    session = stage.clone("session")
    git(session, "remote", "set-url", "origin", str(server))
    assert verb(session, "claim", "4", "--from", draft(stage, 4), "--push").exit_code == 0
    assert "claim/04" in verb(server, "proposals", "--waiting").out
    assert verb(stage.human, "approve", "4", "--yes").exit_code == 0
    for words in (["status"], ["status", "--fetch"], ["consensus", "status", "--fetch"]):
        assert "1 of 12" in verb(server, *words).out, words
    assert "hook-installed: origin" not in verb(server, "doctor", "--local", "--fetch").out
