"""Which key has signed a commit, by what its signature names and Git confirms."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.cli.stage import commit, git, new_key
from validator.git.repo import Repo
from validator.git.signatures import MANY, MAX_SIGNED, Endorsement, endorsements, signing_keys


def made(folder: Path) -> Path:
    git(folder, "init", "--quiet", "--initial-branch=main", "repository")
    return folder / "repository"


def test_every_commit_has_the_key_that_signed_it(tmp_path: Path) -> None:
    """Many at once, in any order: of two keys, of none, and with a signature of other words."""
    repository, keys = made(tmp_path), [new_key(tmp_path / name) for name in ("one", "two")]
    expected = dict[str, str | None]()
    for at in range(MANY + 6):
        name = ("one", "two", "")[at % 3]
        expected[commit(repository, f"Commit {at}", key=str(tmp_path / name) if name else "")] = (*keys, None)[at % 3]
    text = git(repository, "cat-file", "commit", next(iter(expected))).replace("Commit 0", "Commit O")
    for other in (text, text.replace("-----END SSH", "-----END SHS"), text.replace("U1NIU0lH", "AAAAAAAA")):
        (tmp_path / "other").write_text(other)
        words = ("hash-object", "-t", "commit", "-w", "--literally", str(tmp_path / "other"))
        expected[git(repository, *words).strip()] = None
    assert signing_keys(Repo(repository), list(expected)) == expected
    assert signing_keys(Repo(repository), []) == {}


def twice(text: str) -> str:
    signature = text[text.index("gpgsig") : text.index("-----END")]
    return text.replace("\n\n", f"\n{signature}-----END SSH SIGNATURE-----\n\n", 1)


ODD: tuple[Callable[[str], str], ...] = (
    twice,
    lambda text: text.replace("Commit", "Commlt"),
    lambda text: text.replace("\n\n", "\nencoding UTF-8\n\n", 1),
    lambda text: text.replace("gpgsig ", "gpgsig-sha256 "),
    lambda text: text.replace("SIGNATURE-----\n\n", "SIGNATURE-----\n \n\n"),
    lambda text: text.replace("SIGNATURE-----\n\n", "SIGNATURE-----\r\n\n"),
    lambda text: text.replace("\n ", "\n  "),
    lambda text: text.replace("author A", "author  A"),
    lambda text: text.replace("Commit", "Commit\0"),
    lambda text: text.replace("gpgsig -----BEGIN SSH", "gpgsig <b>"),  # for which Git ends
    lambda text: text.replace("gpgsig -----BEGIN SSH", "gpgsig \x1b[2J"),
)  # fmt: skip


def test_many_commits_are_checked_as_git_checks_one(tmp_path: Path) -> None:
    """Those that Git would not write as well, each beside commits that it has written."""
    repository, keys = made(tmp_path), [(f"@{name}", new_key(tmp_path / name)) for name in ("ONE", "TWO")]
    commits = [commit(repository, f"Commit {at}", key=str(tmp_path / ("ONE", "TWO")[at % 2])) for at in range(MANY)]
    text = git(repository, "cat-file", "commit", commits[0])
    for odd in ODD:
        (tmp_path / "odd").write_bytes(odd(text).encode())
        words = ("hash-object", "-t", "commit", "-w", "--literally", str(tmp_path / "odd"))
        commits.append(git(repository, *words).strip())
    repo = Repo(repository)
    found = endorsements(repo, commits, keys)
    assert [found[one] for one in commits[:2]] == [Endorsement(name, ("@OWNER",)) for name, _ in keys]
    alone = endorsements(repo, commits[MANY:], keys)
    assert {one: found[one].signer for one in alone} == {one: by.signer for one, by in alone.items()}
    assert {one.signer for one in endorsements(repo, commits, keys[1:]).values()} == {"@TWO", None}
    shared = endorsements(repo, commits, [*keys, ("@DEPUTY", keys[0][1])])  # of two with one key the first
    assert {one: by.signer for one, by in shared.items()} == {one: by.signer for one, by in found.items()}


def test_a_commit_that_is_too_long_to_land_has_no_key(tmp_path: Path) -> None:
    repository, key = made(tmp_path), new_key(tmp_path / "key")
    long = "\n".join(["x" * 99] * (MAX_SIGNED // 100 + 1))
    commits = [commit(repository, message, key=str(tmp_path / "key")) for message in ("Short", long)]
    assert signing_keys(Repo(repository), commits) == {commits[0]: key, commits[1]: None}


def test_a_certificate_is_no_key(tmp_path: Path) -> None:
    """Git itself takes it for a good signature of an unknown key."""
    repository = made(tmp_path)
    new_key(tmp_path / "authority")
    new_key(tmp_path / "key")
    words = ["-s", str(tmp_path / "authority"), "-I", "me", "-n", "me", str(tmp_path / "key.pub")]
    subprocess.run(["ssh-keygen", "-q", *words], check=True, capture_output=True)
    signed = commit(repository, "Signed with a certificate", key=str(tmp_path / "key-cert.pub"))
    assert "-cert-v01@openssh.com" in (tmp_path / "key-cert.pub").read_text()
    assert signing_keys(Repo(repository), [signed]) == {signed: None}
