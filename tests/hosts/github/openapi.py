"""GitHub's published description of its REST API (OpenAPI 3.0, from npm's @octokit/openapi), held against requests.

A request has to fit in full. An answer of the stand-in says less than GitHub's: what it does say has to be in the
description, under that name and in that form, so that the product rests on no field that GitHub does not send.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.hosts.github.rest import Answer
from tests.repository import ROOT

FILE = ROOT / ".ci/openapi/node_modules/@octokit/openapi/generated/api.github.com.json"
GRAPHQL = "/graphql"  # has no description of this kind
JSON = "application/json"
COMPOSED = ("allOf", "anyOf", "oneOf")
# Statuses that any request can have, and GitHub therefore does not list with each.
ANY_TIME = (401, 403, 404)

Schema = dict[str, Any]


class Description:
    """The description, and what was found not to fit it."""

    def __init__(self, file: Path = FILE) -> None:
        self._whole: Any = json.loads(file.read_text("utf-8"))
        self.problems = list[str]()
        self.asked = set[tuple[str, str, int]]()  # method, path, status

    def watch(self, method: str, path: str, query: Mapping[str, str], body: Any, answer: Answer) -> None:
        """Hold a request and its answer against the description."""
        if answer.route is None:
            self.problems.append(f"{method} {path}: the stand-in has no such path")
        elif answer.route.path != GRAPHQL:
            self.asked.add((method, answer.route.path, answer.status))
            found = self._of(answer.route.path, method, query, body, answer)
            self.problems += [f"{method} {path}: {problem}" for problem in found]

    def _of(self, path: str, method: str, query: Mapping[str, str], body: Any, answer: Answer) -> Iterator[str]:
        item = self._whole["paths"].get(path, {})
        operation = item.get(method.lower())
        if operation is None:
            yield "is not described"
            return
        yield from self._query([*item.get("parameters", ()), *operation.get("parameters", ())], query)
        described = self._resolved(operation.get("requestBody", {})).get("content", {})
        if body and JSON not in described:
            yield "takes no body"
        if JSON in described:
            yield from self._faults("the request", described[JSON]["schema"], body, whole=True)
        answers = operation["responses"]
        if str(answer.status) in answers:
            content = self._resolved(answers[str(answer.status)]).get("content", {})
            if bool(content) != (answer.document is not None):
                yield f"the answer of status {answer.status} {'has a' if content else 'has no'} document"
            elif content:
                yield from self._faults("the answer", content[JSON]["schema"], answer.document, whole=False)
        elif answer.status not in ANY_TIME:
            yield f"no answer has the status {answer.status}"

    def _query(self, rows: list[Any], query: Mapping[str, str]) -> Iterator[str]:
        known = {row["name"]: row["schema"] for row in map(self._resolved, rows) if row["in"] == "query"}
        for name, value in query.items():
            if name not in known:
                yield f"no parameter is called {name}"
                continue
            kind = self._resolved(known[name]).get("type")
            typed = int(value) if kind == "integer" else json.loads(value) if kind == "boolean" else value
            yield from self._faults(f"parameter {name}", known[name], typed, whole=True)

    def _faults(self, what: str, schema: Any, value: Any, *, whole: bool) -> Iterator[str]:
        made = self._strict if whole else self._partial
        top = made.translated(schema)
        for error in Draft202012Validator({**top, "$defs": made.definitions}).iter_errors(value):
            yield f"{what}, {error.json_path}: {error.message[:300]}"

    @cached_property
    def _strict(self) -> "Translator":
        return Translator(self._whole, whole=True)

    @cached_property
    def _partial(self) -> "Translator":
        return Translator(self._whole, whole=False)

    def _resolved(self, part: Any) -> Any:
        while "$ref" in part:
            part = _at(self._whole, part["$ref"])
        return part


class Translator:
    """OpenAPI 3.0 schemas as JSON Schema 2020-12: `nullable` is a type, references are definitions.

    No object may have a name that is not described. `whole`: what is required has to be there.
    """

    def __init__(self, document: Any, *, whole: bool) -> None:
        self._document, self._whole = document, whole
        self.definitions = dict[str, Schema]()

    def translated(self, schema: Any, *, closed: bool = True) -> Schema:
        if "$ref" in schema:
            return self._referred(schema["$ref"], closed=closed)
        made: Schema = {key: value for key, value in schema.items() if key in ("enum", "pattern", "type")}
        inner = closed and not any(key in schema for key in COMPOSED)
        if "properties" in schema:
            made["properties"] = {key: self.translated(value) for key, value in schema["properties"].items()}
            if inner and not schema.get("additionalProperties"):
                made["additionalProperties"] = False
            if self._whole and "required" in schema:
                made["required"] = schema["required"]
        if isinstance(schema.get("items"), dict):
            made["items"] = self.translated(schema["items"])
        for key in COMPOSED:
            if key in schema:
                # Parts of one object know its other names by nobody; of several forms, more than one may fit a part.
                parts = [self.translated(part, closed=closed and key != "allOf") for part in schema[key]]
                made.setdefault("allOf" if key == "allOf" else "anyOf", []).extend(parts)
        return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") else made

    def _referred(self, reference: str, *, closed: bool) -> Schema:
        name = f"{reference.rpartition('/')[2]}{'' if closed else ' open'}"
        if name not in self.definitions:
            self.definitions[name] = {}  # it may refer to itself
            self.definitions[name] = self.translated(_at(self._document, reference), closed=closed)
        return {"$ref": f"#/$defs/{name.replace(' ', '%20')}"}


def _at(document: Any, reference: str) -> Any:
    for word in reference.removeprefix("#/").split("/"):
        document = document[word.replace("~1", "/").replace("~0", "~")]
    return document
