"""A made-up corpus for measuring search: seeded, Vietnamese in its syllables, with the statistics of our field.

Syllables are drawn by Zipf's law from onset + rime + tone; "giảm nghèo" stands in every article, "sóng" in 40 %, "loa" in 5 %. Places,
activities, dates and sums come with the skew that portals show: few provinces write much. No text is taken from anywhere.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from corpus.activities import Activities
from corpus.document import ActivityMention, Budget, Document, LocalityMention, ProgrammeMention, Provenance, Relevance, Span
from corpus.localities import Register

EVERYWHERE, IN_40, IN_5 = "nghèo", "sóng", "loa"
_ONSETS = "b c ch d đ g gi h kh l m n ng nh ph r s t th tr v x".split()
_RIMES = (
    "a á à ả ã ạ an án àn ản ãn ạn ang áng àng ảng ạng anh ánh ành ảnh ạnh ai ái ài ải ại ao áo ào ảo ạo âm ấm ầm ẩm ân ấn ần ận âng ấng "
    "ầng âu ấu ầu ậu ông ống ồng ổng ộng ôi ối ồi ổi ội ơ ớ ờ ở ỡ ơi ới ời ợi ương ướng ường ưởng ượng ươi ưới ười ưu iên iến iền iển iện "
    "iêu iếu iều iểu iệu inh ính ình ỉnh ịnh uôn uốn uồn uộn uông uống uồng uộng uy úy ùy ủy ụy ung úng ùng ủng ụng ô ố ồ ổ ộ ơn ớn ờn ợn "
    "at át ạt ac ác ạc ach ách ạch âp ấp ập et ét ẹt iêt iết iệt ôc ốc ộc ôt ốt ột ơp ớp ợp uc úc ục ut út ụt e é è ẻ ẹ ê ế ề ể ệ ia ía ìa ịa"
).split()
_COMMON = "và của các được cho trong có là đã với tại người một về để này khi từ đến những năm xã không ra còn công tác huyện tỉnh".split()
_RESERVED = {EVERYWHERE, IN_40, IN_5, "giảm"}


class Articles:
    """Article ``i`` is the same for the same seed, whatever was asked before."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        shuffled = sorted({onset + rime for onset in _ONSETS for rime in _RIMES} - set(_COMMON) - _RESERVED)
        random.Random(seed).shuffle(shuffled)  # figures, no secrets
        self.vocabulary = [*_COMMON, *shuffled[:6000]]
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.vocabulary))))
        register = Register.load()
        self._provinces = [unit.code for unit in register.units("province", date(2024, 1, 1))]
        self._districts = [unit.code for unit in register.units("district", date(2024, 1, 1))]
        self._activities = Activities.load().codes

    def make(self, number: int) -> Document:
        rng = random.Random(self.seed * 1_000_003 + number)
        words = rng.choices(self.vocabulary, cum_weights=self._weights, k=max(60, int(rng.lognormvariate(6.2, 0.5))))
        if number % 20 == 0:
            words.insert(rng.randrange(len(words)), IN_5)
        if number % 5 < 2:
            words.insert(rng.randrange(len(words)), IN_40)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(words))
            words[at:at] = ["giảm", EVERYWHERE]
        for at in range(rng.randint(8, 20), len(words), 17):
            words[at] += "."
        text = " ".join(words)
        title = " ".join(rng.choices(self.vocabulary, cum_weights=self._weights, k=11))
        first = Span(0, min(20, len(text)))
        district = rng.choice(self._districts)
        about = {self._provinces[min(int(rng.expovariate(0.08)), len(self._provinces) - 1)]} | ({district} if rng.random() < 0.4 else set())
        published = date(2017, 1, 1) + timedelta(days=rng.randrange(3500)) if rng.random() < 0.97 else None
        relevance = "communication" if rng.random() < 0.7 else "poverty_other"
        return Document(
            id=f"{number:024x}",
            provenance=Provenance(
                portal=f"nguon-{min(int(rng.expovariate(0.05)), 79)}",
                requested_url="",
                final_url="",
                fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
            ),
            title=title,
            text=text,
            published=published,
            relevance=Relevance(value=relevance, method="made up"),  # type: ignore[arg-type]  # one of two literals
            localities=tuple(LocalityMention(code=code, role="about", evidence=(first,), method="made up") for code in sorted(about)),
            activities=tuple(
                ActivityMention(code=code, evidence=(first,), method="made up")
                for code in sorted(set(rng.choices(self._activities, k=rng.randint(0, 4))))
            ),
            programmes=(ProgrammeMention(code="gnbv-2021-2025", evidence=(first,), method="made up"),) if rng.random() < 0.5 else (),
            budgets=tuple(
                Budget(vnd=int(10 ** rng.uniform(6.5, 11)), kind="budget", evidence=(first,), method="made up")
                for _ in range(rng.choice((0, 0, 1, 2)))
            ),
        )

    def all(self, number: int) -> Iterator[Document]:
        return (self.make(i) for i in range(number))
