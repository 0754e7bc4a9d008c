"""Every rule is shown to fire on a text of our own: cues, patterns of the code, and phrases around place names.

Our own texts are the sentences and pages of ``tests/gold/own``, the training data, the examples of the cue files, and
``rule_sentences.txt``: one sentence for each rule that none of the others shows; for the patterns of the code the tables of the other
tests, too.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import tomllib
from collections.abc import Iterable, Iterator
from copy import copy
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import nlp
from corpus.document import Document, Provenance
from corpus.localities import Register
from corpus.text import normalize, sentences
from nlp.activity_rules import ActivityRules
from nlp.cues import CueBook, Pattern, find
from nlp.locality import LocalityTagger
from nlp.relevance_cues import RelevanceCues
from nlp.sections import plain
from nlp.sieve import Sieve
from pipelines.process import Processor, ProcessorParts

ROOT = Path(__file__).parents[2]
OWN = sorted((ROOT / "tests" / "gold" / "own").rglob("*.jsonl"))
TRAINING = sorted((ROOT / "nlp" / "data").rglob("*.jsonl"))
SENTENCES = (ROOT / "tests" / "nlp" / "rule_sentences.txt").read_text(encoding="utf-8").splitlines()
_AT = datetime(2026, 1, 1, tzinfo=UTC)


def rows(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row.get("text"):
                yield row


def document(text: str, title: str = "", *, url: str = "u", published: date | None = date(2024, 7, 1)) -> Document:
    provenance = Provenance(portal="import", requested_url=url, final_url=url, fetched_at=_AT)
    return Document(id="x", provenance=provenance, title=normalize(title), text=normalize(text), published=published)


@cache
def plain_sentences() -> frozenset[str]:
    texts = [text for row in rows([*OWN, *TRAINING]) for text in (row["text"], row.get("title") or "")] + SENTENCES
    for name in ("activity_cues.toml", "relevance_cues.toml"):
        texts += [rule["example"] for rule in tomllib.loads((ROOT / "nlp" / "data" / name).read_text(encoding="utf-8"))["rule"]]
    return frozenset(plain(text[start:end]) for text in map(normalize, texts) for start, end in sentences(text))


def never(book: CueBook, named: Iterable[tuple[str, Iterable[Pattern]]]) -> list[str]:
    left = {(name, pattern.source): pattern for name, patterns in named for pattern in patterns}
    for text in sorted(plain_sentences()):
        hits = book.scan(text)
        for key in [key for key, pattern in left.items() if find(pattern, hits)]:
            del left[key]
    return [f"{name}: {source}" for name, source in left]


def test_every_pattern_of_an_activity_is_found() -> None:
    rules = ActivityRules.load()
    named = [
        (f"{rule.id} {part}", getattr(rule, part))
        for rule in rules.rules
        for part in ("patterns", "require", "exclude", "exclude_clause", "aside")
    ]
    assert never(rules.book, [*named, ("topics", rules.topics)]) == []


def test_every_pattern_of_relevance_is_found() -> None:
    cues = RelevanceCues.load()
    named = [(f"{cue.id} {part}", getattr(cue, part)) for cue in cues.cues for part in ("patterns", "companions", "exclude")]
    assert never(cues.book, [*named, *cues.signals.items()]) == []


class Recorder:
    """A pattern that notes whether it ever matched."""

    def __init__(self, name: str, pattern: re.Pattern[str]) -> None:
        self.name = name
        self.pattern = pattern
        self.fired = False

    def __getattr__(self, method: str) -> Any:
        call = getattr(self.pattern, method)
        if method not in ("search", "match", "fullmatch", "finditer", "findall", "sub", "split"):
            return call

        def recorded(*given: Any, **named: Any) -> Any:
            result = call(*given, **named)
            if method == "finditer":
                result = list(result)
            if method == "sub":
                self.fired |= result != given[1]
            elif method == "split":
                self.fired |= len(result) > 1
            else:
                self.fired |= bool(result)
            return iter(result) if method == "finditer" else result

        return recorded


def recorded(value: Any, name: str, known: dict[int, Recorder]) -> Any:
    """``value`` with every pattern in it recorded; the same object where there is none."""
    if isinstance(value, re.Pattern):
        return known.setdefault(id(value), Recorder(name, value))
    if type(value) is tuple:
        parts = tuple(recorded(part, f"{name}[{position}]", known) for position, part in enumerate(value))
        return parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    if isinstance(value, Sieve):
        sieve = copy(value)
        for name_of_part, part in vars(value).items():
            setattr(sieve, name_of_part, recorded(part, f"{name}.{name_of_part}", known))
        return sieve
    if type(value) is dict:
        entries = {key: recorded(part, f"{name}[{key}]", known) for key, part in value.items()}
        return entries if any(entries[key] is not value[key] for key in value) else value
    return value


# Not rules on texts: cutting of words and syllables, reading of our own files, and forms that other tests write out.
NO_RULES = {
    "nlp.activity._REPORTS_NOTHING": "asked only where a model speaks: test_activity.py",
    "nlp.cues._ELEMENT_SPLIT": "reads cue files",
    "nlp.gazetteer._CLUSTER": "spells names of the register: test_locality.py",
    "nlp.evaluate._TYPE_WORDS": "compares with annotations",
    "nlp.examples._NAMES": "checks training data",
    "nlp.examples._NUMBER": "checks training data",
    "nlp.examples._SYLLABLE": "checks training data",
    "nlp.patterns._BEFORE": "builds patterns",
    "nlp.money_units._IRREGULAR": "letters in parts, which normal text has not: test_money.py",
    "nlp.relevance._OTHER_PROJECT": "asked only where a model speaks: test_relevance.py",
    "nlp.relevance._PROJECT_SIX": "asked only where a model speaks: test_relevance.py",
    "nlp.tokens._LONG_RUN": "test_tokens.py",
    "nlp.tokens._MANY_MARKS": "test_tokens.py",
    "nlp.tokens._PIECE": "test_tokens.py",
}
KEPT = {"nlp.tokens._TOKEN", "nlp.money.HALF_SCALE"}
"""Compared with what a match comes from, or called too often to be recorded."""


@pytest.fixture(scope="module")
def silent() -> list[str]:
    """Names of the patterns in the code that no text of ours fires."""
    processor = Processor.load(ProcessorParts())
    known: dict[int, Recorder] = {}
    with pytest.MonkeyPatch.context() as patch:
        for info in pkgutil.iter_modules(nlp.__path__):
            module = importlib.import_module(f"nlp.{info.name}")
            for name, value in list(vars(module).items()):
                full = f"{module.__name__}.{name}"
                kept = any(value is getattr(importlib.import_module(k.rpartition(".")[0]), k.rpartition(".")[2]) for k in KEPT)
                if not kept and (new := recorded(value, full, known)) is not value:
                    patch.setattr(module, name, new)
        for row in rows(OWN):
            processor.tag(document(row["text"], row.get("title") or "", url=row.get("url") or "u"))
        for text in [*SENTENCES, *(row["text"] for row in list(rows(TRAINING))[::8])]:
            processor.tag(document(text))
        for text in [*LAYOUTS, *tables()]:
            processor.tag(document(text))
        for text in LAYOUTS:
            processor.tag(document(text, published=None))
    return [recorder.name for recorder in known.values() if not recorder.fired]


def tables() -> set[str]:
    """The texts in the tables of the other tests."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).parent.glob("test_*.py")))
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 12 and " " in node.value
    }


LAYOUTS = [
    "UBND TỈNH LAI CHÂU SỞ VĂN HÓA,\nTHỂ THAO VÀ DU LỊCH\n55/KH-SVHTTDL\nLai Châu, ngày 5/6/2024\nKẾ HOẠCH\nMở lớp cho cán bộ xã nghèo\n"
    "Căn cứ Luật Đầu tư công số 39/2019/QH14;\nCăn cứ Luật Ngân sách và Nghị định số 9/2024/NĐ-CP của Bộ Tài chính và (sau này) bộ khác;\n"
    "Căn cứ Nghị định 38/2023 của Chính phủ ngày 24/6/2023;\nCăn cứ Quyết định số 41/QĐ-TTg, Thông tư số 2/TT-BTC ngày 2/3/2023 và số 3/TT-BTC;\n"
    "Căn cứ Kế hoạch của huyện, ngày 5/1/2024\n1. Mục tiêu cụ thể\n- 100% xã có loa.\n2. Giải pháp\nMở lớp.\nChỉ tiêu: 3 lớp.\n"
    "Mục tiêu của huyện là thoát nghèo\nNơi nhận:\nCHỈ HUY TRƯỞNG\n(Đã ký)\nĐại tá Vàng A Páo\n",
    "HỘI ĐỒNG PHỔ BIẾN PHÁP LUẬT VÀ\nBAN TRUYỀN THÔNG XÃ TAM CHUNG\nSố: 45/UBND-VX\nTam Chung, ngày 3 tháng 2 năm 2024\nV/v rà soát loa cho hộ nghèo\nKính gửi: Các thôn\nXã mở lớp cho cán bộ thôn.\n",
    "KẾ HOẠCH\nTheo văn bản số 12/KH-UBND, Sở Tài chính đã có ý kiến để xã xây dựng dự toán. UBND xã Tam Chung xây dựng kế hoạch mở lớp cho hộ nghèo.\nNơi nhận:\nChủ tịch\nVàng A Páo\n",
    "Bảng kinh phí\nSTT | Nội dung | Đơn giá (triệu đồng) | Kinh phí (triệu đồng)\n1 | Mở lớp tập huấn | 75 | 150\n2 | In tờ rơi | 5 | 75\n",
    "Huyện đã mở lớp tập huấn cho cán bộ xã. " * 20 + "\nTrần Văn Mẫu\nXã khác cũng mở lớp.\n",
    "KẾ HOẠCH\nSố: 12/KH-UBND\nNgày ban hành: 12/05/2024\nKết quả năm trước có 3 lớp tập huấn cho cán bộ xã.\n",
    "Huyện mở lớp tập huấn cho cán bộ xã.\nTrang thông tin điện tử tỉnh Sơn La\n",
    "Xã tuyên truyền về Dự án 6 truyền thông và giảm nghèo về thông tin.\nHình thức tuyên truyền: phát loa truyền thanh, phát tờ rơi cho hộ nghèo.\n",
    "Huyện làm Dự án 6 truyền thông và giảm nghèo về thông tin.\nXã nâng cao năng lực, giám sát, đánh giá về giảm nghèo thông tin cho cán bộ.\n",
    "Chính quyền địa phương 2 cấp ở xã Tam Chung lắp loa cho hộ nghèo.",
    "Sởngày 4/12 họp xong.",
    "KẾ HOẠCH\nSố: 14/KH-UBND\nNgười ký: Trần Văn Mẫu\nUBND xã mở lớp tập huấn cho cán bộ thôn.\n",
    "QUYẾT ĐỊNH\nTặng Giấy khen cho 9 hộ nghèo tự viết đơn xin thoát nghèo.\nHuyện biểu dương các hộ tự nguyện thoát nghèo.\n",
    "Kính gửi: UBND các xã\nĐể truyền thông giảm nghèo tốt hơn, Sở đề nghị các xã treo pa nô, mở đối thoại với hộ nghèo.\n",
    "THƯ CẢM ƠN\nKính gửi: Đài tỉnh\nXã mong Đài tiếp tục giao máy, nói về truyền thông giảm nghèo.\n",
    "Trước kia muốn biết tin giảm nghèo thông tin phải chờ họp thôn, nay bà con nghe loa của Dự án 6.\n",
    "Hội thi truyền thông về giảm nghèo có tám vở kịch ngắn. Vở kể chuyện hộ nghèo mở Zalo, nghe loa.\n",
    "Lớp truyền thông giảm nghèo mở hai ngày. Học viên thực hành viết tin, dựng áp phích, mở đối thoại với hộ nghèo.\n",
    "Xã làm truyền thông giảm nghèo theo Dự án 6.\nXã chưa có kinh phí dựng pa nô, nhưng đã in tờ rơi cho hộ nghèo.\n",
    "Đài làm chuyên mục truyền thông giảm nghèo.\nBộ phim kể chuyện hộ nghèo lên sóng tối thứ bảy trên đài huyện.\n",
    "Kết quả truyền thông giảm nghèo theo Dự án 6.\nChưa làm: mở hội thi; in sổ tay cho hộ nghèo.\n",
    "Xã làm truyền thông giảm nghèo theo Dự án 6.\nHộ nghèo tin già làng hơn nghe loa, ai cũng kể lại.\n",
    "Huyện phát máy thu thanh cho hộ nghèo.\nNơi nhận gồm các xã Tam Chung, Mường Lý và bản Ón.\n",
]
"""What only lines and tables show."""


def test_every_pattern_of_the_code_fires(silent: list[str]) -> None:
    assert sorted(set(silent) - set(NO_RULES)) == []


PLACES = tomllib.loads((ROOT / "nlp" / "data" / "locality_cues.toml").read_text(encoding="utf-8"))
BEFORE = (
    "titles",
    "landmarks",
    "enterprises",
    "products",
    "newspapers",
    "institutions",
    "agencies",
    "guests",
    "delegates",
    "neighbours",
    "halls",
    "venues",
    "merged",
)


@pytest.fixture(scope="module")
def places() -> LocalityTagger:
    return LocalityTagger.load(Register.load())


@pytest.mark.parametrize("name", BEFORE)
def test_every_phrase_before_a_place_is_found(places: LocalityTagger, name: str) -> None:
    cues, lefts = places._cues, {phrase: f"hôm qua, {phrase} " for phrase in PLACES[name]}
    assert [
        phrase for phrase, left in lefts.items() if name not in (*cues.standing(left), *cues.ending(left)) or not cues.is_before(name, left)
    ] == []


def test_no_phrase_that_holds_a_name_is_a_place(places: LocalityTagger) -> None:
    named = {phrase: places(document(f"Xem {phrase.title()}.")).localities for phrase in PLACES["traps"]}
    assert {phrase: found for phrase, found in named.items() if found} == {}


def test_every_dateline_gives_its_province(places: LocalityTagger) -> None:
    given = {
        code: places(document(f"({code}) - Sáng nay, lãnh đạo tỉnh họp về loa truyền thanh.")).localities for code in PLACES["datelines"]
    }
    assert {code: [found.code for found in localities] for code, localities in given.items()} == {
        code: [province] for code, province in PLACES["datelines"].items()
    }


def test_every_central_body_speaks_for_the_country(places: LocalityTagger) -> None:
    given = {phrase: places(document(f"Hôm nay {phrase} họp.")).localities for phrase in PLACES["national"]}
    assert [phrase for phrase, found in given.items() if [mention.code for mention in found] != ["VN"]] == []


@pytest.mark.parametrize(
    ("host", "province"),
    [
        *(
            (f"nghean{suffix}.vn", "v1-40")
            for suffix in ("today", "24h", "news", "tv", "online", "rtv", "ptth", "rt", "plus", "portal", "media", "dientu")
        ),
        ("baonghean.vn", "v1-40"),
        ("nghiadan.nghean.gov.vn", "v1-40"),
        ("tin-tuc.example.vn", None),
    ],
)
def test_letters_of_a_host_give_its_province(places: LocalityTagger, host: str, province: str | None) -> None:
    found = places(document("Toàn tỉnh có 80 đài truyền thanh.", url=f"https://{host}/a")).localities
    assert [mention.code for mention in found] == ([province] if province else [])
