"""Judge a proposal. A claim may give its number back first: in an active fleet its hours can change in no other way.

Then its branch has two commits on main as it is now, a release and the claim of the free number, and each is judged as
the step of main that it will be. Where main has moved since, the proposal is judged as a whole, and made again.
"""

from validator.git.repo import Repo
from validator.model.findings import Verdict, decides
from validator.model.layout import form_of
from validator.model.shapes import Claim
from validator.operations.judge import judge
from validator.registry.reader import Reader, claims_at
from validator.registry.snapshot import Snapshot
from validator.rules import frozen


def judge_proposed(reader: Reader, landed: Snapshot, base: Snapshot) -> Verdict:
    """The verdict on a proposal; `landed` is that on `base`, main."""
    whole = judge(landed, base)
    if not is_frozen(whole) or base.commit is None or landed.commit is None:
        return whole
    release = release_before(reader.repo, base.commit, landed.commit, landed.touched(base))
    if release is None:
        return whole
    given_back = judge(*reader.change(base.commit, release))
    if not given_back.accepted:
        return whole._replace(findings=given_back.findings)
    return whole._replace(findings=judge(*reader.change(release, landed.commit)).findings)


def is_frozen(verdict: Verdict) -> bool:
    """Whether a change is rejected for this alone: the fleet is active, and a claim stays as it is."""
    return {finding.code for finding in verdict.findings if decides(finding)} == {frozen.CODE}


def release_before(repo: Repo, main: str, commit: str, touched: frozenset[str]) -> str | None:
    """The commit on main that releases the number which a commit on top of it claims again; None where it does not."""
    numbers = [form[1] for path in touched if (form := form_of(path)) and form[0] is Claim and form[1] is not None]
    parents = repo.parents(commit)
    if len(numbers) != 1 or len(touched) != 1 or len(parents) != 1 or repo.parents(parents[0]) != (main,):
        return None
    places = [(one, numbers[0]) for one in (main, parents[0], commit)]
    return parents[0] if [place in claims_at(repo, places) for place in places] == [True, False, True] else None
