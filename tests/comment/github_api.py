"""What GitHub's own OpenAPI description says of the operations that the client uses.

`python -m tests.comment.github_api` writes the examples of the description down, anew.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from tests.cli.running import ROOT

DESCRIPTION = ROOT / "tests/node_modules/@octokit/openapi/generated/api.github.com.json"
RECORDED = Path(__file__).parent / "github_answers.json"

USED = {
    "/repos/{owner}/{repo}/pulls": ("get",),
    "/repos/{owner}/{repo}/pulls/{pull_number}": ("get",),
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ("get", "post"),
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ("get", "patch", "delete"),
}
Json: TypeAlias = Any


def cut() -> Json:
    """Return the description of what is used, and of nothing else: it has 13 MB."""
    whole = json.loads(DESCRIPTION.read_text())
    paths = {
        path: {name: whole["paths"][path][name] for name in methods}
        for path, methods in USED.items()
    }
    components: dict[str, dict[str, Json]] = {}
    todo = [paths]
    while todo:
        for kind, name in _references(todo.pop()):
            if name not in components.setdefault(kind, {}):
                components[kind][name] = whole["components"][kind][name]
                todo.append(components[kind][name])
    head = {name: whole[name] for name in ("openapi", "info", "servers")}
    return {**head, "paths": paths, "components": components}


def examples(description: Json) -> dict[str, Json]:
    """Return what each operation answers when it succeeds, by the description's examples."""
    found = {}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            status, answer = next(iter(operation["responses"].items()))
            content = answer.get("content", {}).get("application/json", {})
            example = next(iter(content.get("examples", {"": {}}).values()))
            kind, name = next(_references(example), ("", ""))
            value = description["components"][kind][name]["value"] if kind else None
            found[f"{method.upper()} {path}"] = {"status": int(status), "body": value}
    return found


def _references(value: Json) -> Iterator[tuple[str, str]]:
    for found in re.findall(r'"\$ref": "#/components/(\w+)/([^"]+)"', json.dumps(value)):
        kind, name = found
        yield kind, name


if __name__ == "__main__":
    RECORDED.write_text(json.dumps(examples(cut()), indent=1) + "\n")
