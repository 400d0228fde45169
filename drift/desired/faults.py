"""What is wrong with a desired file that can be parsed, with a place and a remedy."""

from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from drift.diagnostic import Diagnostic
from drift.positions import JsonText, Place, escaped
from drift.settings.faults import choices, did_you_mean, sentence
from drift.untrusted import visible

_LEAVE_OUT = "Leave the member out: what is left out is not managed."


def lapses(text: JsonText, remedy: str = _LEAVE_OUT) -> Iterator[Diagnostic]:
    """Yield what Python's parser lets pass: members that repeat, and numbers like NaN."""
    for name, place in text.repeated():
        summary = f"`{visible(name)}` is given more than once"
        yield Diagnostic("error", place, summary, "Keep one of them.")
    yield from (_void(word, place, remedy) for word, place in text.voids() if word != "null")


def nulls(text: JsonText, remedy: str = _LEAVE_OUT) -> Iterator[Diagnostic]:
    """Yield the nulls, which are JSON, but say nothing here."""
    yield from (_void(word, place, remedy) for word, place in text.voids() if word == "null")


def faults(
    text: JsonText, error: ValidationError, model: type[BaseModel], below: str = ""
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each error, but none for a null: that is one fault by itself.

    What `model` was to be made of stands at the pointer `below`.
    """
    for details in error.errors(include_url=False):
        steps = "".join(f"/{escaped(str(step))}" for step in details["loc"])
        pointer = text.nearest(below + steps)
        if not text.is_void(pointer):
            unknown = details["type"] == "extra_forbidden"
            place = text.name(pointer) if unknown else text.value(pointer)
            yield Diagnostic("error", place, sentence(details), _remedy(details, model))


def _void(word: str, place: Place, remedy: str) -> Diagnostic:
    return Diagnostic("error", place, f"{word} is no value here", remedy)


def _remedy(details: ErrorDetails, model: type[BaseModel]) -> str:
    value = details["input"]
    match details["type"]:
        case "extra_forbidden":
            known = _members(model, details["loc"][:-1])
            return _advised(str(details["loc"][-1]), known, "Known here are")
        case "literal_error":
            return _advised(value, choices(details), "")
        case "bool_type" if value in ("true", "false"):
            return "Leave out the quotes."
        case _:
            return ""


def _advised(value: object, known: tuple[str, ...], otherwise: str) -> str:
    near = did_you_mean(value, known)
    if near:
        return f"Did you mean {near}?"
    return f"{otherwise} {', '.join(known)}." if otherwise else ""


def _members(model: type[BaseModel], path: tuple[int | str, ...]) -> tuple[str, ...]:
    """Return the names of the members that the object at `path` may have."""
    for step in (step for step in path if isinstance(step, str)):  # a list has its entries' members
        field = next(field for field in model.model_fields.values() if field.alias == step)
        kinds = (field.annotation, *get_args(field.annotation))
        model = next(
            kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)
        )
    return tuple(str(field.alias) for field in model.model_fields.values())
