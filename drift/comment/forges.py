"""The forges by name. Only the client of the one that is asked for is loaded."""

from importlib import import_module
from typing import Protocol

from drift.comment.forge import Forge
from drift.comment.place import Name, Place

_MODULES: dict[Name, str] = {
    "github": "drift.comment.github",
    "gitlab": "drift.comment.gitlab",
    "codeup": "drift.comment.codeup",
    "gitee": "drift.comment.gitee",
}


class _Module(Protocol):
    def connect(self, place: Place) -> Forge: ...


def connect(place: Place) -> Forge:
    """Return what can be done there; raise `CommentError` if that forge's client is missing."""
    module: _Module = import_module(_MODULES[place.forge])
    return module.connect(place)
