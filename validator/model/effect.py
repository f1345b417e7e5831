"""What merging a change would do, as plain text for the human who decides. Nothing in it is escaped."""

from typing import NamedTuple


class Effect(NamedTuple):
    """What merging would do, who proposes it, and what that human should look at first.

    `sentence` goes on after "Merging this": `registers number 4 for marketing-outreach-1.` `proposed_by` and `cautions`
    are empty where no forge says who proposes. `rows` show the claim that comes or goes: label and value. `owned` is
    False for what CODEOWNERS gives no owner, so that anyone with write access can approve it.
    """

    sentence: str
    proposed_by: str = ""
    cautions: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    owned: bool = True
