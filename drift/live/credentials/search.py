"""Where credentials are looked for, and what may be done to get them."""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drift import disk
from drift.errors import CredentialsError
from drift.live.patience import RETRIES

_MOST = 1 << 20
"""The most bytes of a file with credentials."""

_SPELLINGS = ("ALIBABA_CLOUD_", "ALIBABACLOUD_", "ALICLOUD_")
"""How the names of variables begin: the Alibaba Cloud CLI reads all three."""


@dataclass(frozen=True)
class Search:
    """What a person asked for, and the environment in which the rest is looked for."""

    environ: Mapping[str, str]
    profile: str | None = None
    """The profile of the Alibaba Cloud CLI to use, instead of anything else."""
    role_arn: str | None = None
    """The RAM role to assume with whatever was found."""
    allow_process: bool = False
    """Whether a profile may have a program run that prints credentials."""
    retries: int = RETRIES
    """How often a request for temporary credentials is tried again."""
    timeout: float = 10
    """Seconds for one such request."""
    sts: str | None = None
    """The endpoint of STS, in place of any other."""
    metadata: str = "http://100.100.100.200"
    """The metadata service of ECS."""

    def says(self, variable: str) -> str:
        """Return what an environment variable says, without blanks around it; empty if not set."""
        return self.environ.get(self.spelled(variable), "").strip()

    def spelled(self, variable: str) -> str:
        """Return the name under which `variable` is set; itself if it is not.

        Raise `CredentialsError` if it is set under two names, to different values.
        """
        rest = variable.removeprefix(_SPELLINGS[0])
        values = {
            name: value
            for name in (f"{spelling}{rest}" for spelling in _SPELLINGS)
            if (value := self.environ.get(name, "").strip())
        }
        if len(set(values.values())) > 1:
            message = f"{' and '.join(values)} have different values."
            raise CredentialsError(message, "Unset all but one of them.")
        return next(iter(values), variable)

    def switched(self, variable: str) -> bool:
        """Return whether an environment variable says `true`."""
        return self.says(variable).lower() == "true"

    @property
    def home(self) -> Path | None:
        """The folder that the Alibaba Cloud CLI and its libraries keep their files in.

        None for a user that this machine does not know, as containers often have.
        """
        try:
            return Path(self.environ.get("HOME") or Path.home())
        except RuntimeError:
            return None

    @property
    def session(self) -> str:
        """What the logs of Alibaba Cloud call the session of an assumed role."""
        return self.says("ALIBABA_CLOUD_ROLE_SESSION_NAME") or "oss-drift"

    def shown(self, path: Path) -> str:
        """Return a path as people write it: with `~` for their home."""
        home = self.home
        return f"~/{path.relative_to(home)}" if home and path.is_relative_to(home) else str(path)


def contents(path: Path) -> bytes:
    """Return the bytes of a file; raise `OSError` for one that is too large, or may never end."""
    if path.exists() and not path.is_file() and not path.is_dir():  # to open a pipe is to wait
        raise OSError(errno.EINVAL, "Not a regular file")
    data = disk.read(path, _MOST)
    if len(data) > _MOST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return data
