"""`drift policy`: print the least RAM policy for what is declared."""

from drift.cli import output
from drift.cli.options import ExcludeOption, Paths, UndeclaredOption, paths_or_default


def policy(
    paths: Paths = None,
    *,
    exclude: ExcludeOption = None,
    undeclared: UndeclaredOption = None,
) -> int:
    """Print the least RAM policy with which the declared buckets can be read, as JSON.

    Needs neither network nor credentials. Exits with 0 if it could be printed, and with 1 if the
    desired files have errors.
    """
    from drift.desired.load import load
    from drift.ram_policy import policy as least

    desired = load(paths_or_default(paths), exclude=exclude or ())
    output.note_ignored(desired.ignored)
    output.report(desired.diagnostics)
    if not desired.valid:
        output.fail("No policy was made: the desired files have errors.")
        return 1
    found = least(desired.declarations, undeclared)
    for note in found.notes:
        output.note(f"warning: {note}")
    output.write(found.text, for_people=False)
    return 0
