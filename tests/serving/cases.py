"""The launches that are kept as golden files; ``python -m tests.serving.cases`` rewrites them."""

from __future__ import annotations

from pathlib import Path

from docsense.errors import ConfigError
from docsense.models import model_named
from docsense.planning import parse_gpus
from docsense.serving.explain import explain
from docsense.serving.flags import launch

GOLDEN = Path(__file__).parent / "golden"
MASTER = "10.0.0.1"
CASES = [
    (model, gpus, weights)
    for model in ("scout", "maverick")
    for gpus, weights in (
        ("1xH100", "int4"),
        ("8xH100", "auto"),
        ("8xH200", "auto"),
        ("8xB200", "auto"),
        ("2x8xH200", "auto"),
    )
]


def made(model, gpus, weights="auto", **options):
    return launch(model_named(model), parse_gpus(gpus), weights=weights, master=MASTER, **options)


def text(model, gpus, weights):
    """Return what a dry run prints, or the refusal."""
    try:
        return explain(made(model, gpus, weights), python="python")
    except ConfigError as error:
        return f"refused: {error.message}\nhint: {error.hint}\n"


def path(model, gpus, weights):
    return GOLDEN / f"{model}-{gpus}-{weights}.txt"


if __name__ == "__main__":
    for case in CASES:
        path(*case).write_text(text(*case), encoding="utf-8")
