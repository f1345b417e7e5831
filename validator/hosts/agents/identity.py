"""Who am I: the session that a program speaks for. It is said somewhere, and never guessed from the folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from validator.git.clone import Clone, around
from validator.hosts.agents import bindings
from validator.hosts.agents.runtimes import Runtime, running
from validator.model.errors import FatalError
from validator.model.names import is_name
from validator.model.phrases import quoted

CHARTER = "registry/charter.yaml"
MAINS = ("HEAD", "refs/heads/main", "refs/remotes/origin/main", "refs/remotes/origin/HEAD")
OPTION, VARIABLE, SETTING = "--session-id", "REGISTRY_SESSION", "registry.session"
WAYS = (
    "say it once; fill in: registry bind NAME (lower-case words joined by -); "
    f"or for one command: {OPTION} NAME, or {VARIABLE}=NAME in its environment"
)


class Identity(NamedTuple):
    """The name of a session, and where it was said."""

    name: str
    source: str


def identity(option: str | None, environment: Mapping[str, str], folder: Path) -> Identity | None:
    """The session that a verb speaks for; None where nobody has said it.

    In this order: the option, the environment, the binding of the running harness, the clone's configuration. Raises
    FatalError for a name that is none, and for a binding that cannot be read.
    """
    if option is not None:
        return Identity(option, OPTION)
    if environment.get(VARIABLE):
        return _named(environment[VARIABLE], VARIABLE)
    clone, runtime = around(folder), running(environment)
    binding = bindings.read(clone, runtime) if runtime else None
    if binding:
        return Identity(binding.session_id, f"bound to {binding.runtime.label}")
    configured = clone.setting(SETTING)
    return _named(configured, f"git config {SETTING}") if configured else None


def is_registry(clone: Clone) -> bool:
    """Whether a clone holds a registry, as far as one can tell without reading it."""
    return clone.has_any([f"{name}:{CHARTER}" for name in MAINS])


def users(found: Identity, environment: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """The runtimes that speak for a session in this clone: those that are bound to it, and the one that asks."""
    bound = bindings.bindings_of(around(folder), found.name)
    here = None if found.source == OPTION else running(environment)
    labels = [f"{each.runtime.label} (since {each.since})" for each in bound]
    return (*labels, *([here.label] if here and here not in [each.runtime for each in bound] else []))


def bind(clone: Clone, runtime: Runtime | None, name: str, now: str) -> Identity:
    """Say for which session this runtime speaks; where no harness runs, this working tree or clone. Raises OSError."""
    require_name(name)
    if runtime:
        bindings.write(clone, bindings.Binding(runtime, name, now))
        return Identity(name, f"bound to {runtime.label}")
    clone.set(SETTING, name)
    return Identity(name, f"git config {SETTING}")


def require_name(name: str) -> None:
    """Raises FatalError for what is no name of a session."""
    if not is_name(name):
        raise FatalError(f"{quoted(name)} is no name of a session; write lower-case words joined by -, at most 64")


def unbind(clone: Clone, runtime: Runtime | None) -> None:
    """Take back what `bind` has said. Raises OSError."""
    if runtime:
        bindings.remove(clone, runtime)
    else:
        clone.unset(SETTING)


def unbind_others(clone: Clone, runtime: Runtime | None, name: str) -> None:
    """Take back what other runtimes have said: that they speak for this session. Raises OSError."""
    for each in bindings.bindings_of(clone, name):
        if each.runtime != runtime:
            bindings.remove(clone, each.runtime)


def _named(name: str, source: str) -> Identity:
    if not is_name(name):
        raise FatalError(f"{source} is {quoted(name)}, which is no name of a session: lower-case words joined by -")
    return Identity(name, source)
