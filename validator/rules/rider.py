"""A proposal brings something else with it.

What it means: Each commit that the branch of a claim, a release, a record or a charter brings changes nothing but that
proposal's own file (with a charter comes the CODEOWNERS that it generates; of several acknowledgements each commit has
one); a merge into it is a merge of main, and leaves every other file as main has it. There are at most 50 commits. A
message has at most 64 KiB, an author's name with its address 512 bytes, and a commit no other headers than Git writes
for it. On a main that is guarded by signatures the last holds for every commit that moves it.

Why: What lands is judged as a whole, so nobody would see a file which one commit adds and the next one removes, and it
would stay in every clone. The same is true of a message of megabytes, which every program that lists commits reads.

Example:

    A evil.bin                     # the first commit of claim/05
    D evil.bin                     # the second one
    A registry/sessions/05.yaml

Way out: Make the proposal again on a branch from main, as one commit: `registry claim`, or
`git reset --soft origin/main && git commit`. Of several acknowledgements each is made again by its own session:
`registry consensus acknowledge --push`, on GitHub `--pr`.
"""

from collections.abc import Iterator

from validator.git.brought import MAX_COMMITS, Brought
from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import ALONE, CHARTER, CODEOWNERS, REGULAR_FILE
from validator.model.phrases import join_limited, quoted
from validator.registry.records import acknowledges_only
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.reader import MAX_BYTES

CODE, NAME, LEVEL = "REG309", "rider", Level.ERROR
LOOKS_AT = (Input.CHANGE,)
HELP = "make it again on a branch from main, as one commit: git reset --soft origin/main && git commit"
SEVERAL = "holds several acknowledgements, and each is a session's own"
EACH = (
    "make each acknowledgement a commit of its own session, on a new branch from main: "
    "registry consensus acknowledge --push (on GitHub: --pr)"
)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield each commit of a proposal, or of a guarded main, that brings anything else."""
    own = _own_files(head, base)
    guarded = head.unsigned or head.signed_by is not None
    if not own and not guarded:
        return  # code is judged by whoever reviews it
    commits = head.brought() if own else tuple(one for one in head.brought() if one.commit == head.commit)
    place, known = Location(min(own, default=CHARTER)), {one.commit for one in commits}
    if len(commits) > MAX_COMMITS:
        yield Problem(place, f"this change brings more than {MAX_COMMITS} commits", HELP)
        return
    for commit in commits:
        # What a merge that moves main makes of files is judged as that step's own change.
        last = commit.commit == head.commit
        files = () if last and (head.joins or not own) else _files(commit, own, known, last=last)
        for why in (*commit.faults, *files):
            yield Problem(place, f"commit {commit.commit[:12]} {why}", EACH if why == SEVERAL else HELP)


def _own_files(head: Snapshot, base: Snapshot) -> frozenset[str]:
    """The only files that a proposal's commits may change; empty for a change that is no proposal."""
    touched = head.touched(base)
    if CHARTER in touched and touched <= {CHARTER, CODEOWNERS}:
        return frozenset({CHARTER, CODEOWNERS})
    if acknowledges_only(head, base):
        return touched
    return touched if len(touched) == 1 and min(touched).startswith(ALONE) else frozenset()


def _files(commit: Brought, own: frozenset[str], known: set[str], *, last: bool) -> Iterator[str]:
    """What a commit does besides the proposal; `known` are all that the branch brings."""
    left = [entry for entry in commit.files.values() if entry and not last]
    if not commit.parents:
        yield "begins another history"
    elif len(commit.parents) > 2 or (len(commit.parents) == 2 and commit.parents[1] in known):
        yield "merges another branch than main"
    elif others := sorted(commit.files.keys() - own):
        yield f"touches {join_limited(map(quoted, others))}, which is no part of this proposal"
    elif len(commit.files) > 1 and CHARTER not in own:
        yield SEVERAL
    elif any(entry.mode != REGULAR_FILE for entry in left):
        yield "makes the proposal's file a link or a folder"
    elif any((entry.size or 0) > MAX_BYTES for entry in left):
        yield f"brings a file of more than {MAX_BYTES:,} bytes"
