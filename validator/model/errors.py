"""The environment's fault, told in a line."""


class FatalError(Exception):
    """The environment's fault (no repository, shallow clone, Git too old): one line, exit 2, no verdict."""


class ShallowError(FatalError):
    """A clone without all of its history."""
