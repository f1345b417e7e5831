"""One claim in many layouts: flow and block, quoting, order of fields, comments, JSON. Drawn anew for each run."""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

import yaml

Write = Callable[[Mapping[str, Any]], str]


def layouts(seed: int) -> Mapping[str, Write]:
    """Writers by name. Each keeps its own choices for a whole registry, as the program of a team does."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    indent = chance.randint(2, 6)
    return {
        "JSON": lambda fields: json.dumps(fields) + "\n",
        "indented JSON": lambda fields: json.dumps(fields, indent=indent) + "\n",
        "quoted keys": lambda fields: _rows(_shuffled(fields, chance), '"'),
        "block": lambda fields: _dumped(_shuffled(fields, chance), indent=chance.randint(2, 8)),
        "flow in block": lambda fields: _rows(fields, ""),
        "comments": lambda fields: _commented(_dumped(fields), chance),
    }


def _shuffled(fields: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    return {key: fields[key] for key in chance.sample(sorted(fields), len(fields))}


def _rows(fields: Mapping[str, Any], quote: str) -> str:
    return "".join(f"{quote}{key}{quote}: {json.dumps(fields[key])}\n" for key in fields)


def _dumped(fields: Mapping[str, Any], **options: Any) -> str:
    return str(yaml.dump(dict(fields), Dumper=_Plain, sort_keys=False, width=1_000, allow_unicode=True, **options))


def _commented(text: str, chance: random.Random) -> str:
    return "".join(f"{line}  # {chance.randint(0, 9_999)}, as agreed: [see above\n" for line in text.splitlines())


class _Plain(yaml.CSafeDumper):  # type: ignore[misc] # PyYAML says no types here
    """Writes every text in double quotes, numbers and `true` as they are, and no tags."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Plain, value: str) -> yaml.ScalarNode:
    plain = value.isascii() and value.replace(" ", "").isalpha() and len(value) > 5
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Plain.add_representer(str, _text)
