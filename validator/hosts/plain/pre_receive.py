"""Judge a push on the server: the hook that lets refs move only as the registry allows.

It runs this installed program, never code from a push, judges from the server's own refs, says its verdict to the
pushing client, and refuses where it cannot decide. Every move is judged by itself: Git carries out the others of a push
where it refuses one, and a hook cannot see whether a push is atomic.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from validator.git import locks
from validator.git.brought import MAX_COMMITS
from validator.git.child_processes import closing
from validator.git.objects import MAX_COMMIT
from validator.git.repo import Repo
from validator.hosts.plain.broadcast import judge_broadcast
from validator.hosts.plain.owners import owners_fault_of_steps
from validator.hosts.plain.proposals import judge_proposal
from validator.hosts.plain.push import (
    BROADCAST,
    MAX_REFS,
    Move,
    faults,
    is_known,
    read_moves,
    rejected_branch,
    withdrawn_branch,
)
from validator.hosts.plain.rejections import judge_rejection
from validator.hosts.plain.replacements import judge_landing
from validator.hosts.plain.server import MAX_CHECKS, Server, is_unsigned, keys_of, refusal_of
from validator.hosts.plain.signed_line import SignedLine
from validator.hosts.plain.withdrawals import judge_withdrawal
from validator.model.errors import LimitError
from validator.model.escape import logged
from validator.model.phrases import join_limited
from validator.operations.judge import audit
from validator.operations.steps import MAX_STEPS, of_line, of_rewritten
from validator.registry.reader import Reader
from validator.registry.snapshot import Snapshot

# Git keeps what is pushed apart until the hook accepts it, and says where by GIT_QUARANTINE_PATH and the like.
_UNSEEN = " that this hook can see; a program that starts it has to leave Git's environment as it is"
MAX_ANSWER = 64 * 1024  # characters
MAX_PUSHED_COMMITS = MAX_REFS * MAX_COMMITS
REWRITTEN = "main moves forward only, along its first parents, and this is another history"


@closing()
def pre_receive(*, repo: Path, lines: bytes) -> tuple[str, int]:
    """Judge a push, given the lines that Git hands to the hook; 1 refuses all of it."""
    store, moves = Repo(repo), read_moves(lines)
    locks.clear_refs(store.folder)
    server = Server(Reader(store), store.named() | _aliases(moves, store))
    server.limit(MAX_CHECKS)
    refusals = (
        list(faults(moves, server.refs, server.line))
        or list(_unreadable(moves, store))
        or list(_too_many_commits(moves, server))
    )
    if not refusals:
        in_turn = sorted(moves, key=lambda move: move.new or "")  # what names one commit is judged together
        refusals = [(move.ref, why) for move in in_turn if (why := _refusal(move, server)) is not None]
    answer = "".join(f"{logged(ref)}: refused\n{_shown(why)}\n" for ref, why in refusals)
    return _limited(answer), 1 if refusals else 0


def _aliases(moves: Iterable[Move], repo: Repo) -> dict[str, str]:
    """The new refs that are other names for refs that are not there, as `Refs.named` has those that are."""
    made = [move.ref for move in moves if move.old is None and is_known(move.ref)]
    return {ref: "" for ref in made if repo.is_alias(ref)}


def _shown(why: str) -> str:
    """Lines escaped for a terminal: they contain names of files and branches that a client has chosen."""
    return "\n".join(map(logged, why.split("\n")))


def _limited(answer: str) -> str:
    """What a client gets to read; whole lines, so that nothing that is escaped is cut in two."""
    if len(answer) <= MAX_ANSWER:
        return answer
    kept = answer[:MAX_ANSWER].rpartition("\n")[0]
    return f"{kept}\n… and {answer.count(chr(10)) - kept.count(chr(10)) - 1:,} more lines\n"


def _unreadable(moves: Iterable[Move], repo: Repo) -> Iterator[tuple[str, str]]:
    """What is no commit, or so large a one that nobody should read it: known from the objects' headers."""
    news = {move.new for move in moves if move.new}
    sizes = repo.commit_sizes(news) if news else {}
    there = {facts.oid for facts in repo.objects.facts(sorted(news - sizes.keys())) if facts}
    for move in moves:
        if move.new and move.new not in sizes:
            yield move.ref, f"{move.new[:12]} is no commit{'' if move.new in there else _UNSEEN}"
        elif move.new and sizes[move.new] > MAX_COMMIT:
            yield move.ref, f"commit {move.new[:12]} has {sizes[move.new]:,} bytes; at most {MAX_COMMIT:,} are judged"


def _too_many_commits(moves: Iterable[Move], server: Server) -> Iterator[tuple[str, str]]:
    """Refuse a longer history than 50 proposals can have: each look at it would walk all of it."""
    news = {move.new: move.ref for move in moves if move.new and move.ref != server.line}
    if len(news) < 2 or server.main is None:
        return  # one costs no more than its history
    if server.repo.count(server.main, news, f"--max-count={MAX_PUSHED_COMMITS + 1}") > MAX_PUSHED_COMMITS:
        why = f"this push brings more than {MAX_PUSHED_COMMITS:,} commits, and a proposal has {MAX_COMMITS}"
        yield from ((ref, why) for ref in news.values())


def _refusal(move: Move, server: Server) -> str | None:
    """Why a move is refused, None if it is not; what is too much to be judged is refused for that."""
    try:
        return _judge(move, server)
    except LimitError as error:
        return str(error)


def _judge(move: Move, server: Server) -> str | None:
    if move.old == move.new:
        return None  # nothing moves
    if move.ref == server.line:
        return _judge_main(move, server)
    if move.ref == BROADCAST:
        return judge_broadcast(move, server)
    if withdrawn_branch(move.ref):
        return judge_withdrawal(move, server)
    return judge_rejection(move, server) if rejected_branch(move.ref) else judge_proposal(move, server)


def _judge_main(move: Move, server: Server) -> str | None:
    if move.new is None:
        return "main is never deleted"
    if server.main is None:
        return _first_main(move.new, server.reader)
    line = server.repo.line(server.main, move.new, MAX_STEPS)
    if line is None:
        wide = server.is_wide(move.new)
        return REWRITTEN if wide else refusal_of(of_rewritten(server.reader, server.main, move.new), server.repo)
    return (
        refusal_of(of_line(server.reader, line, SignedLine(line, server), until_bad=True), server.repo)
        or _brings_back(move.new, server)
        or _nobody_to_sign(server.reader.at(move.new), server.repo)
        or owners_fault_of_steps(server.reader, server.main, move.new)
        or judge_landing(line, server)
    )


def _brings_back(new: str, server: Server) -> str | None:
    assert server.main, "asked where there is a main"
    back = server.repo.ahead(server.main, new) & server.closed.keys()
    if not back:
        return None
    return f"commit {min(back)[:12]} was {server.closed[min(back)]}, and does not land; a new proposal starts from main"


def _first_main(new: str, reader: Reader) -> str | None:
    from validator.operations.replay import held_from_the_start  # once in a server's life

    snapshot = reader.at(new)
    if held := held_from_the_start(snapshot):
        which = join_limited(map(logged, held))
        moved = "a whole registry is moved with git clone --mirror, and guarded then"
        return f"a first main holds no claims and no records, and this one has {which}; {moved}"
    return _nobody_to_sign(snapshot, reader.repo) or refusal_of(audit(snapshot), reader.repo)


def _nobody_to_sign(snapshot: Snapshot, repo: Repo) -> str | None:
    """Why nobody could approve anything after this: main would stand still for ever."""
    if is_unsigned(repo) or keys_of(snapshot):
        return None
    return "no approver in the charter has a key; add one, or install the guard with --unsigned"
