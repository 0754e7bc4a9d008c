"""What the sentence model says of a document, asked once: the taggers of one document come one after the other."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from nlp.model import Prediction, SentenceModel
from nlp.sections import Outline, Sentence

_last = threading.local()


class Said(Protocol):
    """What gives sentences their probabilities: the sentence model or, while the judge is fitted, models that have not seen them."""

    def predict(self, sentences: Sequence[str]) -> Sequence[Prediction]: ...


def predictions(model: Said, found: Outline) -> Sequence[Prediction]:
    """One prediction for each of ``found.speaking``; kept for the last outline of this thread."""
    kept: tuple[Said, Outline, Sequence[Prediction]] | None = getattr(_last, "kept", None)
    if kept is not None and kept[0] is model and kept[1] is found:
        return kept[2]
    predicted = model.predict([sentence.plain for sentence in found.speaking])
    _last.kept = (model, found, predicted)
    return predicted


def page_scores(model: SentenceModel, found: Outline) -> Mapping[str, float]:
    """What the page model says of ``found``; kept like the predictions."""
    kept: tuple[SentenceModel, Outline, Mapping[str, float]] | None = getattr(_last, "page", None)
    if kept is not None and kept[0] is model and kept[1] is found:
        return kept[2]
    scores = model.pages.scores([sentence.plain for sentence in found.speaking])
    _last.page = (model, found, scores)
    return scores


def predictions_of(model: Said, found: Outline, told: Sequence[Sentence]) -> Sequence[Prediction]:
    """One prediction for each of ``told``: the speaking sentences and some others (captions that tell something)."""
    others = [sentence for sentence in told if not sentence.speaks]
    speaking = predictions(model, found)
    if not others:
        return speaking
    first, second = iter(speaking), iter(model.predict([sentence.plain for sentence in others]))
    return [next(first if sentence.speaks else second) for sentence in told]
