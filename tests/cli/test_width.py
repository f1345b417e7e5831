"""Eighty columns: no line is wider unless it has to stay whole, no goal is cut, and no command is broken over lines."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, REGISTRY, Done, Stage, fleet, verb, write
from tests.repository import Repository
from validator.cli import registry
from validator.cli.group import Verbs, all_verbs
from validator.model.fold import folded

WIDTH = 80
GOAL = "Send 17 perfectly personalized emails daily, 95%+ delivery rate"
READS = (
    "audit",
    "audit --steps --root HEAD",
    "bind",
    "capabilities",
    "conflicts",
    "conflicts --propose-split outreach",
    "consensus status",
    "explain",
    "explain REG305",
    "github rerun --pulls []",
    "github ruleset --check",
    "guide --session-id marketing-outreach-1",
    "history",
    "roll-call",
    "schedule --week 2026-W48",
    "status",
    "status --watch --once",
    "validate",
    "whoami --session-id marketing-outreach-1",
    "whoami --session-id late-1",
)
# On a server, in this order: each leaves what the next one needs.
WRITES = (
    "bind late-1",
    "claim 5 --from ../five.yaml --push",
    "claim 4 --session-id marketing-outreach-1 --schedule 'Send, mon-fri 08:00-09:00' --push",
    "claim 4 --session-id late-1 --goal 'Send 17 emails daily' --yes --push",
    "claim 13 --session-id late-1 --goal 'Send 17 emails daily' --yes --push",
    "claim 6 --session-id late-1 --goal 'Send emails' --yes --push",
    "claim 6 --session-id late-1 --goal 'Send 17 emails daily' --role 'Cook lunch for all of us' --yes --push",
    "proposals",
    "proposals --all",
    "show 4",
    "show 5",
    "show release/04",
    "whoami --session-id marketing-outreach-1 --fetch",
    "reject 4 --reason 'The team reads its mail at nine, so the batch has to wait until ten as it did before'",
    "whoami --session-id marketing-outreach-1 --fetch",
    "claim 7 --from ../seven.yaml --push",
    "withdraw 7 --session-id marketing-conversation-1",
    "release 4 --reason 'The campaign is over'",
    "approve 5 --yes",
    "approve release/04 9 --yes",
    "charter propose --name nothing",
    "consensus confirm --session-id marketing-outreach-2 --push",
    "consensus approve --yes",
    "consensus broadcast --session-id marketing-outreach-2 --branch",
    "consensus acknowledge --session-id marketing-outreach-2",
    "consensus activate --yes",
    "codeowners --check",
    "schema --check",
    "doctor --local",
    "site --output ../www",
    "export --format markdown --output ../page.md",
    "init ../more --capacity 3 --mission 'Answer every customer' --approver @OWNER",
    "install-hook .",
)
# Where they succeed, a program reads what they print, or another test looks at its lines.
OTHERS = {
    "completion": "a shell reads it",
    "demo": "tests/test_wheel.py: up to the first claims, with --long to the end",
    "github apply": "tests/hosts/github/test_settings.py",
    "github comment": "tests/hosts/github/story.py: one short line in the log of a job",
    "github plan": "tests/hosts/github/test_settings.py",
    "github remark": "a workflow reads it",
    "github touched": "a workflow reads it",
    "hook": "the harness reads it",
    "mcp": "the harness reads it",
    "serve": "tests/test_wheel.py: one address",
}
# How a verb is refused in a folder without a registry; one that is not here is called without a word more.
REFUSED = {
    "capabilities": "capabilities --format xml",
    "claim": "claim 4 --session-id late-1 --goal 'Send 17 emails daily' --schedule 'Send whenever you like'",
    "completion": "completion tcsh",
    "consensus activate": "consensus activate --week the-first-one-that-anybody-has-time-for-after-the-holidays --yes",
    "demo": "demo --quickly",
    "explain": "explain a-rule-that-nobody-has-ever-written-and-that-nobody-will",
    "hook": "hook the-session-has-just-been-started-by-somebody-who-is-not-known-to-the-program",
    "github comment": "github comment --remark {} --event an/event/that/is/not/where/anybody/would/look/for/it.json",
    "github remark": "github remark --event an/event/that/is/not/where/anybody/would/look/for/it.json",
    "github rerun": "github rerun --pulls 'the pull requests 7 and 8, if they are still open'",
    "github ruleset": "github ruleset --check",
    "github touched": "github touched --event an/event/that/is/not/where/anybody/would/look/for/it.json",
    "init": "init more --capacity none --mission 'Answer every customer' --approver @OWNER",
    "mcp": "mcp --quietly",
    "release": "release 4 --reason 'The campaign is over' --session-id late-1",
    "schema": "schema --check",
    "status": "status --ref a-revision-that-is-not-in-this-repository-or-in-any-other-one-of-the-team",
    "validate": "validate --format html",
}


@pytest.fixture(autouse=True)
def _columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))


def faults(done: Done) -> Iterator[str]:
    """The lines that are wider than the terminal and would not have to be, and commands that go on in the next line."""
    in_diff, before = False, ""
    err = "" if done.exit_code == 2 else done.err  # main() prints that one
    for line in (done.out + err).splitlines():
        in_diff = line.startswith("  ") and (in_diff or line.startswith(("  diff", "  @@", "registry/")))
        whole = line.strip().removeprefix("Example: ").startswith(("registry ", "git ", "--"))
        if len(line) > WIDTH and " " in line.strip() and not (whole or in_diff or re.match(r" *[0-9]* *\|", line)):
            yield f"too wide: {line}"
        if (
            re.match(r" *--[a-z]", line)
            and re.search("(: |^ *)(registry|git) [a-z]", before)
            and not line.startswith("  --")
        ):
            yield f"broken: {line}"
        before = line


def test_every_verb_is_shown() -> None:
    shown = {line.split(" ")[0] for line in (*READS, *WRITES)}
    shown |= {" ".join(line.split(" ")[:2]) for line in (*READS, *WRITES)}
    assert set(VERBS) - shown == OTHERS.keys()
    assert set(VERBS) >= set(REFUSED)


@pytest.mark.parametrize("words", [(), *(words for words, _ in all_verbs(registry))], ids=" ".join)
def test_help(words: tuple[str, ...], tmp_path: Path) -> None:
    done = verb(tmp_path, *words, "--help")
    assert list(faults(done)) == []
    assert all(line.count("Example: registry") in (0, 1) for line in done.out.splitlines())


VERBS = [" ".join(words) for words, command in all_verbs(registry) if not isinstance(command, Verbs)]


@pytest.mark.parametrize("name", VERBS)
def test_a_refusal_fits_the_terminal(name: str, tmp_path: Path) -> None:
    """Every verb of the list is refused once for what it is told, and once for an option that it does not have."""
    for line in (REFUSED.get(name, name), f"{name} --an-option-that-no-verb-of-this-program-has-had-until-this-day"):
        done = verb(tmp_path, *shlex.split(line))
        assert (done.exit_code == 0) is (name == "hook")  # it never fails a session
        told = done.out + (done.err if "Usage: " in done.err else folded(done.err, WIDTH))  # as main() prints it
        assert told
        assert told.startswith("{") or list(faults(Done(0, told, ""))) == []  # a document is for programs


@pytest.mark.parametrize("line", READS)
def test_lines_of_verbs_that_read_fit_the_terminal(
    line: str, halfway_there: Repository, all_active: Repository
) -> None:
    for repository in (halfway_there, all_active):
        if "HEAD" in line:
            line = line.replace("HEAD", repository.git("rev-list", "--max-parents=0", "main"))
        done = verb(repository.path, *shlex.split(line))
        assert list(faults(done)) == []
        assert not re.search("sha256:[0-9a-f]{13}", done.out), "digests are short"
        if line.startswith(("status", "whoami --session-id m", "guide")) and "watch" not in line:
            assert GOAL in " ".join(done.out.split())


def test_an_error_is_folded_too(halfway_there: Repository) -> None:
    words = (*REGISTRY, "claim", "6", "--session-id", "late-1", "--goal", "Do what is best for all")
    done = subprocess.run(
        words, cwd=halfway_there.path, env=ENVIRONMENT | {"COLUMNS": "80"}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert max(map(len, done.stderr.splitlines())) <= WIDTH


@pytest.mark.takes_long
def test_what_is_written(tmp_path: Path) -> None:
    stage = Stage(tmp_path, guarded=True)
    stage.registered(4)
    for number, name in ((5, "five"), (7, "seven")):
        write(tmp_path, f"{name}.yaml", fleet(number))
    session = stage.clone("session")
    assert verb(session, "release", "4", "--reason", "A reason that is as long as a reason may well be").exit_code == 0
    found = {line: list(faults(verb(session, *shlex.split(line)))) for line in WRITES}
    assert {line: lines for line, lines in found.items() if lines} == {}
