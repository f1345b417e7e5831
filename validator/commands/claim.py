"""Propose a claim: written as Git objects onto branch `claim/NN`, pushed by compare-and-swap."""

import random
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from validator import locks, model
from validator.claiming import read_source, write_claim
from validator.commands import main_of
from validator.document import read
from validator.finding import FatalError, Verdict
from validator.goals import UnreadableError, draft_targets, read_target
from validator.interval import told
from validator.judging import judge
from validator.model import Target
from validator.phrases import free_numbers, holder, quoted, ranges
from validator.reading import Reader, charter_of, claims_at
from validator.remote import Outcome, Proposal, Pushed, Remote, Update
from validator.repo import Repo
from validator.rules.role_misaligned import is_aligned
from validator.snapshot import ClaimFile, Snapshot, claim_file, claim_path, width
from validator.turn import turn

ATTEMPTS = 60  # lost races before a session gives up; with jitter, more than a hundred rivals need
UNANSWERED = 4  # of these, how often a server may be silent
LONGEST_PAUSE = 1.5  # seconds

Tell = Callable[[str], None]


class Wish(NamedTuple):
    """What a session wants to claim: fields of a claim without the number, and the number, None for any free one."""

    number: int | None
    fields: Mapping[str, Any]


class Words(NamedTuple):
    """What a session said on the command line; `source` is the text of a file, of standard input or of a message."""

    number: int | None = None
    session_id: str | None = None
    role: str | None = None
    goal: str | None = None
    targets: tuple[str, ...] = ()
    responsibilities: tuple[str, ...] = ()
    source: str | None = None


class Proposed(NamedTuple):
    """How a claim ended: `note` says it in a line; `verdict` is the gate's, where the gate was asked."""

    won: bool
    number: int
    branch: str
    note: str
    commit: str | None = None
    pushed: bool = False
    verdict: Verdict | None = None


class _Table(NamedTuple):
    """What a claiming session sees: main, and who has proposed what on the remote."""

    main: str
    snapshot: Snapshot
    charter: model.Charter
    proposed: Mapping[int, tuple[Proposal, ClaimFile | None]]

    def free(self) -> list[int]:
        """The numbers that nobody holds or has proposed."""
        return [number for number in self.snapshot.free_numbers() if number not in self.proposed]

    def branch(self, number: int) -> str:
        """The branch of a number's proposal."""
        return f"claim/{number:0{width(self.charter.capacity)}}"


class _Again(NamedTuple):
    """The race for a number was lost, or the server was silent: look again."""

    number: int
    why: str
    silent: bool = False


def wish_from(words: Words, *, any_number: bool, now: str) -> tuple[Wish, tuple[str, ...]]:
    """What a session wishes, and the targets that were drawn from its goal and want a yes, as people write them.

    Words on the command line go before those of the source. `now` is the time of claiming, RFC 3339. Raises
    FatalError for words that make no claim, or for too few of them.
    """
    try:
        fields = read_source(words.source) if words.source is not None else {}
        said = {"session_id": words.session_id, "role": words.role, "goal": words.goal}
        fields |= {name: value for name, value in said.items() if value is not None}
        if words.targets:
            fields["targets"] = [_as_field(read_target(text)) for text in words.targets]
        drawn = _draw(fields)
    except UnreadableError as error:
        raise FatalError(str(error)) from error
    if words.responsibilities or not fields.get("responsibilities"):
        fields["responsibilities"] = list(words.responsibilities) or [fields["goal"]]
    fields = {"status": "REGISTERED", "timestamp": now, **fields}
    stated = fields.pop("number", None)
    number = None if any_number else words.number if words.number is not None else stated
    if number is None and not any_number:
        raise FatalError("which number? name one, or take any free one: --any")
    return Wish(number, fields), tuple(map(told, drawn))


def _draw(fields: dict[str, Any]) -> tuple[Target, ...]:
    """Fill in targets that the goal states, where none are given. What cannot be read is asked for, never guessed."""
    for name in ("session_id", "goal"):
        if not isinstance(fields.get(name), str):
            raise UnreadableError(f"the claim has no {name}; add --{name.replace('_', '-')}")
    if fields.get("targets"):
        return ()
    draft = draft_targets(fields["goal"])
    if draft.unread or not draft.targets:
        unread = quoted(draft.unread[0] if draft.unread else fields["goal"])
        raise UnreadableError(f'what is measured in {unread}? say it: --target "emails sent >= 17 emails/day"')
    fields["targets"] = [_as_field(target) for target in draft.targets]
    return draft.targets


def _as_field(target: Target) -> dict[str, Any]:
    return target.model_dump(exclude_none=True)


def claim(*, repo: Path, wish: Wish, push: bool, remote: str, tell: Tell) -> Proposed:
    """Propose what a session wishes; one that has it already hears so. Raises FatalError for the environment."""
    reader = Reader(Repo(repo))
    server = Remote(reader.repo, remote) if push else None
    silent = 0
    for attempt in range(ATTEMPTS):
        with turn() if server else nullcontext():
            table = _look(reader, server)
            ended = _known(table, wish) or _attempt(reader, server, table, wish)
        if isinstance(ended, Proposed):
            return ended
        silent += ended.silent
        if silent >= UNANSWERED:
            raise FatalError(f"the server does not take the push of number {ended.number}: {ended.why}")
        pause = random.uniform(0.01, min(LONGEST_PAUSE, 0.1 * 1.5**attempt))  # noqa: S311 - spreads rivals, hides nothing
        tell(f"number {ended.number}: {ended.why}; looking again in {pause:.1f} s\n")
        time.sleep(pause)
    raise FatalError(f"lost {ATTEMPTS} races; try again later")


def render(proposed: Proposed, format: str, *, colour: bool) -> str:
    """The end of a claim as the JSON document of the contract, or as text with the gate's findings."""
    verdict = proposed.verdict
    if format == "text":
        from validator.report.text import render as report

        return (report(verdict, colour=colour) if verdict else "") + f"{proposed.note}\n"
    from validator.output import ClaimDocument, as_json, finding_entries

    return as_json(
        ClaimDocument(
            number=proposed.number,
            branch=proposed.branch,
            commit=proposed.commit,
            pushed=proposed.pushed,
            findings=finding_entries(verdict.findings) if verdict else (),
            note=proposed.note,
        )
    )


def _look(reader: Reader, server: Remote | None) -> _Table:
    if server:
        server.fetch()
    main, proposals = server.heard() if server else (main_of(reader.repo, None), ())
    snapshot = reader.at(main)
    charter = charter_of(snapshot)
    claimed = {int(one.name.removeprefix("claim/")): one for one in proposals if one.name.startswith("claim/")}
    claims = claims_at(reader.repo, ((one.commit, number) for number, one in claimed.items()), charter.capacity)
    return _Table(
        main, snapshot, charter, {number: (one, claims.get((one.commit, number))) for number, one in claimed.items()}
    )


def _known(table: _Table, wish: Wish) -> Proposed | None:
    """What is settled before anything is written: mine already, or somebody else's."""
    session = wish.fields["session_id"]
    for number, held in table.snapshot.by_number.items():
        if held.draft.session_id == session:
            since = holder(held, table.snapshot.past([held.path]))
            fits = wish.number in (None, number)
            note = f"number {number} is yours already: {since}" if fits else f"you hold number {number}: {since}"
            return Proposed(fits, number, table.branch(number), note)
    if wish.number is None:
        return None
    taken = table.snapshot.by_number.get(wish.number)
    if taken:
        who = holder(taken, table.snapshot.past([taken.path]))
        return _lost(table, wish.number, f"number {wish.number} is held by {who}")
    proposal, rival = table.proposed.get(wish.number, (None, None))
    if proposal and (rival is None or rival.draft.session_id != session):
        who = (rival.draft.session_id if rival else None) or "a session that cannot be read"
        return _lost(
            table, wish.number, f"number {wish.number} was proposed first by {who} (commit {proposal.commit[:12]})"
        )
    return None


def _lost(table: _Table, number: int, why: str) -> Proposed:
    free = table.free()
    choice = f"free and not proposed: {ranges(free)}" if free else "no number is left"
    return Proposed(False, number, table.branch(number), f"{why}; {choice}")


def _attempt(reader: Reader, server: Remote | None, table: _Table, wish: Wish) -> Proposed | _Again:
    earlier = {
        n: (p, c) for n, (p, c) in table.proposed.items() if c and c.draft.session_id == wish.fields["session_id"]
    }
    number = wish.number or next(iter(earlier), None) or _choose(table, wish)
    if number is None:
        return Proposed(False, 0, "", f"no number is left for this claim; {free_numbers(table.snapshot)}")
    path, text = claim_path(number, table.charter.capacity), write_claim(_fields(table, wish, number))
    proposal, before = earlier.get(number, (None, None))
    if proposal and before and _same(before, claim_file(read(path, text.encode()), number)):
        note = f"number {number} is proposed already, by you; a human has to approve it"
        return Proposed(True, number, table.branch(number), note, proposal.commit, pushed=True)
    return _propose(reader, server, table, number, text, proposal.commit if proposal else None)


def _choose(table: _Table, wish: Wish) -> int | None:
    """A free number that fits the role, in an order of the session's own, so that not all run for the first."""
    slots, role = {slot.number: slot for slot in table.charter.slots}, wish.fields.get("role")
    free = [n for n in table.free() if not role or n not in slots or is_aligned(role, slots[n], slots.values())]
    seed = f"{wish.fields['session_id']} {len(free)}"
    return random.Random(seed).choice(free) if free else None  # noqa: S311 - spreads rivals, hides nothing


def _fields(table: _Table, wish: Wish, number: int) -> dict[str, Any]:
    slot = next((slot for slot in table.charter.slots if slot.number == number), None)
    role = {"role": slot.role} if slot and not wish.fields.get("role") else {}
    return {**wish.fields, **role, "number": number}


def _same(one: ClaimFile, other: ClaimFile) -> bool:
    """Whether two claims promise the same; when they were written makes no difference."""
    return (
        one.claim is not None
        and other.claim is not None
        and (one.claim.model_copy(update={"timestamp": ""}) == other.claim.model_copy(update={"timestamp": ""}))
    )


def _propose(
    reader: Reader, server: Remote | None, table: _Table, number: int, text: str, old: str | None
) -> Proposed | _Again:
    repo, branch = reader.repo, table.branch(number)
    blob = repo.write_blob(text.encode())
    tree = repo.tree_with(table.main, claim_path(number, table.charter.capacity), blob)
    commit = repo.commit_as_user(tree, [table.main], f"Claim number {number}\n")
    verdict = judge(*reader.step(table.main, commit, own=True))
    if not verdict.accepted:
        return Proposed(False, number, branch, "not proposed: the gate would reject it", commit, verdict=verdict)
    _keep(repo, branch, commit)
    if server is None:
        note = f"proposed number {number} on branch {branch}, here only; publish it: git push origin {branch}"
        return Proposed(True, number, branch, note, commit, verdict=verdict)
    return _settled(server.push([Update(f"refs/heads/{branch}", old, commit)]), number, branch, commit, verdict)


def _settled(pushed: Pushed, number: int, branch: str, commit: str, verdict: Verdict) -> Proposed | _Again:
    if pushed.outcome is Outcome.PUSHED:
        note = f"proposed number {number} on branch {branch}; a human has to approve it"
        return Proposed(True, number, branch, note, commit, pushed=True, verdict=verdict)
    if pushed.outcome is Outcome.LOST:
        return _Again(number, "somebody was faster")
    return _Again(number, " / ".join(pushed.said)[-400:] or "no answer", silent=True)


def _keep(repo: Repo, branch: str, commit: str) -> None:
    """The local branch, which may be left over from an earlier try; never the one that is checked out."""
    ref = f"refs/heads/{branch}"
    if repo.checked_out() == ref:
        raise FatalError(f"{branch} is checked out here; run: git switch main")
    (old,) = repo.resolve(ref)
    error = repo.move(ref, commit, old)
    if error and locks.outlived(error, repo.folder):
        error = repo.move(ref, commit, old)
    if error:
        raise FatalError(f"{branch} is not written: {' '.join(error.split())[-300:]}; run the same command again")


def open_pull_request(*, repo: Path, remote: str, branch: str) -> str:
    """Open a pull request through the `gh` program where the remote is a GitHub one; elsewhere say what to do."""
    url = Remote(Repo(repo), remote).url
    if not re.search(r"(?:^|[@/.])github\.com[:/]", url):
        return f"{remote} is no GitHub repository; ask an approver to run: registry approve {branch}\n"
    gh = shutil.which("gh")
    if gh is None:
        return f"the gh program is not on the PATH; open the pull request of {branch} by hand\n"
    # An argument vector, no shell; the branch is of our own making.
    command = [gh, "pr", "create", "--head", branch, "--base", "main", "--title", f"Claim {branch}", "--body", ""]
    done = subprocess.run(command, cwd=repo, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise FatalError(f"gh pr create: {' '.join(done.stderr.split())[-300:]}")
    return done.stdout
