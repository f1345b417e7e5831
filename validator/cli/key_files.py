"""Where new keys of sessions are kept."""

import os
from pathlib import Path


def key_folder() -> Path:
    """`$XDG_CONFIG_HOME/session-registry/keys`, by default in `~/.config` (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(home) if home.startswith("/") else Path.home() / ".config"
    return base / "session-registry" / "keys"
