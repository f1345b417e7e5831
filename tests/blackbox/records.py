"""The records of consensus keep their form too; tests/blackbox/consensus has those that come when it is their turn."""

from tests.blackbox.case import Build, change, refused
from tests.blackbox.store import link
from tests.blackbox.world import claim, path

SAID = "REG401 REG402 REG403"  # of another registry, by somebody else, before its turn
DIGEST = "sha256:" + "0" * 64
CONFIRMATION = f"registry: {DIGEST}\nnumber: 1\nsession_id: session-1\ntimestamp: 2026-01-05T08:00:00Z\n".encode()
APPROVAL = f'registry: {DIGEST}\napproved_by: "@OWNER"\ntimestamp: 2026-01-05T08:00:00Z\n'.encode()
ACTIVATION = APPROVAL + b"week: 2026-W48\n"
READY = CONFIRMATION.replace(b"timestamp", b"ready: true\ntimestamp")


def confirmed(content: bytes) -> Build:
    return change({"registry/consensus/confirmation.yaml": content})


def acknowledged(number: int, content: bytes = READY) -> Build:
    return change({f"registry/consensus/acknowledgements/{number:02}.yaml": content})


CASES = (
    refused("a confirmation in many words", confirmed(b"I confirm.\n"), "REG006"),
    refused("a confirmation of nothing", confirmed(CONFIRMATION.replace(DIGEST.encode(), b"all of it")), "REG006"),
    refused("a confirmation that cannot be read", confirmed(b"registry: ["), "REG002"),
    refused("a confirmation with a field more", confirmed(CONFIRMATION + b"approved_by: me\n"), "REG006"),
    refused("a confirmation with hidden text", confirmed(CONFIRMATION + "# \u202eyes\n".encode()), f"REG108 {SAID}"),
    refused(
        "a confirmation from tomorrow", confirmed(CONFIRMATION.replace(b"2026-01-05", b"2026-01-06")), f"REG303 {SAID}"
    ),
    refused(
        "approval by a sentence",
        change({"registry/consensus/approval.yaml": APPROVAL.replace(b'"@OWNER"', b"the owner")}),
        "REG006",
    ),
    refused(
        "activation in week 54",
        change({"registry/consensus/activation.yaml": ACTIVATION.replace(b"W48", b"W54")}),
        "REG006",
    ),
    refused("not ready", acknowledged(4, READY.replace(b"true", b"false")), "REG006"),
    refused("ready: yes", acknowledged(4, READY.replace(b"true", b"yes")), "REG003"),
    refused("an acknowledgement of number 13", acknowledged(13), f"REG102 {SAID}"),
    refused(
        "an acknowledgement with one digit", change({"registry/consensus/acknowledgements/4.yaml": READY}), "REG005"
    ),
    refused(
        "an acknowledgement by a link",
        change({"registry/consensus/acknowledgements/04.yaml": link("../approval.yaml")}),
        "REG004",
    ),
    refused(
        "an acknowledgement with a claim",
        change({path(6): claim(6), "registry/consensus/acknowledgements/04.yaml": READY}),
        f"REG302 {SAID}",
    ),
    refused("records of the right form", acknowledged(4), SAID),
)
