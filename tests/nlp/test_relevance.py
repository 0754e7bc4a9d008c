"""Relevance of documents: our own short documents, each cue by its example, and properties over any text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document, Provenance, Relevance
from corpus.errors import InvalidData
from nlp.activity_rules import ActivityRules
from nlp.annotated_pages import load_pages
from nlp.judge import FEATURES, VALUES, Judge, features
from nlp.model import NO_PAGES, Prediction
from nlp.page_model import PageArrays, PageModel
from nlp.relevance import RelevanceTagger, document_features
from nlp.relevance_cues import SIGNALS, Cue, RelevanceCues
from nlp.sections import outline, plain

OWN = Path(__file__).parents[2] / "nlp" / "data" / "pages" / "short.jsonl"
FLOOR = 0.90
CUES = RelevanceCues.load()
TAGGER = RelevanceTagger()
_FETCHED = datetime(2026, 1, 1, tzinfo=UTC)


def make_document(text: str, title: str = "") -> Document:
    provenance = Provenance(portal="import", requested_url="file:a", final_url="file:a", fetched_at=_FETCHED)
    return Document(id="d", provenance=provenance, title=title, text=text)


def value_of(text: str, title: str = "") -> str:
    relevance = TAGGER(make_document(text, title)).relevance
    assert relevance is not None
    return relevance.value


@pytest.mark.parametrize("cue", CUES.cues, ids=[cue.id for cue in CUES.cues])
def test_every_cue_holds_in_its_example(cue: Cue) -> None:
    assert cue.id in {holding.id for holding in CUES.read(plain(cue.example)).cues}


def test_own_documents_reach_the_floor() -> None:
    rows = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 120
    pairs = Counter((row["relevance"], value_of(row["text"], row["title"])) for row in rows)
    scores = []
    for value in VALUES:
        expected = sum(count for (wanted, _), count in pairs.items() if wanted == value)
        given_out = sum(count for (_, got), count in pairs.items() if got == value)
        scores.append(2 * pairs[value, value] / (expected + given_out))
    assert sum(scores) / 3 >= FLOOR, pairs
    assert min(scores) >= FLOOR - 0.05, dict(zip(VALUES, scores, strict=True))


# (id, title, text, expected)
CASES = [
    ("dialogue", "Phường gặp hộ nghèo", "Sáng 9/4, phường đối thoại với 38 hộ nghèo về vốn vay.", "communication"),
    ("letter", "", "Ông cụ ở thôn Vàng tự viết đơn xin ra khỏi hộ nghèo.", "communication"),
    ("devices", "", "Đoàn xã tặng 15 điện thoại thông minh cho hộ nghèo để xem tin tức.", "communication"),
    ("press contest", "Trao giải báo chí viết về giảm nghèo", "Ban tổ chức chọn 18 tác phẩm.", "communication"),
    ("cows", "Trao bò cho hộ nghèo", "Mười hộ nghèo nhận bò giống, được hướng dẫn làm chuồng.", "poverty_other"),
    ("credit", "", "Ngân hàng Chính sách xã hội cho 300 hộ nghèo vay 15 tỷ đồng.", "poverty_other"),
    ("household review", "Tập huấn rà soát hộ nghèo", "Điều tra viên được hướng dẫn ghi phiếu rà soát hộ nghèo.", "poverty_other"),
    ("radio without poverty", "Phường lắp loa mới", "Hệ thống loa thông minh phát bản tin về trật tự đô thị.", "off_topic"),
    ("rural programme", "", "Xã nâng cấp đài truyền thanh để về đích nông thôn mới.", "off_topic"),
    ("health communication", "", "Sở Y tế ban hành kế hoạch truyền thông phòng bệnh mùa hè.", "off_topic"),
    ("poor in another sense", "", "Bộ phim có kịch bản nghèo nàn, khán giả thất vọng.", "off_topic"),
    ("sub-project of six", "", "Đây là việc cuối của Tiểu dự án 1 (Dự án 6) mà xã nhận lại từ huyện.", "communication"),
    ("makeshift houses", "Xã xóa nhà tạm", "Đến nay 40 nhà của chương trình xóa nhà tạm, nhà dột nát đã xong.", "poverty_other"),
    ("bank for social policies", "", "Dư nợ của phòng giao dịch NHCSXH huyện đạt 190 tỷ đồng, hơn 9.000 hộ còn vay.", "poverty_other"),
    ("a column of that name", "", '"Vượt nghèo" là chuyên mục của đài tỉnh, lên sóng tối thứ Bảy.', "communication"),
    (
        "movement of farmers",
        "Chuyên mục Nông dân lên sóng",
        "Khách mời nói về phong trào nông dân giỏi giúp nhau giảm nghèo và làm giàu.",
        "off_topic",
    ),
    ("nothing", "", "", "off_topic"),
]


@pytest.mark.parametrize(("title", "text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_cases(title: str, text: str, expected: str) -> None:
    assert value_of(text, title) == expected


def test_teasers_menus_and_legal_bases_do_not_speak() -> None:
    body = "Giải bóng đá thiếu niên của huyện khép lại chiều qua với chiến thắng của đội chủ nhà. Khán giả ở lại đến phút cuối.\n"
    teasers = "Tin liên quan\nTruyền thông và giảm nghèo về thông tin ở xã vùng cao\nĐối thoại với hộ nghèo\n"
    assert value_of(body + teasers, "Bế mạc giải bóng đá") == "off_topic"
    assert value_of(body + "Tin xem nhiều: Xã vùng cao đối thoại với hộ nghèo", "Bế mạc giải bóng đá") == "off_topic"
    assert value_of("Căn cứ Thông tư 06/2022 về giảm nghèo về thông tin;\n" + body, "Bế mạc giải bóng đá") == "off_topic"


def test_a_passing_remark_in_a_long_document_is_not_its_subject() -> None:
    filler = "Đại hội nghe báo cáo về kết quả công tác của ngành trong nhiệm kỳ qua. " * 30
    remark = "Hộ nghèo được nghe đài truyền thanh. "
    assert value_of(filler + remark + filler, "Đại hội ngành xây dựng") == "off_topic"


def test_evidence_is_the_sentence_that_speaks() -> None:
    document = TAGGER(make_document("Trời mưa. Đài huyện mở chuyên mục giảm nghèo trên sóng. Chợ phiên đông vui."))
    assert document.relevance is not None
    assert document.quote(document.relevance.evidence[0]) == "Đài huyện mở chuyên mục giảm nghèo trên sóng."
    assert document.relevance.method.startswith("relevance-rules ")


NO_WORDS = PageArrays(weights=NO_PAGES["page_weights"], intercepts=NO_PAGES["page_intercepts"], idf=NO_PAGES["page_idf"])


class Oracle:
    """Stands for a trained model: equally sure of every sentence, with a judge that adds up what we say."""

    def __init__(self, communication: float, judge: Judge | None) -> None:
        rest = (1.0 - communication) / 2
        relevance = {"communication": communication, "poverty_other": rest, "off_topic": rest}
        self._prediction = Prediction(activities={}, relevance=relevance, modality={})
        self.judge = judge
        self.pages = PageModel((), NO_WORDS)

    def predict(self, sentences: Sequence[str]) -> tuple[Prediction, ...]:
        return tuple(self._prediction for _ in sentences)


def judge_by(**weights: tuple[float, float, float]) -> Judge:
    """``weights``: feature, its blanks as underscores, to what it says for each of `VALUES`."""
    rows = [weights.get(name.replace(" ", "_"), (0.0, 0.0, 0.0)) for name in (*FEATURES, "offset")]
    return Judge(np.array(rows, dtype=np.float32))


def judged(text: str, judge: Judge, communication: float = 0.5) -> Relevance:
    relevance = RelevanceTagger(Oracle(communication, judge))(make_document(text)).relevance  # type: ignore[arg-type]  # all that is asked of it
    assert relevance is not None
    return relevance


def test_the_judge_decides_and_its_probability_is_the_score() -> None:
    heard = judged(
        "Xã tuyên truyền để hộ nghèo biết vay vốn." + " Đường làng được rải đá." * 10, judge_by(best_communication=(4.0, 0.0, 0.0)), 0.9
    )
    assert (heard.value, heard.method.split()[0]) == ("communication", "relevance-model")
    assert heard.score == pytest.approx(np.exp(3.6) / (np.exp(3.6) + 2), abs=0.001)
    agreed = judged("Xã làm tốt giảm nghèo về thông tin nhờ loa truyền thanh.", judge_by(count_core=(9.0, 0.0, 0.0)))
    assert (agreed.value, agreed.method.split()[0]) == ("communication", "relevance-rules+model")


def test_what_no_sentence_shows_is_not_tagged() -> None:
    relevance = judged("Bản nghèo đông vui.", judge_by(offset=(0.0, 9.0, 0.0)))
    assert relevance.value == "poverty_other"
    assert relevance.evidence
    assert judged("Chợ phiên đông vui.", judge_by(offset=(9.0, 0.0, 0.0))).value == "off_topic"


def test_where_no_cue_stands_the_model_shows_the_sentences() -> None:
    text = "Bản nghèo đông vui. Cả xã ngồi quanh bảng trắng trả lời câu đố."
    relevance = judged(text, judge_by(offset=(9.0, 0.0, 0.0)), 0.9)
    assert relevance.value == "communication"
    assert [text[span.start : span.end] for span in relevance.evidence] == text.replace(". ", ".|").split("|")


POVERTY = judge_by(offset=(0.0, 9.0, 0.0))
OFF = judge_by(offset=(0.0, 0.0, 9.0))
WORD = ("broadcast", "visual", "publication")
RULES = ActivityRules.load()


class Telling(Oracle):
    """One that also finds ways of carrying word in every sentence."""

    def predict(self, sentences: Sequence[str]) -> tuple[Prediction, ...]:
        return tuple(replace(said, activities=dict.fromkeys(WORD, 0.9)) for said in super().predict(sentences))


@pytest.mark.parametrize(
    ("text", "judge", "expected"),
    [
        ("Xã cho 60 hộ nghèo vay vốn nuôi bò. Loa xã đọc chính sách mỗi chiều, đầu thôn treo ba băng rôn.", POVERTY, "communication"),
        ("Xã cho 60 hộ nghèo vay vốn nuôi bò. Loa xã đọc chính sách mỗi chiều.", POVERTY, "poverty_other"),
        ("Xã cho 60 hộ nghèo vay vốn nuôi bò. Dự án 6: cấp 300 tờ rơi.", POVERTY, "communication"),
        ("Xã cho 60 hộ nghèo vay vốn nuôi bò. Dự án 5: xóa 9 nhà tạm.", POVERTY, "poverty_other"),
        ("Dự án 6 của huyện. Loa xã đọc tin mỗi chiều, đầu thôn treo ba băng rôn.", OFF, "communication"),
        ("Dự án 6 của Chương trình 1719. Loa xã đọc tin mỗi chiều, đầu thôn treo ba băng rôn.", OFF, "off_topic"),
        ("Xã nghèo trồng rừng. Loa xã đọc tin mỗi chiều, đầu thôn treo ba băng rôn.", OFF, "off_topic"),
        ("Loa xã đọc tin mỗi chiều. Đầu thôn treo ba băng rôn. Chi phí lấy từ Dự án 6.", OFF, "communication"),
        ("Loa xã đọc tin mỗi chiều. Trạm bơm cũng lấy tiền từ Dự án 6.", OFF, "off_topic"),
        ("Loa xã đọc tin mỗi chiều. Đầu thôn treo ba băng rôn. Dự án 6 trả công nghệ nhân.", OFF, "off_topic"),
    ],
)
def test_a_sentence_that_carries_word_is_a_side_of_communication(text: str, judge: Judge, expected: str) -> None:
    relevance = RelevanceTagger(Telling(0.5, judge), rules=RULES)(make_document(text)).relevance  # type: ignore[arg-type]  # all that is asked of it
    assert relevance is not None
    assert relevance.value == expected


def test_a_page_on_project_six_quotes_where_that_pays() -> None:
    text = "Loa xã đọc tin mỗi chiều. Đầu thôn treo ba băng rôn. Chi phí lấy từ Dự án 6."
    document = RelevanceTagger(Telling(0.5, OFF), rules=RULES)(make_document(text))  # type: ignore[arg-type]  # all that is asked of it
    assert document.relevance is not None
    assert [document.quote(span) for span in document.relevance.evidence] == [
        "Chi phí lấy từ Dự án 6.",
        "Loa xã đọc tin mỗi chiều.",
        "Đầu thôn treo ba băng rôn.",
    ]


def test_the_judge_lifts_no_passing_remark_of_a_long_document() -> None:
    filler = "Đại hội nghe báo cáo về kết quả công tác của ngành trong nhiệm kỳ qua. "
    remark = "Hộ nghèo được nghe đài truyền thanh. "
    sure = judge_by(offset=(9.0, 0.0, 0.0))
    assert judged(filler * 12 + remark + filler * 12, sure).value == "off_topic"
    assert judged(remark + filler * 4, sure).value == "communication"
    assert judged(f"Giảm nghèo về thông tin. {filler * 12}", sure).value == "communication"
    lines = "Thứ tư, 14/10/2020\nSố: 12/QĐ\nĐiều 1.\nMinh Phương\nXem cỡ chữ\n"
    likely = judge_by(offset=(1.0, 0.0, 0.0))
    assert judged(f"{lines}{filler * 5}{remark}", likely).value == "communication"
    assert judged(f"{filler * 10}{remark}", likely).value == "off_topic"


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Trao giải báo chí về bảo vệ môi trường", "Một giải C là phóng sự về người nghèo nhặt ve chai.", "off_topic"),
        ("Trao giải báo chí về bảo vệ môi trường", "Hộ nghèo là nhân vật của hai bài. Người nghèo kể chuyện mình.", "communication"),
        ("Trao giải báo chí viết về hộ nghèo", "Một giải C nói về bảo vệ môi trường.", "communication"),
    ],
)
def test_a_title_on_another_subject_outweighs_one_sentence_on_poverty(title: str, text: str, expected: str) -> None:
    sure = judge_by(offset=(9.0, 0.0, 0.0))
    relevance = RelevanceTagger(Telling(0.5, sure))(make_document(text, title=title)).relevance  # type: ignore[arg-type]  # as above
    assert relevance is not None
    assert relevance.value == expected


def test_a_document_without_any_cue_is_not_shown_to_the_model() -> None:
    class Mute(Oracle):
        def predict(self, sentences: Sequence[str]) -> tuple[Prediction, ...]:
            raise AssertionError("asked")

    tagger = RelevanceTagger(Mute(0.9, judge_by()))  # type: ignore[arg-type]  # it must not even be asked
    relevance = tagger(make_document("Giải bóng đá thiếu niên của trường học khép lại.")).relevance
    assert relevance is not None
    assert relevance.value == "off_topic"


def test_features_are_named_in_the_order_of_the_vector() -> None:
    found = outline(make_document("Loa bản đọc chính sách cho hộ nghèo. Trời mưa.", "Loa về bản"))
    tally = TAGGER.tally(found)
    page = {"communication": 0.5, "poverty_other": -0.5, "off_topic": -1.5, "press": 9.0}
    vector = dict(zip(FEATURES, features(tally, [dict.fromkeys(VALUES, 1 / 3)], page), strict=True))
    assert [vector[f"page {value}"] for value in VALUES] == [0.5, -0.5, -1.5]
    assert vector["count telling"] == pytest.approx(np.log(3))
    assert vector["head telling"] == 1.0
    assert vector["head contest"] == 0.0
    assert vector["count together"] == pytest.approx(np.log(2))
    assert vector["no poverty"] == 0.0
    assert vector["first communication"] == pytest.approx(1 / 3)
    assert list(document_features(tally, [], page)) == list(features(tally, [], page))


def test_pages_and_signals_are_complete() -> None:
    pages = load_pages()
    counts = Counter(page.relevance for page in pages)
    assert len({page.id for page in pages}) == len(pages) >= 300
    assert min(counts[value] for value in VALUES) >= 60
    assert all(CUES.signals[name] for name in SIGNALS)


NAMED = "[signals]\n" + "".join(f'{name} = ["a"]\n' for name in SIGNALS)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "field 'telling'"),
        (NAMED, "no \\[\\[rule\\]\\]"),
        (f'{NAMED}[[rule]]\nid = "a"\nspeaks = "loud"\nweight = 1\nexample = "x"\n', "field 'speaks'"),
        (f'{NAMED}[[rule]]\nid = "a"\nspeaks = "other"\nweight = "1"\nexample = "x"\n', "field 'weight'"),
        (f'{NAMED}[[rule]]\nid = "a"\nspeaks = "other"\nweight = 1\npatterns = ["{{none}}"]\nexample = "x"\n', "no set \\{none\\}"),
        (f'{NAMED}[[rule]]\nid = "a"\nspeaks = "other"\nweight = 1\npatterns = ["a ... |"]\nexample = "x"\n', "an element is empty"),
    ],
)
def test_a_broken_cue_file_is_told_where(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "cues.toml"
    path.write_text('version = "1"\n' + content, encoding="utf-8")
    with pytest.raises(InvalidData, match=told) as caught:
        RelevanceCues.load(path)
    assert str(path) in str(caught.value)


WORDS = st.sampled_from("hộ nghèo truyền thông loa tuyên truyền giảm . \n ( ảnh Tin liên quan đối thoại khen thưởng Ố 🙂".split(" "))


@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join)))
def test_any_text(text: str) -> None:
    document = make_document(text, text[:40])
    tagged = TAGGER(document)
    assert tagged.relevance is not None
    assert replace(tagged, relevance=None) == document
    assert TAGGER(tagged) == tagged
    assert 0.0 < tagged.relevance.score <= 1.0
    assert all(tagged.quote(span).strip() for span in tagged.relevance.evidence)
    assert tagged.relevance.evidence or tagged.relevance.value == "off_topic"
