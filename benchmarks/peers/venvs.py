"""An environment for each peer, made once and kept: their packages ask for other versions of ours.

The pins are what was measured; what they pull in is left to pip. ``txtai-minilm`` wants torch and
transformers, half a gigabyte: it borrows those of the environment that runs the benchmark.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What a peer needs: packages with versions, variables, and whether it borrows ours."""

    packages: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()
    borrows: bool = False


_TXTAI = ("txtai-minimal==9.14.0", "regex==2026.11.15", "numpy==2.4.6", "PyYAML==6.0.3",
          "msgpack==1.2.4")  # fmt: skip
PEERS = {
    "llamaindex-bm25": Peer(
        packages=("llama-index-retrievers-bm25==0.8.0", "llama-index-core==0.14.25")
    ),
    "haystack-bm25": Peer(
        packages=("haystack-ai==3.4.0",), variables=(("HAYSTACK_TELEMETRY_ENABLED", "False"),)
    ),
    "txtai-bm25": Peer(packages=_TXTAI),
    "txtai-minilm": Peer(packages=_TXTAI, borrows=True),
    "paperqa-sparse": Peer(
        packages=("paper-qa==2026.8.12",), variables=(("LITELLM_LOCAL_MODEL_COST_MAP", "True"),)
    ),
}


def python_of(system: str, *, folder: Path) -> Path:
    """Return the interpreter of a peer's environment, making it if need be.

    Raises:
        SystemExit: pip could not install the packages.
    """
    peer = PEERS[system]
    place = folder / "-".join(part.replace("==", "-") for part in peer.packages)[:80]
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = place / "installed.txt"
    wanted = "\n".join(peer.packages)
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing {', '.join(peer.packages)}", file=sys.stderr)
    _run(sys.executable, "-m", "venv", "--clear", str(place))
    _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         *peer.packages)  # fmt: skip
    done.write_text(wanted, encoding="utf-8")
    return python


def more_packages(system: str) -> tuple[str, ...]:
    """Return the folders of packages that a peer borrows from this environment."""
    return (sysconfig.get_path("purelib"),) if PEERS[system].borrows else ()


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()[-1000:]}")
