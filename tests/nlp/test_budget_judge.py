"""The judge of sums: what it sees, what it is asked, what it is fitted to, and that a model keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from corpus.document import BudgetKind, Document, Provenance
from corpus.errors import InvalidData
from nlp.annotated_pages import AnnotatedPage, read_pages
from nlp.budget import tag_budgets
from nlp.budget_context import Context
from nlp.budget_judge import BudgetJudge, features
from nlp.budget_train import fit_budget_judge
from nlp.examples import load_examples
from nlp.features import tokens
from nlp.model import SentenceModel
from nlp.train import train

PUBLIC = ("Xã Mường Lạn dùng {} triệu đồng dự phòng mua loa", "Phòng Văn hóa quyết {} triệu đồng cho buổi diễn")
PRIVATE = ("Bà Lò Thị Én gom {} triệu đồng sau vụ mận", "Nhà Sùng A Páo còn {} triệu đồng trong rương")


def page(number: int, text: str, value: int, *, public: bool) -> AnnotatedPage:
    return AnnotatedPage(id=f"p{number}", title="", text=text, relevance="off_topic", sums=((value, public),))


PAGES = [
    page(2 * number + side, forms[number % 2].format(number) + ".", number * 10**6, public=not side)
    for number in range(11, 31)
    for side, forms in enumerate((PUBLIC, PRIVATE))
]


def make_document(text: str, title: str = "") -> Document:
    provenance = Provenance(portal="import", requested_url="file:a", final_url="file:a", fetched_at=datetime(2024, 1, 1, tzinfo=UTC))
    return Document(id="d", provenance=provenance, title=title, text=text)


def seen_in(text: str, title: str = "") -> list[tuple[str, ...]]:
    found = []

    def listen(kind: BudgetKind, context: Context, title_tokens: Sequence[str]) -> BudgetKind:
        found.append(features(context, title_tokens))
        return kind

    tag_budgets(make_document(text, title), judge=listen)
    return found


@pytest.fixture(scope="module")
def judge() -> BudgetJudge:
    names, weights = fit_budget_judge(PAGES)
    return BudgetJudge(names, weights.tolist())


def test_words_are_told_apart_by_their_place() -> None:
    ((*names,),) = seen_in("Trời rét. Xã chi 40 triệu đồng mua chăn/hộ, bà con mừng. Mai phát tiếp.", title="Chăn ấm")
    expected = {"L:xã", "L:xã chi", "L1:chi", "R1:mua", "R:mua chăn", "S:bà con", "P:rét", "P:phát tiếp", "T:chăn ấm", "from 31600000"}
    assert expected <= set(names)
    assert not {"R:bà", "from 100000000", "L:rét"} & set(names)
    assert len(names) == len(set(names))


def test_what_a_sum_is_per_is_seen() -> None:
    ((*names,),) = seen_in("Mức chi tối đa 3 triệu đồng/hộ.")
    assert {"unit:hộ", "per household", "capped"} <= set(names)


def test_another_form_of_the_same_words_is_the_same() -> None:
    text = "Xã Hoà Bình chi 40 triệu đồng mua loa"
    assert seen_in(text) == seen_in(text.replace("Hoà", "Hòa"))


@pytest.mark.parametrize(
    ("text", "alone", "judged"),
    [
        ("Xã Mường Lạn dùng 44 triệu đồng dự phòng mua loa.", "budget", "budget"),
        ("Bà Lò Thị Én gom 44 triệu đồng sau vụ mận.", "other", "other"),
        ("Phòng Văn hóa quyết 44 triệu đồng sau giờ họp.", "budget", "budget"),
        ("Bà Lò Thị Én xin dự toán 44 triệu đồng sau vụ mận.", "budget", "other"),
    ],
)
def test_words_overrule_weak_cues(judge: BudgetJudge, text: str, alone: str, judged: str) -> None:
    (by_rules,) = tag_budgets(make_document(text)).budgets
    (by_judge,) = tag_budgets(make_document(text), judge=judge).budgets
    assert (by_rules.kind, by_judge.kind) == (alone, judged)


def always(public: bool, *, logit: float = 99.0) -> BudgetJudge:
    return BudgetJudge((), (logit if public else -logit,))


def test_what_rules_name_weighs_more() -> None:
    texts = "Bà con vay ngân hàng 20 triệu đồng.", "Anh nhặt được 20 triệu đồng."
    weak, strong = always(True, logit=1.6), always(True, logit=2.4)
    found = [[tag_budgets(make_document(text), judge=judge).budgets[0].kind for judge in (None, weak, strong)] for text in texts]
    assert found == [["loan", "loan", "budget"], ["other", "budget", "budget"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kinh phí tăng thêm 3 tỷ đồng.", ["difference"]),
        ("Huyện lo xi măng, bà con thôn Nà Mèo góp 24 triệu đồng.", ["gift"]),
        ("Cầu do tỉnh xây, dân hiến đất, ngày công 70 triệu đồng.", ["gift"]),
        ("Anh vay 20 triệu đồng nuôi bò.", ["budget"]),
    ],
)
def test_what_is_said_outright_is_not_asked(text: str, expected: list[str]) -> None:
    assert [budget.kind for budget in tag_budgets(make_document(text), judge=always(True)).budgets] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ngân sách tỉnh hỗ trợ 60 triệu đồng/hộ làm nhà.", "norm"),
        ("Kinh phí 3 tỷ đồng.", "other"),
        ("Kinh phí mua bò, trong đó vốn vay 3 tỷ đồng.", "loan"),
    ],
)
def test_what_is_not_public_is_what_the_next_cue_says(text: str, expected: str) -> None:
    (budget,) = tag_budgets(make_document(text), judge=always(False)).budgets
    assert budget.kind == expected
    assert (budget.role, budget.scope, budget.funds) == ("other", "other", ())


def test_a_table_without_end_is_left_to_the_rules() -> None:
    budgets = tag_budgets(make_document("Ngân sách chi 5 triệu đồng; " * 600), judge=always(False)).budgets
    assert budgets[0].kind != "budget"
    assert budgets[-1].kind == "budget"


def test_dollars_are_not_asked() -> None:
    (budget,) = tag_budgets(make_document("Dự án được viện trợ 2 triệu USD."), judge=always(False)).budgets
    assert budget.kind == "budget"


def test_fitting_needs_both_sides_and_counts_what_two_sums_share() -> None:
    assert fit_budget_judge(PAGES[::2])[0] == ()
    names, weights = fit_budget_judge(PAGES)
    assert len(weights) == len(names) + 1
    assert "L:dùng" in names
    assert "L:lò thị" in names
    again = fit_budget_judge(PAGES)
    assert again[0] == names
    assert np.array_equal(again[1], weights)


def test_a_sum_with_two_verdicts_teaches_nothing() -> None:
    doubtful = AnnotatedPage(
        id="x",
        title="",
        text="Thôn kể chuyện 44 triệu đồng. Chuyện 44 triệu đồng.",
        relevance="off_topic",
        sums=((44 * 10**6, True), (44 * 10**6, False)),
    )
    assert np.array_equal(fit_budget_judge([*PAGES, doubtful])[1], fit_budget_judge(PAGES)[1])


def test_a_model_keeps_its_judge(tmp_path) -> None:
    directory = tmp_path / "model"
    train(directory, examples=load_examples()[::6], pages=[*PAGES, *(replace_relevance(index) for index in (0, 1))])
    loaded = SentenceModel.load(directory)
    kept = loaded.budget_judge
    assert kept is not None
    names, weights = fit_budget_judge(PAGES)
    fresh = BudgetJudge(names, weights.tolist())
    contexts: list[tuple[Context, Sequence[str]]] = []
    tag_budgets(make_document(PRIVATE[0].format(44)), judge=lambda kind, context, title: contexts.append((context, title)) or kind)
    ((context, title),) = contexts
    assert kept.logit(context, title) == fresh.logit(context, title)
    again = tmp_path / "again"
    again.mkdir()
    loaded.save(again)
    assert SentenceModel.load(again).budget_judge.logit(context, tokens("")) == kept.logit(context, tokens(""))
    assert SentenceModel.load(train_without(tmp_path)).budget_judge is None


def replace_relevance(index: int) -> AnnotatedPage:
    """The judge of whole pages wants all three values."""
    value = ("communication", "poverty_other")[index]
    return AnnotatedPage(id=value, title="", text="Xã mở lớp giảm nghèo về thông tin cho hộ nghèo.", relevance=value)


def train_without(folder):
    train(folder / "without", examples=load_examples()[::6], pages=())
    return folder / "without"


@pytest.mark.parametrize("amounts", ["[3]", '[{"vnd": "5"}]', '[{"vnd": 5, "budget": 1}]', '[{"vnd": 5.5, "budget": true}]'])
def test_a_wrong_sum_of_a_page_is_refused(amounts: str) -> None:
    row = f'{{"id": "a", "title": "t", "text": "x", "relevance": "off_topic", "amounts": {amounts}}}'
    with pytest.raises(InvalidData, match="amounts"):
        read_pages([row], file="a.jsonl")
