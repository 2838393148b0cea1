"""What vLLM's log says while it starts: the known stages, out of lines that change by release.

A line that is not known is no stage and never an error. Several workers write the same stage;
whoever shows them drops the repeats.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Stage(NamedTuple):
    """A step of the start: its name, and what the log tells about it ("" when nothing)."""

    name: str
    detail: str = ""


# "(Worker_TP0 pid=123) INFO 11-23 17:30:00 [gpu_worker.py:760] message", each part optional.
_PREFIX = re.compile(
    r"^(?:\([\w .:-]+ pid=\d+\) )*"
    r"(?:(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) \d\d-\d\d \d\d:\d\d:\d\d )?"
    r"(?:\[[\w./-]+:\d+\] ?)?"
)

_STAGES: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), name, detail)
    for pattern, name, detail in (
        # A sentence in vLLM 0.33.0, a line of the banner in 0.32.0.
        (r"\[(?:startup|api_\w+)\.py:\d+\].* version (\d[\w.+]*)", "starting", "vLLM {0}"),
        (r"Initializing a V1 (?:LLM )?engine", "starting the engine", ""),
        (r"Starting to load model", "loading weights", ""),
        (r"Loading \w+ checkpoint shards:\s+(\d+)% Completed", "loading weights", "{0}%"),
        (
            r"Model loading took (\S+) GiB(?: memory)? and (\S+) seconds",
            "weights loaded",
            "{0} GiB per worker",
        ),
        (
            r"Using (?:AttentionBackendEnum\.)?([A-Z][A-Z0-9_]+)(?: attention)? backend",
            "attention backend",
            "{0}",
        ),
        (r"Available KV cache memory: (\S+) GiB", "memory for the KV cache", "{0} GiB per worker"),
        (
            r"KV cache size: ([\d,]+) tokens, Maximum concurrency for ([\d,]+) tokens "
            r"per request: ([\d.]+)x",
            "KV cache",
            "{0} tokens, {2} requests of {1} tokens at once",
        ),
        (r"KV cache size: ([\d,]+) tokens", "KV cache", "{0} tokens"),
        (
            r"Maximum concurrency for ([\d,]+) tokens per request: ([\d.]+)x",
            "KV cache",
            "{1} requests of {0} tokens at once",
        ),
        (
            r"Auto-fit max_model_len: reduced from (\d+) to (\d+)",
            "window fitted to memory",
            "{1} of {0} tokens",
        ),
        (
            r"Auto-fit max_model_len: full model context length (\d+) fits",
            "window fitted to memory",
            "{0} tokens, all of it",
        ),
        (r"Capturing CUDA graphs", "capturing CUDA graphs", ""),
        (
            r"Graph capturing finished in (\S+) secs?, took (\S+) GiB",
            "CUDA graphs captured",
            "{1} GiB per worker",
        ),
        (r"init engine .* took ([\d.]+) (?:s|seconds)", "engine ready", "after {0} s"),
        (r"Starting vLLM (?:API )?server", "opening the port", ""),
    )
)


def message(line: str) -> str:
    """Return a line without vLLM's prefix of process, level, time and place."""
    return _PREFIX.sub("", line.strip(), count=1).strip()


def stage(line: str) -> Stage | None:
    """Return the stage that a line tells of, or None."""
    for pattern, name, detail in _STAGES:
        if found := pattern.search(line):
            return Stage(name, detail.format(*found.groups()))
    return None
