"""With which key a session signs what it says, and where that key comes from."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from validator.git.keys import make_key, remember, remembered, remove_made, setting
from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.git.signatures import public_key
from validator.model.errors import FatalError, Unreadable, attempted
from validator.model.keys import fingerprint, normal_key
from validator.model.layout import SESSIONS
from validator.operations.approver import who_approves
from validator.registry.proposals import proposals_on, published
from validator.registry.reader import Reader, claims_at, main_of

NEW = "new"


class RequiredKey(NamedTuple):
    """A key that has to sign: that of a number, and the session that has it."""

    number: int
    session: str
    key: str | None


def signing_key(repo: Repo, wanted: RequiredKey, approvers: Remote | None = None) -> str | None:
    """The file of the key that has to sign; None where none has to.

    `approvers`: where this clone does not have the session's key, an approver on that remote signs with their own.
    Raises FatalError where nobody here can sign.
    """
    if wanted.key is None:
        return None
    paths = (path for path, key in remembered(repo, wanted.session) if key == wanted.key)
    path = next(paths, None) or (_approvers_key(approvers) if approvers else None)
    if path is None:
        way_out = f"git config --add {setting(wanted.session)} PATH-OF-THE-KEY"
        unknown = "this clone does not know the file of that key"
        who = f"{fingerprint(wanted.key)} speaks for number {wanted.number}"
        raise FatalError(f"{who}, and {unknown}; if you are {wanted.session}, fill in: {way_out}")
    return path


def chosen_key(repo: Repo, session: str, choice: str, folder: Path) -> str:
    """The public key that a claim names: of a new file in `folder`, of a file, or as it is written.

    A file is remembered, so that the session signs with it from then on. A new key is made only where this clone knows
    of none of the session's that no claim on main has, or had.
    """
    if choice == NEW:
        return _unused_key(repo, session, folder)
    if choice.startswith(("ssh-", "sk-")):
        return normal_key(choice)
    path = Path(choice).expanduser().absolute()
    key = public_key(str(path), path.parent)
    remember(repo, session, str(path))
    return normal_key(key)


def _unused_key(repo: Repo, session: str, folder: Path) -> str:
    if any(folder.resolve().is_relative_to(place.resolve()) for place in _places(repo)):
        raise FatalError(f"{folder} is inside the repository, where a key does not belong; set XDG_CONFIG_HOME")
    used = _keys_on_main(repo)
    known = (key for _, key in remembered(repo, session) if key not in used)
    if unused := next((key for key in known if not _was_on_main(repo, key)), None):
        return unused
    path = make_key(folder, session)
    remember(repo, session, str(path))
    return normal_key(public_key(str(path), folder))


def _places(repo: Repo) -> Iterator[Path]:
    """The repository's folders: its Git folder, the working tree that holds that, and the one where this runs."""
    yield repo.folder
    if repo.folder.name == ".git":
        yield repo.folder.parent
    if repo.top:
        yield repo.top


def _keys_on_main(repo: Repo) -> Collection[str | None]:
    reader = Reader(repo)
    return {claim.draft.key for claim in reader.at(main_of(repo, None)).claims.values()}


def _was_on_main(repo: Repo, key: str) -> bool:
    """Whether a claim on main has ever had a key: after a release it is not new, and somebody may have copied it."""
    words = ("log", "-m", "--first-parent", "-1", "--format=%H", f"-S{key.split()[1]}", main_of(repo, None), "--")
    return bool(repo.read(*words, SESSIONS).strip())


def kept_in(repo: Repo, session: str, key: str) -> str | None:
    """The file of a session's key that this clone remembers."""
    return next((path for path, known in remembered(repo, session) if known == key), None)


def remove_unused(repo: Repo, session: str, key: str, before: Collection[tuple[str, str]]) -> None:
    """Remove a key that was made for a claim which was refused; `before` are the keys that were remembered then.

    It stays where an open claim has it: a push that got no answer may have arrived.
    """
    made = [path for path, known in remembered(repo, session) if known == key and (path, known) not in before]
    if made and key not in _proposed_keys(repo):
        remove_made(repo, session, made[0])


def _proposed_keys(repo: Repo) -> Collection[str | None]:
    """The keys in the open claims of this clone, and of its server as last fetched."""
    names = [*proposals_on(None, repo, "claim"), *proposals_on(published(repo), repo, "claim")]
    places = [(one.commit, int(one.name.removeprefix("claim/"))) for one in names]
    return {claim.draft.key for claim in claims_at(repo, places).values()}


def _approvers_key(server: Remote) -> str | None:
    found = attempted(lambda: who_approves(server).key)
    return None if isinstance(found, Unreadable) else found
