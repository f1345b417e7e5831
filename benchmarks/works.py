"""The programs that the benchmarks run on a fleet."""

import subprocess
from pathlib import Path

from benchmarks.fleets import Fleet
from benchmarks.programs import Program, python

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "schema" / "session.schema.json"


def validate(fleet: Fleet, head: str = "free", exit_code: int = 0) -> Program:
    """The verdict on a branch."""
    return Program(python("validator", "validate", "--repo", fleet.repo, "--base", "main", "--head", head), exit_code)


def guard(fleet: Fleet) -> Program:
    """The command that a server runs for a push of the free number's claim."""
    subprocess.run(["git", "-C", fleet.repo, "config", "registry.unsigned", "true"], check=True)
    asked = ["git", "-C", str(fleet.repo), "rev-parse", "free"]
    commit = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    line = f"{'0' * len(commit)} {commit} refs/heads/claim/{fleet.number}\n"
    return Program(python("validator.guard"), stdin=line, folder=fleet.repo)


def audit(fleet: Fleet) -> Program:
    """The verdict on all of main."""
    return Program(python("validator", "audit", "--repo", fleet.repo, "--ref", "main"))


def status(fleet: Fleet) -> Program:
    """The state of the whole fleet as JSON."""
    return Program(python("validator", "status", "--format", "json", "--repo", fleet.repo, "--ref", "main"))


def status_text(fleet: Fleet) -> Program:
    """The same as a table in a terminal."""
    return Program(python("validator", "status", "--repo", fleet.repo, "--ref", "main"))


def consensus(fleet: Fleet) -> Program:
    """The way to consensus of the whole fleet, which has not reached it."""
    words = ("consensus", "status", "--format", "json", "--repo", fleet.repo, "--ref", "main")
    return Program(python("validator", *words), exit_code=1)


def export(fleet: Fleet) -> Program:
    """All claims as JSON."""
    return Program(python("validator", "export", "--repo", fleet.repo, "--ref", "main"))


def markdown(fleet: Fleet) -> Program:
    """The claims as a page in Markdown."""
    words = ("export", "--format", "markdown", "--repo", fleet.repo, "--ref", "main")
    return Program(python("validator", *words))


def whoami(fleet: Fleet) -> Program:
    """What one session asks first."""
    me = ("--session-id", "marketing-outreach-7")
    return Program(python("validator", "whoami", "--repo", fleet.repo, "--ref", "main", *me))


def watch(fleet: Fleet) -> Program:
    """One poll after one change of main, of a watcher that has seen what was before."""
    return Program(python("validator", "status", "--watch", "--once", "--since", "main~1", "--repo", fleet.repo))


def schema_check(*files: Path) -> Program:
    """The files against the schema of a claim, with check-jsonschema."""
    return Program(python("check_jsonschema", "--schemafile", SCHEMA, *files))
