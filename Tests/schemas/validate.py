"""Says of many files at once whether they keep to a JSON Schema (draft 2020-12).

usage: validate.py SCHEMA < LIST

Each line of LIST is the path of a file; the answer is a JSON array with a text for each: empty where the file is valid,
otherwise the first thing that is wrong. The library is https://pypi.org/project/jsonschema; YAML is read by PyYAML with
the words and numbers of YAML 1.2's core schema, as editors read it: 'on' is text, 1:30 is no number.
"""

import json
import re
import sys

import yaml
from jsonschema import Draft202012Validator


class CoreLoader(yaml.SafeLoader):
    """PyYAML follows YAML 1.1; this takes its words for values away and puts those of 1.2 in their place."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", "-+.0123456789"),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
CoreLoader.add_constructor(
    "tag:yaml.org,2002:int",
    lambda loader, node: int(node.value, 8 if "o" in node.value else 16 if "x" in node.value else 10))


def problem(validator, path):
    with open(path, encoding="utf-8") as file:
        value = json.load(file) if path.endswith(".json") else yaml.load(file, CoreLoader)
    error = next(validator.iter_errors(value), None)
    return "" if error is None else f"{error.json_path}: {error.message[:300]}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    json.dump([problem(validator, line.rstrip("\n")) for line in sys.stdin], sys.stdout)


main()
