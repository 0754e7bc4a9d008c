"""Is it Vietnamese, and is it real text? Shares of well-formed Vietnamese syllables, from spelling rules alone."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

# Spelling of a syllable without tone: initial, vowels, final. Loan words and names fall outside; the thresholds leave room for them.
_SYLLABLE = re.compile(
    r"^(?:ngh|ng|nh|ch|th|tr|ph|kh|gh|gi|qu|[bcdđghklmnpqrstvx])?"
    r"(?:iêu|yêu|ươu|ươi|uôi|oai|oay|oeo|uây|uya|uyê|uyu|uêu|oao|"
    r"iê|yê|ia|ya|uô|ua|ươ|ưa|oa|oă|oe|uâ|uê|uơ|uy|oo|ôô|"
    r"ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|"
    r"[aăâeêioôơuưy])(?:ng|nh|ch|[cmnpt])?$"
)
_WORD = re.compile(r"[^\W\d_]+")
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_FUNCTION_WORDS = frozenset(
    "và của các cho là có được trong với đã không những để từ khi này một người đến về tại theo trên ra vào sẽ nhiều năm do cũng "
    "như sự bị phải nhằm đối việc".split()
)
_SAMPLE = 6_000
MIN_WORDS = 12


@dataclass(frozen=True, slots=True)
class Quality:
    words: int
    syllables: float
    """Share of words spelt like a Vietnamese syllable."""
    marked: float
    """Share of words with a Vietnamese letter or tone mark."""
    function_words: float
    fragments: float
    """Share of words without any vowel, or of one consonant: what broken font maps leave behind."""


def measure(text: str) -> Quality:
    """Of the first 6,000 characters; all shares are 0 for a text without words."""
    words = Counter(map(str.lower, _WORD.findall(text[:_SAMPLE])))
    if not words:
        return Quality(0, 0.0, 0.0, 0.0, 0.0)
    syllables = marked = function = fragments = 0
    for word, times in words.items():
        spelt, is_marked, is_fragment = _look(word)
        syllables += times * spelt
        marked += times * is_marked
        fragments += times * is_fragment
        function += times * (word in _FUNCTION_WORDS)
    count = words.total()
    return Quality(count, syllables / count, marked / count, function / count, fragments / count)


def is_syllable(word: str) -> bool:
    """Whether the word is spelt like a Vietnamese syllable, with or without its tone.

    >>> is_syllable("Nghèo"), is_syllable("Forbes")
    (True, False)
    """
    return _look(word.lower())[0]


def is_readable(quality: Quality) -> bool:
    """False for obfuscated print views and broken font maps. Ordinary articles lie above 0.9 well-formed syllables."""
    return quality.words < MIN_WORDS or (quality.syllables >= 0.45 and quality.fragments <= 0.3)


def is_vietnamese(quality: Quality) -> bool:
    """Other languages of Vietnamese portals (English editions, Mông, Ê Đê, Khmer in Latin letters) lack marks or function words."""
    if quality.words < MIN_WORDS:
        return quality.words == 0 or quality.marked > 0.2
    spelt = quality.syllables >= 0.85 and quality.marked >= 0.5  # lists of names and places have no function words
    return spelt or (quality.marked >= 0.35 and quality.syllables >= 0.6 and quality.function_words >= 0.01)


def is_foreign(quality: Quality) -> bool:
    """Real words of another language rather than damaged Vietnamese: words with vowels, hardly any Vietnamese mark."""
    return quality.words >= MIN_WORDS and quality.marked < 0.35 and quality.fragments <= 0.2


@lru_cache(maxsize=16_384)
def _look(word: str) -> tuple[bool, bool, bool]:
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_TONES))
    spelt = bool(_SYLLABLE.match(plain))
    is_marked = not word.isascii()
    is_fragment = not re.search(r"[aăâeêioôơuưy]", plain)
    return spelt, is_marked, is_fragment
