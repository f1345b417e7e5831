"""`registry audit --steps`: what is proved of main from a clone alone, and the first step that was not allowed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.stage import CHARTER, Stage, commit, fleet, git, new_key, plain, verb, write
from tests.repository import CHARTER as CHARTER_PATH
from tests.repository import Repository

Compare = Callable[[str, str], None]
TWO = """\
mission: {{statement: Answer every customer}}
capacity: 2
orchestrator: 1
time_zone: UTC
approvers:
  - {{handle: "@OWNER", key: "{owner}"}}
{more}"""


@pytest.fixture
def signed(guarded: Stage) -> Stage:
    """A guarded server where numbers 1 and 2 are registered."""
    stage = guarded
    for number in (1, 2):
        stage.registered(number)
    return stage


def steps(folder: Path, root: str, *words: str) -> tuple[int, str]:
    done = verb(folder, "audit", "--steps", "--root", root, *words)
    assert done.err == ""
    return done.exit_code, done.out


def said(folder: Path, *words: str) -> None:
    done = verb(folder, *words)
    assert done.exit_code == 0, f"{words}: {done.out}{done.err}"


def past_the_hook(stage: Stage, made: str) -> str:
    """Set main as somebody with a shell on the server can."""
    git(stage.bare, "fetch", "--quiet", str(stage.human), made)
    git(stage.bare, "update-ref", "refs/heads/main", made)
    return made


def with_charter(stage: Stage, text: str, *, key: Path | None = None) -> str:
    """A step that changes the charter; the commit."""
    git(stage.human, "fetch", "--quiet", "origin")
    git(stage.human, "checkout", "--quiet", "-B", "main", "origin/main")
    write(stage.human, CHARTER_PATH, text)
    return past_the_hook(stage, commit(stage.human, "Change the charter", key=str(key or "")))


def test_a_main_that_was_always_allowed(signed: Stage, expected: Compare) -> None:
    clone = signed.clone("anybody")
    code, out = steps(clone, signed.beginning)
    assert code == 0
    expected("audit-steps.txt", plain(out))
    assert steps(clone, signed.beginning, "--format", "github")[0] == 0
    code, out = steps(clone, signed.beginning, "--format", "json", "--output", str(signed.folder / "report.json"))
    document = json.loads((signed.folder / "report.json").read_text())
    assert (code, out, document["verdict"], document["base"]) == (0, "", "accepted", signed.beginning)
    counts = {"count": 2, "approved": {"@OWNER": 2}, "acknowledged": 0, "unproved": [], "first_bad": None}
    assert document["steps"] == {"root": signed.beginning, **counts}


@pytest.mark.takes_long
def test_a_step_that_was_not_allowed(signed: Stage, expected: Compare) -> None:
    """The approver leaves, and signs the next step all the same; the commands of the answer do what they say."""
    deputy, owner = signed.folder / "deputy", signed.folder / "owner"
    other = CHARTER.replace('"@OWNER"}', f'"@DEPUTY", key: "{new_key(deputy)}"}}')
    allowed = with_charter(signed, other, key=owner)
    git(signed.human, "config", "user.signingkey", str(owner))
    write(signed.human, "registry/sessions/03.yaml", fleet(3))
    bad = past_the_hook(signed, commit(signed.human, "Register session 3", key=str(owner)))
    with_charter(signed, other + "# later\n")
    clone = signed.clone("anybody")
    code, out = steps(clone, signed.beginning)
    assert code == 1
    expected("audit-steps-bad.txt", plain(out))
    assert (f"commit {bad}" in out, f"commit {allowed}" in out) == (True, True)
    code, out = steps(clone, signed.beginning, "--format", "json")
    document = json.loads(out)
    bad_step = document["steps"]["first_bad"]
    assert (code, document["verdict"], {finding["step"] for finding in document["findings"]}) == (1, "rejected", {bad})
    assert (bad_step["number"], bad_step["commit"], bad_step["parent"]) == (4, bad, allowed)
    assert (bad_step["signed_by"], bad_step["formerly"]) == (None, "@OWNER")
    assert "\n::error file=registry/sessions/03.yaml" in steps(clone, signed.beginning, "--format", "github")[1]
    assert steps(clone, signed.beginning, "--ref", allowed)[0] == 0
    said(clone, "status", "--ref", allowed)
    git(signed.bare, "update-ref", "refs/heads/main", allowed)
    git(clone, "fetch", "--quiet", "origin")
    assert steps(clone, signed.beginning)[0] == 0


def test_a_root_that_holds_claims(signed: Stage, expected: Compare) -> None:
    clone = signed.clone("anybody")
    code, out = steps(clone, git(clone, "rev-parse", "main~1").strip())
    assert code == 1
    expected("audit-steps-root.txt", plain(out))


def test_many_steps_without_keys(tmp_path: Path, expected: Compare) -> None:
    """Progress goes to stderr, and of many steps that nothing proves the first ones are listed."""
    repository = Repository(tmp_path / "fleet.git")
    root = repository.commit("main", {CHARTER_PATH: CHARTER})
    owned = fleet(4) + 'owner: "github:583231"\n'
    repository.commit("main", {"registry/sessions/04.yaml": owned}, message="Merge pull request #12 from x/claim-04")
    stream = "".join(
        f"commit refs/heads/main\ncommitter A <a@example.invalid> {1795165200 + at} +0000\ndata 1\nx\n"
        f"{'' if at else 'from refs/heads/main^0' + chr(10)}M 100644 inline notes\ndata 4\n{at:04}\n"
        for at in range(505)
    )
    repository.git("fast-import", "--quiet", "--date-format=raw", stdin=stream.encode())
    done = verb(repository.path, "audit", "--steps", "--root", root)
    assert (done.exit_code, done.err) == (0, "500 of 506 steps\n")
    expected("audit-steps-unproved.txt", plain(done.out))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--steps",), "--steps needs --root COMMIT"),
        (("--root", "0" * 40), "--root says where --steps begins"),
        (("--steps", "--root", "0" * 40, "--issue"), "--issue keeps what audit finds without --steps"),
        (("--steps", "--root", "main"), "--root takes the full id of a commit"),
        (("--steps", "--root", "0" * 40), "is not in this clone"),
    ],
)
def test_what_cannot_be_asked(halfway_there: Repository, words: tuple[str, ...], why: str) -> None:
    done = verb(halfway_there.path, "audit", *words)
    assert (done.exit_code, done.out, why in done.err) == (2, "", True), done.err


@pytest.mark.takes_long
def test_the_installed_hook_says_the_root(signed: Stage) -> None:
    """That of a main without claims, and later the same one; what it prints is a command."""
    done = verb(signed.folder, "install-hook", str(signed.bare))
    (line,) = [line for line in done.out.splitlines() if line.startswith("root of main, to keep: ")]
    command = line.rpartition(": ")[2]
    assert command == f"registry audit --steps --root {signed.beginning}"
    said(signed.clone("anybody"), *command.split()[1:])
    new = signed.folder / "new.git"
    git(signed.folder, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(new))
    assert "next: push main, then run this again" in verb(signed.folder, "install-hook", str(new)).out


@pytest.mark.takes_long
def test_a_fleet_from_its_first_claim_to_active(tmp_path: Path) -> None:
    """Made by the verbs on a guarded server, and proved from a clone; then with one step otherwise."""
    (tmp_path / "keys").mkdir()
    keys = {name: new_key(tmp_path / "keys" / name) for name in ("OWNER", "DEPUTY")}
    both = TWO.format(owner=keys["OWNER"], more=f'  - {{handle: "@DEPUTY", key: "{keys["DEPUTY"]}"}}\n')
    stage = Stage(tmp_path, charter=both)
    git(stage.human, "config", "user.signingkey", str(tmp_path / "keys" / "OWNER"))
    said(tmp_path, "install-hook", str(stage.bare))
    names = ("desk-1", "desk-2")
    clones, roles = [stage.clone(name) for name in names], ("Head - divide the letters", "Desk - answer letters")
    for number, (clone, name, role) in enumerate(zip(clones, names, roles, strict=True), 1):
        words = ("--session-id", name, "--role", role, "--goal", "Answer 5+ letters/day")
        said(clone, "claim", str(number), *words, "--schedule", "Read, mon-fri 10:00-11:00", "--yes", "--push")
    said(stage.human, "approve", "1", "2", "--yes")
    said(clones[0], "consensus", "confirm", "--session-id", "desk-1", "--push")
    said(stage.human, "approve", "record/confirmation", "--yes")
    said(stage.human, "consensus", "approve", "--yes")
    said(clones[0], "consensus", "broadcast", "--session-id", "desk-1", "--branch", "--push")
    said(stage.human, "approve", "record/broadcast", "--yes")
    for clone, name in zip(clones, names, strict=True):
        said(clone, "consensus", "acknowledge", "--session-id", name, "--push")
    said(stage.human, "consensus", "activate", "--yes")
    clone = stage.clone("anybody")
    document = verb(clone, "audit", "--steps", "--root", stage.beginning, "--format", "json").document
    assert document["steps"] | {"root": ""} == {
        "root": "", "count": 8, "approved": {"@OWNER": 6}, "acknowledged": 2, "unproved": [], "first_bad": None,
    }  # fmt: skip
    line = git(clone, "rev-list", "--first-parent", "--reverse", "main").split()

    def first_bad(head: str) -> tuple[int, str]:
        found = verb(clone, "audit", "--steps", "--root", stage.beginning, "--ref", head, "--format", "json")
        return found.exit_code, found.document["steps"]["first_bad"]["commit"]

    # The third step once more, without its signature and in other words, and all that came after it.
    head = line[2]
    rewritten = list[str]()
    for commit_ in line[3:]:
        parents = [head, *git(clone, "rev-parse", f"{commit_}^@").split()[1:]]
        named = [word for parent in parents for word in ("-p", parent)]
        head = git(clone, "commit-tree", *named, "-m", "As if", f"{commit_}^{{tree}}").strip()
        rewritten.append(head)
    assert first_bad(head) == (1, rewritten[0])
    # A step on top that nobody has signed, …
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    write(clone, "notes.txt", "mine\n")
    unsigned = commit(clone, "Notes")
    assert first_bad(unsigned) == (1, unsigned)
    # … and one signed by an approver whom the step before it has removed.
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    write(clone, CHARTER_PATH, TWO.format(owner=keys["OWNER"], more=""))
    removed = commit(clone, "The deputy leaves", key=str(tmp_path / "keys" / "OWNER"))
    write(clone, "notes.txt", "mine\n")
    git(clone, "add", "--all")
    signing = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={tmp_path / 'keys' / 'DEPUTY'}")
    git(clone, *signing, "commit", "--quiet", "--gpg-sign", "--message", "Notes\n\nApproved-by: @DEPUTY")
    after = git(clone, "rev-parse", "HEAD").strip()
    assert first_bad(after) == (1, after)
    assert verb(clone, "audit", "--steps", "--root", stage.beginning, "--ref", removed).exit_code == 0
