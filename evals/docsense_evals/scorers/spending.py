"""What an output took: seconds, tokens, the cached share of prompts, and US dollars."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docsense_evals.bench import Bench
    from docsense_evals.case import Case
    from docsense_evals.output import Output


def spent(case: Case, output: Output, bench: Bench) -> dict[str, float]:
    """Return seconds and, where an engine wrote, its tokens, cached_share and cost."""
    scores = {"seconds": output.seconds, **output.spent}
    prompt, cached = output.spent.get("prompt_tokens", 0.0), output.spent.get("cached_tokens")
    if prompt and cached is not None:
        scores["cached_share"] = cached / prompt
    cost = _cost(output, bench)
    return scores if cost is None else {**scores, "cost": cost}


def _cost(output: Output, bench: Bench) -> float | None:
    """Return US dollars: by the token where a price is given, else by the hour of the GPUs."""
    if not output.spent:
        return None
    if bench.price is not None:
        return bench.price.of(output.spent)
    if bench.serving.hour_price:
        seconds = output.spent.get("server_seconds", output.seconds)
        return seconds * bench.serving.gpus * bench.serving.hour_price / 3600
    return None
