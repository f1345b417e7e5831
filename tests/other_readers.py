"""What other YAML and JSON readers make of a text: a file that is accepted means the same to each of them."""

import json
from typing import Any

import yaml12
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor


class _Constructor(SafeConstructor):
    """Timestamps stay text, as JSON has them."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def readings(text: str) -> list[Any]:
    """The value to py-yaml12, to ruamel.yaml's pure reader, and to json where the text is JSON."""
    others = list[Any]()
    if text.lstrip().startswith(("{", "[")):
        try:
            others = [json.loads(text, parse_constant=_no_number)]
            text = json.dumps(others[0], ensure_ascii=False)  # YAML has no tabs there, and no pairs of surrogates
        except ValueError:
            pass
    ruamel = YAML(typ="safe", pure=True)
    ruamel.Constructor = _Constructor
    return [_whole(value) for value in (*others, yaml12.parse_yaml(text), ruamel.load(text))]


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _whole(value: Any) -> Any:
    """Numbers as JSON Schema sees them: 20.0 is 20."""
    if isinstance(value, dict):
        return {key: _whole(element) for key, element in value.items()}
    if isinstance(value, list):
        return [_whole(element) for element in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
