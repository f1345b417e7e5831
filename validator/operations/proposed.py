"""Judge a proposal. A claim may give its number back first: in an active fleet its hours can change in no other way.

Then its branch has two commits on main as it is now, a release and the claim of the free number, and each is judged as
the step of main that it will be. Where main has moved since, the proposal is judged as a whole, and made again.

The release names the claim that follows in the last line of its message, which a session's key signs with it: nobody
can propose it alone, or with another claim.
"""

from typing import NamedTuple

from validator.git.repo import Repo
from validator.model.findings import Finding, Verdict, decides
from validator.model.layout import form_of
from validator.model.shapes import Claim
from validator.operations.judge import judge
from validator.registry.reader import Reader, claims_at
from validator.registry.snapshot import Snapshot
from validator.rules import frozen

CLAIMS = "Then-claims: "


class Proposed(NamedTuple):
    """The verdict on a proposal, and the release that its branch has below it; None for all others.

    What is accepted lands with the release as a step before it.
    """

    verdict: Verdict
    release: str | None = None


def judge_proposed(reader: Reader, landed: Snapshot, base: Snapshot) -> Proposed:
    """Judge a proposal; `landed` is that on `base`, main."""
    whole = judge(landed, base)
    if not is_frozen(whole) or base.commit is None or landed.commit is None:
        return Proposed(whole)
    release = _release_below(reader.repo, landed.commit, landed.touched(base))
    if release is None:
        return Proposed(whole)
    if is_stale(reader.repo, base.commit, release):
        return Proposed(whole._replace(findings=tuple(map(_stale, whole.findings))), release)
    given_back = judge(*reader.change(base.commit, release))
    if not given_back.accepted:
        return Proposed(whole._replace(findings=given_back.findings), release)
    return Proposed(whole._replace(findings=judge(*reader.change(release, landed.commit)).findings), release)


def is_frozen(verdict: Verdict) -> bool:
    """Whether a change is rejected for this alone: the fleet is active, and a claim stays as it is."""
    return {finding.code for finding in verdict.findings if decides(finding)} == {frozen.CODE}


def is_stale(repo: Repo, main: str, release: str) -> bool:
    """Whether main has moved since a release was made on it, so that the proposal is made again."""
    return repo.parents(release) != (main,)


def _stale(finding: Finding) -> Finding:
    if finding.code != frozen.CODE or not decides(finding):
        return finding
    why = f"{finding.message}; this gives the number back first, and main has moved since"
    return finding._replace(message=why, help="make it again: run the same command once more, with --release REASON")


def _release_below(repo: Repo, commit: str, touched: frozenset[str]) -> str | None:
    """The commit that releases the number which a commit on top of it claims again; None where there is none."""
    numbers = [form[1] for path in touched if (form := form_of(path)) and form[0] is Claim and form[1] is not None]
    parents = repo.parents(commit)
    below = repo.parents(parents[0]) if len(parents) == 1 else ()
    if len(numbers) != 1 or len(touched) != 1 or len(below) != 1:
        return None
    places = [(one, numbers[0]) for one in (below[0], parents[0], commit)]
    if [place in claims_at(repo, places) for place in places] != [True, False, True]:
        return None
    (path,) = touched
    (claim,) = repo.objects.facts([f"{commit}:{path}"])
    return parents[0] if claim and claimed_after(repo, parents[0]) == claim.oid else None


def claimed_after(repo: Repo, release: str) -> str:
    """The object id of the claim that a release names as what follows; empty for a release alone."""
    last = repo.blobs([release])[release].decode("utf-8", "replace").rstrip("\n").rpartition("\n")[2]
    return last.removeprefix(CLAIMS) if last.startswith(CLAIMS) else ""
