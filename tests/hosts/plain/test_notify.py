"""`install-hook --notify`: a command runs after a push that leaves a proposal open, and no push fails because of it."""

import json
import sys
import time
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, Stage, commit, fleet, git, try_git, verb, write
from tests.shell import program, quoted
from validator.hosts.plain.notify import MARK

PATIENCE = 20  # seconds until a command that was started has surely written


@pytest.fixture(autouse=True)
def _identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verbs that run in this process commit as a session, whatever Git knows of the account that runs the tests."""
    for name in [name for name in ENVIRONMENT if name.startswith("GIT_")]:
        monkeypatch.setenv(name, ENVIRONMENT[name])


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, guarded=True)


def installed(stage: Stage, command: str) -> None:
    done = verb(stage.folder, "install-hook", str(stage.bare), "--unsigned", "--notify", command)
    assert (done.exit_code, done.err) == (0, "")


def teller(stage: Stage) -> Path:
    """A program that says what waits, its words, its input, and where it was started."""
    log = stage.folder / "told"
    registry = f"PYTHONPATH={quoted(ENVIRONMENT['PYTHONPATH'])} {quoted(sys.executable)} -P -m validator"
    waiting = f"{registry} proposals --waiting --format json"
    return program(
        stage.folder / "a folder" / "tell",
        f'{{ pwd; echo "$# $*"; cat; {waiting}; }} >{quoted(log)}.new 2>&1; mv {quoted(log)}.new {quoted(log)}',
    )


def propose(stage: Stage, number: int, **variables: str) -> str:
    git(stage.human, "checkout", "--quiet", "--detach", "origin/main")
    write(stage.human, f"registry/sessions/{number:02}.yaml", fleet(number))
    commit(stage.human, "`touch pwned` $(touch pwned); touch pwned")
    return try_git(stage.human, "push", "origin", f"HEAD:refs/heads/claim/{number:02}", **variables).err


def told(stage: Stage) -> str:
    """What the program wrote; waits for it, since no push does."""
    log, late = stage.folder / "told", time.monotonic() + PATIENCE
    while not log.exists() and time.monotonic() < late:
        time.sleep(0.05)
    text = log.read_text(encoding="utf-8")
    log.unlink()
    return text


def test_the_command_is_started_and_learns_what_waits(stage: Stage) -> None:
    installed(stage, f"{quoted(teller(stage))} 'one word' two")
    propose(stage, 4)
    place, words, document = told(stage).split("\n", 2)
    assert (Path(place).resolve(), words) == (stage.bare.resolve(), "2 one word two")
    (row,) = json.loads(document)["proposals"]
    assert (row["name"], row["verdict"], row["approve"]) == ("claim/04", "accepted", "registry approve claim/04")
    assert not list(stage.folder.rglob("pwned"))


def test_a_push_that_leaves_nothing_open_starts_nothing(stage: Stage) -> None:
    installed(stage, quoted(teller(stage)))
    propose(stage, 4)
    told(stage)
    git(stage.human, "config", "registry.approver", "@OWNER")
    assert verb(stage.human, "approve", "claim/04", "--yes").exit_code == 0
    assert "refs/heads/claim/04" not in stage.refs()
    time.sleep(1)
    assert not (stage.folder / "told").exists()
    propose(stage, 6)
    assert "claim/06" in told(stage)


# What sshd takes from a client (AcceptEnv) and adds, and what web servers make of a request (RFC 3875, mod_ssl).
SENT = """\
LANG LANGUAGE LC_ALL LC_TIME LC_EVIL TERM TZ GIT_PROTOCOL GIT_AUTHOR_NAME SSH_ORIGINAL_COMMAND SSH_AUTH_SOCK
SSH_CONNECTION HTTP_PROXY http_proxy ALL_PROXY HTTP_HOST SERVER_NAME SERVER_SOFTWARE SCRIPT_URI QUERY_STRING REMOTE_USER
REMOTE_HOST REQUEST_URI REDIRECT_HTTP_PROXY PATH_INFO AUTH_TYPE CONTENT_TYPE SSL_CLIENT_S_DN HTTPS REGISTRY_SESSION
EDITOR BASH_ENV
""".split()
GIVEN = {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "LC_ALL"}
OF_A_SHELL = {"PWD", "OLDPWD", "SHLVL", "_"}  # what sh adds by itself


def test_nothing_that_a_client_says_of_itself_is_in_the_environment(stage: Stage) -> None:
    """A web server hands a request's headers to its programs as variables, sshd what its client sends."""
    log = stage.folder / "told"
    session = "echo own-session=$(($(cut -d' ' -f6 /proc/$$/stat) - $$))"  # nobody who ends the push's ends this one
    script = f"{{ env; {session}; }} >{quoted(log)}.new; mv {quoted(log)}.new {quoted(log)}"
    tell = program(stage.folder / "tell", script)
    installed(stage, quoted(tell))
    propose(stage, 4, **dict.fromkeys(SENT, "of-the-client"), HOME="/of-the-server")
    said = dict(line.split("=", 1) for line in told(stage).splitlines())
    assert "of-the-client" not in said.values()
    assert said.pop("own-session") == "0"
    assert set(said) <= GIVEN | OF_A_SHELL
    assert (said["HOME"], said["LC_ALL"]) == ("/of-the-server", "C.UTF-8")


@pytest.mark.parametrize("script", ["exit 3", "kill -9 $$"])
def test_a_command_that_fails_fails_no_push(script: str, stage: Stage) -> None:
    installed(stage, quoted(program(stage.folder / "tell", script)))
    propose(stage, 4)
    assert "refs/heads/claim/04" in stage.refs()


def test_a_command_that_hangs_holds_no_push(stage: Stage) -> None:
    ended = stage.folder / "ended"
    script = f"while [ ! -e {quoted(stage.folder / 'stop')} ]; do sleep 0.1; done; touch {quoted(ended)}"
    installed(stage, quoted(program(stage.folder / "tell", script)))
    propose(stage, 4)
    assert "refs/heads/claim/04" in stage.refs()
    assert not ended.exists()
    (stage.folder / "stop").touch()
    late = time.monotonic() + PATIENCE
    while not ended.exists() and time.monotonic() < late:
        time.sleep(0.05)
    assert ended.exists()


def test_a_command_that_is_gone_is_named_and_the_push_stands(stage: Stage) -> None:
    tell = program(stage.folder / "tell", "true")
    installed(stage, quoted(tell))
    tell.unlink()
    assert "nobody is told that a proposal waits" in propose(stage, 4)
    assert "refs/heads/claim/04" in stage.refs()


def test_a_foreign_hook_is_kept_and_the_line_for_it_is_shown(stage: Stage) -> None:
    hook = stage.bare / "hooks" / "post-receive"
    hook.write_text("#!/bin/sh\n")
    done = verb(stage.folder, "install-hook", str(stage.bare), "--unsigned", "--notify", "mail -s 'it waits' owner")
    assert (done.exit_code, hook.read_text()) == (2, "#!/bin/sh\n")
    assert "validator.guard notify mail -s 'it waits' owner" in done.err


@pytest.mark.parametrize(
    ("command", "said"),
    [("", "no command"), ("'", "No closing quotation"), ("/no/such/program", "no program"), ("./tell", "full path")],
)
def test_a_command_that_could_not_be_started_installs_nothing(command: str, said: str, stage: Stage) -> None:
    (stage.bare / "hooks" / "pre-receive").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(stage.folder)
        done = verb(stage.folder, "install-hook", str(stage.bare), "--unsigned", "--notify", command)
    assert (done.exit_code, list((stage.bare / "hooks").iterdir())) == (2, []), "nor is the guard"
    assert said in done.err


def test_another_command_replaces_the_first(stage: Stage) -> None:
    installed(stage, "mail one")
    installed(stage, "mail two")
    text = (stage.bare / "hooks" / "post-receive").read_text()
    assert (MARK in text, "mail one" in text, "mail two" in text) == (True, False, True)
