"""A peer in its own environment: JSON objects in, a line each, and one object out for each.

    python worker.py PEER_SEARCH.py SYSTEM K SPLIT [FOLDER_OF_MORE_PACKAGES]

{"index": FILE} reads pages (a JSON list of two texts a line) and indexes them; {"question": TEXT}
searches. Only the standard library and what the peer brings is imported here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Answer until standard input ends."""
    program, system, k, split, *more = sys.argv[1:]
    sys.path += more  # after the environment's own packages
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a library that prints must not write between the replies
    spec = importlib.util.spec_from_file_location("peer_search", program)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["peer_search"] = module
    spec.loader.exec_module(module)
    search = None
    for line in sys.stdin:
        asked = json.loads(line)
        started, cpu = time.perf_counter(), time.process_time()
        if "index" in asked:
            lines = Path(asked["index"]).read_text(encoding="utf-8").splitlines()
            pages = [module.Piece(*json.loads(line)) for line in lines]
            started, cpu = time.perf_counter(), time.process_time()
            search = module.BUILDS[system](pages, int(k), split == "split")
            found = []
        else:
            assert search is not None
            found = search(asked["question"])
        reply = {
            "found": found,
            "seconds": time.perf_counter() - started,
            "cpu": time.process_time() - cpu,
        }
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
