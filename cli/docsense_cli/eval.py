"""``docsense eval``: run suites, and report, compare, list, show and export their runs.

Long because seven commands and their options stand here; what they do is in ``docsense_evals``.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docsense_cli.options import AsJson, BaseUrl, EmbedderName, ModelName, Quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docsense.engines import Engine
    from docsense_evals import Run, Setting, Suite
    from docsense_evals.batch import BatchEngine
    from docsense_evals.evaluate import Step

app = typer.Typer(no_args_is_help=True, help="Measure answers, summaries and searches.")

SuiteFile = Annotated[Path, typer.Argument(help="What to run, in YAML", metavar="SUITE")]
RunName = Annotated[
    str, typer.Argument(help="Name or folder of a run, or last", metavar="RUN")
]  # fmt: skip
Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of runs, kept outputs and libraries")
]
Limit = Annotated[int, typer.Option("--limit", help="Cases of each task; 0: all", min=0)]
Seed = Annotated[int | None, typer.Option("--seed", help="Other draws and made texts")]
Tasks = Annotated[
    list[str] | None, typer.Option("--task", help="Only this task; may be repeated")
]  # fmt: skip
Variables = Annotated[
    list[str] | None,
    typer.Option("--var", help="A value of ${NAME} in the suite", metavar="NAME=VALUE"),
]
Routes = Annotated[
    list[str] | None,
    typer.Option("--route", help="Mode to insist on, auto or all; may be repeated", metavar="MODE"),
]
Engines = Annotated[
    str | None,
    typer.Option("--engine", help="What writes: auto, server, vllm, or extractive (no model)"),
]
Concurrency = Annotated[
    int, typer.Option("--concurrency", "-c", help="Cases at once", min=1, max=256)
]
Worst = Annotated[int, typer.Option("--cases", help="Worst cases of each task", min=0)]


@app.command("run")
def run(
    suite: SuiteFile,
    limit: Limit = 0,
    seed: Seed = None,
    task: Tasks = None,
    var: Variables = None,
    route: Routes = None,
    engine: Engines = None,
    base_url: BaseUrl = None,
    model: ModelName = None,
    judge_url: Annotated[
        str | None, typer.Option("--judge-url", help="Server of the judge, if it is another one")
    ] = None,
    embedder: EmbedderName = None,
    concurrency: Concurrency = 2,
    rounds: Annotated[
        bool, typer.Option("--rounds", help="Gather prompts and complete many in one call")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Use no kept output")] = False,
    home: Home = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a suite, going on with a run of it that was interrupted, and write its report."""
    from docsense.settings import load_settings
    from docsense_cli import screen
    from docsense_evals.reports.files import write_reports
    from docsense_evals.reports.terminal import show_run
    from docsense_evals.results import to_json

    read = _suite(suite, var)
    place = _home(home)
    with _engine(engine, base_url=base_url, model=model, quiet=quiet) as writer:
        setting = _setting(read, place, writer, embedder=embedder, seed=seed, again=again,
                           concurrency=concurrency, judge_url=judge_url, quiet=quiet)  # fmt: skip
        if writer is not None and (rounds or engine == "vllm"):
            setting = _in_rounds(setting, writer, load_settings(os.environ).model)
        done = _evaluated(read, setting, suite, limit=limit, routes=route, only=task, quiet=quiet)
    write_reports(done, home=place)
    if json:
        screen.write_json(to_json(done))
    else:
        show_run(done, screen.out())
    screen.note(f"log and reports: {done.folder}", quiet=quiet)


@app.command("report")
def report(
    run: RunName = "last",
    md: Annotated[
        Path | None, typer.Option("--md", help="Write Markdown to this file", metavar="FILE")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write one HTML file", metavar="FILE")
    ] = None,
    views: Annotated[
        bool, typer.Option("--views", help="Make a page with the sources of each worst case")
    ] = False,
    cases: Worst = 10,
    home: Home = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Report a run: on the terminal, as Markdown, or as HTML with charts."""
    from docsense_cli import screen
    from docsense_evals.reports.files import write_receipts, write_text
    from docsense_evals.reports.html import to_html
    from docsense_evals.reports.markdown import to_markdown
    from docsense_evals.reports.terminal import show_run
    from docsense_evals.results import to_json
    from docsense_evals.runs import find_run

    place = _home(home)
    found = find_run(run, home=place)
    for target, render in ((md, to_markdown), (html, to_html)):
        if target is not None:
            folder = target.with_name(f"{target.stem}-answers")
            receipts = write_receipts(found, home=place, cases=cases, folder=folder)
            shown = {key: _view(path) if views else path for key, path in receipts.items()}
            links = {key: f"{folder.name}/{path.name}" for key, path in shown.items()}
            write_text(target, render(found, cases=cases, links=links))
            screen.note(f"wrote {target}", quiet=quiet)
    if json:
        screen.write_json(to_json(found))
    elif md is None and html is None:
        show_run(found, screen.out(), every=True)


@app.command("compare")
def compare(
    first: Annotated[str, typer.Argument(help="The run before", metavar="BEFORE")],
    second: Annotated[str, typer.Argument(help="The run after", metavar="AFTER")],
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", help="Score that may fail it, instead of the headlines"),
    ] = None,
    tolerance: Annotated[
        float, typer.Option("--tolerance", help="A mean may fall by so much", min=0.0)
    ] = 0.0,
    every: Annotated[bool, typer.Option("--all", help="Show every score")] = False,
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Compare two runs case by case; exit with 8 when the second is surely worse."""
    from dataclasses import asdict

    from docsense.receipts import to_json
    from docsense_cli import screen
    from docsense_evals import compare as comparing
    from docsense_evals.reports.tables import changes, flips
    from docsense_evals.reports.terminal import show_tables
    from docsense_evals.runs import find_run

    place = _home(home)
    before, after = (find_run(name, home=place) for name in (first, second))
    found = comparing.compare(before, after, metrics=tuple(metric or ()), tolerance=tolerance)
    if json:
        form = asdict(found) | {
            "changes": [{**asdict(c), "change": c.change._asdict()} for c in found.changes],
            "flips": [flip._asdict() for flip in found.flips],
            "regressed": found.regressed,
        }
        screen.write_json(to_json("comparison", form))
    else:
        show_tables([changes(found, every=every), flips(found)], screen.out())
        if found.unpaired:
            screen.note(f"{found.unpaired} samples are in one run only", quiet=False)
    if found.regressed:
        raise typer.Exit(comparing.REGRESSION)


@app.command("list")
def list_runs(home: Home = None, json: AsJson = False) -> None:
    """List the runs, newest last."""
    from docsense.receipts import to_json
    from docsense_cli import screen
    from docsense_evals.log import read_run
    from docsense_evals.runs import folders

    found = [read_run(folder) for folder in folders(_home(home))]
    if json:
        form = [{"run": r.name, "finished": r.finished, "samples": len(r.samples), **r.header}
                for r in found]  # fmt: skip
        screen.write_json(to_json("runs", {"runs": form}))
        return
    console = screen.out()
    for r in found:
        failed = sum(bool(sample.error) for sample in r.samples.values())
        state = "" if r.finished else ", not finished"
        told = f"{len(r.samples):,} samples{f', {failed} failed' if failed else ''}{state}"
        console.print(f"{r.name}  {told}  {r.header['engine']}  {r.header['started']}",
                      soft_wrap=True)  # fmt: skip
    if not found:
        console.print("no runs yet")


@app.command("show")
def show(
    run: RunName,
    case: Annotated[
        str,
        typer.Argument(help="Id or its beginning; none: the worst", metavar="CASE"),
    ] = "",
    task: Tasks = None,
    cases: Worst = 10,
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Show cases of a run: question, expectation, output and scores."""
    from dataclasses import asdict

    from docsense.receipts import to_json
    from docsense_cli import screen
    from docsense_evals.results import worst
    from docsense_evals.runs import find_run

    found = find_run(run, home=_home(home))
    chosen = [
        s for s in (found.ordered() if case else
                    [w for name in found.tasks for w in worst(found, name, n=cases)])
        if s.id.startswith(case) and (not task or s.task in task)
    ]  # fmt: skip
    if json:
        screen.write_json(to_json("samples", {"samples": [asdict(s) for s in chosen]}))
        return
    console = screen.out()
    for s in chosen:
        console.print(f"{s.task} {s.id} {s.variant}".rstrip(), style="bold")
        for name, value in (("asked", s.question), ("expected", s.target), ("error", s.error),
                            ("refused" if s.abstained else "got", s.text)):  # fmt: skip
            if value:
                console.print(f"  {name}: {value}", soft_wrap=True)
        told = "  ".join(f"{name} {value:.3f}" for name, value in sorted(s.scores.items()))
        console.print(f"  {told}\n", style="dim", soft_wrap=True)
    if not chosen:
        console.print("no such case")


@app.command("export")
def export(
    run: RunName,
    output: Annotated[
        Path, typer.Argument(help="File that ends with .parquet or .jsonl", metavar="FILE")
    ],
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Write a run's samples as Parquet or JSONL."""
    from docsense_cli import screen
    from docsense_evals.export import export as write
    from docsense_evals.runs import find_run

    count = write(find_run(run, home=_home(home)), output)
    screen.note(f"wrote {count} samples to {output}", quiet=quiet)


@app.command("batch")
def batch(
    suite: SuiteFile,
    requests: Annotated[
        Path, typer.Option("--requests", help="File of requests to write", metavar="FILE")
    ],
    model: Annotated[str, typer.Option("--model", help="Model that the requests name")],
    window: Annotated[
        int, typer.Option("--window", help="Tokens that prompt and answer may have", min=512)
    ],
    results: Annotated[
        list[Path] | None,
        typer.Option("--results", help="What vllm run-batch wrote; may be repeated"),
    ] = None,
    limit: Limit = 0,
    seed: Seed = None,
    task: Tasks = None,
    var: Variables = None,
    route: Routes = None,
    embedder: EmbedderName = None,
    concurrency: Concurrency = 2,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Write a suite's prompts in OpenAI's batch format, and go on with its results."""
    from docsense.tokens import default_counter
    from docsense_cli import screen
    from docsense_evals.batch import BatchEngine
    from docsense_evals.reports.files import write_reports
    from docsense_evals.reports.terminal import show_run

    read, place = _suite(suite, var), _home(home)
    engine = BatchEngine(name=f"{model} @ batch", window=window, counter=default_counter(),
                         model=model)  # fmt: skip
    for path in results or []:
        engine.read(path)
    setting = _setting(read, place, engine, embedder=embedder, seed=seed, again=False,
                       concurrency=concurrency, judge_url=None, quiet=quiet)  # fmt: skip
    done = _evaluated(read, setting, suite, limit=limit, routes=route, only=task, quiet=quiet)
    if not done.finished:
        count = engine.write(requests)
        screen.note(f"wrote {count} prompts to {requests}: run them with vllm run-batch -i "
                    f"{requests} -o RESULTS --model {model}, then add --results RESULTS",
                    quiet=quiet)  # fmt: skip
        return
    write_reports(done, home=place)
    show_run(done, screen.out())


def _suite(path: Path, variables: Sequence[str] | None) -> Suite:
    from docsense.errors import ConfigError
    from docsense_evals import read_suite

    values = {}
    for item in variables or ():
        name, equals, value = item.partition("=")
        if not equals:
            raise ConfigError(f"--var {item}: has no value", hint="write --var NAME=VALUE")
        values[name] = value
    return read_suite(path, variables=values)


def _home(home: Path | None) -> Path:
    from docsense.settings import load_settings

    # No library can have a name that begins with "_".
    return (home or load_settings(os.environ).home / "_evals").resolve()


@contextmanager
def _engine(
    engine: str | None, *, base_url: str | None, model: str | None, quiet: bool
) -> Iterator[Engine | None]:
    from docsense.errors import ConfigError
    from docsense.settings import load_settings
    from docsense_cli.engines import closing_engine, engine_for

    settings = load_settings(os.environ)
    if engine == "vllm":
        from docsense.engines.local_vllm import VllmEngine

        if not (model or settings.model):
            raise ConfigError("--engine vllm: no model", hint="name a folder or hub id: --model")
        yield VllmEngine(model or settings.model)
        return
    with closing_engine(
        engine_for(settings, engine=engine, base_url=base_url, model=model, quiet=quiet)
    ) as server:
        yield server


def _setting(
    suite: Suite,
    home: Path,
    engine: Engine | None,
    *,
    embedder: str | None,
    seed: int | None,
    again: bool,
    concurrency: int,
    judge_url: str | None,
    quiet: bool,
) -> Setting:
    from docsense.settings import load_settings
    from docsense_cli.build import embedder_for, limits_for
    from docsense_cli.engines import engine_for
    from docsense_cli.refresh import now
    from docsense_cli.serving_facts import serving_facts
    from docsense_evals import Setting

    settings = load_settings(os.environ)
    judge = None
    if judge_url:
        judge = engine_for(settings, engine="server", base_url=judge_url, quiet=quiet)
    return Setting(
        home=home,
        engine=engine,
        embedder=embedder_for(settings, override=embedder or suite.embedder or None),
        serving=serving_facts(settings, engine),
        judge=judge,
        price=suite.price,
        limits=limits_for(settings),
        seed=suite.seed if seed is None else seed,
        concurrency=concurrency,
        now=now(),
        again=again,
    )


def _in_rounds(setting: Setting, engine: Engine, model: str) -> Setting:
    from dataclasses import replace

    from docsense_evals.batch import BatchEngine

    held: BatchEngine = BatchEngine(
        name=engine.name, window=engine.window, counter=engine.counter, model=model
    )
    return replace(setting, engine=held, flush=lambda: held.flush(engine))


def _evaluated(
    suite: Suite,
    setting: Setting,
    path: Path,
    *,
    limit: int,
    routes: Sequence[str] | None,
    only: Sequence[str] | None,
    quiet: bool,
) -> Run:
    from dataclasses import replace

    from docsense_evals import evaluate
    from docsense_evals.building import build_tasks
    from docsense_evals.suite import variants

    tasks = build_tasks(
        suite, home=setting.home, seed=setting.seed, limit=limit,
        routes=variants(routes or ()), only=tuple(only or ()),
    )  # fmt: skip
    with _progress(quiet=quiet) as step:
        return evaluate(
            tasks, replace(setting, report=step), name=suite.name, notes={"suite": str(path)}
        )


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[Step], None]]:
    """Show samples done, the time left and failures: a bar, or a line now and then in a pipe."""
    from docsense_cli import screen
    from docsense_cli.text import clean

    console = screen.err()
    if quiet or not console.is_terminal:

        def line(step: Step) -> None:
            if step.done == step.total or step.done % max(1, step.total // 10) == 0:
                failed = f", {step.errors} failed" if step.errors else ""
                screen.note(f"{step.done}/{step.total} {step.task}{failed}", quiet=quiet)

        yield line
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(bar_width=24),
        MofNCompleteColumn(), Left(), TextColumn("{task.fields[name]}", markup=False),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as display:
        bar = display.add_task("starting", total=None, name="")

        def move(step: Step) -> None:
            failed = f" ({step.errors} failed)" if step.errors else ""
            display.update(bar, description=f"{clean(step.task)}{failed}", completed=step.done,
                           total=step.total, name=clean(step.id)[-32:])  # fmt: skip

        yield move


def _view(receipt: Path) -> Path:
    """Write the viewer's page of a receipt beside it."""
    from docsense.errors import SourceError
    from docsense.receipts import read_receipt
    from docsense_cli import screen
    from docsense_cli.view import opened
    from docsense_cli.web.export import export_html
    from docsense_evals.reports.files import write_text

    page = receipt.with_suffix(".html")
    read = read_receipt(receipt.read_text(encoding="utf-8"), name=str(receipt))
    try:
        with opened(read, moved=None, password=None, quiet=True) as desk:
            write_text(page, export_html(desk))
    except SourceError as error:  # the case stays in the report, with its receipt
        screen.note(f"{receipt.name}: no page: {error.message}", quiet=False)
        return receipt
    return page
