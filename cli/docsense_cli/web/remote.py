"""Where a cited file stands in its repository, and where that repository is on the network."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 10


def remote_of(path: Path) -> tuple[str, str] | None:
    """Return the address of a file's repository and its path in it; None without such a one.

    Only the configuration is read: nothing of the repository is run, nobody is asked.
    """
    from docsense_pipelines.commits import git_environment

    root = next((folder for folder in path.parents if (folder / ".git").exists()), None)
    if root is None:
        return None
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "config", "--get", "remote.origin.url"],
            capture_output=True, text=True, timeout=_SECONDS, check=False, env=git_environment(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    address = done.stdout.strip()
    return (address, path.relative_to(root).as_posix()) if address else None
