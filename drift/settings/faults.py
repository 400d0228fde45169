"""pydantic's errors, said in words that fit JSON and XML alike."""

from difflib import get_close_matches

from pydantic_core import ErrorDetails

from drift.untrusted import visible


def sentence(error: ErrorDetails) -> str:
    """Say what is wrong and what would be right."""
    name, value = str(error["loc"][-1]) if error["loc"] else "", error["input"]
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
            return str(error["ctx"]["error"])
        case "string_pattern_mismatch" | "string_too_long":
            return f"{_shown(value)} is not a name without blanks of at most 200 characters"
        case _:
            return f"{_shown(value)}: {error['msg']}"


def choices(error: ErrorDetails) -> tuple[str, ...]:
    """Return the values that a literal error would have taken."""
    expected = str(error.get("ctx", {}).get("expected", ""))
    return tuple(expected.replace("'", "").replace(" or ", ", ").split(", "))


def did_you_mean(name: object, known: tuple[str, ...]) -> str:
    """Return the known name that is nearest, or nothing."""
    folded = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(str(name).lower(), folded, n=1)
    return folded[near[0]] if near else ""


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
