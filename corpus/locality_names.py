"""Names of places as written and as compared: one spelling for several, and the order of the Vietnamese dictionary.

Which unit bears a name is not known here (see ``localities.py``).
"""

from __future__ import annotations

import re
import unicodedata

from corpus.text import lower, normalize, unify_tones

_APOSTROPHES = re.compile(r"\s*['’‘`´ʼ]\s*")
_SEPARATORS = re.compile(r"[\s\-–—_]+")
# Each begins with its first letter, so that a search leaps from one such letter to the next.
_CLOSING_I = re.compile(r"((?:h|k|l|m|r|s|t)(?<!\w.)|qu(?<!\w..))([iíìỉĩị])(?!\w)")
_TO_Y = dict(zip("iíìỉĩị", "yýỳỷỹỵ", strict=True))
_DAK = re.compile(r"đ(?<!\wđ)[aăắ][kc](?!\w)")
_LAK = re.compile(r"l(?<=đắk[ -]l)[aăắ][kc](?!\w)")


def spell(text: str) -> str:
    """Lower case with one spelling for what is written in two ways (Hoà, Quí, Mĩ, Đăk, Ngọk); the length is kept.

    >>> spell("Thuỷ Nguyên, Quí Lộc, Đăk Lăk, Mĩ Đức, Ngọk Tụ")
    'thủy nguyên, quý lộc, đắk lắk, mỹ đức, ngọc tụ'
    """
    lowered = text.lower()  # many times faster than `lower`, and the same wherever it keeps the length
    text = unify_tones(lowered if len(lowered) == len(text) else lower(text))
    text = _CLOSING_I.sub(lambda match: match[1] + _TO_Y[match[2]], text)
    return _LAK.sub("lắk", _DAK.sub("đắk", text)).replace("ngọk", "ngọc")


def name_key(name: str) -> str:
    """What two spellings of one name have in common; accents stay.

    >>> name_key("Phan Rang-Tháp Chàm") == name_key("PHAN RANG – THÁP CHÀM"), name_key("Ea H’Leo"), name_key("TP.HCM")
    (True, 'ea hleo', 'tphcm')
    """
    text = _APOSTROPHES.sub("", normalize(name)).replace(".", "")
    return spell(_SEPARATORS.sub(" ", text).strip())


_ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
_TONE_ORDER = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def _letter_ranks() -> dict[str, tuple[int, int]]:
    ranks = {}
    for position, letter in enumerate(_ALPHABET):
        ranks[letter] = (position + 10, 0)
        for mark, order in _TONE_ORDER.items():
            composed = unicodedata.normalize("NFC", letter + mark)
            if len(composed) == 1:
                ranks[composed] = (position + 10, order)
    return ranks


_RANKS = _letter_ranks()


def sort_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], tuple[int, ...]]:
    """Vietnamese dictionary order: the 29 letters first (a ă â b c d đ ...), then the tones (ngang, huyền, hỏi, ngã, sắc, nặng).

    >>> sorted(["Đà Nẵng", "Yên Bái", "Điện Biên", "Cần Thơ", "Cao Bằng"], key=sort_key)
    ['Cao Bằng', 'Cần Thơ', 'Đà Nẵng', 'Điện Biên', 'Yên Bái']
    """
    letters: list[tuple[int, int, str]] = []
    tones: list[int] = []
    for character in lower(normalize(name)):
        rank = _RANKS.get(character)
        if rank:
            letters.append((2, rank[0], ""))
            tones.append(rank[1])
        else:  # spaces and digits come before letters, anything foreign after
            letters.append((0 if character.isspace() else 1 if character.isdigit() else 3, 0, character))
            tones.append(0)
    return tuple(letters), tuple(tones)
