"""One document is shown to the model once, however many taggers ask; other sentences are asked about apart, in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from corpus.document import Document, Provenance
from nlp.model import Prediction
from nlp.opinions import predictions, predictions_of
from nlp.sections import outline


class Counting:
    """Stands for a model: gives each sentence its length and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    def predict(self, sentences: Sequence[str]) -> tuple[Prediction, ...]:
        self.asked.append(tuple(sentences))
        return tuple(Prediction(activities={"press": float(len(s))}, relevance={}, modality={}) for s in sentences)


def make_document(text: str) -> Document:
    provenance = Provenance(portal="import", requested_url="file:a", final_url="file:a", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    return Document(id="d", provenance=provenance, title="", text=text)


def test_asked_once_and_in_order() -> None:
    model = Counting()
    found = outline(make_document("Xã lắp loa.\nLoa mới ở nhà văn hóa. Ảnh minh họa\nDân nghe tin mỗi sáng."))
    told = [sentence for sentence in found.sentences if sentence.zone != "chrome"]
    assert any(not sentence.speaks for sentence in told)
    first = predictions(model, found)  # type: ignore[arg-type]  # predict is all that is asked of a model
    assert predictions(model, found) is first  # type: ignore[arg-type]
    everything = predictions_of(model, found, told)  # type: ignore[arg-type]
    assert [p.activities["press"] for p in everything] == [len(sentence.plain) for sentence in told]
    assert len(model.asked) == 2


def test_another_model_is_asked_anew() -> None:
    found = outline(make_document("Xã lắp loa."))
    one, other = Counting(), Counting()
    predictions(one, found)  # type: ignore[arg-type]
    predictions(other, found)  # type: ignore[arg-type]
    assert (len(one.asked), len(other.asked)) == (1, 1)
