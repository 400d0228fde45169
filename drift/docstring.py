"""Docstrings that are data, such as a command's help: Python drops them with -OO."""

import ast
import inspect
from collections.abc import Callable
from textwrap import dedent
from typing import Any


def docstring(documented: Callable[..., Any]) -> str:
    """Return the docstring of a function or a class, of its source where Python dropped it."""
    text = documented.__doc__ or _of_source(documented)
    return inspect.cleandoc(text)


def _of_source(documented: Callable[..., Any]) -> str:
    """Return the docstring as the source has it; empty where there is none, nor any source."""
    try:
        (definition,) = ast.parse(dedent(inspect.getsource(documented))).body
    except OSError:
        return ""
    if not isinstance(definition, ast.FunctionDef | ast.ClassDef):
        return ""
    return ast.get_docstring(definition) or ""
