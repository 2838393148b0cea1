"""Stands in for an interpreter with vllm: answers the question for options, and serves.

How it behaves is in the variable STAND_IN: "ready", "dies", "dies later", "hangs", "stubborn"
(ignores SIGINT), "leaves a child" (ends at SIGINT, its child does not), "without vllm", "older".
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "(EngineCore pid=7) INFO 11-23 17:30:00 [core.py:323] "
START = """\
(APIServer pid=6) INFO 11-23 17:30:00 [startup.py:18] vLLM server version 0.33.0, serving model m
{0}Starting to load model m...
Loading safetensors checkpoint shards:  50% Completed | 1/2\r\
Loading safetensors checkpoint shards: 100% Completed | 2/2
{0}GPU KV cache size: 65,536 tokens, Maximum concurrency for 65,536 tokens per request: 1.00x
"""
DEATH = """\
{0}Initializing a V1 engine
(EngineCore pid=7) ERROR 11-23 17:30:01 [core.py:900] Traceback (most recent call last):
(EngineCore pid=7) ERROR 11-23 17:30:01 [core.py:900] torch.OutOfMemoryError: CUDA out of memory.
RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {{}}
"""
OLDER = ("--enable-hybrid-kv-cache-manager", "--sse-keep-alive-interval")
CHILD = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); signal.pause()"


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        body = ""
        if self.path == "/v1/models":
            if self.headers["Authorization"] != f"Bearer {os.environ['VLLM_API_KEY']}":
                self.send_error(401)
                return
            body = json.dumps({"data": [{"id": "scout", "max_model_len": 65536}]})
        elif self.path == "/metrics":
            body = 'vllm:num_requests_running{engine="0"} 3.0\nvllm:kv_cache_usage_perc 0.25\n'
            if os.environ["STAND_IN"] == "dies later":
                threading.Thread(target=self.server.shutdown).start()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        """Keep the log to what vLLM would write."""


def options():
    from tests.serving.cases import CASES, made

    names = {"--no-disable-hybrid-kv-cache-manager"}
    for model, gpus, weights in CASES[:5]:
        for images in (0, 1):
            launched = made(model, gpus, weights, images=images, kv_dtype="fp8")
            nodes = (flag for node in launched.nodes for flag in node.flags)
            names |= {flag.name for flag in (*launched.flags, *nodes)}
    return sorted(names - set(OLDER if os.environ["STAND_IN"] == "older" else ()))


def serve(port):
    behavior = os.environ["STAND_IN"]
    sys.stdout.write(START.format(PREFIX))
    sys.stdout.flush()
    if behavior == "stubborn":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if behavior == "leaves a child":
        subprocess.Popen([sys.executable, "-c", CHILD])
    if behavior == "dies":
        sys.exit(DEATH.format(PREFIX))
    if behavior == "hangs":
        signal.pause()
    server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
    try:
        server.serve_forever(0.05)
    except KeyboardInterrupt:
        sys.exit(0)
    sys.exit(DEATH.format(PREFIX))


if __name__ == "__main__":
    if sys.argv[1] == "-c" and os.environ["STAND_IN"] == "without vllm":
        sys.exit("ModuleNotFoundError: No module named 'vllm'")
    elif sys.argv[1] == "-c":
        found = json.dumps({"version": "0.33.0", "options": options()})
        sys.stdout.write(f"docsense-options:{found}\n")
    else:
        serve(int(sys.argv[sys.argv.index("--port") + 1]))
