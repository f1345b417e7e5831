"""Who may move main by each of its steps: the approvers with a key, and what they have signed."""

from collections.abc import Sequence

from validator.git.signatures import Endorsement, endorsements
from validator.model.keys import normal_key
from validator.model.shapes import Charter
from validator.registry.reader import Reader

Keys = tuple[tuple[str, str], ...]  # (handle, public key without its comment)


def keys_in(charter: Charter | None) -> Keys:
    """The approvers of a charter that have a key."""
    return tuple((one.handle, normal_key(one.key)) for one in charter.approvers if one.key) if charter else ()


def may_sign(parent: Keys, old: Keys) -> Keys | None:
    """Who may sign a step, by the charters of its parent and of the main before the push; None: nobody has to.

    An approver whom an earlier step of the same push has removed or added may not sign.
    """
    if not parent or not old:
        return parent or old or None
    return tuple(one for one in parent if one in old)


def endorsed(reader: Reader, line: Sequence[tuple[str, str]], old: Keys = ()) -> dict[str, Endorsement | None]:
    """Who has signed each step of a line of (parent, commit), by commit; None where nobody has to.

    `old` are the keys of the main that the line moves. Without them each step's parent alone says who may sign.
    """
    charters = reader.charters(parent for parent, _ in line)
    groups, found = dict[Keys, list[str]](), dict[str, Endorsement | None]()
    for parent, commit in line:
        keys = may_sign(keys_in(charters[parent]), old)
        found[commit] = None
        if keys is not None:
            groups.setdefault(keys, []).append(commit)
    for keys, commits in groups.items():
        found |= endorsements(reader.repo, commits, keys)
    return found
