"""What the sentence model says of a document, asked once: the taggers of one document come one after the other."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from nlp.model import Prediction, SentenceModel
from nlp.sections import Outline, Sentence

_last = threading.local()


def predictions(model: SentenceModel, found: Outline) -> Sequence[Prediction]:
    """One prediction for each of ``found.speaking``; kept for the last outline of this thread."""
    kept: tuple[SentenceModel, Outline, Sequence[Prediction]] | None = getattr(_last, "kept", None)
    if kept is not None and kept[0] is model and kept[1] is found:
        return kept[2]
    predicted = model.predict([sentence.plain for sentence in found.speaking])
    _last.kept = (model, found, predicted)
    return predicted


def predictions_of(model: SentenceModel, found: Outline, told: Sequence[Sentence]) -> Sequence[Prediction]:
    """One prediction for each of ``told``: the speaking sentences and some others (captions that tell something)."""
    others = [sentence for sentence in told if not sentence.speaks]
    speaking = predictions(model, found)
    if not others:
        return speaking
    first, second = iter(speaking), iter(model.predict([sentence.plain for sentence in others]))
    return [next(first if sentence.speaks else second) for sentence in told]
