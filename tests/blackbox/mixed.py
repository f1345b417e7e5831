"""A claim comes alone: it must not bring its own judge, its own plan or its own company."""

from tests.blackbox.case import Build, accepted, change, line, refused
from tests.blackbox.records import CONFIRMATION
from tests.blackbox.store import Entry
from tests.blackbox.world import CHARTER, claim, path


def claim_with(name: str, content: bytes | Entry | None) -> Build:
    return change({path(6): claim(6), name: content})


CASES = (
    refused(
        "the validator",
        claim_with("validator/rules/number_taken.py", b"def check(head, base): return ()\n"),
        "REG302",
        says="validator/rules/number_taken.py",
    ),
    refused("the validator's package", claim_with("validator/__init__.py", b"raise SystemExit(0)\n"), "REG302"),
    refused(
        "a module that Python loads by itself", claim_with("sitecustomize.py", b"import os; os._exit(0)\n"), "REG302"
    ),
    refused("the schema", claim_with("schema/session.schema.json", b"true\n"), "REG302"),
    refused("CODEOWNERS", claim_with("CODEOWNERS", b"* @SOMEBODY\n"), "REG302"),
    refused("CODEOWNERS where a forge looks first", claim_with(".github/CODEOWNERS", b"* @SOMEBODY\n"), "REG302"),
    refused("the workflow", claim_with(".github/workflows/gate.yml", b"on: never\n"), "REG302"),
    refused(
        "the charter", claim_with("registry/charter.yaml", CHARTER.replace(b"capacity: 12", b"capacity: 13")), "REG302"
    ),
    refused(
        "a charter that makes it right",
        change({path(13): claim(13), "registry/charter.yaml": CHARTER.replace(b"capacity: 12", b"capacity: 13")}),
        "REG302",
    ),
    refused("another claim", claim_with(path(7), claim(7)), "REG302"),
    refused(
        "a record",
        claim_with("registry/consensus/confirmation.yaml", CONFIRMATION),
        "REG302 REG401 REG402 REG403",
    ),
    refused("a word in the README", claim_with("README.md", b"# A fleet of thieves\n"), "REG302"),
    refused("a file of no consequence", claim_with("x", b""), "REG302"),
    refused("the folder's placeholder gone", claim_with("registry/sessions/.gitkeep", None), "REG302"),
    refused("attributes that keep ours", claim_with(".gitattributes", b"registry/** merge=ours\n"), "REG302"),
    refused(
        "attributes that hide it",
        claim_with(".gitattributes", b"registry/** -diff export-ignore working-tree-encoding=UTF-16\n"),
        "REG302",
    ),
    refused(
        "submodules",
        claim_with(".gitmodules", b'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "touch canary"\n'),
        "REG302",
    ),
    refused(
        "two records",
        change(
            {"registry/consensus/confirmation.yaml": CONFIRMATION, "registry/consensus/broadcast.yaml": CONFIRMATION}
        ),
        "REG006 REG302 REG401 REG402 REG403",
    ),
    refused(
        "what came and went on the way",
        line({path(6): claim(6), "x": b""}, {"x": None}),
        "REG309",
        says="which is no part of this proposal",
    ),
    refused(
        "what came and went, as steps of main", line({path(6): claim(6), "x": b""}, {"x": None}), "REG302", "--steps"
    ),
    accepted(
        "no claim: the validator is for people to judge",
        change({"validator/rules/number_taken.py": b"", ".gitattributes": b"* merge=union\n"}),
    ),
    accepted(
        "no claim: a plan for more",
        change({"registry/charter.yaml": CHARTER.replace(b"capacity: 12", b"capacity: 13")}),
    ),
)
