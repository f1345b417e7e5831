"""Sessions whose key is in a security key (FIDO): real signatures, which Git has ssh-keygen verify.

The signatures are made as PROTOCOL.u2f and PROTOCOL.sshsig say, since there is no such device where tests run.
"""

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import WHEN, own
from tests.hosts.plain.stage import Stage, claim_text
from tests.hosts.plain.test_keys import FOUR, LATER, SIX, Fleet
from tests.keys import TOUCHED, public_key, sk_public_key, sk_signature

UNTOUCHED, VERIFIED = 0, TOUCHED | 4  # nobody was there; somebody has entered the PIN as well


@pytest.fixture(scope="module")
def fleet(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    folder = tmp_path_factory.mktemp("keys")
    fleet = Fleet(template.copy(folder / "stage"), folder)
    fleet.lands(says(fleet, 4, "ANN"))
    return fleet


def says(
    fleet: Fleet,
    number: int,
    by: str,
    key: str = "",
    *,
    flags: int = TOUCHED,
    namespace: bytes = b"git",
    status: str = "",
) -> str:
    """A claim with the key of a security key, signed with it."""
    more, when = ({"status": status}, LATER) if status else ({}, WHEN)
    text = claim_text(number, f"session-{number}", key=key or sk_public_key(by), **more).encode()

    def signature(body: bytes) -> str:
        return sk_signature(by, body, flags, namespace)

    return fleet.commit([fleet.main], {own(number): text}, when=when, signature_of=signature)


@pytest.mark.parametrize("flags", [TOUCHED, VERIFIED])
def test_a_touched_security_key_speaks_for_its_session(fleet: Fleet, flags: int) -> None:
    fleet.accepts((ZERO, says(fleet, 6, "SIX", flags=flags), SIX))
    fleet.accepts((ZERO, says(fleet, 4, "ANN", status="PENDING", flags=flags), FOUR))


def test_a_security_key_of_another_session_is_refused(fleet: Fleet) -> None:
    for commit in (
        says(fleet, 6, "THIEF", sk_public_key("SIX")),
        says(fleet, 6, "SIX", public_key("SIX")),  # K07: the same 32 bytes as a key of the other type
        says(fleet, 6, "SIX", namespace=b"file"),
    ):
        fleet.refuses((ZERO, commit, SIX), why="REG308")
    for by in ("THIEF", "SIX"):
        fleet.refuses((ZERO, says(fleet, 4, by, sk_public_key("ANN"), status="PENDING"), FOUR), why="REG308")
    fleet.refuses((ZERO, says(fleet, 6, "ANN"), SIX), why="REG109")


def test_a_signature_without_a_touch(fleet: Fleet) -> None:
    """K20: ssh-keygen decides, as for everybody else who verifies with Git."""
    answer = fleet.decide((ZERO, says(fleet, 6, "SIX", flags=UNTOUCHED), SIX))
    assert answer.taken, answer.said
