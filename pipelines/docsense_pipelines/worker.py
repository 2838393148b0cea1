"""The process that reads files: jobs in on standard input, outcomes out on standard output.

Started by ``workers.py``. It ends when its parent does, and leaves Ctrl-C to the parent.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys


def main() -> None:
    """Serve jobs until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(int(sys.argv[1]))
    # A library that prints must not write between the outcomes.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    jobs = sys.stdin.buffer
    from docsense_pipelines.reading import read

    while header := jobs.read(8):
        job = pickle.loads(jobs.read(struct.unpack("<Q", header)[0]))
        payload = pickle.dumps(read(job), protocol=pickle.HIGHEST_PROTOCOL)
        replies.write(struct.pack("<Q", len(payload)))
        replies.write(payload)
        replies.flush()


def limit_memory(limit: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    main()
