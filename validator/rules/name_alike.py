r"""A role or session_id is easily taken for another one.

What it means: Two names can be told apart, and a reader is likely to mix them up. It is a warning: you decide. Warned
of beside the role "Outreach AI": "AI Outreach" and "AI for Outreach" (the same words in another order), "Outréach AI"
(an accent), "Outreach AT" (a narrow letter); beside "Morning Batch 1": "Morning Batch One", "1st Morning Batch"; beside
"Batch 2": "Batch Z"; beside "Sales": "Scales" (one letter of a long word); beside the session_id `outreach-1`:
`outreach-i`, `1-outreach`, `outreach-one`; beside `watch-1`: `vvatch-1`. Not warned of: another number ("Batch 2",
"Engineer II"), another letter as a label ("Pod A", "Pod B"), another word, a word more. Names that look the same are
refused: REG104 and REG105. Warned of as well is a letter that Unicode does not recommend in names (its
Identifier_Status): of an old script, of phonetics, or of a script that few can read, as U+16A8 in "\u16a8gent".

Why: Who reads quickly sends the message or the work to the wrong session.

Example:

    # registry/sessions/03.yaml has role: Outreach AI (Batch 1)
    role: AI Outreach (Batch One)

Way out: Choose a name that differs in a whole word; or leave it, if your fleet is used to it.
"""

from collections import defaultdict
from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.near import Key, near_keys, one_letter_apart
from validator.model.normalize import fold, looks, unusual
from validator.model.phrases import quoted
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG110", "name-alike", Level.WARNING
LOOKS_AT = (Input.PAIRS, Input.CHANGE)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims of this change whose role or session_id is near to another claim's."""
    for field in ("role", "session_id"):
        known = {claim.path: _name(claim, field) for claim in base.claims.values()}
        claims = [claim for claim in head.claims.values() if _name(claim, field)]
        yield from _unusual(field, [claim for claim in claims if known.get(claim.path) != _name(claim, field)])
        yield from _near(field, sorted(claims, key=lambda claim: known.get(claim.path) != _name(claim, field)), known)


def _unusual(field: str, claims: list[ClaimFile]) -> Iterator[Problem]:
    for claim in claims:
        if strange := unusual(name := _name(claim, field)):
            letters = ", ".join(f"U+{ord(letter):04X}" for letter in strange[:3]) + ", …" * (len(strange) > 3)
            message = f"{field} {quoted(name)} has letters that Unicode does not recommend in names: {letters}"
            yield Problem(claim.document.at(field), message, "write it in other letters, if you can")


def _near(field: str, claims: list[ClaimFile], known: dict[str, str]) -> Iterator[Problem]:
    """Compare each claim with those before it; claims that base has as they are come first."""
    if all(known.get(claim.path) == _name(claim, field) for claim in claims):
        return
    rows = defaultdict[Key, list[tuple[str, ClaimFile]]](list)
    for claim in claims:
        name = _name(claim, field)
        keys = list(near_keys(name))
        if known.get(claim.path) != name:
            others = [other for key, word in keys for theirs, other in rows[key] if one_letter_apart(word, theirs)]
            if first := next((other for other in others if not _same(name, _name(other, field))), None):
                message = f"{field} {quoted(name)} is easily taken for {quoted(_name(first, field))}"
                where = f", that of number {first.number}"
                yield Problem(
                    claim.document.at(field), message + where, "choose one that differs in a whole word, if you can"
                )
        for key, word in keys:
            rows[key].append((word, claim))


def _name(claim: ClaimFile, field: str) -> str:
    draft = claim.draft
    return (draft.role if field == "role" else draft.session_id) or ""


def _same(one: str, other: str) -> bool:
    return fold(one) == fold(other) or looks(one) == looks(other)
