"""Commands that measure and teach: evaluate, train, review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.home import now, opened, processor_parts, writing
from cli.output import FAILED, OK, number, progress, say, show, show_json, show_table
from cli.settings import Settings, settings_of
from corpus.errors import InvalidData
from corpus.localities import Register
from corpus.store import Review, review_from_json, review_to_json
from corpus.store.review_checks import check_review
from nlp.examples import Example
from pipelines.process import Processor
from pipelines.reviews import examples_of

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, one object a line.")]


def register(app: typer.Typer) -> None:
    app.command("evaluate", help="Measure quality on annotated texts or on saved pages.")(evaluate)
    app.command("train", help="Fit the sentence model again, from the bundled examples and the reviewed tags.")(train)
    reviews = typer.Typer(help="Decisions of people on tags.", no_args_is_help=True)
    reviews.command("export", help="Write every decision, one JSON object a line.")(export_reviews)
    reviews.command("import", help="Take in decisions from a JSONL file; those known already are left out.")(import_reviews)
    app.add_typer(reviews, name="review")


def evaluate(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="JSONL file of annotated texts.", show_default=False, readable=False)] = None,
    pages: Annotated[Path | None, typer.Option("--pages", help="Folder of saved pages with expected.jsonl.", readable=False)] = None,
    as_json: AsJson = False,
) -> None:
    if (file is None) == (pages is None):
        raise typer.BadParameter("give one of the two: FILE.jsonl or --pages DIR")
    figures = _score_pages(pages) if pages is not None else _score_texts(settings_of(context), file or Path())
    if as_json:
        show_json(figures)
        return
    plain = [(name, round(value, 4)) for name, value in figures.items() if isinstance(value, float)]
    if plain:
        show_table("Scores", ("Figure", "Value"), plain)
    else:
        for name, value in figures.items():
            show(f"{name}: {value}")


def _score_texts(settings: Settings, file: Path) -> dict[str, Any]:
    from nlp.evaluate import evaluate as score
    from nlp.evaluate import read_rows

    try:
        rows = read_rows(file)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from error
    processor = Processor.load(processor_parts(settings), progress=say)
    with progress("Scoring", len(rows)) as advance:
        return score(rows, processor.tag, register=Register.load(), progress=lambda done, _total: advance(done))


def _score_pages(directory: Path) -> dict[str, Any]:
    from pipelines.evaluate_pages import evaluate_pages

    return evaluate_pages(directory)


def train(context: typer.Context, as_json: AsJson = False) -> None:
    from nlp.train import train as fit

    settings = settings_of(context)
    extra = _reviewed_examples(settings) if settings.store_path.exists() else []
    card = fit(settings.model_path, extra=extra, progress=say)
    figures = {
        "examples": card.examples,
        "reviewed_examples": len(extra),
        "activities_macro_f1": card.activities_macro_f1,
        "relevance_macro_f1": card.relevance_macro_f1,
        "modality_macro_f1": card.modality_macro_f1,
    }
    if as_json:
        show_json(figures)
    else:
        show_table("Sentence model (cross-validated)", ("Figure", "Value"), [(name, f"{value:.4g}") for name, value in figures.items()])
        show(f"Written to {settings.model_path}; `loa retag` uses it on the documents at hand.")


def _reviewed_examples(settings: Settings) -> list[Example]:
    """Sentences that people decided on, each text once."""
    with opened(settings) as store:
        decisions: dict[str, list[Review]] = {}
        for review in store.reviews():
            decisions.setdefault(review.document_id, []).append(review)
        found = [example for document in store.iter_documents(ids=decisions) for example in examples_of(document, decisions[document.id])]
    return list({example.text: example for example in found}.values())


def export_reviews(
    context: typer.Context,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; without it, standard output.")] = None,
) -> None:
    with opened(settings_of(context)) as store:
        lines = [review_to_json(review).decode() for review in store.reviews()]
    if output is None:
        for line in lines:
            show(line)
        return
    try:
        output.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise InvalidData(f"cannot be written: {error.strerror}; name another file", file=str(output)) from error
    say(f"{number(len(lines))} decisions written to {output}.")


_NAMED_DOCUMENTS = 5


def import_reviews(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="JSONL file.", readable=False)], as_json: AsJson = False
) -> None:
    """Wrong lines are named and left out; the others are taken. `loa retag` then applies them to the documents at hand."""
    found, faults = [], 0
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from error
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            review = review_from_json(text)
            check_review(review)
            found.append(review)
        except InvalidData as error:
            faults += 1
            say(f"{file}:{line}: {error}", "red")
    with writing(settings_of(context)) as store:
        added = store.import_reviews(found)
        unknown = store.unknown_documents(review.document_id for review in found)
    if unknown:
        missing = set(unknown)
        waiting = sum(review.document_id in missing for review in found)
        names = ", ".join(unknown[:_NAMED_DOCUMENTS]) + (", ..." if len(unknown) > _NAMED_DOCUMENTS else "")
        say(
            f"{number(waiting)} decisions are on {number(len(unknown))} documents that are not in the store; kept until they come: {names}",
            "yellow",
        )
    if as_json:
        show_json({"read": len(found), "added": added, "faults": faults, "unknown_documents": len(unknown), "at": now().isoformat()})
    else:
        show(f"{number(added)} of {number(len(found))} decisions are new; `loa retag` applies them.")
    raise typer.Exit(FAILED if faults else OK)


def _unreadable(file: Path, error: OSError | UnicodeDecodeError) -> InvalidData:
    reason = error.strerror if isinstance(error, OSError) else f"byte {error.start} is no UTF-8"
    return InvalidData(f"cannot be read as UTF-8 text: {reason}; name another file", file=str(file))
