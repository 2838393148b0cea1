"""What stands in a trace."""

from __future__ import annotations

import json


def events(path, phase="X"):
    return [event for event in json.loads(path.read_text("utf-8")) if event["ph"] == phase]
