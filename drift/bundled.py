"""The files that come with drift: in the package when installed, beside it in a checkout."""

from collections.abc import Mapping
from pathlib import Path

_PACKAGE = Path(__file__).parent


def schema(name: str) -> str:
    """Return the published schema `name`, whose descriptions are docstrings of the models."""
    installed = _PACKAGE / "schemas"
    folder = installed if installed.is_dir() else _PACKAGE.parent / "schemas"
    return (folder / f"{name}.schema.json").read_text(encoding="utf-8")


def samples() -> Path:
    """Return the folder with `desired`, `recording`, `policies`, `starter` and `ci`."""
    installed = _PACKAGE / "samples"
    return installed if installed.is_dir() else _PACKAGE.parent / "samples"


def profiles() -> Mapping[str, Path]:
    """Return the ready policies by their names, sorted."""
    return {path.stem: path for path in sorted((samples() / "policies").glob("*.json"))}
