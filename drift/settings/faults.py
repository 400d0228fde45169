"""pydantic's errors, said in words that fit JSON and XML alike."""

from difflib import get_close_matches

from pydantic_core import ErrorDetails

from drift.untrusted import visible


def sentence(error: ErrorDetails) -> str:
    """Say what is wrong and what would be right."""
    name, value, context = str(error["loc"][-1]), error["input"], error.get("ctx", {})
    match error["type"]:
        case "missing":
            return f"`{name}` is missing"
        case "extra_forbidden":
            return f"unknown member `{visible(name, 60)}`"
        case "bool_type":
            return f"{_shown(value)} is neither true nor false"
        case "literal_error":
            return f"{_shown(value)} is not one of {', '.join(choices(error))}"
        case "tuple_type":
            return f"{_shown(value)} is not a list"
        case "string_type":
            return f"{_shown(value)} is not a string"
        case "model_type":
            return f"{_shown(value)} is not an object"
        case "value_error":
            return str(context["error"])
        case _:
            return f"{_shown(value)}: {error['msg']}"


def choices(error: ErrorDetails) -> tuple[str, ...]:
    """Return the values that a literal error would have taken."""
    expected = str(error.get("ctx", {}).get("expected", ""))
    return tuple(expected.replace("'", "").replace(" or ", ", ").split(", "))


def did_you_mean(name: object, known: tuple[str, ...]) -> str:
    """Return `; did you mean ...?` for the known name that is nearest, or nothing."""
    folded = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(str(name).lower(), folded, n=1)
    return f"; did you mean `{folded[near[0]]}`?" if near else ""


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{visible(value, 60)}"'
        case int() | float():
            return visible(str(value), 60)
        case dict():
            return "an object"
        case _:
            return "a list"
