import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import nlp.train
from corpus.document import Relevance
from corpus.errors import InvalidData
from nlp.activity import ActivityTagger
from nlp.annotated_pages import AnnotatedPage, folds_of, hash_pages, load_pages, page_sentences, read_pages
from nlp.examples import Example, hash_examples, load_examples
from nlp.model import ARRAYS, MANIFEST, SentenceModel, read_manifest
from nlp.model_card import CARD
from nlp.relevance import RelevanceTagger
from nlp.train import EXTRA, ensure_model, fit, kept_extra, train

SOME = load_examples()[::6]
REVIEWED = (Example(text="Xã dán mã QR chính sách hộ nghèo ở chợ.", activities=(("digital", "done"),), relevance="communication"),)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    directory = tmp_path_factory.mktemp("home") / "model"
    return directory, train(directory, examples=SOME, pages=())


@pytest.fixture
def few(monkeypatch):
    """The shipped examples are those of this test, so that fitting takes half a second."""
    monkeypatch.setattr(nlp.train, "load_examples", lambda *paths: load_examples(*paths) if paths else SOME)
    monkeypatch.setattr(nlp.train, "load_pages", lambda: ())


def test_training_writes_a_model_that_loads(trained):
    directory, card = trained
    model = SentenceModel.load(directory)
    assert model.made_from["examples"] == card.examples == len(SOME)
    assert sorted(path.name for path in directory.iterdir()) == sorted([ARRAYS, "vocabulary.txt", MANIFEST, CARD, EXTRA])
    assert [path.name for path in directory.parent.iterdir() if path.name.endswith("-")] == []


def test_training_twice_gives_the_same_files(trained, tmp_path):
    directory, card = trained
    again = train(tmp_path / "model", examples=SOME, pages=())
    assert again == card
    assert read_manifest(tmp_path / "model")["files"] == read_manifest(directory)["files"]


def test_the_model_tells_what_it_was_taught(tmp_path):
    """Trained on everything that is shipped; sentences of this test, not of the data."""
    train(tmp_path / "model")
    model = SentenceModel.load(tmp_path / "model")
    cases = [
        ("Tuần qua, 52 cán bộ văn hóa xã dự lớp bồi dưỡng kỹ năng viết tin về giảm nghèo.", "training", "communication"),
        ("Xã nghèo Vĩnh Ô được lắp đài truyền thanh thông minh với 9 cụm loa.", "radio_facility", "communication"),
        ("Lãnh đạo huyện trả lời câu hỏi của hộ nghèo tại buổi đối thoại.", "dialogue", "communication"),
        ("Hộ nghèo nhận ti vi kèm đầu thu do tỉnh cấp.", "access_device", "communication"),
        ("Ông viết đơn xin ra khỏi hộ nghèo và được huyện khen thưởng.", "recognition", "communication"),
    ]
    for text, code, relevance in cases:
        (prediction,) = model.predict([text])
        assert prediction.activities[code] > 0.5, text
        assert max(prediction.relevance, key=prediction.relevance.__getitem__) == relevance, text
    (loan,) = model.predict(["Hộ nghèo vay 50 triệu đồng của Ngân hàng Chính sách xã hội để nuôi dê."])
    assert max(loan.activities.values()) < 0.5
    assert loan.relevance["poverty_other"] > 0.5
    (plan,) = model.predict(["Quý II sẽ mở 3 lớp tập huấn cho cán bộ giảm nghèo."])
    assert plan.modality["planned"] > 0.5


def test_cross_validated_figures_stay_over_their_floors():
    """Measured 2026-11 on all examples: activities micro 0.78, relevance macro 0.89, modality macro 0.67."""
    from nlp.model_card import make_card

    examples = load_examples()
    fitted = fit(examples)
    card = make_card(examples, fitted.out_of_fold, features=1, made_from={})
    assert (card.activities_micro.f1 or 0) >= 0.74
    assert card.relevance_macro_f1 >= 0.86
    assert card.modality_macro_f1 >= 0.63
    assert all((figures.f1 or 0) >= 0.5 for figures in card.activities), [(f.name, f.f1) for f in card.activities]
    assert all(abs(row.gap) <= 0.12 for row in card.calibration if row.gap is not None)


def test_the_card_says_what_went_in_and_what_came_out(trained):
    directory, card = trained
    text = (directory / CARD).read_text(encoding="utf-8")
    assert text == card.to_markdown()
    assert str(len(SOME)) in text
    assert hash_examples(SOME) in text
    for heading in ("## Data", "## Figures", "## Calibration", "## Known failures"):
        assert heading in text
    for figures in card.activities:
        assert f"| {figures.name} | {figures.positives} |" in text
    assert card.failures
    assert all(failure.expected != failure.found for failure in card.failures)


def test_pages_teach_the_activities_of_their_sentences_and_nothing_else(tmp_path):
    taught = AnnotatedPage(
        id="a",
        title="Tin xã",
        text="Xã vừa phát 300 tờ rơi cho hộ nghèo ở bảy thôn. Lớp học nói về cách in tờ rơi và dựng pa nô.",
        relevance="communication",
        activities=frozenset({"publication"}),
    )
    unknown = AnnotatedPage(id="b", title="Tin xã", text="Xã dựng năm pa nô ở đầu thôn.", relevance="communication")
    told = page_sentences([unknown, taught])
    assert [(sentence.page, sentence.shown) for sentence in told] == [(1, frozenset({"publication"})), (1, frozenset())]
    assert all(sentence.possible == {"publication"} for sentence in told)
    alone, both = fit(SOME), fit(SOME, told)
    assert len(both.out_of_fold) == len(alone.out_of_fold) == len(SOME)
    (before,), (after,) = (fitted.model({}).predict([told[1].text]) for fitted in (alone, both))
    assert after.activities["visual"] < before.activities["visual"]


def test_near_copies_are_never_in_training_and_test_at_once():
    from nlp.train import _folds

    texts = [example.text for example in SOME]
    copies = [text.replace("2", "3") for text in texts[:50]]
    folds = _folds([*texts, *copies], 1)
    assert list(folds[:50]) == list(folds[len(texts) :])
    assert set(folds) == {0, 1, 2, 3, 4}


def test_the_judge_is_fitted_to_the_pages_and_to_nothing_else(tmp_path):
    pages = load_pages()[::5]
    train(tmp_path / "model", examples=SOME, pages=pages)
    model = SentenceModel.load(tmp_path / "model")
    assert model.judge is not None
    assert model.made_from["pages"] == len(pages)
    tagger = RelevanceTagger(model)
    right = sum(tagger(page.document()).relevance.value == page.relevance for page in pages)
    assert right >= 0.9 * len(pages)
    without = SentenceModel.load(train_without(tmp_path))
    assert (without.judge, without.activity_judge, without.pages.words) == (None, None, ())


def test_the_judge_of_activities_is_fitted_where_the_evidence_is_annotated(tmp_path):
    pages = load_pages()
    unread = [page for page in pages if page.evidence is not None][::12]
    others = [page for page in pages if page.evidence is None][::12]
    train(tmp_path / "with", examples=SOME, pages=[*others, *unread])
    model = SentenceModel.load(tmp_path / "with")
    assert model.activity_judge is not None
    assert model.modality_judge is not None
    assert model.pages.words
    train(tmp_path / "without", examples=SOME, pages=others)
    assert SentenceModel.load(tmp_path / "without").activity_judge is None
    tagger = ActivityTagger(model)
    right = total = timely = 0
    for page in unread:
        tagged = tagger(replace(page.document(), relevance=Relevance(value="communication", method="test")))
        found = {mention.code for mention in tagged.activities}
        right += len(found & set(page.evidence))
        total += len(found) + len(page.evidence)
        timely += sum(mention.modality in page.evidence.get(mention.code, {}).values() for mention in tagged.activities)
    assert 2 * right / total > 0.8
    assert timely / right > 0.8


def test_pages_of_a_batch_are_held_out_together():
    pages = [AnnotatedPage(id=str(n), title="", text="Xã.", relevance="off_topic", batch=str(n // 3)) for n in range(21)]
    assert folds_of(pages) == [(n // 3) % 5 for n in range(21)]


def test_evidence_says_which_sentences_show_an_activity():
    page = AnnotatedPage(
        id="a",
        title="Tin xã Ea Sol",
        text="Ba mươi nhà quây quần nghe chuyện làm ăn. Chợ hôm nay đông người mua bán lắm.",
        relevance="communication",
        activities=frozenset({"outreach"}),
        evidence={"outreach": {"nghe chuyện làm ăn": "done"}},
    )
    told = page_sentences([page])
    assert [(sentence.shown, sentence.possible) for sentence in told] == [({"outreach"}, {"outreach"}), (frozenset(), frozenset())]
    assert [sentence.modality for sentence in told] == ["done", None]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"evidence": {"press": {"Xã": "done"}}}, "'press', which is no activity of the page"),
        ({"evidence": {"outreach": {"Huyện": "done"}}}, "'Huyện' is not in the page"),
        ({"evidence": {"outreach": {"Xã": "soon"}}}, "modality 'soon' of 'Xã'"),
        ({"evidence": {"outreach": ["Xã"]}}, "field 'evidence'"),
        ({"evidence": ["Xã"]}, "field 'evidence'"),
        ({"activities": ["singing"]}, "'singing' is unknown"),
        ({"relevance": "news"}, "field 'relevance'"),
        ({"title": 3}, "needs id, title"),
    ],
)
def test_a_wrong_page_is_told_where(change, message):
    row = {"id": "a", "title": "Tin", "text": "Xã họp.", "relevance": "communication", "activities": ["outreach"]} | change
    with pytest.raises(InvalidData, match=message) as caught:
        read_pages([json.dumps(row)], file="9.jsonl")
    assert "9.jsonl" in str(caught.value)
    assert "1" in str(caught.value)


def train_without(folder):
    train(folder / "other", examples=SOME, pages=())
    return folder / "other"


def test_too_few_examples_are_refused(tmp_path):
    with pytest.raises(InvalidData, match="too few"):
        train(tmp_path / "model", examples=SOME[:20])
    with pytest.raises(InvalidData, match="fewer than 5 examples for"):
        train(tmp_path / "model", examples=[replace(example, activities=()) for example in SOME])
    assert not (tmp_path / "model").exists()


@pytest.mark.usefixtures("few")
class TestEnsureModel:
    def test_trains_on_first_use_and_says_so_and_not_again(self, tmp_path):
        said: list[str] = []
        first = ensure_model(tmp_path / "deep" / "model", said.append)
        assert any("Fitting" in message for message in said)
        said.clear()
        second = ensure_model(tmp_path / "deep" / "model", said.append)
        assert said == []
        assert first.predict(["Loa xã"]) == second.predict(["Loa xã"])

    @pytest.mark.parametrize("damage", ["flip", "remove", "other data", "other pages or rules", "old version"])
    def test_trains_again_where_the_model_is_not_what_it_should_be(self, trained, tmp_path, damage):
        directory = tmp_path / "model"
        shutil.copytree(trained[0], directory)
        if damage == "flip":
            (directory / ARRAYS).write_bytes(b"x" + (directory / ARRAYS).read_bytes())
        elif damage == "remove":
            (directory / ARRAYS).unlink()
        elif damage == "other data":
            text = (directory / MANIFEST).read_text(encoding="utf-8")
            (directory / MANIFEST).write_text(text.replace(hash_examples(SOME), "0" * 64), encoding="utf-8")
        elif damage == "other pages or rules":
            text = (directory / MANIFEST).read_text(encoding="utf-8")
            (directory / MANIFEST).write_text(text.replace(hash_pages(()), "0" * 64), encoding="utf-8")
        else:
            text = (directory / MANIFEST).read_text(encoding="utf-8")
            (directory / MANIFEST).write_text(text.replace('"feature_version": ', '"feature_version": 99'), encoding="utf-8")
        said: list[str] = []
        model = ensure_model(directory, said.append)
        assert said
        assert model.predict(["Loa xã"]) == SentenceModel.load(trained[0]).predict(["Loa xã"])

    def test_a_good_model_is_not_touched(self, trained):
        before = {path.name: path.stat().st_mtime_ns for path in trained[0].iterdir()}
        ensure_model(trained[0])
        assert {path.name: path.stat().st_mtime_ns for path in trained[0].iterdir()} == before

    def test_reviewed_examples_are_kept_when_it_trains_again(self, tmp_path):
        directory = tmp_path / "model"
        card = train(directory, extra=REVIEWED)
        assert card.examples == len(SOME) + 1
        assert kept_extra(directory) == REVIEWED
        (directory / ARRAYS).unlink()
        model = ensure_model(directory)
        assert model.made_from["extra"] == 1
        assert kept_extra(directory) == REVIEWED
        said: list[str] = []
        ensure_model(directory, said.append)
        assert said == []


def test_a_crash_while_writing_leaves_the_old_model_whole(trained, tmp_path, monkeypatch):
    directory = tmp_path / "model"
    shutil.copytree(trained[0], directory)
    before = SentenceModel.load(directory).predict(["Loa xã"])

    def crash(self, where):
        (Path(where) / ARRAYS).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(SentenceModel, "save", crash)
    with pytest.raises(KeyboardInterrupt):
        train(directory, examples=SOME, pages=())
    assert SentenceModel.load(directory).predict(["Loa xã"]) == before
    assert [path.name for path in tmp_path.iterdir() if ".new-" in path.name] == []


@pytest.mark.usefixtures("few")
def test_what_a_killed_run_left_behind_is_no_model_and_is_cleared(tmp_path):
    leftover = tmp_path / ".model.new-killed"
    leftover.mkdir()
    (leftover / ARRAYS).write_bytes(b"half")
    ensure_model(tmp_path / "model")
    assert not leftover.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".model.lock", "model"]
