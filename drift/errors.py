"""The ways in which a check can fail to be carried out. Drift is a result, never an error."""


class DriftError(Exception):
    """Something that a person can mend: the message says what happened, `advice` what to do."""

    def __init__(self, message: str, advice: str = "") -> None:
        """Take one sentence of what happened, and one of what to do about it."""
        super().__init__(message)
        self.advice = advice


class OptionError(DriftError):
    """An option, an argument or an environment variable has a value that cannot be used."""


class CredentialsError(DriftError):
    """There are no credentials, or only half of them."""


class FileError(DriftError):
    """A file or a folder cannot be read or written."""


class PlanFileError(DriftError):
    """A saved plan is no plan, contradicts itself, or is of a newer major version."""


class CommentError(DriftError):
    """The comment on the pull request cannot be kept up to date; the verdict is what it was."""


class ServerError(DriftError):
    """The emulator cannot listen where it was told to."""


class StoppedError(DriftError):
    """A person stopped the run; `unread` names the buckets that were not looked at."""

    def __init__(self, unread: tuple[str, ...]) -> None:
        """Take the buckets that were not looked at."""
        super().__init__("Stopped.")
        self.unread = unread
