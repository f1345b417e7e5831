"""Reproducible fleets of any size: as a packed Git repository, and as a folder of plain files."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

SHARE = 17  # e-mails a day, and so prospects, of one session
START = 1_795_392_000  # the committer's clock at the first step, in seconds since 1970
QUIET = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}

CLAIM = """\
# yaml-language-server: $schema=../../schema/session.schema.json
number: {number}
role: Outreach AI - Personalize and send emails (Batch {batch})
goal: Send 17 perfectly personalized emails daily to batch {batch}, 95%+ delivery rate
targets:
  - {{metric: emails sent, op: gte, value: 17, unit: emails, per: day}}
  - {{metric: delivery rate, op: gte, value: 95, unit: percent}}
session_id: marketing-outreach-{batch}
runtime_id: session-{runtime}
responsibilities:
  - Personalize emails for prospects {first}-{last}
  - Send morning batch 10-11 AM
  - Track delivery and opens
  - Report to Orchestrator
scope:
  - {{work: outreach, first: {first}, last: {last}}}
schedule:
  - {{activity: Send morning batch, days: [mon, tue, wed, thu, fri], start: "10:00", end: "11:00"}}
status: REGISTERED
timestamp: 2026-11-20T08:03:00Z
"""

CHARTER = """\
# What this fleet is for. Only humans change this file, in a proposal of its own.
mission:
  statement: Generate $120k MRR through autonomous execution
  targets:
    - {{metric: MRR, op: gte, value: 120000, unit: USD, per: month}}
capacity: {capacity}              # the numbers are 1..{capacity}; all of them must be registered
orchestrator: 1                   # the number whose holder confirms and broadcasts
time_zone: America/Los_Angeles    # the zone of every schedule
approvers:                        # the humans who approve; after a change: registry codeowners
  - {{handle: "@OWNER"}}
work:                             # what the sessions divide among them, without overlap or gap
  - {{name: outreach, first: 1, last: {prospects}}}
"""


Layout = Callable[[str], str]


class Fleet(NamedTuple):
    """A registry with one free number: `main` holds the others, `proposal` the claim of the last."""

    repo: Path  # bare; branch `free` claims the free number, `taken` claims number 1 a second time
    files: Path  # the folder of the same claims as files
    proposal: Path  # the claim of the free number as a file
    number: str  # the free number, as the branch of its claim has it


def build(folder: Path, size: int, layout: Layout = str) -> Fleet:
    """A fleet of `size` registrations, each added to main in a first-parent step of its own.

    `layout` writes the text of each claim of main in another layout.
    """
    fleet = Fleet(folder / "registry.git", folder / "claims", folder / "proposal.yaml", f"{size + 1:02}")
    fleet.files.mkdir(parents=True)
    written = [layout(claim(number)) for number in range(1, size + 1)]
    for number, text in enumerate(written, 1):
        (fleet.files / f"{number:02}.yaml").write_text(text)
    fleet.proposal.write_text(claim(size + 1))
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", fleet.repo], check=True, env=QUIET)
    packed = ["git", "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--date-format=raw"]
    with subprocess.Popen(packed, cwd=fleet.repo, stdin=subprocess.PIPE, env=QUIET) as importer:
        assert importer.stdin
        importer.stdin.writelines(part.encode() for part in history(written))
    if importer.returncode:
        raise RuntimeError("git fast-import failed")
    return fleet


def confirmed(fleet: Fleet) -> Fleet:
    """The same with a confirmation on main.

    Its digest is asked for in another process: what this one has held would count as held by each that it starts.
    """
    folder = fleet.repo.parent / "confirmed"
    place = Fleet(folder / "registry.git", fleet.files, fleet.proposal, fleet.number)
    subprocess.run(["git", "clone", "--quiet", "--mirror", fleet.repo, place.repo], check=True, env=QUIET)
    asked = (sys.executable, "-P", "-m", "validator", "status", "--repo", str(place.repo), "--format", "json")
    digest = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)["digest"]
    record = f"registry: {digest}\nnumber: 1\nsession_id: marketing-outreach-1\ntimestamp: 2026-11-20T09:00:00Z\n"
    words = ["git", "log", "-1", "--format=%H %ct", "main"]
    main, time = subprocess.run(words, check=True, cwd=place.repo, capture_output=True, text=True).stdout.split()
    # With an older clock than its parent's, Git would walk all of main to find where a proposal began.
    step = commit(int(time) + 1 - START, "main", "registry/consensus/confirmation.yaml", record)
    step = step.replace("M 100644", f"from {main}\nM 100644")
    importer = ["git", "fast-import", "--quiet", "--date-format=raw"]
    subprocess.run(importer, check=True, cwd=place.repo, input=step, text=True, env=QUIET)
    return place


def claim(number: int, batch: int | None = None) -> str:
    """A claim in the contract's layout, 20 lines long; another `batch` is another session on the same number."""
    batch = batch or number
    first, last = SHARE * (batch - 1) + 1, SHARE * batch
    return CLAIM.format(number=number, batch=batch, runtime=1_763_243_000 + batch, first=first, last=last)


def history(written: Sequence[str]) -> Iterator[str]:
    """The history of a fleet for git-fast-import(1), with two proposals based on an older main."""
    path, size = "registry/sessions/{:02}.yaml".format, len(written)
    yield commit(1, "main", "registry/charter.yaml", CHARTER.format(capacity=size + 1, prospects=SHARE * (size + 1)))
    for number, text in enumerate(written, 1):
        if number == size:
            yield commit(size + 2, "free", path(size + 1), claim(size + 1), parent=size)
        yield commit(number + 1, "main", path(number), text, parent=number)
    yield commit(size + 3, "taken", path(1), claim(1, batch=size + 1), parent=1)


def commit(mark: int, branch: str, path: str, text: str, parent: int | None = None) -> str:
    """One commit that adds one file; marks count from 1 in the order of main."""
    origin = f"from :{parent}\n" if parent else ""
    return (
        f"commit refs/heads/{branch}\nmark :{mark}\ncommitter Bench <bench@example.org> {START + mark} +0000\n"
        f"data 0\n{origin}M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n"
    )
