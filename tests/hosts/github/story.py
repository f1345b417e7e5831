"""A fleet of twelve on GitHub, from its first claim to its start: what everybody sees at each step is a file.

Sessions and the human propose with the verbs and with the real `gh`; the gate and its comment are run by act where a
step shows something new of the workflows, else by their own lines (`Forge.deliver`); a human merges as on the web page.
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.hosts.github.forge import SCOPES, SESSION_ID, Forge, claim
from tests.hosts.github.runner import Runner, agrees
from tests.repository import NINE, ROOT, Changes, claim_path, fleet, tracked
from tests.shell import program
from tests.warm.begin import PYTHONPATH
from validator.hosts.github.judge import validate_event

EXPECTED = Path(__file__).parent / "expected" / "story"
WEB = "https://github.com/OWNER/registry"
SESSION, STRANGER = (SESSION_ID, "session"), (99, "stranger")
FLEET = ROOT / "validator/cli/demo/fleet"
TAKES_NO_PUSH = """\
while read -r _ _ ref; do
  test "$ref" != refs/heads/main || { echo "GH013: Repository rule violations found for $ref." >&2; exit 1; }
done
"""
# What differs from run to run: commits and digests, the day, and a week that is far away.
VARYING = (
    (r"[0-9a-f]{6}<wbr>[0-9a-f]{6}", "COMMIT"),
    (r"(sha256:)?[0-9a-f]{12,64}", "ID"),
    (r"20[0-8]\d-\d\d-\d\d(T[\d:]+Z)?", "DAY"),
)


class Story:
    """The fleet's way, and the pull requests that it takes. `bless`: the files are written, not compared."""

    def __init__(self, forge: Forge, runner: Runner, *, bless: bool = False) -> None:
        self.forge, self.runner, self.bless = forge, runner, bless
        self.merged = self.by_act = 0
        self.wrong = list[str]()
        self.written = set[str]()
        people = {"gho_session": SESSION}
        state = forge.read_state()
        users = {token: {"id": number, "login": login, "type": "User"} for token, (number, login) in people.items()}
        state["tokens"] |= dict.fromkeys(people, dict.fromkeys(SCOPES, "write"))
        forge.write_state(state | {"users": users})
        forge.github.lets_in = lambda secret: secret in people
        program(forge.origin.path / "hooks" / "pre-receive", TAKES_NO_PUSH)
        forge.origin.git("config", "http.receivepack", "true")
        self.clones = {login: self._clone(login, f"gho_{login.lower()}") for _, login in people.values()}

    def _clone(self, login: str, token: str) -> tuple[Path, dict[str, str]]:
        """A clone over https by somebody who has logged in with gh, as `gh auth setup-git` leaves it."""
        folder = self.forge.folder / "clones" / login
        helper = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "credential.helper"}
        helper |= {"GIT_CONFIG_VALUE_0": "!gh auth git-credential", "GH_TOKEN": token}
        env = self.forge.variables(self.forge.folder) | helper
        env |= {f"GIT_{role}_{what}": login for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        env = {name: value for name, value in env.items() if not name.startswith(("GITHUB_", "GH_REPO"))}
        subprocess.run(["git", "clone", "--quiet", WEB, str(folder)], env=env, check=True, capture_output=True)
        return folder, env

    # ---- what people do

    def proposes(self, who: str, *words: str) -> int:
        """A verb with `--pr`; the number of the pull request that it has opened, or renewed."""
        folder, env = self.clones[who]
        line = [sys.executable, "-P", "-m", "validator", *words, "--pr"]
        env = env | {"PYTHONPATH": PYTHONPATH, "GITHUB_ACTIONS": ""}
        done = subprocess.run(line, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False)
        found = re.search(r"/pull/(\d+)", done.stderr)
        if done.returncode or not found:
            raise SystemExit(f"registry {' '.join(words)} --pr: {done.returncode}\n{done.stdout}{done.stderr}")
        return int(found[1])

    def by_web(self, changes: Changes, author: tuple[int, str]) -> int:
        """A pull request made on the web page, from a fork."""
        state = self.forge.read_state()
        pull: int = 1 + max([state.get("last_pull", 0), *(row["number"] for row in state["pulls"])])
        self.forge.propose(pull, changes, author=author)
        return pull

    def merges(self, pull: int) -> str:
        """A human's click. Main before it."""
        before, origin = self.forge.main, self.forge.origin
        origin.minutes = max(origin.minutes, int(time.time() - NINE) // 60)  # no record is younger than its merge
        self.forge.merge(pull)
        self.merged += 1
        return before

    def merges_by_queue(self, name: str, pull: int) -> str:
        """A human's click on *Merge when ready*: the group is judged by act. Main before it."""
        self.forge.queue(pull)
        found = self.runner.run("validate", "merge_group", self.forge.merge_group(pull))
        self.by_act += 1
        self.holds(name, found.colour, found.colour == "green", found.log)
        self.compared(f"{name}.summary.md", found.summary)
        return self.merges(pull)

    def renewed(self, before: str) -> list[int]:
        """Main has moved from a commit: the pull requests whose runs are run again, by act."""
        found = self.runner.run("renew", "push", self.forge.push(before))
        self.by_act += 1
        self.holds("renew", found.colour, found.colour == "green", found.log)
        runs = {str(row["id"]): row["display_title"] for row in self.forge.read_state()["runs"]}
        again = [call["path"].split("/")[-2] for call in self.forge.sent() if call["path"].endswith("/rerun")]
        return sorted({int(runs[run].removeprefix("pull request ")) for run in again})

    def closes(self, pull: int) -> None:
        """A proposal that is turned down, or given up."""
        self.forge.close(pull)

    def charter(self, old: str, new: str) -> int:
        """A proposal of the charter with other words."""
        folder, env = self.clones["session"]
        subprocess.run(["git", "pull", "--quiet"], cwd=folder, env=env, check=True)
        file = folder / "registry/charter.yaml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
        pull = self.proposes("session", "charter", "propose")
        file.write_text(text, "utf-8")
        return pull

    def records(self, name: str, *words: str) -> None:
        """A record of consensus: proposed, seen, merged."""
        pull = self.proposes("session", "consensus", *words)
        self.shown(name, pull, "green")
        self.merges(pull)

    def sessions(self) -> list[str]:
        """Every session of the fleet, by its number."""
        found = (re.search(r"^session_id: (.+)$", text, re.MULTILINE) for _, text in sorted(fleet().items()))
        return [match[1] for match in found if match]

    def ends(self) -> None:
        """The fleet runs, main is clean, and no file of an earlier story is left."""
        found = self.runner.run("audit", "push", self.forge.push(self.forge.origin.git("rev-parse", "main~1")))
        self.by_act += 1
        self.holds("20-audit", found.colour, found.colour == "green", found.log)
        self.compared("20-audit.summary.md", found.summary)
        left = {file.name for file in tracked(EXPECTED)} - self.written
        self.wrong += [f"{EXPECTED / name} is no part of the story" for name in sorted(left)]
        print(f"{self.merged} merged; {self.by_act} runs of act")
        if self.merged - len(EXTRA) != FEWEST:
            self.wrong.append(f"a fleet takes {self.merged - len(EXTRA)} pull requests, not {FEWEST} as {PAGE} says")
        if self.wrong:
            raise SystemExit("\n\n".join(self.wrong))

    # ---- what they see

    def shown(self, name: str, pull: int, colour: str, *, act: bool = False) -> None:
        """The gate and the comment on a pull request: of this colour, and as the files have it."""
        payload, done = self.forge.pull_request(pull), "pull_request_target"
        if act:
            gate = self.runner.run("validate", done, payload)
            self.runner.run("comment", done, payload)
            found, summary, log = gate.colour, gate.summary, gate.log
            self.by_act += 2
        else:
            jobs = self.forge.deliver(done, payload, ("validate", "comment"))
            found, summary = "red" if jobs["registry gate"].status else "green", jobs["registry gate"].summary
            log = "\n".join(f"{step.out}{step.error}" for job in jobs.values() for step in job.steps)
        self.holds(name, found, found == colour, log)
        (comment,) = self.forge.read_state()["comments"][str(pull)]
        self.compared(f"{name}.summary.md", summary)
        self.compared(f"{name}.comment.md", comment["body"])

    def passes(self, name: str, pull: int) -> None:
        """The gate lets a claim of the seed through, by act, and says what its verdict is."""
        payload = self.forge.pull_request(pull)
        found = self.runner.run("validate", "pull_request_target", payload)
        self.by_act += 1
        verdict = validate_event(repo=self.runner.clone, remote="origin", data=json.dumps(payload).encode())
        self.holds(name, found.colour, verdict.accepted and agrees(found, verdict), found.log)

    def compared(self, name: str, text: str) -> None:
        for pattern, word in VARYING:
            text = re.sub(pattern, word, text)
        self.written.add(name)
        file = EXPECTED / name
        if self.bless:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
        if not file.exists() or file.read_text("utf-8") != text:
            self.wrong.append(f"{file} has other words than these:\n{text}")

    def holds(self, name: str, colour: str, right: bool, log: str = "") -> None:
        print(f"{colour:<6} {name}", flush=True)
        if not right:
            raise SystemExit(f"{log}\nnot as it should be: {name}")


# What a fleet's way has beside its claims and records.
EXTRA = ("an account is named", "a release", "the number is claimed again")
PAGE = "docs/github.md"
FEWEST = int((re.findall(r"^\| all \| 28 \| (\d+) \|", (ROOT / PAGE).read_text("utf-8"), re.MULTILINE) or ["0"])[0])

OWNED = {"owner": '"github:583231"', "owner_login": "session"}
LATE = {"session_id": "marketing-late-1", "runtime_id": "session-late"}
TWIN = {"session_id": "marketing-outreach-2", "runtime_id": "session-twin"}


def play(story: Story) -> None:
    """All of it, in order."""
    claims(story)
    strangers(story)
    changes(story)
    consensus(story)
    story.ends()


def claims(story: Story) -> None:
    """Twelve numbers are taken. Two sessions want number 4, two proposals come from the session that has number 5."""
    first = story.proposes("session", "claim", "1", "--from", str(FLEET / "01.yaml"))
    story.shown("01-a-claim", first, "green", act=True)
    story.merges(first)
    fast = story.proposes("session", "claim", "4", "--from", str(FLEET / "04.yaml"))
    late = story.by_web({claim_path(4): claim(4, **LATE)}, (77, "late"))
    story.shown("02-two-want-number-4", fast, "green")
    story.shown("03-two-want-number-4", late, "green")
    before = story.merges_by_queue("04-the-queue", fast)
    assert story.renewed(before) == [late]
    story.shown("05-number-4-is-gone", late, "red")
    story.closes(late)
    twin = story.by_web({claim_path(6): claim(6, **TWIN)}, (78, "twin"))
    fifth = story.by_web({claim_path(5): claim(5, **OWNED)}, SESSION)
    story.shown("06-one-session-twice", twin, "green")
    story.passes("number 5", fifth)
    story.merges(fifth)
    story.shown("07-one-session-twice-lost", twin, "red")
    story.closes(twin)
    for number in (2, 3, 6, 7, 8, 9, 10, 11, 12):
        text = claim(number, **({} if number == 12 else OWNED))
        pull = story.by_web({claim_path(number): text}, SESSION)
        story.passes(f"number {number}", pull)
        story.merges(pull)


def strangers(story: Story) -> None:
    """Somebody else gives numbers back, changes a goal, brings a workflow along."""
    rows: tuple[tuple[str, Changes, str], ...] = (
        ("08-a-strangers-release", {claim_path(4): None}, "red"),
        ("09-a-strangers-release-without-owner", {claim_path(12): None}, "green"),
        ("10-a-strangers-goal", {claim_path(12): claim(12).replace("30", "20")}, "green"),
        ("11-a-claim-and-a-workflow", {claim_path(12): None, ".github/workflows/validate.yml": "on: push\n"}, "red"),
    )
    for name, changed, colour in rows:
        pull = story.by_web(changed, STRANGER)
        story.shown(name, pull, colour, act=name.startswith("11"))
        story.closes(pull)


def changes(story: Story) -> None:
    """A session names its account, gives its number back, and takes it again."""
    named = story.by_web({claim_path(12): claim(12, **OWNED)}, SESSION)
    story.shown("12-an-account-is-named", named, "green")
    story.merges(named)
    released = story.proposes("session", "release", "4", "--reason", "The campaign is over")
    story.shown("13-a-release", released, "green")
    story.merges(released)
    story.merges(story.proposes("session", "claim", "4", "--from", str(FLEET / "04.yaml")))


def consensus(story: Story) -> None:
    """From the confirmation to the start; between them somebody proposes a larger fleet, which is turned down."""
    by = ("--session-id", "marketing-orchestrator")
    story.records("14-confirmation", "confirm", *by)
    larger = story.charter("capacity: 12", "capacity: 13")
    story.shown("15-a-larger-fleet", larger, "green")
    story.closes(larger)
    story.records("16-approval", "approve", "--yes")
    story.records("17-broadcast", "broadcast", *by, "--branch")
    pulls = {story.proposes("session", "consensus", "acknowledge", "--session-id", one) for one in story.sessions()}
    (shared,) = pulls
    story.shown("18-acknowledgements", shared, "green", act=True)
    story.merges(shared)
    story.records("19-activation", "activate", "--yes", "--week", "2099-W02")
