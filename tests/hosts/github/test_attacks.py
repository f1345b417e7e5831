"""Attacks on the workflows' own commands: main's program judges, the proposal stays data, no secret leaks.

Every attack is a whole run of the gate's job. Whatever the verdict: no file of the proposal is executed, the checkout
is main's to the byte, and the log has no line that is not ours.
"""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.hosts.github.forge import SESSION_ID, Forge, Job, claim
from tests.repository import Changes, claim_path, environment
from tests.shell import in_settings, quoted

pytestmark = pytest.mark.blackbox

SESSION = (SESSION_ID, "session")
MINE = claim_path(4)
OUR_LINE = re.compile(r"::(?:notice|warning|error|group|endgroup)(?: [^:]*)?::.*")


def checked(forge: Forge, job: Job) -> Job:
    """The job, if nothing got out of it."""
    assert not list(forge.folder.rglob("PWNED*")), "something of the proposal ran"
    work = forge.folder / f"run-{forge.runs}" / "work"
    assert git(work, "rev-parse", "HEAD") == forge.main
    assert git(work, "status", "--porcelain", "--untracked-files=no") == ""
    assert git(work, "config", "--local", "--get-regexp", r"^(filter|merge|alias|core\.hookspath|include)") == ""
    assert not (work.parent / "output-none").exists(), "no line of the gate writes outputs"
    assert all(map(OUR_LINE.fullmatch, job.last.out.splitlines()))
    return job


def git(work: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=work, capture_output=True, encoding="utf-8", check=False, env=environment()
    )
    return done.stdout.strip()


class Attack(NamedTuple):
    """What comes along with a claim that would be accepted alone, and what the gate has to say."""

    changes: Changes
    code: str


def ran(forge: Forge) -> str:
    """Python that tells on itself."""
    return f"open({str(forge.folder / 'PWNED')!r}, 'w').close()\n"


def tells(forge: Forge) -> str:
    """The same for a shell."""
    return quoted("touch", forge.folder / "PWNED")


def own_validator(forge: Forge) -> Attack:
    yes = f"{ran(forge)}raise SystemExit(0)\n"
    return Attack({"validator/__init__.py": yes, "validator/__main__.py": yes, "validator/cli.py": yes}, "REG302")


def own_rules(forge: Forge) -> Attack:
    return Attack({"validator/rules/__init__.py": f"{ran(forge)}RULES = ()\n"}, "REG302")


def own_workflow(forge: Forge) -> Attack:
    return Attack({".github/workflows/validate.yml": "on: pull_request_target\njobs: {}\n"}, "REG302")


def second_gate(forge: Forge) -> Attack:
    job = "jobs:\n  yes:\n    name: registry gate\n    runs-on: ubuntu-24.04\n    steps:\n      - run: exit 0\n"
    return Attack({".github/workflows/other.yml": f"on: [pull_request, merge_group]\n{job}"}, "REG302")


def own_schema(forge: Forge) -> Attack:
    return Attack({"schema/session.schema.json": "{}\n"}, "REG302")


def own_owners(forge: Forge) -> Attack:
    return Attack({"CODEOWNERS": "* @session\n", ".github/CODEOWNERS": "registry/\n"}, "REG302")


def own_charter(forge: Forge) -> Attack:
    text = forge.origin.git("show", "main:registry/charter.yaml") + "\n"
    return Attack({"registry/charter.yaml": text.replace("@OWNER", "@session")}, "REG302")


def own_project(forge: Forge) -> Attack:
    build = f"[build-system]\nrequires = []\nbuild-backend = 'evil'\nbackend-path = ['.']\n# {ran(forge)}"
    return Attack({"pyproject.toml": build, "evil.py": ran(forge)}, "REG302")


def own_requirements(forge: Forge) -> Attack:
    return Attack({"requirements/runtime.txt": "./evil\n", "evil/setup.py": ran(forge)}, "REG302")


def own_makefile(forge: Forge) -> Attack:
    return Attack({"Makefile": f"runtime:\n\t{tells(forge)}\n"}, "REG302")


def own_site(forge: Forge) -> Attack:
    names = ("sitecustomize.py", "usercustomize.py", "click.py", "validator/sitecustomize.py", "evil.pth")
    return Attack(dict.fromkeys(names, ran(forge)), "REG302")


def own_attributes(forge: Forge) -> Attack:
    text = "* filter=evil merge=evil diff=evil text=auto eol=crlf working-tree-encoding=UTF-16 ident export-subst\n"
    config = f'[filter "evil"]\n\tsmudge = {in_settings(tells(forge))}\n[merge "evil"]\n\tdriver = touch %A\n'
    return Attack({".gitattributes": text, "registry/.gitattributes": text, ".gitconfig": config}, "REG302")


def own_modules(forge: Forge) -> Attack:
    url = in_settings(f"ext::sh -c {tells(forge).replace('%', '%%').replace(' ', '% ')}")
    update = in_settings(f"!{tells(forge)}")
    text = f'[submodule "evil"]\n\tpath = evil\n\turl = {url}\n\tupdate = {update}\n'
    return Attack({".gitmodules": text, "evil": ("160000", forge.main)}, "REG302")


def own_action(forge: Forge) -> Attack:
    return Attack({"action.yml": "runs: {using: composite, steps: []}\n", ".github/gh": "#!/bin/sh\n"}, "REG302")


def name_for_a_shell(forge: Forge) -> Attack:
    name = f"registry/sessions/$(touch {str(forge.folder / 'PWNED').replace('/', '_')});`id`.yaml"
    return Attack({name: "x\n", '"; touch PWNED; "': "x\n", "--output=PWNED": "x\n", "-oPWNED": "x\n"}, "REG005")


def name_for_a_log(forge: Forge) -> Attack:
    words = ("a\n::set-output name=x::y", "b%0A::add-mask::x", "c\r##[error]x", ",line=1::x")
    return Attack({f"registry/{word}": "x\n" for word in words}, "REG005")


ATTACKS: tuple[Callable[[Forge], Attack], ...] = (
    own_validator, own_rules, own_workflow, second_gate, own_schema, own_owners, own_charter, own_project,
    own_requirements, own_makefile, own_site, own_attributes, own_modules, own_action, name_for_a_shell, name_for_a_log,
)  # fmt: skip


@pytest.mark.parametrize("make", ATTACKS, ids=lambda make: make.__name__)
def test_the_program_of_a_proposal_does_not_judge_it(forge: Forge, make: Callable[[Forge], Attack]) -> None:
    attack = make(forge)
    forge.propose(7, {MINE: claim(4), **attack.changes}, author=SESSION)
    job = checked(forge, forge.gate(7, fork=True))
    assert job.status == 1
    assert attack.code in job.last.out


def test_a_changed_validator_is_not_run(forge: Forge) -> None:
    forge.propose(7, own_validator(forge).changes, author=SESSION)
    assert checked(forge, forge.gate(7)).status == 0


def test_names_like_gits_own_are_refused_as_data(forge: Forge) -> None:
    """Trees that Git itself would not write: `.git` in several spellings, with a hook and a configuration."""
    origin = forge.origin
    evil = f"[core]\n\tfsmonitor = {in_settings(tells(forge))}\n"
    config = origin.git("hash-object", "-w", "--stdin", stdin=evil.encode())
    folder = origin.git("mktree", stdin=f"100644 blob {config}\tconfig\n".encode())
    claimed = origin.git("hash-object", "-w", "--stdin", stdin=claim(4).encode())
    sessions = origin.git("ls-tree", "main:registry/sessions") + f"\n100644 blob {claimed}\t04.yaml\n"
    registry = origin.git("ls-tree", "main:registry").replace(
        origin.git("rev-parse", "main:registry/sessions"), origin.git("mktree", stdin=sessions.encode())
    )
    registry += "".join(f"\n040000 tree {folder}\t{name}" for name in (".git", ".GIT", "git~1", ".g\u200cit"))
    top = origin.git("ls-tree", "main").replace(
        origin.git("rev-parse", "main:registry"), origin.git("mktree", stdin=f"{registry}\n".encode())
    )
    tree = origin.git("mktree", stdin=f"{top}\n".encode())
    forge.open(7, origin.commit_tree(tree, forge.main, branch="pulls/7"), author=SESSION)
    job = checked(forge, forge.gate(7))
    assert (job.status, job.last.error) == (1, "")
    assert "REG302" in job.last.out


WORDS = ("$(touch PWNED)", "`touch PWNED`", "'; touch PWNED; '", '"; touch PWNED; "', "${{ github.token }}")
COMMANDS = ("\n::set-env name=PATH::x", "\r\n::add-path::/x", "##[group]x", "%0A::stop-commands::x", "\x1b[2J")


@pytest.mark.parametrize("words", WORDS + COMMANDS)
def test_pull_request_text_reaches_no_shell_and_no_log(forge: Forge, words: str) -> None:
    name = words.replace("\n", " ") + "x"
    who = {f"GIT_{who}_{what}": name for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    tree, message = tree_with_claim(forge), f"Claim {words}"
    commit = forge.origin.git("commit-tree", "-p", forge.main, "-m", message, tree, variables=who)
    forge.open(7, commit)
    payload = forge.pull_request(7, fork=True)
    for name in ("title", "body"):
        payload["pull_request"][name] = words
    payload["pull_request"]["head"] |= {"ref": words, "label": f"session:{words}"}
    job = gate_on(forge, payload)
    assert job.status == 0
    assert "PWNED" not in job.last.out + job.last.error + job.summary


def tree_with_claim(forge: Forge) -> str:
    commit = forge.origin.commit("scratch", {MINE: claim(4)}, forge.main)
    return forge.origin.git("rev-parse", f"{commit}^{{tree}}")


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.takes_long
def test_claim_text_is_escaped_in_the_log(forge: Forge, words: str) -> None:
    quoted = '"' + words.encode("unicode_escape").decode().replace('"', '\\"').replace("\\x1b", "\\e") + '"'
    forge.claim(7, 4, role=quoted)
    jobs = forge.deliver("pull_request_target", forge.pull_request(7))
    assert checked(forge, jobs["registry gate"]).status == 1
    assert len(jobs["look at the proposal"].outputs["remark"].splitlines()) == 1
    body = forge.read_state()["comments"]["7"][0]["body"]
    assert "::set-env" not in body
    assert "\x1b" not in body


@pytest.mark.parametrize("login", ["a; touch PWNED", "$(touch PWNED)", "@org/team", "", "a\n::x::", "x" * 300])
def test_an_invalid_login_ends_the_run(forge: Forge, login: str) -> None:
    forge.claim(7, 4)
    payload = forge.pull_request(7)
    payload["pull_request"]["user"]["login"] = login
    job = gate_on(forge, payload)
    assert job.status == 2
    assert job.last.error.startswith("registry: the event payload is malformed at pull_request.user.login: ")


def gate_on(forge: Forge, payload: dict[str, Any], event: str = "pull_request_target") -> Job:
    return checked(forge, forge.judge(payload, event))


def test_a_head_that_moves_on_is_not_judged_in_its_place(forge: Forge) -> None:
    """The check stands beside the commit of the event: nothing else may decide it."""
    start = forge.main
    good = forge.claim(7, 4)
    payload = forge.pull_request(7)
    forge.origin.git("reflog", "expire", "--expire=all", "--all")
    forge.claim(7, 4, start, goal="Do my best")
    job = gate_on(forge, payload)
    assert job.status == 2
    assert job.last.error == f"registry: pull request 7 has a newer commit than {good}; that one decides\n"


def test_a_head_that_grows_is_judged_where_the_event_saw_it(forge: Forge) -> None:
    bad = forge.claim(7, 4, goal="Do my best")
    payload = forge.pull_request(7)
    forge.claim(7, 4, bad)
    assert gate_on(forge, payload).status == 1
    assert gate_on(forge, forge.pull_request(7, "synchronize")).status == 0


def test_a_false_base_commit_in_the_payload_is_ignored(forge: Forge) -> None:
    start = forge.main
    forge.claim(6, 4)
    forge.merge(6)
    forge.claim(7, 4, start, session_id="marketing-late-1", runtime_id="session-late")
    payload = forge.pull_request(7)
    payload["pull_request"]["base"]["sha"] = start
    job = gate_on(forge, payload)
    assert job.status == 1
    assert "REG103" in job.last.out


def test_a_payload_for_another_branch_is_not_judged(forge: Forge) -> None:
    forge.claim(7, 4)
    payload = forge.pull_request(7)
    payload["pull_request"]["base"]["ref"] = "session-branch"
    assert "registry gate" not in forge.deliver("pull_request_target", payload)
    job = forge.judge(payload)
    assert (job.status, job.last.error) == (
        2, "registry: pull request 7 does not go to main, so it registers nothing; change its base\n",
    )  # fmt: skip


@pytest.mark.parametrize("lie", ["the group itself", "inside the group", "a commit of nobody's"])
def test_a_merge_group_with_a_false_base_is_not_judged(forge: Forge, lie: str) -> None:
    forge.claim(7, 4, session_id="marketing-outreach-2")
    hidden = forge.origin.commit("scratch", {claim_path(5): claim(5)}, forge.main)
    forge.origin.git("update-ref", "-d", "refs/heads/scratch")
    group = forge.queue(7, base=hidden)
    bases = {"the group itself": group, "inside the group": hidden}
    payload = forge.merge_group(7, bases.get(lie, "1" * 40))
    job = gate_on(forge, payload, "merge_group")
    assert job.status == 2
    assert gate_on(forge, forge.merge_group(7), "merge_group").status == 1, "from main on, the fault is seen"


@pytest.mark.takes_long
def test_somebody_else_cannot_change_a_claim_with_an_owner(forge: Forge) -> None:
    forge.propose(6, {MINE: claim(4, owner=f'"github:{SESSION_ID}"')}, author=SESSION)
    assert forge.gate(6).status == 0
    forge.merge(6)
    forge.propose(7, {MINE: claim(4, owner='"github:77001"')}, author=(77001, "somebody"))
    job = checked(forge, forge.gate(7))
    assert job.status == 1
    assert "REG307" in job.last.out
    forge.propose(8, {MINE: None}, author=(SESSION_ID, "renamed"))
    assert forge.gate(8).status == 0


def test_a_queue_takes_no_verdict_from_before_main_changed(forge: Forge) -> None:
    """A merge group has no author, so the verdict must be from the claim and charter now on main."""
    forge.propose(6, {MINE: claim(4, owner=f'"github:{SESSION_ID}"')}, author=SESSION)
    forge.merge(6)
    amended = claim(4, owner=f'"github:{SESSION_ID}"', status="PENDING")
    head = forge.propose(7, {MINE: amended}, author=SESSION)
    assert forge.gate(7).status == 0
    charter = forge.origin.git("cat-file", "blob", "main:registry/charter.yaml")
    forge.origin.commit("main", {"registry/charter.yaml": f"{charter}\n# approvers have changed\n"})
    forge.queue(7)
    job = gate_on(forge, forge.merge_group(7), "merge_group")
    assert (job.status, "REG307" in job.last.out) == (1, True)
    forge.close(7)
    # Brought up to date, it is judged with its author again, and then it passes.
    tree = forge.origin.git("merge-tree", "--write-tree", head, "main")
    forge.open(7, forge.origin.commit_tree(tree, head, "main", branch="pulls/7"), author=SESSION)
    assert forge.gate(7).status == 0
    forge.queue(7)
    assert gate_on(forge, forge.merge_group(7), "merge_group").status == 0


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        ({"number": 8}, "the remark is on pull request 8 at"),
        ({"competitors": ["@everyone"]}, "the remark is malformed at competitors.0"),
        ({"number": True}, "the remark is malformed at number"),
        ({"schema_version": 2}, "the remark is malformed at schema_version"),
    ],
)
@pytest.mark.takes_long
def test_a_forged_remark_is_not_posted(forge: Forge, forged: dict[str, Any], said: str) -> None:
    forge.claim(7, 4)
    look = forge.deliver("pull_request_target", forge.pull_request(7))["look at the proposal"]
    folder = forge.folder / f"run-{forge.runs}"
    remark = {**json.loads(look.outputs["remark"]), **forged}
    calls = len(forge.sent())
    done = subprocess.run(
        [".venv/bin/registry", "github", "comment", "--event"], cwd=folder / "work", capture_output=True,
        encoding="utf-8", check=False, env=forge.variables(folder) | {"REGISTRY_REMARK": json.dumps(remark)},
    )  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr
    assert len(forge.sent()) == calls


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
@pytest.mark.takes_long
def test_a_verdict_that_contradicts_its_findings_is_not_posted(forge: Forge, verdict: str) -> None:
    forge.claim(7, 4, **({"goal": "Do my best"} if verdict == "accepted" else {}))
    look = forge.deliver("pull_request_target", forge.pull_request(7))["look at the proposal"]
    folder = forge.folder / f"run-{forge.runs}"
    remark = json.loads(look.outputs["remark"])
    remark["document"]["verdict"] = verdict
    done = subprocess.run(
        [".venv/bin/registry", "github", "comment", "--event", "--remark", json.dumps(remark)], cwd=folder / "work",
        capture_output=True, encoding="utf-8", check=False, env=forge.variables(folder),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, f"registry: the remark says {verdict}, but its findings do not\n")
