"""The human's part on a plain Git server: look, merge in one's own name (signed), or turn down with a reason."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from validator.commands.proposals import Judged, competitors, judge_proposal, judged, name_of
from validator.escaping import logged, visible
from validator.finding import FatalError
from validator.model import Charter
from validator.output import ApprovalEntry, ApprovalsDocument, as_json
from validator.reading import Reader, charter_of
from validator.remote import Outcome, Proposal, Pushed, Remote, Update
from validator.repo import Repo
from validator.report.text import render as report

ATTEMPTS = 20  # how often main may move between verdict and merge

Say = Callable[[str], None]
Ask = Callable[[str], bool]


class Approver(NamedTuple):
    """Who approves, and with which SSH key (None: this registry does not ask for signatures)."""

    handle: str
    key: str | None


class Ended(NamedTuple):
    """What became of one proposal."""

    name: str
    merged: str | None
    note: str


def approve(
    *, repo: Path, remote: str, names: tuple[str, ...], all_accepted: bool, ask: Ask, say: Say, format: str
) -> int:
    """Merge proposals one by one, each as a step of its own. 0 if every one that was named is on main."""
    server = Remote(Repo(repo), remote)
    server.fetch()
    approver = who_approves(server)
    wanted, open_ones = [name_of(name, server) for name in names], judged(server)
    if all_accepted:
        wanted += [one.proposal.name for one in open_ones if one.verdict.accepted]
    show: Say = say if format == "text" else (lambda _: None)
    ended = [_approve(server, approver, name, open_ones, ask, show) for name in dict.fromkeys(wanted)]
    if format == "json":
        rows = tuple(ApprovalEntry(name=one.name, merged=one.merged, note=one.note) for one in ended)
        say(as_json(ApprovalsDocument(approvals=rows)))
    elif not ended:
        say("nothing to approve\n")
    return 0 if all(one.merged for one in ended) else 1


def reject(*, repo: Path, remote: str, name: str, reason: str) -> str:
    """Take a proposal off the remote and leave the reason where its session finds it."""
    if not reason.strip():
        raise FatalError("say why: the session has nothing else to learn from")
    server = Remote(Repo(repo), remote)
    server.fetch()
    proposal = _proposal(server, name_of(name, server))
    approver = who_approves(server)
    message = f"{reason.strip()}\n\nRejected-by: {approver.handle}\n"
    tree = server.repo.tree_of(proposal.commit)
    commit = server.repo.commit_as_user(tree, [proposal.commit], message, key=approver.key)
    gone = Update(f"refs/heads/{proposal.name}", proposal.commit, None)
    pushed = server.push([gone, Update(f"refs/rejected/{proposal.name}/{commit[:12]}", None, commit)])
    if pushed.outcome is not Outcome.PUSHED:
        raise FatalError(f"{proposal.name} is still there: {' / '.join(pushed.said) or 'it moved; look again'}")
    return f"turned down {proposal.name}: {logged(reason.strip())}\n"


def who_approves(server: Remote) -> Approver:
    """Which approver of main's charter the caller is. Raises FatalError where that cannot be told."""
    charter = charter_of(Reader(server.repo).at(server.repo.commit(server.main)))
    keys = {_material(approver.key): approver.handle for approver in charter.approvers if approver.key}
    if not keys:
        return Approver(_handle(charter, server), None)
    setting = server.repo.configured("user.signingkey")
    if setting is None:
        raise FatalError("approvals are signed here: git config user.signingkey PATH-OF-YOUR-SSH-KEY")
    handle = keys.get(_material(_public_key(setting)))
    if handle is None:
        raise FatalError(f"the key in user.signingkey ({setting}) is no approver's of the charter")
    return Approver(handle, setting)


def _handle(charter: Charter, server: Remote) -> str:
    handles = [approver.handle for approver in charter.approvers]
    mine = server.repo.configured("registry.approver")
    if mine is None and len(handles) == 1:
        return handles[0]
    if mine not in handles:
        raise FatalError(f"which approver are you? git config registry.approver {handles[0]}")
    return mine


def _public_key(setting: str) -> str:
    if setting.startswith(("key::", "ssh-", "ecdsa-", "sk-")):
        return setting.removeprefix("key::")
    path = Path(setting).expanduser()
    public = path if path.suffix == ".pub" else path.with_name(f"{path.name}.pub")
    try:
        return public.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FatalError(f"the public key {public} cannot be read") from error


def _material(key: str) -> str:
    return " ".join(key.split()[:2])


def _proposal(server: Remote, name: str) -> Proposal:
    found = next((one for one in server.proposals() if one.name == name), None)
    if found is None:
        raise FatalError(f"{name} is not open any more; see: registry proposals --all")
    return found


def _approve(server: Remote, approver: Approver, name: str, others: Sequence[Judged], ask: Ask, say: Say) -> Ended:
    """One proposal: judged against main as it is now, shown, asked about, merged; again where main has moved."""
    agreed: str | None = None  # the commit that the human has said yes to
    for _ in range(ATTEMPTS):
        open_now = {one.name: one for one in server.proposals()}
        if name not in open_now:
            return _done(say, Ended(name, None, f"{name} is not open any more"))
        reader = Reader(server.repo)
        one = judge_proposal(reader, server.repo.commit(server.main), open_now[name])
        if agreed != one.proposal.commit:
            say(_shown(one, server, competitors(one, [o for o in others if o.proposal.name in open_now])))
        if not one.verdict.accepted or one.verdict.tree is None:
            return _done(say, Ended(name, None, f"{name} is not merged: the gate rejects it"))
        if agreed != one.proposal.commit and not ask(f"Approve {name} as {approver.handle}?"):
            return _done(say, Ended(name, None, f"{name} stays open"))
        agreed = one.proposal.commit
        merge, pushed = _merge(server, approver, one)
        if pushed.outcome is Outcome.PUSHED:
            return _done(say, Ended(name, merge, f"{name} is on main (commit {merge[:12]})"))
        if pushed.outcome is Outcome.REFUSED:
            return _done(say, Ended(name, None, f"{name} is not merged: the server refuses it: {_words(pushed)}"))
        if pushed.outcome is Outcome.UNREACHABLE:
            raise FatalError(f"{name} is not merged: {_words(pushed) or 'the server does not answer'}")
        server.fetch()
    return _done(say, Ended(name, None, f"main moved {ATTEMPTS} times in between; run the same command again"))


def _merge(server: Remote, approver: Approver, one: Judged) -> tuple[str, Pushed]:
    """Push the merge and take the branch away in one step; the merge, and how that ended."""
    main, commit = one.base.commit or "", one.proposal.commit
    message = f"{_subject(one)}\n\nApproved-by: {approver.handle}\n"
    if one.claim and one.claim.draft.session_id:
        message += f"Session-Id: {one.claim.draft.session_id}\n"
    tree = server.repo.merge(main, commit, kept=True).tree
    merge = server.repo.commit_as_user(tree, [main, commit], message, key=approver.key)
    branch = f"refs/heads/{one.proposal.name}"
    return merge, server.push([Update("refs/heads/main", main, merge), Update(branch, commit, None)])


def _words(pushed: Pushed) -> str:
    return " / ".join(map(logged, filter(None, pushed.said)))


def _subject(one: Judged) -> str:
    if one.claim:
        verb = "Amend" if one.claim.path in one.base.files else "Register"
        return f"{verb} session {one.claim.number}: {visible(one.claim.draft.role or '')}"
    kind, _, number = one.proposal.name.partition("/")
    return f"{'Release session' if kind == 'release' else 'Record'} {number}"


def _shown(one: Judged, server: Remote, rivals: tuple[str, ...]) -> str:
    """The page a human decides on: the change itself, what the gate says, who else wants the same."""
    difference = server.repo.difference(one.base.commit or "", one.landed.tree or one.proposal.commit)
    text = "".join(f"  {logged(line)}\n" for line in difference.splitlines())
    against = f"whoever is merged first wins against: {', '.join(rivals)}\n" if rivals else ""
    heading = f"{one.proposal.name}, proposed {one.proposed_at}: {logged(one.subject(server.repo))}"
    return f"{heading}\n\n{text}\n{report(one.verdict)}{against}"


def _done(say: Say, ended: Ended) -> Ended:
    say(f"{ended.note}\n\n")
    return ended
