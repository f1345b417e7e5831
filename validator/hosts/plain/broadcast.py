"""Judge a push of branch broadcast: one more commit, equal to what an approved main generates."""

from validator.git.brought import one_brought
from validator.hosts.plain.push import Move
from validator.hosts.plain.server import Server
from validator.registry.consensus.forms import BROADCAST, is_plain
from validator.registry.consensus.phases import NEEDED, phase_of, reached


def judge_broadcast(move: Move, server: Server) -> str | None:
    """Why this is no broadcast; None if it is what main generates, whoever pushes it."""
    if move.new is None:
        return "branch broadcast is never deleted; the next broadcast is one more commit on it"
    if server.main is None or not reached(phase_of(server.reader.at(server.main)), NEEDED["broadcast"]):
        return "there is nothing to broadcast before the registry is approved"
    from validator.operations.consensus.mail import mail_at  # few pushes need it

    tree = server.repo.tree_of(move.new)
    if tree != server.repo.write_tree(mail_at(server.reader, server.main).files()):
        differs = f"a broadcast is what main generates, and this differs (main is at {server.main[:12]})"
        return f"{differs}; make it with: registry consensus broadcast --branch --push"
    parents = server.repo.parents(move.new)
    if parents != ((move.old,) if move.old else ()):
        return "the next broadcast is one more commit on branch broadcast, and nothing else"
    if move.old and tree == server.repo.tree_of(move.old):
        return "branch broadcast says this already"
    commit = one_brought(move.new, parents, {}, server.repo.blobs([move.new])[move.new])
    if commit.faults or not is_plain(commit.headers) or commit.message != BROADCAST:
        return "the commit has more than a broadcast holds; make it with: registry consensus broadcast --branch --push"
    return None
