"""A file of the registry is not a regular file.

What it means: Every file under `registry/` has Git's mode 100644. Symbolic links, submodules and executables have
another mode.

Why: The target of a link can change without a change of the registry, and a submodule's content is not in this
repository: neither can be judged. No file of a registry is executed.

Example:

    registry/sessions/05.yaml -> ../../somewhere/else.yaml

Way out: Replace it by a file with the content: `git rm --cached PATH`, write the file, `chmod 644 PATH`, `git add
PATH`.
"""

from collections.abc import Iterator

from validator.git.trees import TWICE
from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import REGULAR_FILE, governed
from validator.model.phrases import shell_word
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG004", "file-mode", Level.ERROR
LOOKS_AT = (Input.FILE,)
EXECUTABLE = "100755"
KINDS = {
    "120000": "a symbolic link",
    "160000": "a submodule",
    EXECUTABLE: "an executable",
    "040000": "an empty folder",
    TWICE: "listed twice in its folder",
}


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the paths whose mode is not 100644."""
    for path, entry in head.files.items():
        if entry.mode != REGULAR_FILE and governed(path):
            message = f"this is {KINDS.get(entry.mode, f'of mode {entry.mode}')}, not a regular file"
            own = shell_word(path)
            help = f"git rm --cached {own}, then write a file in its place and add it: git add {own}"
            if entry.mode == EXECUTABLE:
                help = f"chmod 644 {own} && git add {own}"
            yield Problem(Location(path), message, help)
