"""Who approves: the human behind a Git configuration, as the charter on the remote's main knows that human."""

from typing import NamedTuple

from validator.git.remote import Remote
from validator.git.signatures import public_key
from validator.model.errors import FatalError
from validator.model.keys import normal_key
from validator.model.phrases import join_limited
from validator.model.shapes import Charter
from validator.registry.reader import Reader, charter_of


class Approver(NamedTuple):
    """Who approves, and with which SSH key (None: this registry does not ask for signatures)."""

    handle: str
    key: str | None


def who_approves(server: Remote) -> Approver:
    """Which approver of main's charter the caller is. Raises FatalError if it is unknown."""
    charter = charter_of(Reader(server.repo).at(server.repo.commit(server.main)))
    # Of two approvers with one key the server takes the first one too.
    keys = {normal_key(approver.key): approver.handle for approver in reversed(charter.approvers) if approver.key}
    if not keys:
        return Approver(_handle(charter, server), None)
    setting = server.repo.configured("user.signingkey")
    if setting is None:
        raise FatalError("approvals are signed here; fill in: git config user.signingkey PATH-OF-YOUR-SSH-KEY")
    handle = keys.get(normal_key(public_key(setting, server.repo.top or server.repo.folder)))
    if handle is None:
        raise FatalError(f"the key in user.signingkey ({setting}) is no approver's of the charter")
    return Approver(handle, setting)


def _handle(charter: Charter, server: Remote) -> str:
    handles = [approver.handle for approver in charter.approvers]
    mine = server.repo.configured("registry.approver")
    if mine is None and len(handles) == 1:
        return handles[0]
    if mine not in handles:
        who = join_limited(handles)
        raise FatalError(f"which approver are you, of {who}? fill in: git config registry.approver @HANDLE")
    return mine
