"""Who has signed the steps of main that a push brings, asked for in parts: after a bad step nothing more is checked."""

from collections.abc import Iterator, Mapping
from itertools import islice

from validator.git.checking import AT_ONCE
from validator.git.signatures import MANY, Endorsement
from validator.hosts.plain.server import MAX_CHECKS, MAX_FILES, Server
from validator.model.errors import LimitError
from validator.operations.guards import endorsed
from validator.operations.steps import Line


class SignedLine(Mapping[str, Endorsement | None]):
    """The endorsement of each step of a line, None where nobody has to sign.

    Asking for a step raises LimitError where nobody has signed it, or one of the next, and it changes more files than
    are read of a stranger.
    """

    def __init__(self, line: Line, server: Server) -> None:
        self._line, self._server = line, server
        self._left = iter(line)
        self._found = dict[str, Endorsement | None]()

    def __getitem__(self, commit: str) -> Endorsement | None:
        while commit not in self._found and (part := list(islice(self._left, self._size()))):
            self._ask(part)
        return self._found[commit]

    def __iter__(self) -> Iterator[str]:
        return (commit for _, commit in self._line)

    def __len__(self) -> int:
        return len(self._line)

    def _size(self) -> int:
        """Few at first; later so many that processes check them side by side."""
        return MANY * AT_ONCE if self._found else MANY

    def _ask(self, part: Line) -> None:
        server = self._server
        server.limit(None)
        found = endorsed(server.reader, part, server.guards)
        unsigned = [(parent, one) for parent, one in part if (signed := found[one]) and signed.signer is None]
        if unsigned or not server.guards:  # else they are an approver's, who may move as much as there is
            server.limit(MAX_CHECKS)
        for parent, commit in unsigned:
            if server.repo.has_more_changes(parent, commit, MAX_FILES):
                why = f"touches more than {MAX_FILES} files, and no approver has signed it"
                raise LimitError(f"commit {commit[:12]} {why}")
        self._found |= found
