"""A generated corpus and questions over it, for comparing engines: seeded, so that every run asks the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from benchmarks.corpus import EVERYWHERE, IN_5, IN_40, Articles
from corpus.document import Document
from corpus.index.base import And, CodeField, In, Money, Near, Node, Not, Or, Phrase, Prefix, Published, Words
from corpus.index.fields import entry
from corpus.localities import Register
from corpus.text import fold

_PLANTED = (
    "UBND",
    "ủy ban nhân dân",
    "Đắk Lắk",
    "Đăk Lăk",
    "dak lak",
    "Hoà Bình",
    "Hòa Bình",
    "ma túy",
    "mã tuy",
    "kĩ năng",
    "kỹ năng",
    "146,4 triệu đồng",
    "đồng bào DTTS",
    "TT&TT",
)
_SCORES = (1.0, 1.0, 0.95, 0.8, 0.6)
_CODE_FIELDS: tuple[CodeField, ...] = (
    *("province", "province_before", "district", "locality", "activity", "modality", "programme"),
    *("source", "relevance", "year", "kind", "money", "confidence"),
)


def documents(number: int, seed: int = 11) -> Iterator[Document]:
    """Short articles, some with a planted name or abbreviation in one of its spellings, with tags of every confidence."""
    articles = Articles(seed)
    for n in range(number):
        rng = random.Random(seed * 1_000_003 + n)
        document = articles.make(n)
        words = document.text.split()[: rng.randint(40, 200)]
        for _ in range(rng.choice((0, 1, 2))):
            words.insert(rng.randrange(len(words)), rng.choice(_PLANTED))
        if n % 5 < 2 and IN_40 not in words:
            words.append(IN_40)
        title = document.title if rng.random() < 0.8 else f"{rng.choice(_PLANTED)} {document.title}"
        activities = tuple(
            replace(mention, score=rng.choice(_SCORES), modality=rng.choice(("done", "planned", "general")))
            for mention in document.activities
        )
        kind = rng.choice(("news", "news", "news", "official", "attachment"))
        yield replace(document, title=title, text=" ".join(words), activities=activities, kind=kind)


def questions(corpus: list[Document], register: Register, number: int = 300, seed: int = 5) -> list[tuple[Node | None, tuple[Node, ...]]]:
    """(what is asked, filters): every kind of node, most of them with words that the corpus has."""
    rng = random.Random(seed)
    codes: dict[CodeField, list[str]] = {}
    for document in corpus[:400]:
        for field, found in entry(document, register).codes.items():
            codes.setdefault(field, []).extend(found)
    asked: list[tuple[Node | None, tuple[Node, ...]]] = [(None, ())]
    while len(asked) < number:
        where = _text(rng, corpus) if rng.random() < 0.85 else None
        filters = tuple(_condition(rng, codes) for _ in range(rng.choice((0, 0, 1, 2))))
        asked.append((where, filters))
    return asked


def _text(rng: random.Random, corpus: list[Document]) -> Node:
    document = rng.choice(corpus)
    words = [word.strip(".") for word in document.text.split()]
    at = rng.randrange(len(words) - 4)
    typed = fold if rng.random() < 0.3 else str
    some = [word for word in (words[at], words[rng.randrange(len(words))], words[rng.randrange(len(words))]) if word]
    match rng.randrange(12):
        case 0:
            return Words(typed(rng.choice((EVERYWHERE, IN_40, IN_5, "giảm nghèo", *_PLANTED))))
        case 1 | 2:
            return Words(typed(words[at]))
        case 3 | 4:
            return Words(typed(" ".join(some[:2])))
        case 5:
            return Words(typed(" ".join(words[at : at + 3])))
        case 6:
            return Phrase(typed(" ".join(words[at : at + rng.randint(2, 3)])))
        case 7:
            titled = document.title.split()
            start = rng.randrange(len(titled) - 1)
            return Phrase(typed(" ".join(titled[start : start + 2])), title_only=True)
        case 8:
            word = next((word for word in some if len(word) >= 3), EVERYWHERE)
            return Prefix(typed(word[: rng.randint(3, len(word))]), title_only=rng.random() < 0.2)
        case 9:
            return Near(typed(" ".join(words[at : at + 4 : rng.choice((2, 3))])), rng.randint(0, 12), title_only=rng.random() < 0.1)
        case 10:
            return Or((Words(typed(words[at])), Phrase(typed(" ".join(words[at + 1 : at + 3])))))
        case _:
            return And((Words(typed(words[at])), Not(_text(rng, corpus))))


def _condition(rng: random.Random, codes: dict[CodeField, list[str]]) -> Node:
    match rng.randrange(8):
        case 0:
            start = date(2017, 1, 1) + timedelta(days=rng.randrange(3500))
            return Published(start, start + timedelta(days=rng.randrange(1, 900)) if rng.random() < 0.7 else None)
        case 1:
            low = int(10 ** rng.uniform(6, 11))
            return Money(low, low * rng.randint(1, 50) if rng.random() < 0.6 else None)
        case 2:
            return Not(_in(rng, codes))
        case 3:
            return Or((_in(rng, codes), Published(None, date(2020, 1, 1))))
        case _:
            return _in(rng, codes)


def _in(rng: random.Random, codes: dict[CodeField, list[str]]) -> Node:
    field = rng.choice(_CODE_FIELDS)
    return In(field, tuple(sorted({rng.choice(codes[field]) for _ in range(rng.choice((1, 1, 2, 4)))})))
