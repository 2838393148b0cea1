"""Was the right way taken? Labelled decisions; regret is told apart, once all ways were tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docsense_evals.bench import Bench
    from docsense_evals.case import Case
    from docsense_evals.output import Output


def route(case: Case, output: Output, bench: Bench) -> dict[str, float]:
    """Return route_right: the mode is the labelled one; route_fair: it or one that does as well."""
    if not case.route or bench.variant:
        return {}
    fair = {case.route, *case.routes}
    return {
        "route_right": float(output.mode == case.route),
        "route_fair": float(output.mode in fair),
    }
