"""What tests give to a shell and to Git: programs and settings that mean the same in a folder of any name."""

import os
from pathlib import Path


def in_utf8(word: str) -> str:
    """A word that reaches files and programs as UTF-8, also from a Python whose locale cannot spell it."""
    return os.fsdecode(word.encode("utf-8", "surrogateescape"))


def quoted(*words: str | Path) -> str:
    """A command of these words, for a shell: Git gives it what stands for a program in most of its settings.

    Unlike `shlex.join` it quotes in the one way that Git reads as well, in GIT_CONFIG_PARAMETERS.
    """
    return " ".join("'" + str(word).replace("'", r"'\''") + "'" for word in words)


def in_settings(value: str) -> str:
    """A value as it stands in a file of Git's settings (git-config(1), Syntax)."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def program(path: Path, script: str) -> Path:
    """Write a shell script that can be run, in a folder that is made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Paths of this process that it could not decode stand in the script as the bytes that they are.
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8", errors="surrogateescape")
    path.chmod(0o755)
    return path
