"""Where credentials are looked for, and what may be done to get them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


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
    sts: str | None = None
    """The endpoint of STS, in place of the region's own."""
    metadata: str | None = None
    """The proxy through which the metadata service of ECS is asked."""

    def says(self, variable: str) -> str:
        """Return what an environment variable says, without blanks around it; empty if not set."""
        return self.environ.get(variable, "").strip()

    def switched(self, variable: str) -> bool:
        """Return whether an environment variable says `true`."""
        return self.says(variable).lower() == "true"

    @property
    def home(self) -> Path:
        """The folder that the Alibaba Cloud CLI and its libraries keep their files in."""
        return Path(self.environ.get("HOME") or Path.home())

    @property
    def session(self) -> str:
        """What the logs of Alibaba Cloud call the session of an assumed role."""
        return self.says("ALIBABA_CLOUD_ROLE_SESSION_NAME") or "oss-drift"

    def shown(self, path: Path) -> str:
        """Return a path as people write it: with `~` for their home."""
        return f"~/{path.relative_to(self.home)}" if path.is_relative_to(self.home) else str(path)
