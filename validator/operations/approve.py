"""Approve on a plain Git server: judge a proposal, and merge it in the approver's name, signed."""

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from validator.git.remote import Outcome, Proposal, Pushed, Remote, Update, last_rejection, unmoved
from validator.git.repo import Repo
from validator.git.retry import Attempts, Patience
from validator.model.errors import FatalError
from validator.model.escape import logged, visible
from validator.model.findings import Verdict, decides
from validator.model.layout import HEADS, digits, number_of, own_files
from validator.operations.approver import Approver, who_approves
from validator.operations.claim_key import claim_key_of, is_keyed, key_line
from validator.operations.competitors import Competitors
from validator.operations.proposals import (
    Judged,
    delete_branch,
    difference,
    judge_proposal,
    judged,
    name_of,
    release_beside,
)
from validator.registry.effect import stops_fleet
from validator.registry.holders import holder
from validator.registry.proposals import with_proposed
from validator.registry.reader import Reader
from validator.report.documents import ApprovalEntry, ApprovalsDocument, as_json
from validator.report.text import render as report

# How often main may move between verdict and merge; a silent server is not asked again.
PATIENCE = Patience(attempts=20, unanswered=1, longest=1.5, certain=0.5)

Say = Callable[[str], None]
Ask = Callable[[str], bool]


class ApprovalResult(NamedTuple):
    """The result for one proposal: `merged` is the commit of main that has it."""

    name: str
    merged: str | None
    note: str


def approve(
    *, repo: Path, remote: str, names: tuple[str, ...], all_accepted: bool, ask: Ask, show: Say, say: Say, format: str
) -> int:
    """Merge proposals one by one, each as a step of its own. Returns 0 if each named one is on main.

    `show` gets the pages for the human; `say` gets the JSON document if that is the format.
    """
    server = Remote(Repo(repo), remote)
    server.fetch()
    approver = who_approves(server)
    wanted, results = _sorted_out(names, server, alone=not all_accepted)
    open_ones = judged(server)
    if all_accepted:
        wanted += [one.proposal.name for one in open_ones if one.verdict.accepted]
    for result in results:
        _report(show, result)
    try:
        for name in dict.fromkeys(wanted):
            results.append(_approve(server, approver, name, open_ones, ask, show))
    except FatalError as error:
        results.append(ApprovalResult(name, None, str(error)))
        raise
    finally:  # report the merges made before an error
        if format == "json":
            rows = tuple(ApprovalEntry(name=one.name, merged=one.merged, note=one.note) for one in results)
            say(as_json(ApprovalsDocument(approvals=rows)))
    if not results:
        show("nothing to approve\n")
    return 0 if all(one.merged for one in results) else 1


def _sorted_out(names: Sequence[str], server: Remote, *, alone: bool) -> tuple[list[str], list[ApprovalResult]]:
    """The proposals that the words name, and a result for each word that names none.

    Raises FatalError where no word names one, and nothing else is approved (`alone`).
    """
    wanted, unknown = list[str](), list[ApprovalResult]()
    for name in names:
        try:
            wanted.append(_wanted(name, server))
        except FatalError as error:
            if alone and len(names) == 1:
                raise
            unknown.append(ApprovalResult(name, None, str(error)))
    return wanted, unknown


def _wanted(word: str, server: Remote) -> str:
    """The proposal that a word names: one that is open, or a claim that is on main already."""
    try:
        return name_of(word, server)
    except FatalError:
        text = word.removeprefix("claim/")
        number = int(text) if text.isdecimal() and len(text) <= 5 else 0
        held = Reader(server.repo).at(server.main_and_proposals()[0]).by_number.get(number)
        if held is None:
            raise
        return f"claim/{PurePosixPath(held.path).stem}"


def open_release(word: str, server: Remote) -> str | None:
    """The open release of the number that a word named as a claim, as last fetched, where the gate accepts it."""
    number = word.removeprefix("claim/")
    is_number = number.isascii() and number.isdecimal() and len(number) <= 5
    release = release_beside(f"claim/{digits(int(number))}", server) if is_number else ""
    main, proposals = server.main_and_proposals()
    found = next((one for one in proposals if one.name == release), None)
    return release if found and judge_proposal(Reader(server.repo), main, found).verdict.accepted else None


def _approve(
    server: Remote, approver: Approver, name: str, others: Sequence[Judged], ask: Ask, say: Say
) -> ApprovalResult:
    """Judge one proposal against the current main, show it, ask, and merge it; repeat if main has moved."""
    agreed: str | None = None  # the commit that the human has approved
    reader, attempts = Reader(server.repo), Attempts(PATIENCE)
    for attempt in attempts:
        main, proposals = server.main_and_proposals()
        open_now = {one.name: one for one in proposals}
        known = next((one.proposal.commit for one in others if one.proposal.name == name), None)
        if closed := _result_if_closed(server, reader, main, open_now.get(name), Proposal(name, agreed or known or "")):
            return _report(say, closed)
        one = judge_proposal(reader, main, open_now[name])
        if agreed != one.proposal.commit:
            say(_page(one, server, Competitors(o for o in others if o.proposal.name in open_now).of(one)))
        if why_not := _why_not(one):
            return _report(say, ApprovalResult(name, None, why_not))
        if agreed != one.proposal.commit and not ask(_question(one, approver)):
            return _report(say, ApprovalResult(name, None, f"{name} stays open"))
        agreed = one.proposal.commit
        merge, pushed = _merge(server, approver, one)
        if result := _result_of_push(server, one, merge, pushed):
            return _report(say, result)
        if pushed and pushed.outcome is Outcome.UNREACHABLE:
            attempts.unanswered(f"{name} is not merged: {_server_messages(pushed) or 'the server does not answer'}")
        obstacle = "main moved in between"
        if server.main_and_proposals()[0] == main:
            obstacle = (pushed and _server_messages(pushed)) or "another push was in the way"
            attempts.pause(0.05 * 1.5**attempt)
    note = f"tried {PATIENCE.attempts} times: {obstacle}; run the same command again"
    return _report(say, ApprovalResult(name, None, note))


def _question(one: Judged, approver: Approver) -> str:
    stops = ", which stops the fleet," if stops_fleet(one.landed, one.base) else ""
    return f"Approve {one.proposal.name}{stops} as {approver.handle}?"


def _result_of_push(server: Remote, one: Judged, merge: str, pushed: Pushed | None) -> ApprovalResult | None:
    """The result of pushing a merge; None if it may be tried again."""
    name = one.proposal.name
    if pushed is None:
        otherwise = (
            "Git's merge here differs from the one that was judged; look for a merge driver in .git/info/attributes"
        )
        return ApprovalResult(name, None, f"{name} is not merged: {otherwise}")
    if pushed.outcome is Outcome.PUSHED or server.has(merge):
        return _merged(server, one, merge)
    if pushed.outcome is Outcome.REFUSED:
        return ApprovalResult(name, None, f"{name} is not merged: the server refuses it: {_server_messages(pushed)}")
    return None


def _result_if_closed(
    server: Remote, reader: Reader, main: str, there: Proposal | None, known: Proposal
) -> ApprovalResult | None:
    """The result for a proposal that is closed (`there` None) or merged with its branch left; None for an open one."""
    if there is None:
        return _closed(server, reader, main, known)
    if not _has_landed(server.repo, main, there):
        return None
    delete_branch(server, there)
    return _closed(server, reader, main, there)


def _has_landed(repo: Repo, main: str, proposal: Proposal) -> bool:
    """Whether a proposal's commit is in main, and its files are as it has them."""
    if not repo.is_in(proposal.commit, main):
        return False
    files, theirs = repo.tree(main), repo.tree(proposal.commit)
    return all(files.get(path) == theirs.get(path) for path in own_files(proposal.name))


def _merged(server: Remote, one: Judged, merge: str) -> ApprovalResult:
    """Delete the branch, after the server has the merge."""
    left = delete_branch(server, one.proposal)
    note = f"{one.proposal.name} is on main (commit {merge[:12]})"
    return ApprovalResult(one.proposal.name, merge, f"{note}; its branch is still there: {left}" if left else note)


def _closed(server: Remote, reader: Reader, main: str, proposal: Proposal) -> ApprovalResult:
    """The result for a proposal that is no longer open: rejected, or merged before."""
    name, commit = proposal
    snapshot = reader.at(main)
    held = snapshot.by_number.get(int(number_of(name) or 0))
    if commit and server.repo.merge_base(commit, main) != commit:
        past = last_rejection(server.repo, server.name, name)
        return ApprovalResult(
            name, None, f"{name} {f'was turned down: {logged(past.reason)}' if past else 'is not open any more'}"
        )
    beside = release_beside(name, server)
    also = f"; its release is open: registry approve {beside}" if beside else ""
    if held is None:
        return ApprovalResult(name, main, f"{name} is merged already{also}")
    standing = snapshot.past([held.path])
    return ApprovalResult(
        name,
        standing[held.path].commit,
        f"{name} is merged already: number {held.number} is held by {holder(held, standing)}{also}",
    )


def _why_not(one: Judged) -> str | None:
    """Why a proposal cannot be merged: the gate rejects it, or its commit is on main and its change is not."""
    name, verdict = one.proposal.name, one.verdict
    if not verdict.accepted or verdict.tree is None:
        return f"{name} is not merged: the gate rejects it{_because(verdict)}"
    if not one.landed.touched(one.base):
        turn_down = f"registry reject {name} --reason TEXT"
        return f"{name} changes nothing on main; its session proposes it again, or fill in: {turn_down}"
    return None


def _because(verdict: Verdict) -> str:
    reasons = [f"{finding.code} {logged(finding.message)}" for finding in verdict.findings if decides(finding)]
    return f": {'; '.join(reasons)}" if reasons else ""


def _merge(server: Remote, approver: Approver, one: Judged) -> tuple[str, Pushed | None]:
    """Push the merge if the proposal is still the one shown; returns the merge and the result of the push.

    Nothing is pushed (None) if Git's merge differs from the tree that was judged.
    """
    main, commit = one.base.commit or "", one.proposal.commit
    message = f"{_subject(one)}\n\nApproved-by: {approver.handle}\n"
    if one.claim and one.claim.draft.session_id:
        message += f"Session-Id: {one.claim.draft.session_id}\n"
    start = _release_first(server, approver, one) or main
    tree = server.repo.merge(start, commit, kept=True).tree
    if tree != one.verdict.tree:
        return "", None
    merge = server.repo.commit_as_user(tree, [start, commit], message, key=approver.key)
    return merge, server.push([Update(f"{HEADS}{server.branch}", main, merge), unmoved(one.proposal)])


def _release_first(server: Remote, approver: Approver, one: Judged) -> str | None:
    """The merge of the release that a claim brings with it; None for every other proposal."""
    main = one.base.commit or ""
    if one.release is None or one.claim is None:
        return None
    message = f"Release session {one.claim.number}\n\nApproved-by: {approver.handle}\n"
    tree = server.repo.merge(main, one.release, kept=True).tree
    return server.repo.commit_as_user(tree or "", [main, one.release], message, key=approver.key)


def _server_messages(pushed: Pushed) -> str:
    return " / ".join(map(logged, filter(None, pushed.said)))


def _subject(one: Judged) -> str:
    if one.claim:
        verb = "Amend" if one.claim.path in one.base.files else "Register"
        return f"{verb} session {one.claim.number}: {visible(one.claim.draft.role or '')}"
    kind, _, number = one.proposal.name.partition("/")
    what = {"release": "Release session ", "charter": "Change the charter: "}
    return f"{what.get(kind, 'Record ')}{number}"


def _page(one: Judged, server: Remote, rivals: tuple[str, ...]) -> str:
    """The page for the human: the change, the verdict, and competing proposals."""
    text = "".join(f"  {logged(line)}\n" for line in difference(one, server.repo).splitlines())
    against = f"whoever is merged first wins against: {', '.join(rivals)}\n" if rivals else ""
    heading = f"{one.proposal.name}, proposed {one.proposed_at}: {logged(one.subject(server.repo))}"
    line = key_line(one.proposal.name, claim_key_of(one), keyed=is_keyed(one.base))
    key = f"{line}\n" if line else ""
    words = one.effect(server.repo)
    stops = f"approving this {words}\n" if words else ""
    return f"{heading}\n{key}\n{text}\n{report(with_proposed(one.verdict, server.repo))}{against}{stops}"


def _report(say: Say, result: ApprovalResult) -> ApprovalResult:
    say(f"{result.note}\n\n")
    return result
