"""What a session's open claim shares with other open claims, and how it takes something else."""

from collections.abc import Iterator

from validator.operations.proposals import judge_proposal
from validator.operations.rivals import shared_with, something_else
from validator.operations.whoami.facts import Facts
from validator.operations.whoami.main import MainAsSeen
from validator.registry.claim_form import publish_word
from validator.registry.parsing import ClaimFile
from validator.registry.proposals import claim_of


def with_rivals(registry: MainAsSeen, facts: Facts, mine: ClaimFile) -> Facts:
    """The facts with the open claims of which only one can be merged, beside this one."""
    others = list(_rivals(registry, mine))
    if not others:
        return facts
    rivals = " and ".join(shared_with(mine.draft, others))
    options = something_else(mine.draft, others)
    form = ("registry", "claim", str(mine.number), *facts.me, *options, publish_word(registry.charter))
    return facts._replace(rivals=rivals, otherwise=form if options else ())


def _rivals(registry: MainAsSeen, mine: ClaimFile) -> Iterator[ClaimFile]:
    """The open claims that share something with this one; what the gate rejects cannot be merged, and is none."""
    for proposal in registry.open:
        other = claim_of(registry.reader, proposal)
        if not isinstance(other, ClaimFile) or other.number == mine.number or not any(shared_with(mine.draft, [other])):
            continue
        if registry.is_live(proposal) and judge_proposal(registry.reader, registry.main, proposal).verdict.accepted:
            yield other
