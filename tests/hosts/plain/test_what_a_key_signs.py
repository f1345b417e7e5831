"""What ann's key has signed, and what is made of it: L14, … are attacks of tests/corpus/guard-attacks.md."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, own, signature
from tests.hosts.plain.stage import Stage, claim_text
from tests.hosts.plain.test_keys import ACKNOWLEDGEMENT, APPROVED, FIVE, FOUR, LATER, ORDER_ONE, SIX, Fleet, withdrawal
from validator.git.repo import Repo
from validator.git.signatures import signing_keys

LATEST = "1767603800 +0000"


@pytest.fixture(scope="module")
def fleet(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """Ann holds number 4 with the key ANN; the tests leave it as it is."""
    folder = tmp_path_factory.mktemp("keys")
    fleet = Fleet(template.copy(folder / "stage"), folder)
    fleet.lands(fleet.says(4, "ANN", "ANN"))
    return fleet


def test_one_key_lands_under_one_number(fleet: Fleet) -> None:
    """L14: two proposals of one key may stand; the second does not land."""
    main = fleet.main
    both = {at: fleet.says(at, "SIX", "SIX", session=f"twin-{at}") for at in (5, 6)}
    fleet.accepts((ZERO, both[5], FIVE), (ZERO, both[6], SIX))
    fleet.point(MAIN, fleet.joined(both[5]))
    fleet.refuses((fleet.main, fleet.joined(both[6]), MAIN), why="REG109")
    fleet.point(MAIN, main)


def test_what_is_signed_for_one_branch_is_nothing_on_another(fleet: Fleet) -> None:
    """L15."""
    amended = fleet.says(4, "ANN", "ANN", status="PENDING")
    branches = ("claim/05", "release/04", "charter/x", "record/acknowledgements/04", "broadcast")
    for ref in (
        *(f"refs/heads/{name}" for name in branches),
        *(f"refs/{kind}/claim/04/{amended[:12]}" for kind in ("withdrawn", "rejected")),
        MAIN,
    ):
        fleet.refuses((fleet.refs().get(ref, ZERO), amended, ref))
    fleet.accepts((ZERO, amended, FOUR))


def test_the_last_and_each_commit_of_a_branch_are_the_sessions(fleet: Fleet) -> None:
    """L16, L17: a stranger's commits may bring her very bytes, below hers or on top."""
    bytes_ = fleet.text(4, "ANN", status="PENDING")
    amended = fleet.says(4, "ANN", "ANN", status="PENDING")
    back = fleet.signed("THIEF", (amended,), {own(4): fleet.trees[fleet.main][own(4)]}, when=LATER)
    for by in ("THIEF", None):
        fleet.refuses((ZERO, fleet.signed(by, (back,), {own(4): bytes_}, when=LATEST), FOUR), why="REG308")
    below = fleet.signed("THIEF", (fleet.main,), {own(4): bytes_})
    for top in (
        fleet.signed("ANN", (below, fleet.main), tree=fleet.trees[below], when=LATER),
        fleet.signed("ANN", (below,), when=LATER),
    ):
        fleet.refuses((ZERO, top, FOUR), why="REG308")
    again = fleet.signed("ANN", (below,), {own(4): fleet.text(4, "ANN", status="PENDING", labels="{a: b}")}, when=LATER)
    assert not fleet.decide((ZERO, again, FOUR)).taken, "what the stranger brought is in its history"
    fleet.accepts((ZERO, fleet.signed("ANN", (amended,), when=LATER), FOUR))


def wrapped(width: int) -> Callable[[str], str]:
    def wrap(armour: str) -> str:
        first, *lines, last = armour.rstrip("\n").split("\n")
        text = "".join(lines)
        return "\n".join([first, *(text[at : at + width] for at in range(0, len(text), width)), last, ""])

    return wrap


ARMOURS: dict[str, Callable[[str], str]] = {
    "as ssh-keygen writes it": lambda armour: armour,
    "lines of 64": wrapped(64),
    "lines of 76": wrapped(76),
    "CRLF": lambda armour: armour.replace("\n", "\r\n"),
    "a header line": lambda armour: armour.replace("SIGNATURE-----\n", "SIGNATURE-----\nComment: ann\n", 1),
}


@pytest.mark.parametrize("name", ARMOURS)
def test_a_signature_in_another_form_is_the_same_or_none(fleet: Fleet, name: str) -> None:
    """L18: what the guard takes, the replay of main takes, and what it refuses is nobody's."""
    edit = {own(4): fleet.text(4, "ANN", status="PENDING")}
    made = fleet.commit([fleet.main], edit, signature_of=lambda body: ARMOURS[name](signature(fleet.key("ANN"), body)))
    answer = fleet.decide((ZERO, made, FOUR))
    found = signing_keys(Repo(fleet.server), [made])[made]
    mine = " ".join(fleet.public("ANN").split()[:2])
    assert answer.taken == (found == mine), answer.said
    assert answer.taken or "REG308" in answer.said or "refused" in answer.said
    assert not name.startswith("as") or answer.taken


def test_two_signatures_are_none(fleet: Fleet) -> None:
    """L18, L19: one behind the other, and one for each of Git's kinds of ids."""
    edit = {own(4): fleet.text(4, "ANN", status="PENDING")}
    bare = fleet.read(fleet.commit([fleet.main], edit))
    mine, theirs = (signature(fleet.key(name), bare).rstrip("\n").replace("\n", "\n ") for name in ("ANN", "THIEF"))
    for headers in (
        f"gpgsig {mine}\n {theirs}\n",
        f"gpgsig {theirs}\n {mine}\n",
        f"gpgsig {mine}\ngpgsig {theirs}\n",
        f"gpgsig {theirs}\ngpgsig {mine}\n",
        f"gpgsig {theirs}\ngpgsig-sha256 {mine}\n",
        f"gpgsig-sha256 {mine}\ngpgsig {theirs}\n",
        f"gpgsig-sha256 {mine}\n",
    ):
        fleet.refuses((ZERO, fleet.commit([fleet.main], edit, headers=headers), FOUR))
    fleet.accepts((ZERO, fleet.commit([fleet.main], edit, headers=f"gpgsig {mine}\n"), FOUR))


def test_an_amendment_of_before_a_rotation_is_nothing_after_it(fleet: Fleet) -> None:
    """L20: also where an approver merges it."""
    main = fleet.main
    older = fleet.says(4, "ANN", "ANN", status="PENDING", when=LATEST)
    fleet.point(MAIN, fleet.joined(fleet.says(4, "NEXT", "ANN", when=LATER)))
    fleet.refuses((ZERO, older, FOUR))
    for tree in (fleet.trees[older], fleet.trees[fleet.main]):
        merge = fleet.signed("OWNER", (fleet.main, older), tree=tree, message=APPROVED)
        fleet.refuses((fleet.main, merge, MAIN))
    again = fleet.signed("ANN", (fleet.main,), {own(4): fleet.text(4, "NEXT", status="PENDING")}, when=LATEST)
    fleet.refuses((ZERO, again, FOUR), why="REG308")
    fleet.accepts((ZERO, fleet.says(4, "NEXT", "NEXT", status="PENDING", when=LATEST), FOUR))
    fleet.point(MAIN, main)


def spellings(key: str) -> dict[str, str]:
    kind, text = key.split()[:2]
    blob = base64.b64decode(text)
    longer = base64.b64encode(blob + b"\0").decode()
    return {
        "a comment": f"{kind} {text} ann@desk",
        "two spaces": f"{kind}  {text}",
        "upper case": f"{kind.upper()} {text}",
        "another type": f"sk-{kind}@openssh.com {text}",
        "padding": f"{kind} {text}=",
        "one byte more": f"{kind} {longer}",
        "other letters": f"{kind} {text.replace('+', '-').replace('/', '_')}=",
        "a line feed": f"{kind} {text}\\n",
    }


@pytest.mark.parametrize("name", spellings(ORDER_ONE))
def test_a_key_has_one_spelling(fleet: Fleet, name: str) -> None:
    """L21: none is a second key that is the same."""
    text = spellings(fleet.public("ANN"))[name]
    claim = claim_text(6, "ann-six", key=f'"{text}"').encode()
    answer = fleet.decide((ZERO, fleet.signed("ANN", (fleet.main,), {own(6): claim}), SIX))
    assert not answer.taken
    assert re.search("REG006|REG109|REG003", answer.said), answer.said


def test_a_key_that_anybody_signs_for_is_its_claims_alone(fleet: Fleet) -> None:
    """L22: its session has given its number away, and no other."""
    weak = fleet.signed("THIEF", (fleet.main,), {own(6): claim_text(6, "weak", key=ORDER_ONE).encode()})
    fleet.refuses((ZERO, weak, SIX), why="REG308")
    fleet.refuses(
        (ZERO, fleet.signed("THIEF", (fleet.main,), {own(4): claim_text(4, "ann", key=ORDER_ONE).encode()}), FOUR)
    )


def test_a_signed_record_on_an_older_main_does_not_land(fleet: Fleet) -> None:
    """L23: the same words on today's main are another commit."""
    edit = {ACKNOWLEDGEMENT: b"number: 4\n"}
    older = fleet.signed("ANN", (fleet.main,), edit)
    main = fleet.main
    fleet.point(MAIN, fleet.signed("OWNER", (fleet.main,), {"README.md": b"x"}, message=APPROVED))
    fleet.refuses((fleet.main, older, MAIN), why="REG306")
    fleet.point(MAIN, main)


def test_a_rotation_is_withdrawn_by_mains_key(fleet: Fleet, tmp_path: Path) -> None:
    """L24: the key that it would bring says nothing yet."""
    rotation = fleet.says(4, "NEXT", "ANN")
    fleet.point(FOUR, rotation)
    for by in ("NEXT", "THIEF", None):
        fleet.refuses(withdrawal(fleet.withdraws(rotation, by, when=LATER, message="No\n"), FOUR))
    fleet.accepts(withdrawal(fleet.withdraws(rotation, "ANN", when=LATER, message="No\n"), FOUR))
    fleet.point(FOUR, None)
