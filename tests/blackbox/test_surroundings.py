"""Git configuration, environment, working tree and other refs neither run code nor change a verdict."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.blackbox.command import ROOT, Run, registry, validate
from tests.blackbox.moves import TAKEN
from tests.blackbox.store import HOUR, NINE, Files, Store, git
from tests.blackbox.world import MAIN, changed, claim, path
from tests.shell import in_utf8, program, quoted

pytestmark = pytest.mark.blackbox

REFUSED = "REG103"
MINE = claim(6, session_id="another-session", role="Other AI")


class Place:
    """A repository with a working tree, a main that has registered number 6, and a late proposal for it."""

    def __init__(self, folder: Path, proposal: Files | None = None) -> None:
        self.folder = folder
        self.canary = folder.parent / "canary"
        self.store = Store.make(folder, bare=False)
        fork = self.store.commit(MAIN)
        self.base = self.store.commit(changed(MAIN, {path(6): claim(6)}), fork, time=NINE + HOUR)
        self.head = self.store.commit(changed(MAIN, {path(6): MINE, **(proposal or {})}), fork, time=NINE + 2 * HOUR)
        self.store.point("refs/heads/main", self.base)
        self.store.point("refs/heads/claim/06", self.head)

    def git(self, *words: str, **environment: str) -> str:
        return git(*words, folder=self.folder, **environment)

    def validate(self, *options: str, base: str | None = None, head: str | None = None) -> Run:
        return validate(self.folder, base or self.base, head or self.head, *options)

    def snapshot(self) -> dict[str, tuple[int, bytes]]:
        files = [file for file in self.folder.rglob("*") if file.is_file() and not file.is_symlink()]
        return {str(file): (file.stat().st_mode, file.read_bytes()) for file in files}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "fleet")


# What a run sees of the repository


def test_not_a_repository(tmp_path: Path) -> None:
    run = registry("validate", "--repo", str(tmp_path), folder=tmp_path, GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert (run.exit, run.out) == (2, "")
    assert "not inside a Git repository" in run.err


def test_no_commit_yet(tmp_path: Path) -> None:
    Store.make(tmp_path / "fleet", bare=False)
    run = registry("validate", folder=tmp_path / "fleet")
    assert (run.exit, run.out) == (2, "")
    assert "neither origin/main nor main" in run.err


def test_shallow_clone(place: Place, tmp_path: Path) -> None:
    git("clone", "--quiet", "--depth=1", f"file://{place.folder}", "shallow", folder=tmp_path)
    run = registry("validate", folder=tmp_path / "shallow")
    assert (run.exit, run.out) == (2, "")
    assert "git fetch --unshallow" in run.err


def test_partial_clone_fetches_no_objects(place: Place, tmp_path: Path) -> None:
    place.git("config", "uploadpack.allowFilter", "true")
    git("clone", "--quiet", "--bare", "--filter=blob:none", f"file://{place.folder}", "partial.git", folder=tmp_path)
    place.folder.rename(tmp_path / "gone")
    run = validate(tmp_path / "partial.git", "main", "claim/06")
    told = json.loads(run.out)["error"]
    assert (run.exit, told["help"]) == (2, "run: git fetch --refetch --no-filter")
    assert told["message"].startswith("this is a partial clone, and object ")


def test_sha256_repository(tmp_path: Path) -> None:
    git("init", "--quiet", "--object-format=sha256", "-b", "main", "fleet", folder=tmp_path)
    folder, who = (
        tmp_path / "fleet",
        {f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    )
    for files in MAIN, {path(6): claim(6)}, TAKEN:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content if isinstance(content, bytes) else b"")
        git("add", ".", folder=folder)
        git("commit", "--quiet", "-m", "a change", folder=folder, **who)
    assert validate(folder, "HEAD~2", "HEAD~1").exit == 0
    assert validate(folder, "HEAD~1", "HEAD").codes("introduced") == "REG301"


@pytest.mark.parametrize("name", ["#'a' \"quoted\" one", "back\\slash and\nline", "-rf ö"])
def test_folder_of_any_name(tmp_path: Path, name: str) -> None:
    assert Place(tmp_path / in_utf8(name)).validate().codes("introduced") == REFUSED


def test_linked_working_tree(place: Place, tmp_path: Path) -> None:
    place.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "claim/06")
    assert validate(tmp_path / "linked" / "registry", "main", "HEAD").codes("introduced") == REFUSED


# What names mean


NO_COMMITS = (
    *("nobody", "", "main main", "main\nmain", "main\n", "--all", "--output=x", "--upload-pack=touch x", "main..HEAD"),
    *("^main", "main^{tree}", "main:README.md", ":/a change", "f" * 40, "@{-1}", "\x1b[2J"),
)


@pytest.mark.parametrize(
    ("option", "name"), [*(("--head", name) for name in NO_COMMITS), ("--base", "--output=x"), ("--base", "main\n")]
)
def test_no_commit_of_that_name(place: Place, option: str, name: str) -> None:
    before = place.snapshot()
    run = registry("validate", f"{option}={name}", folder=place.folder)
    assert (run.exit, run.out) == (2, "")
    assert "names no commit" in run.err
    assert "\x1b" not in run.err
    assert place.snapshot() == before


@pytest.mark.parametrize(
    "words", [["validate", "--steps=1"], ["validate", "--format=xml"], ["validate", "x"], ["vaildate"]]
)
def test_usage(place: Place, words: list[str]) -> None:
    run = registry(*words, folder=place.folder)
    assert (run.exit, run.out) == (2, "")


def test_tags_do_not_stand_for_main(place: Place) -> None:
    place.store.point("refs/tags/main", place.head)
    place.store.point("refs/tags/origin/main", place.head)
    place.store.point("refs/tags/claim/06", place.base)
    assert registry("validate", "--head=claim/06", "--format=json", folder=place.folder).codes("introduced") == REFUSED
    assert place.validate(base="main", head="claim/06").codes("introduced") == REFUSED
    assert registry("audit", "--format=json", folder=place.folder).verdict["head"] == place.base


def test_branch_that_is_called_like_a_commit(place: Place) -> None:
    place.store.point(f"refs/heads/{place.base}", place.head)
    assert place.validate().codes("introduced") == REFUSED


def test_replaced_objects(place: Place) -> None:
    innocent = place.store.commit(MAIN)
    place.store.point(f"refs/replace/{place.head}", innocent)
    blob = place.store.write("blob", MINE)
    place.store.point(f"refs/replace/{blob}", place.store.write("blob", claim(6)))
    assert place.validate().codes("introduced") == REFUSED


def test_grafts(place: Place) -> None:
    (place.folder / ".git/info").mkdir(exist_ok=True)
    (place.folder / ".git/info/grafts").write_text(f"{place.head} {place.base}\n{place.base}\n")
    assert place.validate().codes("introduced") == REFUSED


# What could be run

CONFIGURATION = {
    "core.fsmonitor": "{touch}",
    "core.hooksPath": "{folder}/hooks",
    "core.pager": "{touch}",
    "core.sshCommand": "{touch}",
    "core.attributesFile": "{folder}/attributes",
    "core.alternateRefsCommand": "{touch}",
    "pager.log": "{touch}",
    "diff.external": "{touch}",
    "diff.evil.command": "{touch}",
    "diff.evil.textconv": "{touch}",
    "diff.orderFile": "{folder}/nowhere",
    "diff.renames": "copies",
    "diff.ignoreSubmodules": "all",
    "filter.evil.clean": "{touch}",
    "filter.evil.process": "{touch}",
    "filter.evil.required": "true",
    "filter.e=vil.clean": "{touch}",
    "merge.default": "evil",
    "merge.evil.driver": "{touch}",
    "merge.renames": "true",
    "log.showSignature": "true",
    "log.follow": "true",
    "log.showRoot": "false",
    "log.diffMerges": "off",
    "gpg.program": "{folder}/evil",
    "gpg.ssh.program": "{folder}/evil",
    "i18n.logOutputEncoding": "UTF-16",
    "color.ui": "always",
    "alias.log": "!{touch}",
    "alias.cat-file": "!{touch}",
    "submodule.recurse": "true",
    "remote.origin.promisor": "true",
    "remote.origin.url": "{address}",
    "protocol.allow": "always",
}  # fmt: skip


def arm(place: Place) -> None:
    """Give a repository every setting that could run a program or bend an answer."""
    touch = quoted("touch", place.canary)
    address = "ext::touch " + str(place.canary).replace("%", "%%").replace(" ", "% ")  # git-remote-ext(1)
    for key, value in CONFIGURATION.items():
        place.git("config", key, value.format(touch=touch, address=address, folder=place.folder))
    place.store.point("refs/remotes/origin/main", place.base)
    (place.folder / "attributes").write_text("* filter=evil diff=evil merge=evil\n")
    (place.folder / ".git/info").mkdir(exist_ok=True)
    (place.folder / ".git/info/attributes").write_text("* filter=evil diff=evil merge=evil\n")
    for name in (
        "evil",
        "hooks/post-index-change",
        "hooks/reference-transaction",
        "hooks/pre-commit",
        "hooks/fsmonitor-watchman",
    ):
        program(place.folder / name, touch)


@pytest.mark.parametrize("options", [[], ["--steps"]], ids=["whole", "steps"])
def test_hostile_configuration(place: Place, options: list[str]) -> None:
    expected = place.validate(*options)
    arm(place)
    before = place.snapshot()
    run = place.validate(*options)
    assert (run.exit, run.out) == (expected.exit, expected.out)
    assert not place.canary.exists()
    assert place.snapshot() == before


def test_hostile_configuration_on_disk(tmp_path: Path) -> None:
    place = Place(
        tmp_path / "fleet",
        {".gitattributes": b"* filter=evil merge=evil\nx filter=e=vil\n"},
    )
    place.git("checkout", "--quiet", "claim/06")
    arm(place)
    for name in ("attributes", "evil"):
        (place.folder / name).unlink()
    before = place.git("-c", "core.fsmonitor=false", "ls-files", "--stage")
    run = place.validate("--worktree")
    assert run.exit == 1
    assert run.codes("introduced") == f"{REFUSED} REG302"
    assert not place.canary.exists()
    assert place.git("-c", "core.fsmonitor=false", "ls-files", "--stage") == before
    # It fails, for no filter of these does its work.
    subprocess.run(["git", "status"], cwd=place.folder, capture_output=True, check=False)
    assert place.canary.exists(), "Git itself would have run it"


@pytest.mark.parametrize("attributes", [b"* merge=ours\n", b"* merge=union\n", b"* -merge\n", b"* merge=evil\n"])
def test_attributes_of_what_is_checked_out(tmp_path: Path, attributes: bytes) -> None:
    place = Place(tmp_path / "fleet", {".gitattributes": attributes})
    place.git("checkout", "--quiet", "claim/06")
    place.git("config", "merge.evil.driver", quoted("touch", place.canary))
    place.git("config", "merge.ours.driver", "true")
    assert place.validate().codes("introduced") == f"{REFUSED} REG302"
    assert not place.canary.exists()


EVIL = "import pathlib; pathlib.Path({canary!r}).touch(); raise SystemExit(0)\n"


@pytest.mark.parametrize("options", [[], ["--steps"], ["--worktree"]], ids=["whole", "steps", "worktree"])
def test_code_that_is_checked_out(tmp_path: Path, options: list[str]) -> None:
    names = ("sitecustomize.py", "usercustomize.py", "json.py", "click.py", "git.py", "pydantic.py", "validator.py")
    code = EVIL.format(canary=str(tmp_path / "canary")).encode()
    evil = dict.fromkeys(
        (*names, "validator/__init__.py", "validator/__main__.py", "validator/cli.py", "conftest.py"), code
    )
    place = Place(tmp_path / "fleet", evil)
    place.git("checkout", "--quiet", "claim/06")
    before = place.snapshot()
    run = place.validate(*options)
    assert run.exit == 1
    assert not place.canary.exists()
    assert place.snapshot() == before


def test_hostile_environment(place: Place, tmp_path: Path) -> None:
    touch = quoted("touch", place.canary)
    run = registry(
        *("validate", "--base", place.base, "--head", place.head, "--format=json"),
        folder=place.folder,
        GIT_DIR=str(tmp_path),
        GIT_WORK_TREE="/",
        GIT_INDEX_FILE="/dev/null",
        GIT_EXTERNAL_DIFF=touch,
        GIT_CONFIG_PARAMETERS=f"{quoted('core.fsmonitor')}={quoted(touch)}",
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0="merge.default",
        GIT_CONFIG_VALUE_0="evil",
        GIT_PAGER=touch,
        GIT_SSH_COMMAND=touch,
        GIT_REPLACE_REF_BASE="refs/heads",
        GIT_NAMESPACE="x",
        GIT_TRACE=str(place.canary),
        GIT_PYTHON_TRACE="full",
        GIT_PYTHON_GIT_EXECUTABLE=str(tmp_path / "evil"),
        GIT_SHALLOW_FILE="/dev/null",
        GIT_DEFAULT_HASH="sha256",
    )
    assert (run.exit, run.codes("introduced")) == (1, REFUSED)
    assert not run.err
    assert not place.canary.exists()


@pytest.mark.parametrize(
    "options", [["--format=text"], ["--format=github"], ["--format=json"], ["--format=sarif"], ["--steps"]]
)
def test_no_file_is_written(place: Place, tmp_path: Path, options: list[str]) -> None:
    place.git("checkout", "--quiet", "main")
    (place.folder / "temporary").mkdir()
    before = place.snapshot()
    run = registry("validate", "--head=claim/06", *options, folder=place.folder, TMPDIR=str(place.folder / "temporary"))
    assert run.exit == 1
    assert place.snapshot() == before
    assert not list((place.folder / "temporary").iterdir())


# Where the report goes


@pytest.mark.parametrize("format", ["text", "github", "json", "sarif"])
def test_terminal_with_ascii_only(tmp_path: Path, format: str) -> None:
    place = Place(tmp_path / "fleet", {"registry/sessions/\u202e\udcff…🙂.yaml": "goal: \u202e…🙂\n".encode()})
    words = ("validate", "--head=claim/06", f"--format={format}")
    run = registry(*words, folder=place.folder, PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert run.exit == 1
    assert "\u202e" not in run.out


def test_folder_whose_name_the_locale_cannot_spell(tmp_path: Path) -> None:
    place = Place(tmp_path / in_utf8("flötte"))
    run = registry("validate", "--head=claim/06", folder=place.folder, PYTHONUTF8="0", LC_ALL="C")
    assert (run.exit, run.err) == (1, ""), "judged, and number 6 is taken"


def test_output_that_is_full(place: Place) -> None:
    words = [sys.executable, "-P", "-m", "validator", "validate", "--head=claim/06"]
    with Path("/dev/full").open("w") as full:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            words, cwd=place.folder, env=environment, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("words", [["--output=nowhere/report"], ["--output=."]])
def test_report_that_cannot_be_written(place: Place, words: list[str]) -> None:
    run = registry("validate", "--head=claim/06", *words, folder=place.folder)
    assert (run.exit, run.out) == (2, "")


def test_summary_that_cannot_be_written(place: Place) -> None:
    run = registry(
        "validate", "--head=claim/06", "--format=github", folder=place.folder, GITHUB_STEP_SUMMARY="/nowhere/x"
    )
    assert run.exit == 2


# A server


def pushing(place: Place, server: Path, *words: str) -> bool:
    identity = {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.invalid"}
    done = subprocess.run(
        ["git", "push", "--quiet", str(server), *words],
        cwd=place.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(place.folder), **identity},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or "REG" in done.stderr
    return done.returncode == 0


def test_objects_in_quarantine(place: Place, tmp_path: Path) -> None:
    """githooks(5), pre-receive: pushed objects stay in a quarantine folder until the hook accepts."""
    server = Store.make(tmp_path / "server.git").repository
    assert pushing(place, server, "main")
    hook = server / "hooks/pre-receive"
    command = f"PYTHONPATH={quoted(ROOT)} exec {quoted(sys.executable)} -P -m validator validate"
    program(hook, f'read old new ref\n{command} --base "$old" --head "$new" --steps >&2')
    good = place.store.commit(changed(MAIN, {path(6): claim(6), path(7): claim(7)}), place.base, time=NINE + 2 * HOUR)
    assert not pushing(place, server, "+claim/06:main")
    assert pushing(place, server, f"{good}:main")
    bad = place.store.commit(changed(MAIN, {path(6): claim(6), path(7): claim(7), **TAKEN}), good, time=NINE + 3 * HOUR)
    assert not pushing(place, server, f"{bad}:main")
