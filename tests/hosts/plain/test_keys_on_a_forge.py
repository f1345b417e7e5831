"""Claims with keys on a forge: nobody signs what moves main there; the session has signed its own commits."""

import pytest

from tests.hosts.plain.ground import MAIN, own
from tests.hosts.plain.stage import Stage, charter
from tests.hosts.plain.test_keys import LATER, Fleet, main_in
from validator.git.repo import Repo
from validator.model.findings import Verdict
from validator.operations.judge import judge
from validator.operations.steps import in_steps
from validator.registry.effect import effect_of
from validator.registry.reader import Reader
from validator.registry.snapshot import Author

SESSION = Author("github:1", "@SESSION")


@pytest.fixture(scope="module")
def forge(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A main on which number 4 has a key, and no approver has one."""
    folder = tmp_path_factory.mktemp("forge")
    fleet = Fleet(template.copy(folder / "stage"), folder)
    plain = fleet.commit([fleet.main], {"registry/charter.yaml": charter(12, {}).encode()})
    fleet.point(MAIN, fleet.commit([plain], {own(4): fleet.text(4, "ANN")}))
    return fleet


def pull_request(forge: Fleet, head: str) -> tuple[Verdict, str]:
    """The gate's verdict on a pull request, and what its comment notes if it is accepted."""
    landed, base = Reader(Repo(forge.server)).change(forge.main, head)
    landed = landed._replace(author=SESSION)
    return judge(landed, base), " ".join(effect_of(landed, base).notes)


def moved(forge: Fleet, head: str) -> Verdict:
    """The gate's verdict on a push to main, which the forge has made."""
    return in_steps(Reader(Repo(forge.server)), forge.main, head, (), unnamed=True)


def codes(verdict: Verdict) -> set[str]:
    return {finding.code for finding in verdict.findings if finding.level == "error"}


def test_a_merge_commit_keeps_what_the_session_has_signed(forge: Fleet) -> None:
    first, goal = forge.says(5, "FIVE", "FIVE"), forge.says(4, "ANN", "ANN", status="PENDING")
    for number, said in ((5, first), (4, goal)):
        verdict, notes = pull_request(forge, said)
        assert verdict.accepted
        assert "a squash or a rebase loses the signature" in notes
        merge = forge.commit([forge.main, said], tree=forge.trees[said])
        assert moved(forge, merge).accepted
        squash = forge.commit([forge.main], tree=forge.trees[said])
        assert codes(moved(forge, squash)) == {"REG308"}
        thief = forge.says(number, "FIVE" if number == 5 else "ANN", "THIEF", status="PENDING")
        assert codes(pull_request(forge, thief)[0]) == {"REG308"}


def test_the_button_update_branch_takes_no_signature_away(forge: Fleet) -> None:
    said = forge.says(5, "FIVE", "FIVE")
    main = forge.commit([forge.main], {own(6): forge.text(6, None)})
    before, forge.main = forge.main, main
    updated = main_in(forge, said, 5, None, when=LATER)
    assert pull_request(forge, updated)[0].accepted
    assert moved(forge, forge.commit([main, updated], tree=forge.trees[updated])).accepted
    forge.main = before


def test_without_a_key_nothing_is_said_of_signatures(forge: Fleet) -> None:
    verdict, notes = pull_request(forge, forge.says(6, None, None))
    assert (verdict.accepted, "squash" in notes) == (True, False)
