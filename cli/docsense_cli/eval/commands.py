"""The commands of ``docsense eval``, in the order in which its help lists them."""

from __future__ import annotations

import typer

from docsense_cli.eval import batch, compare, report, run, runs

app = typer.Typer(no_args_is_help=True, help="Measure answers, summaries and searches.")
app.command("run")(run.run)
app.command("report")(report.report)
app.command("compare")(compare.compare)
app.command("list")(runs.list_)
app.command("show")(runs.show)
app.command("export")(runs.export)
app.command("batch")(batch.batch)
