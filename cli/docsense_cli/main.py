"""The ``docsense`` command: its subcommands, and what an error looks like.

stdout carries the result and nothing else; stderr the rest. Exit statuses are those of
``docsense.errors``, 2 for wrong usage and 130 after Ctrl-C.
"""

from __future__ import annotations

import gc
import sys

import typer

from docsense_cli import (
    ask,
    calibrate,
    cite,
    doctor,
    highlight,
    ingest,
    library,
    models,
    pack,
    plan,
    route,
    search,
    serve,
    summarize,
    verify,
    view,
)
from docsense_cli import eval as evaluation

_INTERRUPTED = 130
_VALUES_BETWEEN_COLLECTIONS = 100_000

app = typer.Typer(
    name="docsense",
    help="Ask and summarize long documents and code bases, with citations that are checked.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("ask")(ask.ask)
app.command("summarize")(summarize.summarize)
app.command("search")(search.search)
app.command("ingest")(ingest.ingest)
app.add_typer(library.app, name="library")
app.command("pack")(pack.pack)
app.command("verify")(verify.verify)
app.command("view")(view.view)
app.command("cite")(cite.cite)
app.command("highlight")(highlight.highlight)
app.command("route")(route.route)
app.command("plan")(plan.plan)
app.command("calibrate")(calibrate.calibrate)
app.add_typer(evaluation.app, name="eval")
app.command("serve")(serve.serve)
app.command("models")(models.models)
app.command("doctor")(doctor.doctor)


@app.command("version")
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    sys.stdout.write(f"docsense {installed('docsense')}\n")


def run() -> None:
    """Run the command; turn an expected error into one line, a hint and its exit status."""
    from docsense.errors import DocsenseError

    # A command makes many values and few cycles: looking for garbage at the usual pace takes a
    # tenth of the time that a large library takes to open.
    gc.set_threshold(_VALUES_BETWEEN_COLLECTIONS, 50, 100)
    try:
        app()
    except DocsenseError as error:
        _complain(error.message, error.hint)
        sys.exit(error.exit_status)
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:  # typer turns Ctrl-C into this, without a word
            _complain("interrupted; what was stored stays usable", "")
        raise
    except BrokenPipeError:
        # The reader of our output went away ("docsense ask ... | head"): not an error of ours.
        sys.stderr.close()
        sys.exit(0)


def _complain(message: str, hint: str) -> None:
    from docsense_cli.text import one_line

    sys.stderr.write(f"docsense: {one_line(message)}\n")
    if hint:
        sys.stderr.write(f"  hint: {one_line(hint)}\n")
