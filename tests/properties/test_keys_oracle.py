"""The oracle of keys agrees with the page, and never lets a mere pusher speak for a session that has a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpus.keys_oracle import (
    CALLS,
    RECORDS,
    Answer,
    Base,
    Fate,
    Kind,
    Side,
    Signed,
    Situation,
    Step,
    Way,
    decide,
)

ANN = "ssh-ed25519 QW5u ann@desk"
ANN_ELSEWHERE = "ssh-ed25519 QW5u another comment"
NEXT = "sk-ssh-ed25519@openssh.com TmV4dA=="
OWNER = "ssh-ed25519 T3duZXI= owner"
THIEF = "ssh-ed25519 VGhpZWY= thief"
KEYED, KEYLESS = Side("ann-1", ANN), Side("ann-1")
APPROVERS = frozenset({OWNER})
MERGE, BY_OWNER = Step(OWNER, OWNER), Step(OWNER, OWNER)

HONEST = {
    "a keyless first claim": Situation(Kind.FIRST_CLAIM, new=KEYLESS),
    "a first claim with a key": Situation(Kind.FIRST_CLAIM, commits=(Signed(ANN),), new=KEYED),
    "merged": Situation(Kind.FIRST_CLAIM, Way.MERGED, (Signed(ANN),), KEYED, step=MERGE),
    "the key that the slot names": Situation(
        Kind.FIRST_CLAIM, commits=(Signed(ANN),), new=KEYED, slot_key=ANN_ELSEWHERE, session_keys_required=True
    ),
    "a keyless claim replaced under its name": Situation(Kind.REPLACE, new=KEYLESS, open=KEYLESS),
    "an open claim replaced by its key": Situation(Kind.REPLACE, commits=(Signed(ANN),), new=KEYED, open=KEYED),
    "withdrawn by its key": Situation(Kind.WITHDRAW, commits=(Signed(ANN),), open=KEYED),
    "its branch goes then": Situation(Kind.DELETE, open=KEYED, gone_on_server=True),
    "an amendment": Situation(Kind.AMENDMENT, commits=(Signed(ANN),), new=KEYED, main=KEYED),
    "a keyless amendment": Situation(Kind.AMENDMENT, new=KEYLESS, main=KEYLESS),
    "a new key by the old one": Situation(Kind.AMENDMENT, commits=(Signed(ANN),), new=Side("ann-1", NEXT), main=KEYED),
    "a new key by an approver": Situation(
        Kind.AMENDMENT, Way.DIRECT, (), Side("ann-1", NEXT), KEYED, step=BY_OWNER, approver_keys=APPROVERS
    ),
    "a first key from the slot": Situation(
        Kind.AMENDMENT, commits=(Signed(ANN),), new=KEYED, main=KEYLESS, slot_key=ANN
    ),
    "a release": Situation(Kind.RELEASE, commits=(Signed(ANN),), main=KEYED),
    "a release by an approver": Situation(Kind.RELEASE, commits=(Signed(OWNER),), main=KEYED),
    "an acknowledgement": Situation(Kind.ACKNOWLEDGEMENT, Way.DIRECT, (), main=KEYED, step=Step(ANN)),
    "a confirmation": Situation(Kind.CONFIRMATION, commits=(Signed(ANN),), main=KEYED),
    "a broadcast merged": Situation(Kind.BROADCAST, Way.MERGED, (Signed(ANN),), main=KEYED, step=MERGE),
}

FORGED = {
    "a copied public key": Situation(Kind.FIRST_CLAIM, commits=(Signed(THIEF),), new=Side("thief", ANN)),
    "one commit of two unsigned": Situation(
        Kind.FIRST_CLAIM, commits=(Signed(None, made_blob=False), Signed(ANN)), new=KEYED
    ),
    "not the slot's key": Situation(Kind.FIRST_CLAIM, commits=(Signed(THIEF),), new=Side("thief", THIEF), slot_key=ANN),
    "no key where one is required": Situation(Kind.FIRST_CLAIM, new=KEYLESS, session_keys_required=True),
    "a certificate": Situation(
        Kind.FIRST_CLAIM, commits=(Signed(ANN),), new=Side("ann-1", "ssh-ed25519-cert-v01@openssh.com QW5u")
    ),
    "RSA": Situation(Kind.FIRST_CLAIM, commits=(Signed(ANN),), new=Side("ann-1", "ssh-rsa QW5u")),
    "a key under two numbers": Situation(
        Kind.FIRST_CLAIM, commits=(Signed(ANN),), new=KEYED, keys_elsewhere=frozenset({ANN_ELSEWHERE})
    ),
    "an approver's key": Situation(Kind.FIRST_CLAIM, commits=(Signed(OWNER),), new=Side("owner-1", OWNER)),
    "a key added to a keyless open claim": Situation(
        Kind.REPLACE, commits=(Signed(THIEF),), new=Side("ann-1", THIEF), open=KEYLESS
    ),
    "an open claim replaced by another key": Situation(
        Kind.REPLACE, commits=(Signed(THIEF),), new=Side("ann-1", THIEF), open=KEYED
    ),
    "a keyless withdrawal": Situation(Kind.WITHDRAW, commits=(Signed(THIEF),), open=KEYLESS),
    "a withdrawal of an older tip": Situation(Kind.WITHDRAW, commits=(Signed(ANN),), open=KEYED, of_server_tip=False),
    "a branch that is open": Situation(Kind.DELETE, open=KEYED),
    "a new key by itself": Situation(Kind.AMENDMENT, commits=(Signed(NEXT),), new=Side("ann-1", NEXT), main=KEYED),
    "the first key of a keyless claim": Situation(Kind.AMENDMENT, commits=(Signed(ANN),), new=KEYED, main=KEYLESS),
    "an approver's amendment": Situation(Kind.AMENDMENT, Way.DIRECT, (), KEYED, KEYED, step=BY_OWNER),
    "an approver's acknowledgement": Situation(Kind.ACKNOWLEDGEMENT, Way.DIRECT, (), main=KEYED, step=BY_OWNER),
    "an approver's squash": Situation(Kind.FIRST_CLAIM, Way.DIRECT, (), KEYED, step=BY_OWNER),
    "a merge that edits": Situation(
        Kind.AMENDMENT, Way.MERGED, (Signed(ANN),), KEYED, KEYED, step=Step(OWNER, OWNER, lands_signed_blob=False)
    ),
    "a merge without the trailer": Situation(Kind.RELEASE, Way.MERGED, (Signed(ANN),), main=KEYED, step=Step(OWNER)),
    "an earlier life": Situation(Kind.RELEASE, commits=(Signed(ANN, base=Base.EARLIER_LIFE),), main=KEYED),
    "another fleet": Situation(Kind.ACKNOWLEDGEMENT, commits=(Signed(ANN, our_root=False),), main=KEYED),
    "main has moved": Situation(Kind.AMENDMENT, commits=(Signed(ANN, base=Base.CHANGED),), new=KEYED, main=KEYED),
    "turned down before": Situation(Kind.RELEASE, commits=(Signed(ANN, fate=Fate.TURNED_DOWN),), main=KEYED),
}


def with_approvers(situation: Situation) -> Situation:
    return situation._replace(approver_keys=APPROVERS)


@pytest.mark.parametrize("situation", HONEST.values(), ids=HONEST)
def test_what_the_page_allows_is_accepted(situation: Situation) -> None:
    assert decide(with_approvers(situation)).answer is Answer.ACCEPTED


@pytest.mark.parametrize("situation", FORGED.values(), ids=FORGED)
def test_what_the_page_forbids_is_refused(situation: Situation) -> None:
    assert decide(with_approvers(situation)).answer is Answer.REFUSED


keys = st.sampled_from([None, ANN, ANN_ELSEWHERE, NEXT, OWNER, THIEF])
sides = st.builds(Side, st.sampled_from(["ann-1", "thief"]), keys)
steps = st.builds(Step, keys, keys, st.booleans(), st.booleans())
commits = st.lists(st.builds(Signed, keys), min_size=1, max_size=3).map(tuple)
situations = st.builds(
    Situation,
    st.sampled_from(Kind),
    commits=commits,
    new=sides,
    main=st.none() | sides,
    open=st.none() | sides,
    slot_key=keys,
    approver_keys=st.just(APPROVERS),
    session_keys_required=st.booleans(),
    signed_server=st.booleans(),
)


@given(situations, keys)
def test_only_a_signature_counts(situation: Situation, pusher: str | None) -> None:
    verdict = decide(situation)
    assert decide(situation._replace(pusher=str(pusher))) == verdict
    assert verdict.calls <= CALLS.keys()
    assert (verdict.answer is Answer.ACCEPTED) <= (verdict.leans is Answer.ACCEPTED)


@given(
    st.sampled_from(sorted({*RECORDS, Kind.AMENDMENT, Kind.RELEASE}, key=str)),
    sides,
    st.sampled_from([None, THIEF, NEXT]),
)
def test_a_push_without_the_key_is_refused_for_a_session_with_a_key(kind: Kind, new: Side, signer: str | None) -> None:
    for way, step in ((Way.PROPOSED, None), (Way.DIRECT, Step(signer)), (Way.MERGED, MERGE)):
        act = Situation(kind, way, (Signed(signer),), new, KEYED, step=step, approver_keys=APPROVERS)
        assert decide(act).answer is Answer.REFUSED
