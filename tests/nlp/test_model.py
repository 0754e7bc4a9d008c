import hashlib
import io
import json
import pickle
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import InvalidData
from nlp.activity_judge import FEATURES as ACTIVITY_FEATURES
from nlp.examples import load_examples
from nlp.features import CHARACTER_WEIGHT, character_features, tokens, word_features
from nlp.judge import FEATURES
from nlp.modality_judge import FEATURES as MODALITY_FEATURES
from nlp.model import ARRAYS, MANIFEST, VOCABULARY, SentenceModel
from nlp.page_model import LABELS
from nlp.train import fit

OF_PAGES = {
    "judge": list(FEATURES),
    "activity_judge": list(ACTIVITY_FEATURES),
    "modality_judge": list(MODALITY_FEATURES),
    "pages": list(LABELS),
}
ROOT = Path(__file__).resolve().parents[2]
SENTENCES = [
    "Huyện mở lớp tập huấn kỹ năng truyền thông cho cán bộ xã.",
    "Loa phát thanh bản tin tiếng Mông mỗi sáng.",
    "",
    "Giá lúa tăng nhẹ.",
    "Năm 2026 sẽ lắp 12 cụm loa cho xã nghèo; in 3.000 tờ rơi.",
]


@pytest.fixture(scope="module")
def fitted():
    return fit(load_examples()[::5])


@pytest.fixture(scope="module")
def model(fitted):
    return SentenceModel(
        words=fitted.words,
        characters=fitted.characters,
        labels=fitted.labels,
        arrays=fitted.arrays,
        made_from={"examples_sha256": "0123456789abcdef", "shipped_sha256": "x"},
    )


@pytest.fixture
def saved(model, tmp_path):
    model.save(tmp_path)
    return tmp_path


def test_scores_are_those_of_scikit_learn(fitted, model):
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import CountVectorizer

    weighers, machines = fitted.machines
    texts = [example.text for example in load_examples()[1::40]] + SENTENCES
    analyzers = (
        lambda text: word_features(tokens(text)),
        lambda text: [feature for token in tokens(text) for feature in character_features(token)],
    )
    blocks = [
        weigher(CountVectorizer(analyzer=analyzer, vocabulary=list(names), dtype=np.float64).transform(texts).tocsr())
        for weigher, analyzer, names in zip(weighers, analyzers, (fitted.words, fitted.characters), strict=True)
    ]
    matrix = hstack([blocks[0], blocks[1] * CHARACTER_WEIGHT], format="csr")
    expected = np.column_stack([machine.decision_function(matrix) for machine in machines])
    np.testing.assert_allclose(model.scores(texts), expected, atol=1e-4)


def test_predictions_are_probabilities(model):
    for prediction in model.predict(SENTENCES):
        assert set(prediction.activities) == set(model.activities)
        assert all(0.0 <= score <= 1.0 for score in prediction.activities.values())
        assert sum(prediction.relevance.values()) == pytest.approx(1.0)
        assert sum(prediction.modality.values()) == pytest.approx(1.0)


def test_a_sentence_means_the_same_alone_and_in_company(model):
    many = SENTENCES * 120
    together = model.predict(many)
    alone = [model.predict([sentence])[0] for sentence in SENTENCES]
    for position, prediction in enumerate(together):
        expected = alone[position % len(SENTENCES)]
        assert prediction.activities == pytest.approx(expected.activities, abs=1e-5)
        assert prediction.relevance == pytest.approx(expected.relevance, abs=1e-5)
    assert model.predict([]) == ()


def test_normal_form_and_tone_placement_do_not_matter(model):
    text = "Xã Hoà Bình mở lớp bồi dưỡng cán bộ."
    forms = [text, unicodedata.normalize("NFD", text), text.replace("Hoà", "Hòa"), text.upper()]
    first, *others = model.predict(forms)
    assert all(other == first for other in others)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_text_is_predicted_the_same_twice(model, texts):
    assert model.predict(texts) == model.predict(texts)


@pytest.mark.timeout(60)
def test_one_megabyte_is_read_in_bounded_time(model):
    for text in ("a" * 1_000_000, "hộ nghèo xã " * 80_000, "á̂" * 500_000):
        model.predict([text])


def test_explanations_name_the_features_that_spoke(model):
    parts = model.explain("Lớp tập huấn cho cán bộ thông tin", "training")
    assert 0 < len(parts) <= 8
    assert any("tập huấn" in feature and weight > 0 for feature, weight in parts)
    assert [abs(weight) for _, weight in parts] == sorted((abs(weight) for _, weight in parts), reverse=True)


def test_a_loaded_model_predicts_as_the_saved_one(model, saved):
    loaded = SentenceModel.load(saved)
    assert loaded.predict(SENTENCES) == model.predict(SENTENCES)
    assert loaded.method == model.method
    assert "01234567" in model.method


def test_saving_twice_writes_the_same_weights(model, saved, tmp_path_factory):
    again = tmp_path_factory.mktemp("again")
    SentenceModel.load(saved).save(again)
    assert (again / VOCABULARY).read_bytes() == (saved / VOCABULARY).read_bytes()
    assert SentenceModel.load(again).predict(SENTENCES) == model.predict(SENTENCES)


@pytest.mark.parametrize("name", [ARRAYS, VOCABULARY, MANIFEST])
def test_a_missing_file_is_refused(saved, name):
    (saved / name).unlink()
    with pytest.raises(InvalidData, match="loa train"):
        SentenceModel.load(saved)


@pytest.mark.parametrize("name", [ARRAYS, VOCABULARY])
def test_an_altered_file_is_refused(saved, name):
    content = bytearray((saved / name).read_bytes())
    content[len(content) // 2] ^= 1
    (saved / name).write_bytes(content)
    with pytest.raises(InvalidData, match="hash"):
        SentenceModel.load(saved)


class Evil:
    """Unpickling it writes a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self):
        return (Path.touch, (self.target,))


def _planted_arrays(saved, evil):
    with np.load(saved / ARRAYS, allow_pickle=False) as stored:
        arrays = dict(stored)
    arrays["weights"] = np.array([evil], dtype=object)
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


@pytest.mark.parametrize("plant", [_planted_arrays, lambda saved, evil: pickle.dumps(evil)], ids=["object array", "bare pickle"])
def test_a_planted_pickle_is_refused_and_never_runs(saved, tmp_path_factory, plant):
    target = tmp_path_factory.mktemp("evil") / "ran"
    content = plant(saved, Evil(target))
    (saved / ARRAYS).write_bytes(content)
    with pytest.raises(InvalidData):
        SentenceModel.load(saved)
    manifest = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][ARRAYS] = hashlib.sha256(content).hexdigest()  # an attacker would write the hash too
    (saved / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InvalidData):
        SentenceModel.load(saved)
    assert not target.exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "another"}, "format"),
        ({"model_version": "2020.01"}, "model_version"),
        ({"feature_version": 0}, "feature_version"),
        ({"files": []}, "files"),
        ({"labels": {"activities": ["training"]}}, "labels"),
        ({"labels": {"activities": ["training"], "relevance": [], "modality": [], **OF_PAGES}}, "do not fit"),
        ({"labels": {"activities": ["training"], "relevance": [], "modality": [], **OF_PAGES, "judge": ["length"]}}, "'judge' are others"),
        (
            {"labels": {"activities": ["training"], "relevance": [], "modality": [], **OF_PAGES, "activity_judge": ["length"]}},
            "'activity_judge' are others",
        ),
        ({"labels": {"activities": ["training"], "relevance": [], "modality": [], **OF_PAGES, "pages": ["press"]}}, "'pages' are others"),
    ],
)
def test_a_manifest_of_another_make_is_refused(saved, change, message):
    manifest = json.loads((saved / MANIFEST).read_text(encoding="utf-8")) | change
    (saved / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InvalidData, match=message):
        SentenceModel.load(saved)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"x"'])
def test_a_manifest_that_is_none_is_refused(saved, content):
    (saved / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(InvalidData):
        SentenceModel.load(saved)


def test_loading_and_predicting_need_no_scikit_learn(saved):
    code = (
        f"import sys; from pathlib import Path; from nlp.model import SentenceModel; "
        f"SentenceModel.load(Path({str(saved)!r})).predict(['x']); print('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
