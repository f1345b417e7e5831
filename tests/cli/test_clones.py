"""Clones as people have them: settings of every kind, broken refs and indexes, formats of another Git."""

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.cli.stage import Stage, fleet, git, try_git, verb
from tests.shell import in_settings

DOCUMENTS = ("status", "proposals", "history", "conflicts", "audit", "show 5", "validate --staged")
# What shouts, lists, signs, pages, rewrites, refuses or runs something, in the user's own configuration.
SETTINGS = {
    "color.ui": "always",
    "color.remote": "always",
    "column.ui": "always",
    "commit.gpgSign": "true",
    "commit.template": "/nowhere",
    "commit.cleanup": "scissors",
    "core.abbrev": "4",
    "core.commentChar": "%",
    "core.pager": "false",
    "core.safecrlf": "true",
    "core.splitIndex": "true",
    "diff.external": "false",
    "diff.noprefix": "true",
    "diff.orderFile": "/nowhere",
    "diff.renames": "copies",
    "fetch.fsckObjects": "true",
    "fetch.output": "compact",
    "fetch.prune": "true",
    "fetch.pruneTags": "true",
    "format.pretty": "raw",
    "gc.auto": "1",
    "gpg.program": "false",
    "i18n.commitEncoding": "ISO-8859-1",
    "i18n.logOutputEncoding": "ISO-8859-1",
    "init.defaultBranch": "trunk",
    "log.follow": "true",
    "log.showSignature": "true",
    "merge.ff": "only",
    "merge.verifySignatures": "true",
    "protocol.version": "1",
    "pull.rebase": "true",
    "push.default": "nothing",
    "push.followTags": "true",
    "push.useForceIfIncludes": "true",
    "remote.pushDefault": "nowhere",
    "safe.bareRepository": "explicit",
    "status.showUntrackedFiles": "no",
    "submodule.recurse": "true",
    "tag.gpgSign": "true",
    "transfer.fsckObjects": "true",
    "user.useConfigOnly": "true",
    **{f"alias.{name}": "!false" for name in ("cat-file", "fetch", "log", "push")},
}


def configured(folder: Path, settings: dict[str, str]) -> Path:
    rows = ((*name.rpartition("."), value) for name, value in settings.items())
    path = folder / "settings"
    path.write_text("".join(f"[{section}]\n\t{name} = {in_settings(value)}\n" for section, _, name, value in rows))
    return path


def draft(stage: Stage, number: int) -> str:
    path = stage.folder / f"{number:02}.yaml"
    path.write_text(fleet(number), encoding="utf-8")
    return str(path)


@pytest.mark.takes_long
def test_no_setting_of_the_user_changes_a_document_or_a_push(guarded: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    session = guarded.clone("session")
    assert verb(session, "claim", "5", "--from", draft(guarded, 5), "--push").exit_code == 0
    assert "claim/05" in verb(guarded.human, "proposals").out
    plain = [verb(guarded.human, *words.split(), "--format", "json") for words in DOCUMENTS]
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(configured(guarded.folder, SETTINGS)))
    git(guarded.human, "update-index", "--split-index")
    wild = [verb(guarded.human, *words.split(), "--format", "json") for words in DOCUMENTS]
    for words, one, other in zip(DOCUMENTS, plain, wild, strict=True):
        heads = [done.document.get("head", "") if words.startswith("validate") else "" for done in (one, other)]
        assert one.out.replace(heads[0], "") == other.out.replace(heads[1], ""), words
    assert verb(session, "claim", "6", "--from", draft(guarded, 6), "--push").exit_code == 0
    assert "\nencoding " not in git(session, "cat-file", "commit", "claim/06")
    assert "claim/06 is on main" in verb(guarded.human, "approve", "6", "--yes").out
    refused = verb(session, "claim", "7", "--from", draft(guarded, 6), "--push")
    assert "\x1b" not in refused.out + refused.err


def test_a_remote_that_mirrors_takes_one_proposal(stage: Stage) -> None:
    """`git clone --mirror` and `git remote add --mirror` set it; Git takes no names of refs then."""
    git(stage.human, "config", "remote.origin.mirror", "true")
    assert verb(stage.human, "claim", "4", "--from", draft(stage, 4), "--push").exit_code == 0
    assert list(stage.refs("refs/heads/")) == ["refs/heads/claim/04", "refs/heads/main"]


@pytest.mark.parametrize("name", ["main", "claim/04"])
def test_a_ref_that_a_crash_has_cut_off_is_named_with_the_command(stage: Stage, name: str) -> None:
    """Otherwise an older main would be shown, or the server be blamed."""
    assert verb(stage.human, "claim", "4", "--from", draft(stage, 4), "--push").exit_code == 0
    path = stage.human / ".git/refs/remotes/origin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    for words in ("status", "proposals") if name == "main" else ("proposals",):
        done = verb(stage.human, words)
        assert done.exit_code == 2
        told, _, command = done.err.removesuffix(", then git fetch\n").partition("; run: ")
        assert told == f"registry: refs/remotes/origin/{name} is broken in this clone"
    subprocess.run(shlex.split(command), check=True)
    git(stage.human, "fetch", "--quiet")
    assert "claim/04" in verb(stage.human, "proposals").out


def test_a_repository_of_another_git_is_not_said_to_be_none(stage: Stage) -> None:
    """Such as one whose refs are a reftable, for a Git that does not know that."""
    git(stage.human, "config", "core.repositoryFormatVersion", "1")
    git(stage.human, "config", "extensions.tomorrow", "true")
    done = verb(stage.human, "status")
    assert (done.exit_code, "not inside" in done.err) == (2, False)
    assert "unknown repository extension found: tomorrow" in done.err
    (stage.folder / "moved").mkdir()
    (stage.folder / "moved/.git").write_text("gitdir: /nowhere\n")
    assert "cannot be read: fatal: not a git repository: /nowhere" in verb(stage.folder / "moved", "status").err


def test_staged_files_in_conflict_are_named(stage: Stage) -> None:
    for branch, text in (("one", "1"), ("two", "2")):
        git(stage.human, "checkout", "--quiet", "-B", branch, "origin/main")
        (stage.human / "file").write_text(text)
        git(stage.human, "add", "file")
        git(stage.human, "commit", "--quiet", "--message", branch)
    assert try_git(stage.human, "merge", "one").exit_code == 1
    done = verb(stage.human, "validate", "--staged")
    assert (done.exit_code, done.err) == (2, "registry: file is in conflict here; resolve it, then git add it\n")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"GIT_CONFIG_COUNT": "many"}, ("GIT_CONFIG_COUNT is 'many', and no number", "unable to parse command-line")),
        ({"GIT_CONFIG_GLOBAL": "settings"}, ("bad config line 1 in file", "bad config line 1 in file")),
    ],
)
def test_a_broken_configuration_is_not_blamed_on_the_server(
    stage: Stage, variables: dict[str, str], said: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (stage.human / "settings").write_text("[core\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for words, why in zip(("validate --worktree", "proposals"), said, strict=True):
        done = verb(stage.human, *words.split())
        assert (done.exit_code, why in done.err) == (2, True), done
        assert "does not answer" not in done.err
