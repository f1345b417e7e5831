"""Errors of the environment, as opposed to findings about a change."""


class FatalError(Exception):
    """An error of the environment (no repository, shallow clone, Git too old): one line, exit 2, no verdict."""


class ShallowError(FatalError):
    """A clone without all of its history."""
