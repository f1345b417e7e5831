"""What merging would do, who proposes it and what to be careful about: the sentences of github-sentences.md."""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

from tests.keys import public_key
from tests.repository import CHARTER, ROOT, Changes, charter, claim_path, fleet, with_charter
from validator.git.repo import Repo
from validator.model.effect import Effect
from validator.model.escape import prose
from validator.registry.consensus.digest import registry_digest
from validator.registry.effect import effect_of, effect_of_group
from validator.registry.reader import Reader
from validator.registry.snapshot import Author, Snapshot

PAGE = (ROOT / "tests/corpus/github-sentences.md").read_text("utf-8")
AUTHORS = {
    "@session": Author("github:583231", "@session"),
    "@stranger": Author("github:77001", "@stranger"),
    "@OWNER": Author("github:1", "@OWNER"),
}
OWNED, APPROVERS_OWN = 'owner: "github:583231"', 'owner: "github:1"'
FOUR, FIVE = claim_path(4), claim_path(5)
CONSENSUS = "registry/consensus"
STAMP = "timestamp: 2026-11-20T10:00:00Z\n"


def section(name: str) -> list[list[str]]:
    """The rows of a table of the page."""
    text = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return rows[2:]


class Situation(NamedTuple):
    """What changes on main before (`main`: what else it holds), and what is proposed from where."""

    change: Changes
    main: Changes = MappingProxyType({})
    stale: bool = False  # the proposal began before main held anything


def claim(number: int, **fields: str | None) -> str:
    """A claim of the first fleet, with fields replaced, added, or (None) left out."""
    kept = [line for line in fleet()[number].splitlines() if line.partition(":")[0] not in fields]
    return "\n".join([*kept, *(f"{name}: {value}" for name, value in fields.items() if value), ""])


def confirmation(digest: str) -> str:
    return f"registry: {digest}\nnumber: 1\nsession_id: marketing-orchestrator\n{STAMP}"


def acknowledgement(digest: str, number: int, session: str) -> str:
    return f"registry: {digest}\nnumber: {number}\nsession_id: {session}\nready: true\n{STAMP}"


LATE = claim(4, session_id="marketing-late-1", runtime_id="session-late")
EIGHTEEN = fleet()[4].replace("17 ", "18 ").replace("value: 17", "value: 18")
SHORTER = fleet()[4].replace("17 perfectly personalized emails", "17 emails")
SECOND = acknowledgement("{digest}", 4, "marketing-outreach-1")
ACKNOWLEDGED: Changes = {f"{CONSENSUS}/acknowledgements/04.yaml": SECOND}
BOTH: Changes = {
    f"{CONSENSUS}/acknowledgements/01.yaml": acknowledgement("{digest}", 1, "marketing-orchestrator"),
    **ACKNOWLEDGED,
}
CONFIRMED: Changes = {f"{CONSENSUS}/confirmation.yaml": confirmation("{digest}")}
APPROVED: Changes = {f"{CONSENSUS}/approval.yaml": f'registry: {{digest}}\napproved_by: "@OWNER"\n{STAMP}'}
OWNED_ON_MAIN: Changes = {FOUR: claim(4) + f"{OWNED}\n"}

SITUATIONS: dict[str, Callable[[], Situation]] = {
    "first-claim": lambda: Situation({FIVE: claim(5)}),
    "pending-claim": lambda: Situation({FIVE: claim(5, status="PENDING")}),
    "claim-of-a-taken-number": lambda: Situation({FOUR: LATE}),
    "stale-loser": lambda: Situation({FOUR: LATE}, stale=True),
    "same-claim-again": lambda: Situation({FOUR: claim(4)}, stale=True),
    "amended-goal": lambda: Situation({FOUR: EIGHTEEN}),
    "amended-layout": lambda: Situation({FOUR: claim(4) + "# a word\n"}),
    "amended-owner": lambda: Situation({FOUR: claim(4) + f"{OWNED}\n"}),
    "release": lambda: Situation({FOUR: None}),
    "takeover": lambda: Situation({FOUR: LATE + "# edited\n"}),
    "unreadable-claim": lambda: Situation({FIVE: claim(5, targets=None)}),
    "unreadable-amendment": lambda: Situation({FOUR: claim(4, goal=None)}),
    "confirmation": lambda: Situation(CONFIRMED),
    "approval": lambda: Situation(APPROVED),
    "broadcast": lambda: Situation({f"{CONSENSUS}/broadcast.yaml": confirmation("{digest}") + "delivered: [1, 4]\n"}),
    "acknowledgement": lambda: Situation(ACKNOWLEDGED),
    "acknowledgements": lambda: Situation(BOTH),
    "activation": lambda: Situation(
        {f"{CONSENSUS}/activation.yaml": f'registry: {{digest}}\napproved_by: "@OWNER"\nweek: 2026-W48\n{STAMP}'}
    ),
    "unreadable-record": lambda: Situation({f"{CONSENSUS}/confirmation.yaml": "number: 1\n"}),
    "record-removed": lambda: Situation({f"{CONSENSUS}/confirmation.yaml": None}, CONFIRMED),
    "charter": lambda: Situation({CHARTER: charter().replace("capacity: 12 ", "capacity: 13 ")}),
    "charter-in-many-places": lambda: Situation(
        {
            CHARTER: charter()
            .replace("orchestrator: 1 ", "orchestrator: 4 ")
            .replace("Generate $120k", "Make $120k")
            .replace('{handle: "@OWNER"}', '{handle: "@OWNER"}\n  - {handle: "@SECOND"}'),
            "CODEOWNERS": "* @OWNER @SECOND\n",
        }
    ),
    "charter-in-layout": lambda: Situation({CHARTER: charter() + "# a word\n"}),
    "charter-broken": lambda: Situation({CHARTER: "capacity: twelve\n"}),
    "amendment-after-confirmation": lambda: Situation({FOUR: SHORTER}, CONFIRMED),
    "claim-with-the-charter": lambda: Situation({FIVE: claim(5), CHARTER: charter() + "# a word\n"}),
    "program": lambda: Situation({"validator/rules/number_taken.py": "raise SystemExit\n"}),
    "nothing": lambda: Situation({}),
    "charter-removed": lambda: Situation({CHARTER: None}),
    "charter-repaired": lambda: Situation({CHARTER: charter()}, {CHARTER: "capacity: twelve\n"}),
    "second-number": lambda: Situation({FIVE: claim(5, session_id="marketing-outreach-1")}),
    "claim-without-charter": lambda: Situation({FIVE: claim(5)}, {CHARTER: "capacity: twelve\n"}),
    "claim-repaired": lambda: Situation({FOUR: claim(4)}, {FOUR: claim(4, goal=None)}),
    "link-removed": lambda: Situation({FIVE: None}, {FIVE: ("120000", "04.yaml")}),
    "amended-at-the-end": lambda: Situation(
        {FOUR: claim(4, goal="x" * 90 + "2", timestamp="2026-11-21T08:00:00Z")}, {FOUR: claim(4, goal="x" * 90 + "1")}
    ),
    # who proposes
    "claim-with-owner": lambda: Situation({FIVE: claim(5) + f"{OWNED}\n"}),
    "claim-for-another": lambda: Situation({FIVE: claim(5) + f"{OWNED}\n"}),
    "amended-by-owner": lambda: Situation({FOUR: EIGHTEEN + f"{OWNED}\n"}, OWNED_ON_MAIN),
    "amended-by-stranger": lambda: Situation({FOUR: EIGHTEEN + f"{OWNED}\n"}, OWNED_ON_MAIN),
    "amended-without-owner": lambda: Situation({FOUR: EIGHTEEN}),
    "amended-by-approver": lambda: Situation({FOUR: EIGHTEEN}),
    "amended-with-a-key": lambda: Situation(
        {FOUR: EIGHTEEN + f"key: {public_key('four')}\n"}, {FOUR: claim(4) + f"key: {public_key('four')}\n"}
    ),
    "claim-with-a-key": lambda: Situation({FIVE: claim(5) + f"key: {public_key('five')}\n"}),
    "release-by-owner": lambda: Situation({FOUR: None}, OWNED_ON_MAIN),
    "release-by-stranger": lambda: Situation({FOUR: None}, OWNED_ON_MAIN),
    "release-without-owner": lambda: Situation({FOUR: None}),
    "release-by-approver": lambda: Situation({FOUR: None}, OWNED_ON_MAIN),
    "release-by-approver-and-owner": lambda: Situation({FOUR: None}, {FOUR: claim(4) + f"{APPROVERS_OWN}\n"}),
    "claim-by-approver": lambda: Situation({FIVE: claim(5) + f"{APPROVERS_OWN}\n"}),
    "approval-by-approver": lambda: Situation(APPROVED),
    "acknowledged-by-owner": lambda: Situation(ACKNOWLEDGED, OWNED_ON_MAIN),
    "acknowledged-without-owner": lambda: Situation(ACKNOWLEDGED),
    "acknowledged-for-two": lambda: Situation(
        BOTH,
        OWNED_ON_MAIN,
    ),
    "acknowledged-by-one-account": lambda: Situation(BOTH, {**OWNED_ON_MAIN, claim_path(1): claim(1) + f"{OWNED}\n"}),
    "confirmed-without-owner": lambda: Situation(CONFIRMED),
    "takeover-proposed": lambda: Situation({FOUR: LATE}),
    "approval-proposed": lambda: Situation(APPROVED),
    "charter-proposed": lambda: Situation({CHARTER: charter() + "# a word\n"}),
    "charter-by-approver": lambda: Situation({CHARTER: charter() + "# a word\n"}),
}


def change_in(path: Path, situation: Situation, author: Author | None = None) -> tuple[Snapshot, Snapshot]:
    """A situation in a real repository: its change as it would land, and main."""
    repository = with_charter(path, [1, 4])
    stale = repository.git("rev-list", "--max-parents=0", "main")
    if situation.main:
        repository.commit("main", dated(situation.main, path))
    start = stale if situation.stale else "refs/heads/main^0"
    repository.commit("change", dated(situation.change, path), start)
    reader = Reader(Repo(path))
    landed, base = reader.change(reader.repo.commit("main"), reader.repo.commit("change"))
    return landed._replace(author=author), base


def effect(path: Path, situation: Situation, author: Author | None = None) -> Effect:
    return effect_of(*change_in(path, situation, author))


def dated(changes: Changes, path: Path) -> Changes:
    """Changes in which `{digest}` is the digest of the registry on main."""
    reader = Reader(Repo(path))
    digest = registry_digest(reader.at(reader.repo.commit("main")))
    return {
        name: content.replace("{digest}", digest) if isinstance(content, str) else content
        for name, content in changes.items()
    }


@pytest.mark.parametrize(("name", "sentence"), section("The sentence"), ids=lambda cell: cell[:30])
def test_sentence(name: str, sentence: str, tmp_path: Path) -> None:
    assert effect(tmp_path / "registry", SITUATIONS[name]()).sentence == sentence


@pytest.mark.parametrize(
    ("name", "by", "proposed", "careful", "note"),
    section("Who proposes, and what to be careful about"),
    ids=lambda cell: cell[:30],
)
def test_proposer(name: str, by: str, proposed: str, careful: str, note: str, tmp_path: Path) -> None:
    found = effect(tmp_path / "registry", SITUATIONS[name](), AUTHORS[by])
    assert (found.proposed_by, "; ".join(found.cautions), "; ".join(found.notes)) == (proposed, careful, note)


@pytest.mark.parametrize(
    ("by", "row"), [("@session", "of an account that proposes"), ("@stranger", "of another account")]
)
def test_an_account_is_named_as_github_says_or_as_the_claim_does(by: str, row: str, tmp_path: Path) -> None:
    named: Changes = {FOUR: claim(4) + f"{OWNED}\nowner_login: session\n"}
    found = effect(tmp_path / "registry", Situation({FOUR: None}, named), AUTHORS[by])
    said = dict(section("Around the sentence"))[f"the row {row}"]
    assert f"- Owner: {prose(dict(found.rows)['Owner'])}" == said


def test_a_record_of_an_approvers_own_number_is_proposed_from_no_other_account(tmp_path: Path) -> None:
    own: Changes = {claim_path(1): claim(1) + f"{APPROVERS_OWN}\n"}
    found = effect(tmp_path / "registry", Situation(CONFIRMED, own), AUTHORS["@OWNER"])
    assert (found.own, found.elsewhere, found.proposed_by) == ("@OWNER", "", "@OWNER, the owner of number 1.")


def test_no_right_of_an_approvers_is_told_of_a_record_that_is_a_sessions(tmp_path: Path) -> None:
    assert effect(tmp_path / "registry", Situation(CONFIRMED), AUTHORS["@OWNER"]).proposed_by == "@OWNER, an approver."


def test_a_charter_that_comes_for_the_first_time_is_told_so(tmp_path: Path) -> None:
    found = effect(tmp_path / "registry", Situation({CHARTER: charter()}, {CHARTER: None}))
    assert found.sentence.startswith("puts a valid charter on main, where there is none: approvers @OWNER; ")


def test_the_login_in_a_claim_is_told_as_what_the_claim_states(tmp_path: Path) -> None:
    found = effect(tmp_path / "registry", Situation({FOUR: claim(4) + f"{OWNED}\nowner_login: session\n"}))
    login = 'the owner\'s login, as the claim states it, none → "session"'
    assert f': owner none → "github:583231"; {login}. From then on ' in found.sentence


def test_a_file_that_is_taken_out_is_named_so(tmp_path: Path) -> None:
    found = effect(tmp_path / "registry", Situation({FIVE: claim(5), FOUR: None}))
    assert found.sentence.endswith(f"must not be changed together: {FOUR} (removed), {FIVE} (added).")


def test_a_group_is_told_in_its_order_and_the_rest_is_counted(tmp_path: Path) -> None:
    step = change_in(tmp_path / "registry", SITUATIONS["release"]())
    one = "gives number 4 back, which marketing-outreach-1 has held since 2026-11-20, so that anybody can claim it."
    assert effect_of_group([step]).sentence == one
    assert effect_of_group([step, step]) == Effect(f"{one} Then it {one}")
    assert effect_of_group([step] * 13).sentence.endswith(f"{one} So it goes on for 13 changes.")


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        (
            charter().replace("capacity: 12 ", "capacity: 3 "),
            "number 1 has to make again after numbers 2-3 are registered",
        ),
        (
            charter().replace("capacity: 12 ", "capacity: 30 "),
            "number 1 has to make again after 28 more numbers are registered",
        ),
        (None, "has to be made again"),
    ],
    ids=["few", "many", "no charter"],
)
def test_what_has_to_be_registered_before_a_voided_record_is_made_again(
    changed: str | None, again: str, tmp_path: Path
) -> None:
    found = effect(tmp_path / "registry", Situation({CHARTER: changed}, CONFIRMED))
    assert found.sentence.endswith(f" It voids the confirmation, which {again}.")


@pytest.mark.parametrize(
    ("sentence", "blocked"),
    [
        ("registers number 4 for desk-1.", "would register number 4 for desk-1."),
        ('changes "It voids x". It voids the approval.', 'would change "It voids x". It would void the approval.'),
    ],
)
def test_what_is_blocked_is_told_as_what_would_be(sentence: str, blocked: str) -> None:
    assert Effect(sentence).blocked == blocked


def test_every_situation_is_in_the_page() -> None:
    rows = [*section("The sentence"), *section("Who proposes, and what to be careful about")]
    assert {row[0] for row in rows} == set(SITUATIONS)
