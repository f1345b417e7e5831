"""Every verb in unusual surroundings ends with its exit code and no traceback; `--long` plays the whole table.

In a short run each surrounding has a thirteenth of the verbs, and two that write.
"""

import contextlib
import ctypes
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.stage import ENVIRONMENT, REGISTRY, Done, Stage, fleet, git, verb
from tests.warm.begin import COLD
from validator.cli import registry as command_line
from validator.cli.group import all_verbs
from validator.model.errors import FatalError
from validator.startup import describe

ME = ("--session-id", "marketing-outreach-1")
ORCHESTRATOR = ("--session-id", "marketing-orchestrator")
VERBS: tuple[tuple[str, ...], ...] = (
    *(("status",), ("whoami", *ME), ("history",), ("export",), ("conflicts",), ("audit",), ("doctor", "--local")),
    *(("schedule", "--week", "2026-W48"), ("consensus", "status"), ("validate",), ("validate", "--worktree")),
    *(("validate", "--staged"), ("proposals",), ("claim", "5", "--from", "DRAFT", "--push"), ("show", "5")),
    *(("status", "--fetch"), ("approve", "5", "--yes"), ("claim", "6", "--from", "DRAFT"), ("guide", *ME)),
    *(("reject", "5", "--reason", "x"), ("release", "4", "--reason", "x"), ("withdraw", "5", *ME), ("roll-call",)),
    *(("codeowners", "--check"), ("schema", "--check"), ("explain", "--page", "--check"), ("explain",), ("--help",)),
    *(("consensus", "confirm", *ORCHESTRATOR, "--push"), ("consensus", "acknowledge", *ME), ("capabilities",)),
    *(("consensus", "approve", "--yes"), ("consensus", "broadcast", *ORCHESTRATOR), ("consensus", "activate")),
    *(("github", "ruleset", "--check"), ("github", "plan"), ("completion", "bash"), ("status", "--watch", "--once")),
    *(("charter", "propose"), ("site", "--output", "PAGES"), ("schedule", "--output", "WEEK")),
    *(("bind", "marketing-outreach-1"), ("audit", "--steps", "--root", "HEAD"), ("install-hook", "SERVER")),
    *(("hook", "session-start"), ("mcp",), ("doctor",), ("export", "--format", "markdown"), ("init", ".")),
)
WRITING = (("validate", "--worktree"), ("claim", "5", "--from", "DRAFT", "--push"))
# They end when they are told to, play elsewhere, or answer an event of GitHub's: these are played in their own tests.
ELSEWHERE = {"serve", "demo", "github apply", "github remark", "github comment", "github rerun", "github touched"}
PROCESSES = ("hook", "mcp")  # these speak to the streams of a process


class Place(NamedTuple):
    """Where a verb runs, with which additional variables; None takes one away."""

    folder: Path
    variables: Mapping[str, str | None] = {}
    # A process of its own: for what this one cannot do without, and for the last thing that it does before it starts.
    apart: bool = False
    prepare: Callable[[], object] | None = None


def no_home(stage: Stage) -> Place:
    return Place(stage.human, {"HOME": None})


def no_identity(stage: Stage) -> Place:
    names = [name for name in ENVIRONMENT if name.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_"))]
    return Place(stage.human, {**dict.fromkeys(names), "HOME": "/nonexistent", "EMAIL": None})


def read_only(stage: Stage) -> Place:
    for folder in [stage.human / ".git", *(stage.human / ".git").rglob("*")]:
        folder.chmod(0o555 if folder.is_dir() else 0o444)
    return Place(stage.human, apart=True, prepare=heed_permissions)


def heed_permissions() -> None:
    """Let the program that this process becomes heed permissions, also that of root (capabilities(7))."""
    if os.geteuid() == 0:
        drop_from_bounding_set, overriding, searching = 24, 1, 2
        for capability in (overriding, searching):
            assert ctypes.CDLL(None).prctl(drop_from_bounding_set, capability) == 0


def ascii_locale(stage: Stage) -> Place:
    variables = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    return Place(stage.human, variables, apart=True)


def linked(stage: Stage) -> Place:
    git(stage.human, "worktree", "add", "--quiet", "../linked", "-b", "topic")
    return Place(stage.folder / "linked")


def bare(stage: Stage) -> Place:
    return Place(stage.bare)


def detached(stage: Stage) -> Place:
    git(stage.human, "checkout", "--quiet", "--detach")
    return Place(stage.human)


def submodule(stage: Stage) -> Place:
    outer = stage.folder / "outer"
    git(stage.folder, "init", "--quiet", "--template=", "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(stage.bare), "fleet")
    return Place(outer / "fleet")


def sparse(stage: Stage) -> Place:
    git(stage.human, "sparse-checkout", "set", "--no-cone", "/CODEOWNERS")
    return Place(stage.human)


def alternates(stage: Stage) -> Place:
    git(stage.folder, "clone", "--quiet", "--template=", "--shared", str(stage.bare), "shared")
    return Place(stage.folder / "shared")


def sha256(stage: Stage) -> Place:
    shutil.rmtree(stage.bare)
    git(stage.folder, "init", "--quiet", "--bare", "--template=", "--object-format=sha256", str(stage.bare))
    new = stage.folder / "new"
    git(stage.folder, "init", "--quiet", "--template=", "--initial-branch=main", "--object-format=sha256", "new")
    shutil.copytree(stage.human / "registry", new / "registry")
    git(new, "add", "--all")
    git(new, "commit", "--quiet", "--message", "A charter")
    git(new, "remote", "add", "origin", str(stage.bare))
    git(new, "push", "--quiet", "--set-upstream", "origin", "main")
    return Place(new)


def hooked(stage: Stage) -> Place:
    """What Git, or a program around it, has set for another repository: the verbs drop it."""
    other = {"GIT_DIR": "/nowhere/.git", "GIT_WORK_TREE": "/nowhere", "GIT_INDEX_FILE": "/nowhere/index"}
    return Place(stage.human, other | {"GIT_PREFIX": "x/", "GIT_COMMON_DIR": "/nowhere"}, apart=True)


def beside_bad_proposals(stage: Stage) -> Place:
    """On the server, which has no guard: what cannot be read, is too much, is no proposal or none any more."""
    (stage.folder / "message").write_text("x" * 2**21)
    tree = git(stage.bare, "rev-parse", "main^{tree}").strip()
    heavy = git(stage.bare, "commit-tree", "-p", "main", "-F", str(stage.folder / "message"), tree).strip()
    alone = git(stage.bare, "commit-tree", "-m", "Alone", git(stage.bare, "mktree").strip()).strip()
    for name, commit in {
        "claim/11": heavy, "claim/10": alone, "claim/09": "main~1", "release/01": heavy, "record/broadcast": heavy,
        "record/acknowledgements/04": alone, "charter/x": heavy, "broadcast": heavy,
    }.items():  # fmt: skip
        git(stage.bare, "update-ref", f"refs/heads/{name}", commit)
    blob = git(stage.bare, "rev-parse", "main:registry/charter.yaml").strip()
    for kind in ("rejected", "withdrawn"):
        git(stage.bare, "update-ref", f"refs/{kind}/claim/11/x", blob)
    return Place(stage.human)


SURROUNDINGS: tuple[Callable[[Stage], Place], ...] = (
    *(no_home, no_identity, read_only, ascii_locale, linked, bare, detached, submodule, sparse, alternates, sha256),
    *(hooked, beside_bad_proposals),
)


def test_each_verb_is_in_the_table() -> None:
    names = {" ".join(words) for words, command in all_verbs(command_line) if not hasattr(command, "commands")}
    played = {" ".join(words[:size]) for words in VERBS for size in (1, 2)}
    assert names - played == ELSEWHERE & names


@pytest.mark.parametrize("at", range(len(SURROUNDINGS)), ids=[function.__name__ for function in SURROUNDINGS])
@pytest.mark.takes_long
def test_no_traceback(stage: Stage, at: int, long: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    place, names = prepared(stage, SURROUNDINGS[at])
    for name, value in place.variables.items() if not place.apart else ():
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    for words in VERBS if long else (*VERBS[at :: len(SURROUNDINGS)], *WRITING):
        given = [names.get(word, word) for word in words]
        apart = place.apart or words[0] in PROCESSES
        done = in_a_process(place, given) if apart else in_this_process(place.folder, given)
        assert done.exit_code in (0, 1, 2), (words, done)
        assert "Traceback" not in done.out + done.err, (words, done.err)
        assert done.exit_code != 2 or done.err.strip(), f"{words} says why"
        assert "(null)" not in done.err, (words, done.err)
    for folder in [place.folder, *place.folder.rglob("*")]:
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            folder.chmod(0o755)


@pytest.mark.takes_long
def test_bad_proposals_stop_nobody(stage: Stage, tmp_path: Path, long: bool) -> None:
    """Each verb ends as it does without them, and those that list proposals name them."""
    ends = list[list[int]]()
    for one, surroundings in (
        (stage, lambda here: Place(here.human)), (stage.copy(tmp_path / "other"), beside_bad_proposals)
    ):  # fmt: skip
        place, names = prepared(one, surroundings)
        told = [words for words in VERBS if words[0] not in PROCESSES]
        played = told if long else [words for words in told if {"proposals", "5"} & set(words)]
        done = {words: in_this_process(place.folder, [names.get(word, word) for word in words]) for words in played}
        ends.append([ended.exit_code for ended in done.values()])
        shown = done[("proposals",)].out
    assert ends[0] == ends[1]
    assert all(name in shown for name in ("claim/10", "claim/11", "release/01", "charter/x"))


def prepared(stage: Stage, surroundings: Callable[[Stage], Place]) -> tuple[Place, dict[str, str]]:
    """The place, and what stands for a file of the test's in `VERBS`."""
    stage.registered(1)
    stage.registered(4)
    draft = stage.folder / "draft.yaml"
    draft.write_text(fleet(5), encoding="utf-8")
    written = {name: str(stage.folder / name.lower()) for name in ("PAGES", "WEEK")}
    return surroundings(stage), {"DRAFT": str(draft), "SERVER": str(stage.bare), **written}


def in_this_process(folder: Path, words: list[str]) -> Done:
    try:
        return verb(folder, *words)
    except OSError as error:  # what cli.main makes of it
        return Done(2, "", f"registry: {describe(error)}\n")


def in_a_process(place: Place, words: list[str]) -> Done:
    environment = {**ENVIRONMENT, **COLD, **place.variables}  # what the place forbids holds for a process of its own
    done = subprocess.run(
        [*REGISTRY, *words], cwd=place.folder, stdin=subprocess.DEVNULL, preexec_fn=place.prepare,
        env={name: value for name, value in environment.items() if value is not None},
        capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=120,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.takes_long
def test_what_a_read_only_clone_does(stage: Stage) -> None:
    """It reads and judges; what it cannot do is its own fault, and not that of what is proposed on the server."""
    place, names = prepared(stage, read_only)
    assert in_a_process(place, ["validate", "--worktree"]) == Done(0, "accepted: no findings\n", "")
    assert verb(stage.clone("session"), "claim", "5", "--from", names["DRAFT"], "--push").exit_code == 0
    for words in (["proposals"], ["status", "--fetch"], ["claim", "6", "--from", names["DRAFT"]]):
        done = in_a_process(place, words)
        assert (done.exit_code, done.out) == (2, ""), done
        assert "insufficient permission for adding an object" in done.err
        assert "reject" not in done.err
    for folder in [place.folder / ".git", *(place.folder / ".git").rglob("*")]:
        folder.chmod(0o755)


def test_no_verb_takes_a_full_disk_for_success(stage: Stage, long: bool) -> None:
    """What a verb has to say on standard output cannot be said there: it fails, also after it has done its work."""
    place, names = prepared(stage, no_home)
    for words in VERBS if long else VERBS[::4]:
        if words[0] not in PROCESSES:
            assert on_a_full_disk(place.folder, [names.get(word, word) for word in words]) == 2, words


def on_a_full_disk(folder: Path, words: list[str]) -> int:
    """The exit code of a verb whose standard output takes nothing."""
    with (
        Path("/dev/full").open("w", encoding="utf-8") as full, contextlib.chdir(folder),
        contextlib.redirect_stdout(full), contextlib.redirect_stderr(io.StringIO()),
    ):  # fmt: skip
        try:
            command_line(words, prog_name="registry")
        except SystemExit as ended:
            return int(ended.code or 0)
        except (FatalError, OSError):  # what cli.main makes of it
            return 2
    raise AssertionError("a verb ends in an exit code")
