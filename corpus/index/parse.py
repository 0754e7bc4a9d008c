"""The query language that people type, in Vietnamese or English, into a tree of questions.

    query   = choice                            HOẶC, OR between alternatives
    choice  = part { [VÀ | AND] part }          words next to each other must all occur
    part    = [KHÔNG | NOT | -] item
    item    = "(" query ")" | "phrase" | "phrase"~distance | beginning* | field:value | word

The tree is one of `corpus.index.base` (`describe` says it back in words); the text itself never reaches an engine. Operators are
written in capitals, since "và" and "không" are everyday words.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from corpus.analysis import analyze
from corpus.errors import InvalidQuery
from corpus.index.base import MAX_DISTANCE, MIN_PREFIX, And, CodeField, In, Near, Node, Not, Or, Phrase, Prefix, Words
from corpus.index.names import Names, key
from corpus.index.values import is_unit, parse_dates, parse_money, parse_years
from corpus.text import normalize

MAX_CHARACTERS = 500
MAX_CLAUSES = 32
MAX_DEPTH = 8
MAX_VALUE_WORDS = 6
"""Words looked at when the quotes round a value were forgotten."""

# Keys are as `names.key` makes them.
_FIELDS: dict[str, CodeField | str] = {
    **dict.fromkeys(("tinh", "tinh thanh", "province"), "province"),
    **dict.fromkeys(("tinh cu", "province before"), "province_before"),
    **dict.fromkeys(("huyen", "quan huyen", "district"), "district"),
    **dict.fromkeys(("dia ban", "noi", "place"), "locality"),
    **dict.fromkeys(("hoat dong", "activity"), "activity"),
    **dict.fromkeys(("chuong trinh", "programme", "program"), "programme"),
    **dict.fromkeys(("du an", "component"), "component"),
    **dict.fromkeys(("nguon", "source"), "source"),
    **dict.fromkeys(("nam", "year"), "year"),
    **dict.fromkeys(("loai", "kind"), "kind"),
    **dict.fromkeys(("chu de", "relevance"), "relevance"),
    **dict.fromkeys(("ngay", "date"), "date"),
    **dict.fromkeys(("kinh phi", "money", "budget"), "money"),
    **dict.fromkeys(("tieu de", "title"), "title"),
    **dict.fromkeys(("thuc hien", "modality"), "modality"),
    **dict.fromkeys(("tin cay", "confidence"), "confidence"),
    **dict.fromkeys(("luu", "saved"), "saved"),
}
_FIELD_LIST = (
    "tỉnh, tỉnh_cũ, huyện, địa_bàn, hoạt_động, thực_hiện, chương_trình, dự_án, nguồn, năm, ngày, kinh_phí, loại, chủ_đề, "
    "tin_cậy, tiêu_đề, lưu"
)
_OPERATORS: dict[str, str] = {"VÀ": "and", "AND": "and", "HOẶC": "or", "OR": "or", "KHÔNG": "not", "NOT": "not"}
_HEADLINE_WORDS = 5
_OPENING, _CLOSING = '"“”„«', '"“”»'
_LEXEMES: Final = re.compile(
    rf"""(?P<space>\s+)
    |(?P<open>\()
    |(?P<close>\))
    |(?P<minus>-(?=[^\s\-]))
    |(?P<field>[^\W\d](?:[\w-]{{0,30}}):(?=[^\s:/]))
    |(?P<quote>[{_OPENING}])(?P<quoted>[^{_CLOSING}]*)(?P<endquote>[{_CLOSING}]?)(?P<near>~\w*)?
    |(?P<word>[^\s(){_OPENING}»]+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)

# A space after the colon is forgiven where a value follows; "nói:" before a quotation is everyday prose.
_SPACED: Final = _FIELDS.keys() - {"noi"}
_VALUE_NEXT: Final = re.compile(rf"\s+[{_OPENING}<>]")


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: str
    """open, close, and, or, not, field, phrase, start, word, end"""
    text: str
    at: int
    distance: int | None = None
    """Of a phrase with ``~``."""


def parse(text: str, names: Names) -> Node | None:
    """The tree for what was typed; None when there is nothing to look for.

    ``lưu:"name"`` stands for the query that ``names.saved`` knows by the name; what it holds counts for the limits here.
    Raises: InvalidQuery with a Vietnamese message that says the fix, and the offset of the fault in ``text``.
    """
    return _Parser(text, names, _Limits(), ()).query(0)


@dataclass(slots=True)
class _Limits:
    """Shared by a query and the saved ones in it."""

    clauses: int = 0


def _lexemes(text: str) -> list[_Lexeme]:
    found = []
    # A headline pasted in capitals ("KHÔNG ĐỂ AI BỊ BỎ LẠI") holds no operators.
    operators = {} if text.isupper() and len(text.split()) >= _HEADLINE_WORDS else _OPERATORS
    for match in _LEXEMES.finditer(text):
        kind, word, at = match.lastgroup or "", match.group(), match.start()
        if match["quote"] is not None:
            if not match["endquote"]:
                raise InvalidQuery('Thiếu dấu ngoặc kép đóng. Hãy thêm dấu " vào cuối cụm từ.', at)
            if not analyze(match["quoted"]):
                continue
            found.append(_Lexeme("phrase", match["quoted"], at, _distance(match["near"], match.start("near"))))
            continue
        elif kind == "minus":
            kind = "not"
        elif kind == "word" and word.endswith(":") and key(word[:-1]) in _SPACED and _VALUE_NEXT.match(text, match.end()):
            kind = "field"
        elif kind == "word":
            operator = operators.get(normalize(word))
            if operator:
                kind = operator
            elif _is_beginning(word):
                kind, word = "start", word[:-1]
            elif not analyze(word):
                continue  # a lone dash or mark between words
        elif kind in ("space", "other"):
            continue
        found.append(_Lexeme(kind, word, at))
    return [*found, _Lexeme("end", "", len(text))]


def _distance(text: str | None, at: int) -> int | None:
    if text is None:
        return None
    if not (text[1:].isascii() and text[1:].isdigit() and len(text) < 5 and int(text[1:]) <= MAX_DISTANCE):
        raise InvalidQuery(f'Sau dấu ~ phải là số từ xen giữa, từ 0 đến {MAX_DISTANCE}, ví dụ "loa xã"~5.', at)
    return int(text[1:])


def _is_beginning(word: str) -> bool:
    """``giảm*``; not ``5*``, which hotels write, nor what holds more than one word."""
    return word.endswith("*") and len(analyze(word[:-1])) == 1 and any(letter.isalpha() for letter in word)


class _Parser:
    def __init__(self, text: str, names: Names, limits: _Limits, chain: tuple[str, ...]) -> None:
        """``chain``: names of the saved queries that this one stands in, the outermost first."""
        if len(text) > MAX_CHARACTERS:
            raise InvalidQuery(f"Câu tìm dài {len(text)} ký tự, tối đa là {MAX_CHARACTERS}. Hãy rút ngắn lại.", MAX_CHARACTERS)
        self._lexemes = _lexemes(text)
        self._at = 0
        self._names = names
        self._limits = limits
        self._chain = chain

    @property
    def _next(self) -> _Lexeme:
        return self._lexemes[self._at]

    def _take(self) -> _Lexeme:
        lexeme = self._next
        self._at += 1
        return lexeme

    def query(self, depth: int) -> Node | None:
        if self._next.kind == "end":
            return None
        node = self._either(depth)
        if self._next.kind == "close":
            raise InvalidQuery("Dấu ngoặc đóng này thừa. Hãy bỏ nó đi hoặc thêm dấu ngoặc mở.", self._next.at)
        return node

    def _either(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._next.kind == "or":
            self._take()
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts: list[Node] = []
        run: list[str] = []
        while True:
            lexeme = self._next
            if lexeme.kind == "and":
                if not (parts or run):
                    raise InvalidQuery(f"Trước “{lexeme.text}” phải có từ cần tìm.", lexeme.at)
                self._take()
                if self._next.kind in ("end", "close", "or", "and"):
                    raise InvalidQuery(f"Sau “{lexeme.text}” phải có từ cần tìm.", lexeme.at)
                continue
            if lexeme.kind in ("end", "close", "or"):
                break
            if lexeme.kind == "word" and len(analyze(lexeme.text)) == 1:
                self._count(lexeme)
                run.append(self._take().text)
                continue
            if run:
                parts.append(Words(" ".join(run)))
                run = []
            parts.append(self._part(depth))
        if run:
            parts.append(Words(" ".join(run)))
        if not parts:
            raise InvalidQuery(self._nothing(lexeme), lexeme.at)
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    @staticmethod
    def _nothing(lexeme: _Lexeme) -> str:
        match lexeme.kind:
            case "or":
                return f"Trước “{lexeme.text}” phải có từ cần tìm."
            case "close":
                return "Trong ngoặc chưa có từ nào. Hãy thêm từ cần tìm hoặc bỏ cặp ngoặc."
            case _:
                return "Câu tìm dừng giữa chừng. Hãy thêm từ cần tìm ở cuối."

    def _part(self, depth: int) -> Node:
        lexeme = self._take()
        if depth >= MAX_DEPTH:
            raise InvalidQuery(f"Câu tìm lồng quá {MAX_DEPTH} tầng. Hãy bớt ngoặc.", lexeme.at)
        match lexeme.kind:
            case "not":
                if self._next.kind in ("end", "close", "or", "and"):
                    raise InvalidQuery(f"Sau “{lexeme.text}” phải có từ cần loại ra.", lexeme.at)
                return Not(self._part(depth + 1))
            case "open":
                inside = self._either(depth + 1)
                if self._next.kind != "close":
                    raise InvalidQuery("Ngoặc này chưa đóng. Hãy thêm dấu ) vào cuối.", lexeme.at)
                self._take()
                return inside
            case "phrase" | "start":
                self._count(lexeme)
                return _text(lexeme)
            case "field":
                self._count(lexeme)
                return self._field(lexeme, depth)
            case _:
                self._count(lexeme)
                # "146,4", "TT&TT", "06/2022/TT-BTTTT": what is written without a space belongs together.
                return Phrase(lexeme.text) if len(analyze(lexeme.text)) > 1 else Words(lexeme.text)

    def _count(self, lexeme: _Lexeme) -> None:
        self._limits.clauses += 1
        if self._limits.clauses > MAX_CLAUSES:
            raise InvalidQuery(f"Câu tìm có quá {MAX_CLAUSES} từ. Hãy bớt từ, hoặc đặt cả cụm trong ngoặc kép.", lexeme.at)

    def _field(self, lexeme: _Lexeme, depth: int) -> Node:
        name = lexeme.text.removesuffix(":")
        field = _FIELDS.get(key(name))
        if field is None:
            before = self._lexemes[self._at - 2] if self._at > 1 else None
            if before and before.kind == "word" and key(f"{before.text} {name}") in _FIELDS:
                raise InvalidQuery(f"Tên trường viết liền bằng gạch dưới: “{before.text}_{name}:”.", before.at)
            raise InvalidQuery(f"Không có trường “{name}”. Các trường: {_FIELD_LIST}.", lexeme.at)
        value = self._take()
        if value.kind not in ("word", "phrase", "start") or (value.kind == "word" and ":" in value.text):
            raise InvalidQuery(f"Sau “{lexeme.text}” phải là một giá trị; nhiều chữ thì đặt trong ngoặc kép.", value.at)
        if field == "saved":
            return self._saved_query(value, depth)
        if field != "title" and (value.kind == "start" or value.distance is not None):
            raise InvalidQuery(f"Dấu * và ~ chỉ dùng cho từ cần tìm và tiêu_đề:, không dùng cho {name}:.", value.at)
        if field == "money" and value.kind == self._next.kind == "word" and is_unit(self._next.text):
            raise InvalidQuery(f"Giữa số và đơn vị không để trống. Hãy viết {name}:{value.text}{self._next.text}.", value.at)
        try:
            return _condition(field, name, value, self._names)
        except InvalidQuery:
            whole = self._unquoted(field, name, value)
            if whole is None:
                raise
            raise InvalidQuery(f'Giá trị nhiều chữ phải đặt trong ngoặc kép. Hãy viết {name}:"{whole}".', value.at) from None

    def _saved_query(self, value: _Lexeme, depth: int) -> Node:
        name = value.text.strip()
        saved = self._names.saved(name)
        if saved is None:
            raise InvalidQuery(f"Không có câu tìm nào được lưu với tên “{name}”. {self._names.saved_aside()}".strip(), value.at)
        if name in self._chain:
            raise InvalidQuery(f"Câu tìm đã lưu “{name}” dẫn về chính nó. Hãy sửa câu tìm đã lưu.", value.at)
        try:
            node = _Parser(saved.text, self._names, self._limits, (*self._chain, name)).query(depth + 1)
        except InvalidQuery as error:
            raise InvalidQuery(f"Trong câu tìm đã lưu “{name}”: {error.message}", value.at) from error
        parts = (*(() if node is None else (node,)), *saved.filters)
        if not parts:
            raise InvalidQuery(f"Câu tìm đã lưu “{name}” không có từ nào.", value.at)
        return parts[0] if len(parts) == 1 else And(parts)

    def _unquoted(self, field: CodeField | str, name: str, value: _Lexeme) -> str | None:
        """The value that was meant where its quotes were forgotten (``tỉnh:Nghệ An``): the longest that the field knows."""
        words = [value.text]
        for lexeme in self._lexemes[self._at : self._at + MAX_VALUE_WORDS - 1]:
            if value.kind != "word" or lexeme.kind != "word":
                break
            words.append(lexeme.text)
        for count in range(len(words), 1, -1):
            whole = " ".join(words[:count])
            with suppress(InvalidQuery):
                _condition(field, name, _Lexeme("phrase", whole, value.at), self._names)
                return whole
        return None


def _text(lexeme: _Lexeme, *, title_only: bool = False) -> Node:
    if lexeme.kind == "start":
        word = analyze(lexeme.text)[0]
        letters = normalize(lexeme.text[word.start : word.end])
        if len(letters) < MIN_PREFIX:
            raise InvalidQuery(f"Trước dấu * phải có ít nhất {MIN_PREFIX} chữ cái, ví dụ truy*.", lexeme.at)
        return Prefix(letters, title_only)
    if lexeme.distance is not None and len(analyze(lexeme.text)) > 1:
        return Near(lexeme.text, lexeme.distance, title_only)
    return Phrase(lexeme.text.replace("_", " ").strip() if title_only else lexeme.text, title_only)


def _condition(field: CodeField | str, name: str, value: _Lexeme, names: Names) -> Node:
    text = value.text.replace("_", " ").strip()
    match field:
        case "title":
            return _text(value, title_only=True)
        case "date":
            return parse_dates(text, value.at)
        case "money":
            return parse_money(text, value.at)
        case "year":
            return parse_years(text, value.at)
        case "province":
            today, before = names.find("province", text), names.find("province_before", text)
            # A name that both maps know means today's unit, which holds the old one.
            if today or before:
                return In("province", today) if today else In("province_before", before)
        case "province_before" | "district" | "locality" | "activity" | "modality" | "programme" | "component" | "source":
            codes = names.find(field, text)
            if codes:
                return In(field, codes)
        case "kind" | "relevance" | "confidence":
            codes = names.find(field, text)
            if codes:
                return In(field, codes)
    choices = [label for _, label in names.choices(field)][:20]  # type: ignore[arg-type]
    hint = f" Có thể chọn: {'; '.join(choices)}." if choices else ' Hãy viết tên như trong văn bản, ví dụ "Nghệ An".'
    raise InvalidQuery(f"Không biết {name} “{text}”.{hint}", value.at)
