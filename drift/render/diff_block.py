"""What must change in a bucket, as a block in the language `diff`, which forges colour."""

from collections.abc import Iterator

from drift.plan import ResourceChange
from drift.render.block import block

_MARK = {"+": "+", "-": "-", "~": "!"}
"""How each symbol is written in a diff; it has to stand in the first column."""

_GUTTER = 4
"""How many columns Terraform leaves for the symbol of a resource."""


def diff_lines(resource: ResourceChange, *, named: bool) -> Iterator[str]:
    """Yield the lines of the block from live to desired; `named`: with the bucket's name."""
    for line in block(resource, named=named):
        mark = _MARK.get(line.kind, " ")
        bare = line.text if mark == " " else line.text.replace(line.kind, " ", 1)
        yield f"{mark} {bare[_GUTTER:]}".rstrip()
