"""Read a change for a verdict: of a large registry with an index, of a small one as a whole."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from validator.git.history import Step
from validator.model.errors import FatalError
from validator.model.layout import CHARTER, SESSIONS
from validator.registry.reader import Reader
from validator.registry.snapshot import Snapshot

if TYPE_CHECKING:
    from validator.operations.index_file import IndexFile
    from validator.operations.indexed import Indexed, State

T = TypeVar("T")
SMALL = 4_000  # bytes of the folder of claims: about a hundred, which are read as fast as an index


class Narrow:
    """Reads changes of one repository.

    `alone`: an index counts only where no other user may write the repository. `small`: a folder of claims that has
    fewer bytes is read as a whole.
    """

    def __init__(self, reader: Reader, *, alone: bool = False, small: int = SMALL) -> None:
        self._reader, self._alone, self._small = reader, alone, small
        self._made: Indexed | None = None

    def change(self, base: str, head: str) -> tuple[Snapshot, Snapshot]:
        """(head as it would land on base, base), as far as a verdict looks at them."""
        return self._narrow(base, head) or self._reader.change(base, head)

    def step(self, parent: str, commit: str) -> tuple[Snapshot, Snapshot]:
        """(a commit of main, its first parent), as far as the events between them look at them."""
        found = self._narrow(parent, commit)
        # Once all numbers are held, it matters what nobody has taken, and who is nearest to it.
        # Where there are records, phases may be reached, which all claims decide.
        usable = found and all(one.free_numbers() and not one.records for one in found)
        return found if found and usable else self._reader.step(parent, commit)

    def state(self, commit: str, session_id: str) -> "State | None":
        """What a session that holds a number has to know of main while a number is free; None: read all of it."""
        found = self._asked(commit, lambda: self._indexed().state(commit, session_id))
        return found if found and found.snapshot.free_numbers() else None

    def whole(self, commit: str) -> Snapshot:
        """The registry at a commit, for what tells about all of it."""
        known = self._reader.known(commit)  # what has been read already needs no index
        return known or self._asked(commit, lambda: self._indexed().whole(commit)) or self._reader.at(commit)

    def index(self, commit: str) -> "IndexFile | None":
        """The index of a large registry, beside which more is kept; None where all of it is read."""
        return self._asked(commit, lambda: self._indexed().file)

    def steps(self, commit: str) -> tuple[Step, ...]:
        """The changes of charter and claims on main up to a commit, the oldest first."""
        file = self.index(commit)
        if file is None:
            return self._reader.repo.steps(commit, (SESSIONS, CHARTER))
        from validator.operations.line_steps import kept_steps  # most registries are small

        return kept_steps(self._reader.repo, commit, file)

    def told(self, commit: str) -> Snapshot:
        """The registry at a commit with what each claim says, for what shows all of it."""
        file = self.index(commit)
        if file is None or self._reader.known(commit):
            return self.whole(commit)
        from validator.operations.claim_texts import told  # most registries are small

        return told(self._reader, self.whole(commit), file)

    def all_of(self, commit: str) -> tuple[Snapshot, tuple[Step, ...]]:
        """The same, and the changes of charter and claims up to it."""
        steps = self.steps(commit)
        if self.index(commit) is None:
            return self._reader.informed(commit, steps), steps
        return self._reader.holding(self.told(commit)), steps

    def _narrow(self, base: str, head: str) -> tuple[Snapshot, Snapshot] | None:
        return self._asked(base, lambda: self._indexed().change(base, head))

    def _asked(self, base: str, what: Callable[[], T | None]) -> T | None:
        """What an index says of a large registry; None where all of it is read."""
        (folder,) = self._reader.repo.objects.facts([f"{base}:{SESSIONS}"])
        if folder and folder.kind == "tree" and folder.size >= self._small:
            try:
                return what()
            except FatalError:
                return None  # whatever is wrong, reading all of it says what
        return None

    def _indexed(self) -> "Indexed":
        """Loaded where it is needed: most registries are small."""
        if self._made is None:
            from validator.operations.index_file import IndexFile
            from validator.operations.indexed import Indexed

            self._made = Indexed(self._reader, IndexFile(self._reader.repo.folder, alone=self._alone))
        return self._made
