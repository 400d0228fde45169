"""What a repository begins with: its files, and what to do with each."""

import json
import sys
from collections.abc import Iterator
from typing import NamedTuple

from drift import bundled
from drift.schema import SCHEMAS, dumps

EXAMPLE = "desired/example.json"
_HOOKS = (
    "{repo: https://git.example.com/your-org/drift, "
    'rev: "0000000000000000000000000000000000000000", '
    "hooks: [{id: drift-fmt}, {id: drift-validate}, {id: drift-plan}]}"
)


class Part(NamedTuple):
    """One file of the starter.

    `then` is what to do once it was written. `missing` is what to do where a file of the same name,
    somebody's own, does not have `mark`.
    """

    name: str
    text: str
    then: str = ""
    mark: str = ""
    missing: str = ""


def starter(profile: str | None = None) -> Iterator[Part]:
    """Yield the files of a starter, with the ready policy of that name or else with an example."""
    yield _policy(profile) if profile else _example()
    for name in SCHEMAS:
        if name != "plan":  # nobody writes plans by hand
            yield Part(f"schemas/{name}.schema.json", schema_text(name))
    yield from (_editor(), _hooks(), _workflow())


def schema_text(name: str) -> str:
    """Return the schema `name` as JSON; as published, where Python dropped all docstrings."""
    return bundled.schema(name) if sys.flags.optimize > 1 else dumps(name)


def _text(name: str) -> str:
    return (bundled.samples() / name).read_text(encoding="utf-8")


def _policy(profile: str) -> Part:
    name = f"desired/{profile}.json"
    then = f"{name} judges every bucket of the account; narrow its `Bucket` if that is too much."
    return Part(name, _text(f"policies/{profile}.json"), then)


def _example() -> Part:
    then = f"Put your buckets into {EXAMPLE}; `drift validate` checks it, `drift plan` compares."
    return Part(EXAMPLE, _text(f"starter/{EXAMPLE}"), then)


def _editor() -> Part:
    text = _text("starter/.vscode/settings.json")
    schemas = json.dumps(json.loads(text)["json.schemas"])[1:-1]
    missing = f'Add to its "json.schemas": {schemas}'
    return Part(".vscode/settings.json", text, mark="oss-bucket.schema.json", missing=missing)


def _hooks() -> Part:
    name = ".pre-commit-config.yaml"
    then = f"Fill in the address and the commit of drift in {name}; run `pre-commit install`."
    missing = f"Add to its repos: {_HOOKS}"
    return Part(name, _text(f"starter/{name}"), then, "drift-validate", missing)


def _workflow() -> Part:
    name = ".github/workflows/drift-plan.yml"
    then = f"Fill in the commit of drift in {name}, and set the variables it names."
    return Part(name, _text("ci/github/drift-plan.yml"), then)
