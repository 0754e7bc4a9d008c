"""From a page to a tagged document. The list of stages is here and nowhere else.

Stages are pure functions of their input: no clock, no network, no store. Decisions of people are applied by the caller, who has the
store (see ``reviews.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from corpus.document import Document, RawPage
from corpus.localities import Register
from corpus.portals import PortalRegistry, load_portals
from nlp.activity import ActivityTagger
from nlp.activity_rules import ActivityRules
from nlp.budget import BudgetTagger
from nlp.locality import LocalityTagger
from nlp.model import SentenceModel
from nlp.official import tag_official
from nlp.programme import tag_programmes
from nlp.quantity import tag_quantities
from nlp.relevance import RelevanceTagger
from nlp.tokens import segment
from nlp.train import ensure_model
from nlp.when import tag_dates
from pipelines.extract import extract
from pipelines.ocr import RecognisedTexts

Stage = Callable[[Document], Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorParts:
    """What a processor is built from; small and picklable, so that every worker builds its own."""

    model_directory: Path | None = None
    """The sentence model, fitted there when it is missing; None for rules alone."""
    portals: Path | None = None
    """Portal registry file; None for the bundled one."""
    recognised: Path | None = None
    """Folder of the texts that recognition read from scanned files."""
    label: str = ""
    """Noted with every version as what tagged it; see `label_of`."""


class Processor:
    """Calls every stage in order. Keep it: loading takes seconds, a page some ten milliseconds."""

    def __init__(self, *, portals: PortalRegistry, stages: tuple[Stage, ...], recognised: RecognisedTexts | None = None) -> None:
        self._portals = portals
        self._stages = stages
        self._recognised = recognised

    @classmethod
    def load(cls, parts: ProcessorParts, *, progress: Callable[[str], None] | None = None) -> Processor:
        """Raises: InvalidData for a registry, register or model file that is wrong."""
        portals = load_portals(parts.portals)
        model = None if parts.model_directory is None else ensure_model(parts.model_directory, progress)
        recognised = None if parts.recognised is None else RecognisedTexts(parts.recognised)
        return cls(portals=portals, stages=_stages(portals, model), recognised=recognised)

    def __call__(self, page: RawPage) -> Document:
        """Raises: Rejected when the page is not an article; UnreadableFile."""
        portal = self._portals.get(page.portal) or self._portals.for_url(page.final_url)
        text = self._recognised.read(page.sha256) if self._recognised is not None and page.body.startswith(b"%PDF-") else None
        return self.tag(extract(page, portal, recognised=text))

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages after extraction, in order; for measuring them one by one."""
        return self._stages

    def tag(self, document: Document) -> Document:
        """All stages after extraction; the same again for a document that has tags already."""
        for stage in self._stages:
            document = stage(document)
        return document


def label_of(model: SentenceModel | None) -> str:
    """What the tags of a run were made by: the release of the rules and the model."""
    try:
        release = version("loa")
    except PackageNotFoundError:  # run from a folder that was never installed
        release = "0"
    return f"loa {release}; {model.method if model else 'rules alone'}"


def _stages(portals: PortalRegistry, model: SentenceModel | None) -> tuple[Stage, ...]:
    """Each stage reads what those before it set: amounts belong to places, activities need the relevance."""
    rules = ActivityRules.load()
    return (
        _segment,
        tag_official,
        tag_dates,
        LocalityTagger.load(Register.load(), portals.province_hosts()),
        tag_programmes,
        RelevanceTagger(model, rules=rules),
        ActivityTagger(model, rules=rules),
        BudgetTagger(model),
        tag_quantities,
    )


def _segment(document: Document) -> Document:
    return replace(document, words=segment(document.text), title_words=segment(document.title))
