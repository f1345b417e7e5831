"""What merging a change would do, as plain text for the human who decides. Nothing in it is escaped."""

from typing import Literal, NamedTuple

NOTHING = "changes nothing"
Doubt = Literal["session", "rules", "program"]  # what a caution is about: whose wish it is, or what is judged by


class Effect(NamedTuple):
    """What merging would do, who proposes it, and what that human should look at first.

    `sentence` goes on after "Merging this": `registers number 4 for marketing-outreach-1.` `proposed_by`, `cautions`
    and `notes` are empty where no forge says who proposes. `rows` show the claim that comes or goes: label and value.
    `owned` is False for what CODEOWNERS gives no owner, so that anyone with write access can approve it. `lost`: it is
    about what somebody else holds, so that no further commit can make it land. `doubts` are what the
    cautions are about. `own` is the handle of the approver who proposes it, `elsewhere` the account that could propose
    it in their place (empty: there is none), `named` the handle in whose name it is, if somebody else proposes it.
    `unshown`: the sentence does not show what changes.
    """

    sentence: str
    proposed_by: str = ""
    cautions: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    owned: bool = True
    notes: tuple[str, ...] = ()
    lost: bool = False
    doubts: tuple[Doubt, ...] = ()
    own: str = ""
    elsewhere: str = ""
    named: str = ""
    unshown: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to merge."""
        return self.sentence.startswith(NOTHING)

    @property
    def blocked(self) -> str:
        """The sentence after "This", of what will not happen: `would register number 4 for desk-1`, and so on."""
        verb, _, rest = self.sentence.partition(" ")
        start, voids, end = rest.rpartition(" It voids ")
        return f"would {verb.removesuffix('s')} {start}{' It would void ' if voids else ''}{end}"
