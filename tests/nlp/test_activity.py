"""Activities: our own annotated sentences, each rule by its example, whole documents with modality, and properties over any text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document, Provenance, Relevance
from corpus.errors import InvalidData
from nlp.activity import BOTH_METHOD, MODEL_METHOD, RULES_METHOD, ActivityTagger
from nlp.activity_judge import FEATURES, ActivityJudge
from nlp.activity_rules import ActivityRules, Rule
from nlp.examples import ACTIVITY_CODES
from nlp.modality_judge import FEATURES as MODALITY_FEATURES
from nlp.modality_judge import ModalityJudge, Told
from nlp.model import NO_PAGES, Prediction
from nlp.page_model import PageArrays, PageModel
from nlp.relevance import RelevanceTagger
from nlp.sections import Sentence, Zone, plain

OWN = Path(__file__).parents[1] / "gold" / "own" / "activities.jsonl"
FLOOR = 0.85
MICRO_FLOOR = 0.93
RULES = ActivityRules.load()
TAGGER = ActivityTagger()
_FETCHED = datetime(2026, 1, 1, tzinfo=UTC)
COMMUNICATION = Relevance(value="communication", method="test")


def make_document(text: str, title: str = "", relevance: Relevance | None = COMMUNICATION) -> Document:
    provenance = Provenance(portal="import", requested_url="file:a", final_url="file:a", fetched_at=_FETCHED)
    return Document(id="d", provenance=provenance, title=title, text=text, relevance=relevance)


def found(text: str, title: str = "") -> dict[str, str]:
    return {mention.code: mention.modality for mention in TAGGER(make_document(text, title)).activities}


@pytest.mark.parametrize("rule", RULES.rules, ids=[rule.id for rule in RULES.rules])
def test_every_rule_fires_on_its_example(rule: Rule) -> None:
    zone: Zone = "title" if rule.zones == {"title"} else "body"
    sentence = Sentence(0, len(rule.example), "text", zone, "", plain(rule.example), 0)
    assert rule.id in {match.rule.id for match in RULES.read(sentence).matches}
    assert rule.id.startswith(rule.activity)


def test_own_sentences_reach_the_floor_for_every_activity() -> None:
    rows = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    right: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    modality: Counter[bool] = Counter()
    for row in rows:
        got = found(row["text"])
        expected: dict[str, str] = row["activities"]
        for code in got:
            (right if code in expected else extra)[code] += 1
            if code in expected:
                modality[got[code] == expected[code]] += 1
        missed.update(expected.keys() - got.keys())
    positives = Counter(code for row in rows for code in row["activities"])
    assert len(positives) == 15
    assert min(positives.values()) >= 25
    assert sum(not row["activities"] for row in rows) >= 250
    scores = {code: 2 * right[code] / (2 * right[code] + extra[code] + missed[code]) for code in positives}
    assert min(scores.values()) >= FLOOR, scores
    total = right.total()
    assert 2 * total / (2 * total + extra.total() + missed.total()) >= MICRO_FLOOR
    assert modality[True] / modality.total() >= 0.88


# (id, text, expected)
CASES = [
    ("class", "Sở mở lớp tập huấn cho 64 cán bộ đài xã.", {"training": "done"}),
    ("class ahead", "Quý tới, Sở sẽ mở lớp tập huấn cho cán bộ đài xã.", {"training": "planned"}),
    (
        "models among contents",
        "Đài xã làm chuyên mục phát thanh về chính sách; phổ biến kiến thức, kinh nghiệm, gương điển hình vươn lên thoát nghèo.",
        {"broadcast": "done", "recognition": "done"},
    ),
    ("so many times a day", "Bản tin xã đọc 3 lần, nói về vốn cho hộ nghèo.", {"broadcast": "done"}),
    ("models as the subject of a column", "Đài xã làm chuyên mục phát thanh về gương thoát nghèo.", {"broadcast": "done"}),
    (
        "deeds behind a class and a semicolon",
        "Ba năm qua tỉnh có 8 lớp tập huấn với 300 lượt cán bộ; trang bị 5 bộ loa kéo cho xã; cấp 120 ti vi cho hộ nghèo.",
        {"training": "done", "radio_facility": "done", "access_device": "done"},
    ),
    ("what is lectured on", "Nội dung giảng gồm quản lý đài truyền thanh xã, viết tin cho loa.", {}),
    ("what a class was shown", "Học viên được giới thiệu cách lắp cụm loa, đọc bản tin trên đài xã.", {"training": "done"}),
    (
        "rows of a table",
        "Dự toán năm nay như sau:\nTT | Nội dung | Số lượng | Kinh phí\n1 | In tờ gấp hỏi đáp cho hộ nghèo | 4.000 tờ | 31 triệu đồng\n"
        "2 | Đối thoại chính sách với hộ nghèo | 3 cuộc | 45 triệu đồng",
        {"publication": "done", "dialogue": "done"},
    ),
    ("a menu is no table", "Tờ gấp | Đối thoại với dân | Tin tức | 12/5/2024\nĐài xã | Bản tin của đài xã | Video | 17/5/2024", {}),
    ("crop training", "Trung tâm tập huấn kỹ thuật nuôi ong cho 20 hộ nghèo.", {}),
    ("topics of a class", "Giảng viên trình bày chuyên đề kỹ năng làm pa nô, viết tờ rơi, đối thoại.", {"training": "done"}),
    ("themes of a contest", "Các đội thi diễn tiểu phẩm xoay quanh đối thoại chính sách và loa truyền thanh.", {"event": "done"}),
    ("many forms", "Tuyên truyền bằng nhiều hình thức phong phú.", {}),
    ("legal basis", "Căn cứ Kế hoạch số 12/KH-UBND về truyền thông giảm nghèo;", {}),
    ("caption", "Quang cảnh hội thi tuyên truyền viên giỏi.", {}),
    ("credited caption", "Cán bộ phát tờ rơi cho dân. (Ảnh: T.L)", {}),
    ("teaser", "Tin liên quan\nHuyện khai mạc hội thi tuyên truyền", {}),
    ("names of bodies", "Sở Thông tin và Truyền thông phối hợp Phòng Văn hóa và Thông tin.", {}),
    (
        "list of forms",
        "Hình thức: đối thoại chính sách; in tờ rơi; treo băng rôn; phát trên loa truyền thanh; đăng mạng xã hội.",
        {"broadcast": "planned", "publication": "planned", "visual": "planned", "digital": "planned", "dialogue": "planned"},
    ),
    ("what a class is about", "Họ dự lớp bồi dưỡng về viết bài báo, xây dựng chương trình phát thanh, làm pa nô.", {"training": "done"}),
    (
        "the deed after what a class is about",
        "Huyện mở lớp tập huấn về truyền thông cho 40 cán bộ, in 3.000 tờ rơi.",
        {"training": "done", "publication": "done"},
    ),
    (
        "a list that is planned as a whole, but for one item",
        "Cách làm năm nay sẽ gồm: phát tin trên hệ thống truyền thanh của xã và trên sóng của huyện vào mỗi buổi sáng, mỗi buổi chiều "
        "trong tuần; biểu dương, khen thưởng những hộ vươn lên; đối thoại với hộ nghèo; đã treo 20 băng rôn.",
        {"broadcast": "planned", "recognition": "planned", "dialogue": "planned", "visual": "done"},
    ),
    ("one conference", "Huyện mở hội nghị truyền thông về giảm nghèo cho 90 hộ nghèo.", {"event": "done"}),
    ("a series of conferences", "Hội Phụ nữ tổ chức 11 hội nghị truyền thông cho hơn 900 hội viên.", {"outreach": "done"}),
    (
        "a caption that states a use",
        "Nhiều xã vùng cao của huyện dùng đài truyền thanh thông minh để báo tin. Ảnh minh họa",
        {"radio_facility": "general"},
    ),
    ("habit", "Tuyên truyền trực quan luôn là kênh quen thuộc ở bản làng.", {"visual": "general"}),
    ("demand", "Bộ yêu cầu các tỉnh giám sát, đánh giá việc thực hiện tiểu dự án.", {"oversight": "planned"}),
    ("what a deed was good for", "Qua đó, góp phần tuyên truyền chính sách, vận động bà con trên loa truyền thanh.", {}),
    (
        "what a deed is for, inside its sentence",
        "Xã lắp 6 cụm loa để phục vụ công tác tuyên truyền miệng ở bản.",
        {"radio_facility": "done"},
    ),
    ("deeds after the colon of an aim", "Dự án nhằm lấp chỗ thiếu đó: lắp 12 cụm loa cho bản nghèo.", {"radio_facility": "planned"}),
    ("what was not held", "Năm nay huyện không mở hội nghị tổng kết.", {}),
    ("not only denies nothing", "Xã không chỉ in tờ rơi.", {"publication": "done"}),
    ("the name of a project", "Phần nâng cao năng lực, giám sát và đánh giá được 90 triệu đồng.", {}),
    ("a village hall with its own loudspeakers", "Nhà văn hóa thôn có loa đài, bàn ghế.", {}),
    ("an aim that names a deed", "Qua đó, xã đã phát 300 tờ rơi.", {"publication": "done"}),
    ("told at a class", "Tại lớp học, cán bộ phòng giới thiệu chương trình truyền thanh, trang thông tin điện tử.", {"training": "done"}),
    ("told at a conference", "Tại hội nghị, báo cáo viên truyền đạt các văn bản quy định về chính sách giảm nghèo.", {}),
    ("after the class", "Kết thúc khóa học, các cộng tác viên về xã gặp từng nhà phổ biến chính sách giảm nghèo.", {"outreach": "done"}),
    ("the number of a paper", "Huyện có văn bản số 214 gửi các xã về việc này.", {"planning": "done"}),
    ("a transmitter", "Đài tỉnh lắp máy phát sóng truyền hình số, công suất 5 KW.", {}),
    ("hearing and seeing", "Hạ tầng ấy đáp ứng nhu cầu nghe, xem của bà con.", {}),
    ("a bulletin read out", "Sau bản tin thời sự, loa xã phát bản tin của xã.", {"broadcast": "done"}),
    ("one conference for two communes", "Huyện mở hội nghị truyền thông về giảm nghèo cho 90 hộ của 2 xã ven sông.", {"event": "done"}),
    ("loudspeakers that use", "Hệ thống được tăng cường 12 cụm loa ứng dụng công nghệ thông tin.", {"radio_facility": "done"}),
    ("paired with a household", "Mỗi tháng, đảng viên đến nhà trò chuyện, phân tích cho hộ nghèo hiểu chính sách.", {"outreach": "done"}),
    ("left the list", "Mười hai hộ tự nguyện làm đơn xin thoát nghèo.", {"recognition": "done"}),
    ("what a flood took", "Tháng 9/2024, nước lũ cuốn trôi 3 bộ máy tính.", {}),
    ("a bookshelf", "Bưu điện xã kê giá sách 300 cuốn.", {"access_point": "done"}),
    ("who runs a station", "Phòng gặp 30 người vận hành đài truyền thanh các xã nghèo.", {}),
    ("works ordered, nothing built", "Huyện đặt hàng phóng sự; đài xã phát lại.", {"press": "done", "broadcast": "done"}),
    ("a portable loudspeaker", "Sau yên xe là chiếc loa kéo và chai nước.", {}),
    ("leaflets handed out are no broadcast", "Xã in 900 tờ gấp tiếng Việt và tiếng Dao, phát tận tay bà con.", {"publication": "done"}),
    ("on a sketch", 'Tiểu phẩm "Trả sổ" của xã bên có cảnh nghe loa đọc tên hộ nghèo.', {"event": "done"}),
    ("what makes the audience laugh", "Khán giả cười ồ với vai ông chồng vo tờ rơi, bịt tai trước cái loa.", {}),
    ("given to reporters", "Sở mở lớp tập huấn cho 60 phóng viên, biên tập viên các cơ quan báo chí về giảm nghèo.", {"training": "done"}),
    ("raised, not told", "Tổ công tác đứng ra vận động, được cửa hàng bớt tiền mấy chiếc xe.", {}),
    ("a survey of needs", "Khảo sát cho thấy 9 chỉ số mà hộ nghèo thiếu hụt có cả thông tin.", {}),
    ("a book looked over", "Hội đồng thẩm định bản thảo sổ tay cho hộ nghèo.", {"publication": "done"}),
    ("when it was on air", "Phát sóng: 12/3/2023", {}),
    ("the net of tenders", "Hồ sơ mời thầu được phát miễn phí trên mạng đấu thầu.", {}),
    ("honoured for their grit", "Ba nhân vật của các tác phẩm nhận giấy khen vì ý chí thoát nghèo.", {"recognition": "done"}),
    ("told in hamlet meetings", "Trưởng ấp kể chuyện bà Tư trả nợ trong các cuộc họp ấp.", {"outreach": "done"}),
    (
        "a class and stations in one sentence",
        "Năm qua có 4 lớp bồi dưỡng nghiệp vụ và 6 đài truyền thanh được thay công nghệ.",
        {"training": "done", "radio_facility": "done"},
    ),
    (
        "a project by a paper of the province",
        "Từ nguồn này, huyện ký hợp đồng với Báo Yên Bái mở chuyên mục hằng tháng.",
        {"press": "done"},
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_cases(text: str, expected: dict[str, str]) -> None:
    got = found(text)
    assert got == expected


# Whole documents of our own: (id, title, text, expected)
DOCUMENTS = [
    (
        "news of a year's work, with an outlook",
        "Thị xã Phú Hòa làm tốt giảm nghèo thông tin",
        "Năm 2023, thị xã được cấp hơn 120 triệu đồng cho Tiểu dự án 1 thuộc Dự án 6. Với nguồn này, nhiều việc đã hoàn thành.\n\n"
        "Cụ thể, Phòng Văn hóa đã đặt sản xuất 10 tác phẩm báo chí. Xây dựng chương trình phát thanh về giảm nghèo trên sóng thị xã. "
        "Tăng cường cơ sở vật chất cho đài truyền thanh phường. Cử nhân viên đi học lớp bồi dưỡng của tỉnh.\n\n"
        "Phát hành tài liệu tuyên truyền tới các khu phố. Phát triển nền tảng công nghệ cho thông tin cơ sở.\n\n"
        "Trong thời gian tới, thị xã tiếp tục triển khai các nhiệm vụ của tiểu dự án. Phối hợp tổ chức kiểm tra, giám sát kết quả.\n\n"
        "Tin liên quan\nKhai mạc hội thi tuyên truyền viên",
        {
            "press": "done",
            "broadcast": "done",
            "radio_facility": "done",
            "training": "done",
            "publication": "done",
            "digital": "done",
            "planning": "planned",
            "oversight": "planned",
        },
    ),
    (
        "news of a new plan",
        "Tăng cường truyền thông về giảm nghèo bền vững",
        "12/4/2023\nUBND tỉnh vừa ban hành Kế hoạch truyền thông về chương trình giảm nghèo năm 2023.\n\n"
        "Hình thức truyền thông gồm: thi tìm hiểu về giảm nghèo; lớp bồi dưỡng nghiệp vụ cho cán bộ; tuyên truyền lưu động; phát trên "
        "hệ thống truyền thanh; đăng Facebook, Zalo; khen thưởng tập thể xuất sắc; đối thoại về chính sách với người dân.\n\n"
        "UBND tỉnh giao Sở chủ trì tham mưu, đôn đốc thực hiện.",
        {
            "planning": "done",
            "event": "planned",
            "training": "planned",
            "outreach": "planned",
            "broadcast": "planned",
            "digital": "planned",
            "recognition": "planned",
            "dialogue": "planned",
        },
    ),
    (
        "a plan itself",
        "Kế hoạch thực hiện Tiểu dự án 1 thuộc Dự án 6 năm 2024",
        "Số: /KH-UBND\n\nKẾ HOẠCH\n\nI. MỤC ĐÍCH, YÊU CẦU\n- Giúp người nghèo nắm chủ trương, chính sách về giảm nghèo.\n"
        "II. MỤC TIÊU\n- 100% thôn có loa truyền thanh hoạt động tốt.\n"
        "- 100% hộ nghèo sử dụng dịch vụ viễn thông, đọc tin ở điểm thông tin công cộng.\n"
        "III. NỘI DUNG THỰC HIỆN\n- Mở các lớp bồi dưỡng nghiệp vụ cho cộng tác viên.\n"
        "- Xây dựng chuyên mục phát thanh về gương thoát nghèo, tiếp âm về đài xã.\n"
        "IV. KINH PHÍ\nTừ nguồn vốn sự nghiệp.\nV. TỔ CHỨC THỰC HIỆN\n- Mặt trận: thực hiện giám sát, phản biện xã hội.\n"
        "Nơi nhận:\n- Đài truyền thanh;\n- Lưu VT.",
        {
            "planning": "done",
            "training": "planned",
            "broadcast": "planned",
            "access_device": "planned",
            "access_point": "planned",
            "oversight": "planned",
        },
    ),
    (
        "a class, with a caption that tells more",
        "Bồi dưỡng người làm truyền thông giảm nghèo",
        "Tỉnh chú trọng tuyên truyền về giảm nghèo bền vững.\n\n"
        "Tại tỉnh, nhiều xã đã vận hành đài truyền thanh ứng dụng công nghệ thông tin để đưa chính sách tới dân bản. Ảnh minh họa\n\n"
        "Ngày 6/11, Sở tổ chức lớp tập huấn nâng cao năng lực cho 150 cán bộ thông tin các xã.\n\n"
        "Lớp tập huấn tập trung vào hoạt động truyền thanh cấp xã, viết tin, bài đăng trang thông tin điện tử.",
        {"training": "done", "radio_facility": "general"},
    ),
    (
        "unions that share the work",
        "Các đoàn thể cùng làm truyền thông giảm nghèo",
        "Thực hiện dự án, UBND tỉnh đã ban hành kế hoạch và giao Sở chủ trì.\n\n"
        "Hội Phụ nữ triển khai truyền thông 7 hội nghị cho hơn 2.500 hội viên các huyện.\n\n"
        "Sở còn tổ chức tập huấn cho gần 300 cán bộ cơ sở, tuyên truyền trực quan và tuyên truyền trên hệ thống truyền thanh. "
        "Cuốn tài liệu về giảm nghèo được in 1.200 bản.",
        {
            "planning": "done",
            "outreach": "done",
            "training": "done",
            "visual": "done",
            "broadcast": "done",
            "publication": "done",
        },
    ),
    (
        "an award is no plan",
        "",
        "QUYẾT ĐỊNH\nVề việc tặng Bằng khen cho hộ tự nguyện thoát nghèo\nĐiều 1. Biểu dương 14 hộ của huyện Mường Nhé.\n"
        "Điều 2. Báo Điện Biên nêu gương các hộ này.\n",
        {"recognition": "done", "press": "done"},
    ),
]


@pytest.mark.parametrize(("title", "text", "expected"), [case[1:] for case in DOCUMENTS], ids=[case[0] for case in DOCUMENTS])
def test_documents(title: str, text: str, expected: dict[str, str]) -> None:
    document = TAGGER(RelevanceTagger()(make_document(text, title, relevance=None)))
    assert document.relevance is not None
    assert document.relevance.value == "communication"
    assert {mention.code: mention.modality for mention in document.activities} == expected


@pytest.mark.parametrize("value", ["poverty_other", "off_topic"])
def test_only_poverty_communication_has_activities(value: str) -> None:
    relevance = Relevance(value=value, method="test")  # type: ignore[arg-type]  # the two other values
    assert TAGGER(make_document("Sở mở lớp tập huấn cho 64 cán bộ đài xã.", relevance=relevance)).activities == ()


def test_evidence_and_method() -> None:
    document = TAGGER(make_document("Chợ đông. Xã lắp 14 cụm loa cho các bản xa. Trời nắng."))
    (mention,) = document.activities
    assert document.quote(mention.evidence[0]) == "Xã lắp 14 cụm loa cho các bản xa."
    assert mention.method == RULES_METHOD


JUDGE = {"rules": 1.0, "best sentence": 1.0, "page": 2.0}
"""Weights of a judge that hears rules, sentences and page alike."""
WHEN = {"least planned sentence": 1.0}
"""And of one that believes what the model says of the time."""


class Oracle:
    """Stands for a trained model: says of each sentence what it is told to say, and its judge adds up what it hears."""

    def __init__(self, says: Mapping[str, Mapping[str, float]], offset: float = -0.5) -> None:
        self._says = says
        row = [JUDGE.get(name, 0.0) for name in FEATURES]
        self.activity_judge = ActivityJudge(np.array([[*row, offset]] * len(ACTIVITY_CODES), dtype=np.float32))
        row = [WHEN.get(name, 0.0) for name in MODALITY_FEATURES]
        self.modality_judge = ModalityJudge(np.array([[*row, 0.0]] * len(ACTIVITY_CODES), dtype=np.float32))
        self.pages = PageModel(
            (), PageArrays(weights=NO_PAGES["page_weights"], intercepts=NO_PAGES["page_intercepts"], idf=NO_PAGES["page_idf"])
        )

    def predict(self, sentences: Sequence[str]) -> tuple[Prediction, ...]:
        return tuple(
            Prediction(activities=next((said for key, said in self._says.items() if key in sentence), {}), relevance={}, modality={})
            for sentence in sentences
        )


def with_model(text: str, says: Mapping[str, Mapping[str, float]]) -> dict[str, tuple[str, float]]:
    tagger = ActivityTagger(Oracle(says))  # type: ignore[arg-type]  # all that is asked of a model
    return {mention.code: (mention.method, mention.score) for mention in tagger(make_document(text)).activities}


def test_the_judge_hears_rules_and_model() -> None:
    text = "Xã lắp 14 cụm loa cho các bản ở xa trung tâm."
    supported = with_model(text, {"cụm loa": {"radio_facility": 0.95}})
    unsure = with_model(text, {"cụm loa": {"radio_facility": 0.2}})
    assert supported["radio_facility"][0] == BOTH_METHOD
    assert unsure["radio_facility"][0] == RULES_METHOD
    assert unsure["radio_facility"][1] < supported["radio_facility"][1]
    assert with_model(text, {"cụm loa": {"radio_facility": 0.001}}) == {}
    unseen = "Ba mươi gia đình quây quần bên bếp lửa nghe chuyện làm ăn."
    assert with_model(unseen, {"bếp lửa": {"outreach": 0.97}})["outreach"][0] == MODEL_METHOD
    assert with_model(unseen, {"bếp lửa": {"outreach": 0.4}}) == {}


def test_the_score_is_the_probability_of_the_judge() -> None:
    unseen = "Ba mươi gia đình quây quần bên bếp lửa nghe chuyện làm ăn."
    (_, score) = with_model(unseen, {"bếp lửa": {"outreach": 0.9}})["outreach"]
    assert score == pytest.approx(1 / (1 + np.exp(0.5 - np.log(9))), abs=0.001)


def test_what_no_sentence_shows_is_no_tag() -> None:
    """However sure the page sounds as a whole."""
    text = "Ba mươi gia đình quây quần bên bếp lửa nghe chuyện làm ăn."
    sure = Oracle({"bếp lửa": {"outreach": 0.1}}, offset=9.0)
    assert ActivityTagger(sure)(make_document(text)).activities == ()  # type: ignore[arg-type]  # as above
    heard = ActivityTagger(Oracle({"bếp lửa": {"outreach": 0.3}}, offset=9.0))(make_document(text))  # type: ignore[arg-type]
    assert [(mention.code, heard.quote(mention.evidence[0])) for mention in heard.activities] == [("outreach", text)]


def test_the_clearest_sentence_is_quoted_first() -> None:
    text = "Chiều qua xã phát tờ rơi. Ba mươi nhà mở cuốn sách nhỏ vừa nhận ra đọc với nhau."
    document = ActivityTagger(Oracle({"cuốn sách": {"publication": 0.99}, "tờ rơi": {"publication": 0.7}}))(make_document(text))  # type: ignore[arg-type]
    (mention,) = document.activities
    assert [document.quote(span)[:4] for span in mention.evidence] == ["Ba m", "Chiề"]


@pytest.mark.parametrize(
    ("text", "code", "added"),
    [
        ("Ba mươi gia đình quây quần bên bếp lửa nghe chuyện làm ăn.", "outreach", True),
        ("Ai nói cho ba mươi gia đình bên bếp lửa nghe?", "outreach", False),
        ("Tới bên bếp lửa ấy dự có trưởng thôn, phụ nữ, cựu chiến binh.", "outreach", True),
        ("Tới dự bên bếp lửa có trưởng thôn, phụ nữ, cựu chiến binh.", "outreach", False),
        ("Bên bếp lửa kể chuyện làm ăn | Lịch phát sóng hôm nay", "outreach", False),
        ("Bên bếp lửa xã gắn thêm 4 cụm loa cho bản nghèo.", "broadcast", False),
        ("Trước kia muốn nghe chuyện làm ăn phải ngồi bên bếp lửa.", "outreach", False),
        ("Trước kia phải ngồi bên bếp lửa, nay ba mươi nhà nghe chuyện ở đình.", "outreach", True),
        ("Chương trình truyền thanh tuần này kể về ba mươi nhà bên bếp lửa.", "outreach", False),
        ("Mục đích của việc tập huấn năm 2024 là để cán bộ biết ngồi bên bếp lửa kể chuyện.", "outreach", False),
        ("Huyện mở lớp tập huấn cho cán bộ văn hóa, đài xã, phóng viên bên bếp lửa nhà rông.", "press", False),
    ],
)
def test_what_the_model_adds_alone(text: str, code: str, added: bool) -> None:
    assert (code in with_model(text, {"bếp lửa": {code: 0.97}})) == added


def test_a_cue_in_the_wrong_time_silences_the_model() -> None:
    """The mass media head a list of forms in a plan; in a report they are the press."""
    says = {"đại chúng": {"press": 0.97}}
    assert "press" not in with_model("Tỉnh sẽ truyền thông trên các phương tiện thông tin đại chúng về giảm nghèo.", says)
    assert "press" in with_model("Báo chí và phương tiện thông tin đại chúng đã đưa tin đậm về giảm nghèo.", says)


class Prophet(Oracle):
    """Stands for a model that takes everything for planned."""

    def predict(self, sentences: Sequence[str]) -> tuple[Prediction, ...]:
        return tuple(Prediction(activities={"publication": 0.9}, relevance={}, modality={"planned": 0.9}) for _ in sentences)


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Tài liệu tuyên truyền về giảm nghèo phát tới các khu dân cư.", "planned"),
        ("Tài liệu tuyên truyền về giảm nghèo đã phát tới các khu dân cư.", "done"),
    ],
)
def test_the_model_is_asked_for_the_modality_where_the_text_does_not_say(text: str, modality: str) -> None:
    tagger = ActivityTagger(Prophet({}))  # type: ignore[arg-type]  # all that is asked of a model
    (mention,) = tagger(make_document(text)).activities
    assert mention.modality == modality


def test_what_is_planned_by_one_sentence_and_done_by_another_was_done() -> None:
    judge = ModalityJudge(np.array([[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]] * len(ACTIVITY_CODES), dtype=np.float32))
    readings = [("done", True), ("planned", False)]
    ahead, past = {"planned": 0.9, "done": 0.1}, {"planned": 0.1, "done": 0.9}
    both = Told(readings=readings, sentences=[ahead, past], is_plan=False, is_official=False)  # type: ignore[arg-type]  # literals
    one = Told(readings=readings, sentences=[ahead], is_plan=False, is_official=False)  # type: ignore[arg-type]
    assert judge.planned("press", both) == pytest.approx(0.1)
    assert judge.planned("press", one) == pytest.approx(0.9)
    assert dict(zip(MODALITY_FEATURES, both.vector(), strict=True))["read as planned"] == 1.0


def test_model_adds_nothing_from_lists_of_topics_captions_and_teasers() -> None:
    says = {"": {"visual": 0.99}}
    assert "visual" not in with_model("Giảng viên trình bày cách làm cụm trang trí ở thôn bản.", says)
    assert with_model("Quang cảnh buổi gặp ở nhà văn hóa thôn chiều qua.", says) == {}
    assert with_model("Tin liên quan\nDân bản dựng cụm trang trí ở ngã ba đường.", says) == {}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('version = "1"\n[topics]\npatterns = []\n', "no \\[\\[rule\\]\\]"),
        ("version = 1", "field 'version'"),
        ('version = "1"\n[[rule]]\nid = "x"\nactivity = "none"\nweight = 1\npatterns = ["a"]\nexample = "a"\n', "not in the activity list"),
        ('version = "1"\n[[rule]]\nid = "x"\nactivity = "press"\nweight = 2\npatterns = ["a"]\nexample = "a"\n', "field 'weight'"),
        ('version = "1"\n[[rule]]\nid = "x"\nactivity = "press"\nweight = 1\npatterns = []\nexample = "a"\n', "field 'patterns'"),
        ('version = "1"\n[[rule]]\nid = "x"\nactivity = "press"\nweight = 1\npatterns = ["in <n>"]\nexample = "a"\n', "mixes a phrase"),
        (
            'version = "1"\n[[rule]]\nid = "x"\nactivity = "press"\nweight = 1\npatterns = ["a"]\nmodality = "maybe"\nexample = "a"\n',
            "field 'modality'",
        ),
        (
            'version = "1"\n[[rule]]\nid = "x"\nactivity = "press"\nweight = 1\npatterns = ["a"]\nzones = ["attic"]\nexample = "a"\n',
            "field 'zones'",
        ),
    ],
)
def test_a_broken_rule_file_is_told_where(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidData, match=told) as caught:
        ActivityRules.load(path)
    assert str(path) in str(caught.value)


WORDS = st.sampled_from(
    "tập huấn cho cán bộ loa truyền thanh lắp <n> 12 đối thoại ; . \n Căn cứ (Ảnh sẽ đã KẾ HOẠCH I. Tin liên quan khen thưởng 🙂 Ố".split(
        " "
    )
)


@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=80).map(" ".join)))
def test_any_text(text: str) -> None:
    document = make_document(text, text[:40])
    tagged = TAGGER(document)
    assert replace(tagged, activities=()) == document
    assert TAGGER(tagged) == tagged
    assert len({mention.code for mention in tagged.activities}) == len(tagged.activities)
    for mention in tagged.activities:
        assert all(tagged.quote(span).strip() for span in mention.evidence)
        assert 0.5 <= mention.score <= 1.0


@pytest.mark.timeout(120)  # a few seconds at most; the square of the length takes hours
@pytest.mark.parametrize(
    "piece",
    [
        "tập huấn cán bộ loa ",
        "lắp 12 cụm loa; ",
        "Căn cứ\n",
        "sở và phòng ",
        "lớp tập huấn về kỹ năng , ",
        "sẽ gồm: a; ",
        "kế hoạch vừa ",
        "Xã mở lớp tập huấn cho 40 cán bộ, in 2.000 tờ rơi, lắp 12 cụm loa, đối thoại với hộ nghèo. ",
    ],
)
def test_time_grows_with_the_text_and_not_faster(piece: str) -> None:
    document = make_document(piece * (500_000 // len(piece)), "Kế hoạch")
    TAGGER(replace(RelevanceTagger()(document), relevance=COMMUNICATION))
