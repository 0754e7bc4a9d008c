"""What the sentence model says of a document, asked once: the taggers of one document come one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from nlp.model import Prediction, SentenceModel
from nlp.sections import Outline, Sentence

Answer = TypeVar("Answer")
_last = threading.local()


class Said(Protocol):
    """What gives sentences their probabilities: the sentence model or, while the judge is fitted, models that have not seen them."""

    def predict(self, sentences: Sequence[str]) -> Sequence[Prediction]: ...


def predictions(model: Said, found: Outline) -> Sequence[Prediction]:
    """One prediction for each of ``found.speaking``; kept for the last outline of this thread."""
    return _once("sentences", model, found, model.predict)


def page_scores(model: SentenceModel, found: Outline) -> Mapping[str, float]:
    """What the page model says of ``found``; kept like the predictions."""
    return _once("page", model, found, model.pages.scores)


def _once(name: str, model: object, found: Outline, ask: Callable[[Sequence[str]], Answer]) -> Answer:
    kept: tuple[object, Outline, Answer] | None = getattr(_last, name, None)
    if kept is not None and kept[0] is model and kept[1] is found:
        return kept[2]
    answer = ask([sentence.plain for sentence in found.speaking])
    setattr(_last, name, (model, found, answer))
    return answer


def predictions_of(model: Said, found: Outline, told: Sequence[Sentence]) -> Sequence[Prediction]:
    """One prediction for each of ``told``: the speaking sentences and some others (captions that tell something)."""
    others = [sentence for sentence in told if not sentence.speaks]
    speaking = predictions(model, found)
    if not others:
        return speaking
    first, second = iter(speaking), iter(model.predict([sentence.plain for sentence in others]))
    return [next(first if sentence.speaks else second) for sentence in told]
