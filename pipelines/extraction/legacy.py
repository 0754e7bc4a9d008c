"""The Vietnamese encodings from before Unicode: TCVN3 (.VnTime fonts), VNI, VISCII and cp1258, detected and converted.

Only for whole documents: a short string is too little to tell ("hộ nghèo" in Unicode may look like TCVN3 to a converter). A text with
one letter that only Vietnamese Unicode has is never touched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from corpus.text import fold
from pipelines.extraction.quality import is_syllable, measure

# TCVN 5712:1993 VN3, bytes A1-FE as cp1252/Latin-1 shows them. Toned capitals have no code: the .VnTimeH fonts draw them from the
# small letters' codes.
_TCVN3 = dict(
    zip(
        "\xb5\xb6\xb7\xb8\xb9\xa8\xbb\xbc\xbd\xbe\xc6\xa9\xc7\xc8\xc9\xca\xcb\xae\xcc\xce\xcf\xd0\xd1\xaa\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xdc\xdd\xde"
        "\xdf\xe1\xe2\xe3\xe4\xab\xe5\xe6\xe7\xe8\xe9\xac\xea\xeb\xec\xed\xee\xef\xf1\xf2\xf3\xf4\xad\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe"
        "\xa1\xa2\xa3\xa4\xa5\xa6\xa7",
        "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ",
        strict=True,
    )
)
# RFC 1456; the six capitals that stand on control codes included.
_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII = {0x80 + number: letter for number, letter in enumerate(_VISCII_HIGH)} | {
    0x02: "Ẳ",
    0x05: "Ẵ",
    0x06: "Ẫ",
    0x14: "Ỷ",
    0x19: "Ỹ",
    0x1E: "Ỵ",
}
# VNI for Windows writes a letter and a mark after it, except i, đ, ơ, ư and ỵ.
_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_SINGLE = {"í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ñ": "đ", "ô": "ơ", "ö": "ư", "î": "ỵ"}

_UNICODE_ONLY = re.compile("[ơưđƠƯĐăĂ\u1ea0-\u1ef9]")
_COMBINING = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_MIN_WORDS = 8
_BETTER = 0.25
_CP1252 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0x100)}


def convert_legacy(text: str) -> tuple[str, str | None]:
    """(text in Unicode, name of the encoding undone or None). ``text`` is what the bytes look like read as cp1252 or Latin-1.

    The reading that gives clearly more well-formed syllables than the text itself wins; without one the text stays as it is.
    """
    if _UNICODE_ONLY.search(text) or text.isascii():
        return text, None
    if _COMBINING.search(text):
        return text, None
    sample = _sample(text)
    if measure(sample).words < _MIN_WORDS:
        return text, None
    scores = {name: _score(read(sample)) for name, read in _READERS.items()}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] >= _score(sample) + _BETTER and measure(_READERS[best](sample)).syllables >= 0.7:
        return _READERS[best](text), best
    return text, None


def from_tcvn3(text: str) -> str:
    """Words in capitals and first words of sentences get their toned capitals back; others cannot be told from small letters."""
    return _SENTENCE.sub(_upper_first, _restore_capitals(_HYPHEN.sub(_restore_u, text.translate(_tcvn3_table()))))


def from_viscii(text: str) -> str:
    return text.translate(_viscii_table())


def from_cp1258(text: str) -> str:
    """Letters with the tone as a separate combining mark, composed."""
    latin = text.encode("cp1252", "replace")
    return unicodedata.normalize("NFC", latin.decode("cp1258", "replace"))


def from_vni(text: str) -> str:
    return _vni_pattern().sub(lambda match: _vni_table()[match.group()], text)


@cache
def _tcvn3_table() -> dict[int, str]:
    return {ord(code): letter for code, letter in _TCVN3.items()} | {
        ord(_CP1252[ord(code)]): letter for code, letter in _TCVN3.items() if ord(code) < 0x100
    }


@cache
def _viscii_table() -> dict[int, str]:
    return _VISCII | {ord(shown): _VISCII[code] for code, shown in _CP1252.items() if len(shown) == 1}


@cache
def _vni_table() -> dict[str, str]:
    table: dict[str, str] = {}
    for base in "aeouy":
        for mark, tone in _VNI_TONES.items():
            table[base + mark] = base + tone
    for base in "aeo":
        for mark, tone in _VNI_CIRCUMFLEX.items():
            table[base + mark] = base + "\u0302" + tone
    for mark, tone in _VNI_BREVE.items():
        table["a" + mark] = "a\u0306" + tone
    for mark, tone in _VNI_TONES.items():
        table["ô" + mark] = "ơ" + tone
        table["ö" + mark] = "ư" + tone
    table |= _VNI_SINGLE
    both: dict[str, str] = {}
    for code, letter in table.items():
        letter = unicodedata.normalize("NFC", letter)
        both[code] = letter
        both[code.upper()] = letter.upper()
        both[code[0].upper() + code[1:]] = letter.upper()
    return both


@cache
def _vni_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _vni_table()), key=len, reverse=True)))


_WORD = re.compile(r"[^\W\d_]+")
# ư stands on the soft hyphen, which PDF readers give as a hyphen: "th-", "n-ớc", but "kinh tế-xã hội".
_HYPHEN = re.compile(r"(?<![^\W\d_])([BCDĐGHKLMNPQRSTVXbcdđghklmnpqrstvx]{1,3})-([^\W\d_]{0,4})(?![^\W\d_])")


_SENTENCE = re.compile('(?:^|(?<=[.!?:] )|(?<=[“"(>\n]))[à-ỹ]', re.MULTILINE)


def _upper_first(match: re.Match[str]) -> str:
    return match.group().upper()


def _restore_u(match: re.Match[str]) -> str:
    word = f"{match[1]}ư{match[2]}"
    return word if is_syllable(word) else match.group()


def _restore_capitals(text: str) -> str:
    """Toned letters in capitals where the word's others are, or where a neighbour's are ("Kế HOẠCH": one plain letter tells nothing)."""
    words = list(_WORD.finditer(text))
    known = [_is_capital(match.group()) for match in words]
    for order in (range(1, len(words)), range(len(words) - 2, -1, -1)):
        step = 1 if order.step > 0 else -1
        for number in order:
            neighbour = number - step
            if known[number] is None and known[neighbour] and not words[neighbour].group().isascii():
                known[number] = True
    pieces = []
    end = 0
    for match, is_capital in zip(words, known, strict=True):
        pieces.append(text[end : match.start()])
        pieces.append(match.group().upper() if is_capital else match.group())
        end = match.end()
    return "".join([*pieces, text[end:]])


def _is_capital(word: str) -> bool | None:
    """None where the plain letters do not tell."""
    plain = [letter for letter in word if letter.isascii()]
    if any(letter.islower() for letter in plain):
        return False
    if word.isascii():
        return len(word) > 1
    return True if len(plain) > 1 else None


_READERS: dict[str, Callable[[str], str]] = {"tcvn3": from_tcvn3, "vni": from_vni, "viscii": from_viscii, "cp1258": from_cp1258}
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SAMPLE = 6_000


def _sample(text: str) -> str:
    """Up to 6,000 characters of lines that are not plain ASCII, without tags: a page's head is scripts and styles."""
    lines = (line for line in _TAG.sub("\n", text[:400_000]).splitlines() if not line.isascii())
    return "\n".join(lines)[:_SAMPLE]


def _score(text: str) -> float:
    """Well-formed syllables, and function words so that a chance reading with odd letters does not win."""
    quality = measure(text)
    odd = sum(1 for letter in text[:20_000] if not letter.isascii() and letter.isalpha() and fold(letter) == letter.lower())
    return quality.syllables + quality.function_words + 0.3 * quality.marked - 2 * odd / max(1, len(text[:20_000]))
