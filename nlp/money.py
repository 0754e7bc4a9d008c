"""Sums of money in Vietnamese text: where they stand, how much they say and with which qualifier.

This is the grammar alone. What a sum is for (kind, role, scope, programme) is decided in ``nlp/budget.py``; unitless cells
of tables whose header names the unit are read in ``nlp/money_tables.py``.

One pass over the numbers of the text, each looked at with patterns anchored at its place and windows of fixed size, so that
the cost is linear in the length.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from corpus.text import lower
from nlp.money_forms import (
    AFTER_UNITLESS,
    DIGITS_BRACKET,
    DONG,
    HALF,
    HALF_SCALE,
    MONEY_LABEL,
    NEXT_TERM,
    NO_RANGE_AFTER,
    NUMBER,
    NUMBER_WORDS,
    RANGE,
    SCALE,
    SCALED_DONG,
    SECOND_DONG,
    SHARE,
    TIERS,
    USD,
    WORDS_BRACKET,
    WORDS_INSIDE,
    Amount,
)
from nlp.money_numbers import read_number
from nlp.money_qualifiers import qualifier_before
from nlp.money_units import aligned, is_money_without_dong, per_unit_after
from nlp.number_words import SCALES, parse_number_words, words_to_number

IMPLAUSIBLE_FROM = 500_000 * 10**9
"""Đồng. The largest public sum in the field is 423.000 tỷ (all national target programmes of 2026-2035 together)."""

LOST_UNIT_BELOW = 1000
"""A bare "8 đồng" has lost its "tỷ" or "triệu": no price or public sum is that small."""


_MAX_DIGITS = 30
_BARE_SCALES = ("nghìn", "ngàn", "triệu", "tỷ", "tỉ", "rưỡi")
"""Number words that end in one of these are a sum without "đồng" where digits with "nghìn" would be: "nhận trước chín triệu,"."""


def parse_amounts(text: str) -> tuple[Amount, ...]:
    """All sums in order of their place. Counts, document numbers, phones, dates and shares are not sums.

    >>> [(a.vnd, a.qualifier) for a in parse_amounts("phân bổ hơn 1 tỷ 545 triệu đồng cho 12 xã")]
    [(1545000000, 'over')]
    >>> [a.vnd for a in parse_amounts("bố trí 300 - 500 tỷ đồng")]
    [300000000000, 500000000000]
    """
    plain, offsets = aligned(text)
    amounts = _Scan(lower(plain)).run()
    if offsets is None:
        return tuple(amounts)
    return tuple(
        Amount(
            start=offsets[a.start],
            end=offsets[a.end],
            number_start=offsets[a.number_start],
            close=offsets[a.close],
            vnd=a.vnd,
            usd=a.usd,
            qualifier=a.qualifier,
            per_unit=a.per_unit,
            in_words=a.in_words,
            flags=a.flags,
            precision=a.precision,
            given=a.given,
        )
        for a in amounts
    )


class _Reading(NamedTuple):
    """Digits with their unit: ``value`` in đồng or dollars, None if the digits cannot be read."""

    value: Decimal | None
    end: int
    currency: str
    """``vnd``, ``usd``, or empty where no unit follows."""
    scale: int
    flags: tuple[str, ...] = ()
    precision: int = 1
    in_words: bool | None = None
    """Whether words in brackets before the unit say the same."""


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.amounts: list[Amount] = []
        self.done = 0
        """Everything before is consumed."""

    def run(self) -> list[Amount]:
        digits = list(NUMBER.finditer(self.text))
        spelled = list(NUMBER_WORDS.finditer(self.text)) + list(HALF_SCALE.finditer(self.text))
        for match in sorted(digits + spelled, key=lambda found: found.start()):
            if match.start() < self.done:
                continue
            if match[0][0].isdigit():
                self._number(match)
            elif match.re is HALF_SCALE:
                dong = SCALED_DONG.match(self.text, match.end())
                if dong:
                    self._add(match.start(), dong.end(), [Decimal(SCALES[match[1]] // 2)], "vnd", ())
            else:
                self._spelled(match)
        return self.amounts

    def _number(self, match: re.Match[str]) -> None:
        start = match.start()
        digits = match[0].rstrip(".,")
        if len(digits) > _MAX_DIGITS:
            return
        if start > 1 and self.text[start - 1] in "/-" and self.text[start - 2].isalnum():
            before = self.text[max(0, start - 6) : start - 1].rstrip()
            after_sum = before.endswith(("đồng", "tỷ", "triệu", "tỉ"))
            if not after_sum and (
                not self._is_large(start, digits) if before[-1:].isalpha() else self.text[start - 1] == "/" or not before[-1:].isdigit()
            ):
                return
        reading = self._reading(start, digits)
        for of_given, found in ((False, self._range), (True, self._share)):
            pair = found(start, digits, reading)
            if pair is not None:
                first, second = pair
                values = [first, second.value]
                self._add(start, second.end, values, second.currency, second.flags, second.precision, of_given=of_given)
                return
        if reading.currency:
            self._add(start, reading.end, [reading.value], reading.currency, reading.flags, reading.precision, in_words=reading.in_words)
        else:
            self._unitless(start, digits)

    def _is_large(self, start: int, digits: str) -> bool:
        """Whether this is no unit or number of a paper behind a slash: "đã giải ngân/60 tỷ đồng"."""
        reading = self._reading(start, digits) if self.text[start - 1] == "/" else None
        return reading is not None and reading.currency == "vnd" and reading.scale >= 10**6

    def _reading(self, start: int, digits: str) -> _Reading:
        """The sum that begins with ``digits`` at ``start``."""
        said, position = self._words_inside(start + len(digits))
        reading = self._read(start, digits, position)
        if said is None or not reading.currency:
            return reading
        number = read_number(digits, scaled=reading.scale > 1).value
        return reading._replace(in_words=said == number)

    def _words_inside(self, position: int) -> tuple[int | None, int]:
        """What words in brackets at ``position`` say, and where the unit may follow."""
        inside = WORDS_INSIDE.match(self.text, position)
        said = parse_number_words(inside[1]) if inside else None
        return said, inside.end() if inside and said is not None else position

    def _read(self, start: int, digits: str, position: int) -> _Reading:
        """The sum whose unit may stand at ``position``."""
        text = self.text
        scale, end = self._scale(position)
        if scale == 1:
            number = read_number(digits, scaled=False)
            usd = USD.match(text, position)
            if usd:
                return _Reading(number.value, usd.end(), "usd", 1, number.flags)
            dong = DONG.match(text, position)
            if not dong:
                return _Reading(number.value, position, "", 1)
            if number.value == 0 or not self._small_is_money(number.value, dong):
                return _Reading(None, position, "", 1)
            flags = number.flags
            value = number.value
            if "malformed" not in flags and value is not None and value < LOST_UNIT_BELOW:
                flags = (*flags, "lost_unit")
            return _Reading(value, dong.end(), "vnd", 1, flags)
        number = read_number(digits, scaled=True)
        if number.value == 0:
            return _Reading(None, position, "", 1)
        total = None if number.value is None else number.value * scale
        total, end, precision = self._lower_terms(total, scale, end, _precision(digits, scale))
        usd = USD.match(text, end)
        if usd:
            return _Reading(total, usd.end(), "usd", scale, number.flags, precision)
        dong = SCALED_DONG.match(text, end)
        if dong:
            return _Reading(total, dong.end(), "vnd", scale, number.flags, precision)
        if is_money_without_dong(text, start, end, scale):
            return _Reading(total, end, "vnd", scale, number.flags, precision)
        return _Reading(total, end, "", scale)

    def _scale(self, position: int) -> tuple[int, int]:
        match = SCALE.match(self.text, position)
        if not match:
            return 1, position
        scale = {"trăm": 100, "chục": 10, None: 1}[match[1]]
        for word in (match[2], match[3], match[4]):
            if word:
                scale *= SCALES.get(word, 10**6)  # "tr.đ" is the one abbreviation
        return scale, match.end()

    def _lower_terms(self, total: Decimal | None, scale: int, end: int, precision: int) -> tuple[Decimal | None, int, int]:
        """Adds "545 triệu" after "1 tỷ", "rưỡi" after any scale; gives the sum, its end and its precision."""
        half = HALF.match(self.text, end)
        if half:
            return (None if total is None else total + scale // 2), half.end(), scale // 10
        while scale > 1000:
            match = NEXT_TERM.match(self.text, end)
            if not match:
                break
            digits = match[1].rstrip(".,")
            if len(digits) > _MAX_DIGITS:
                break
            position = match.start(1) + len(digits)
            lower_scale, lower_end = self._scale(position)
            value = read_number(digits, scaled=lower_scale > 1).value
            if value is None:
                break
            if lower_scale == 1:
                if not DONG.match(self.text, position):
                    break
                if len(digits) == 1:
                    value *= scale // 10
                    precision = scale // 10
                elif value < 1000:
                    break
                lower_end = position
            elif lower_scale >= scale or (match[0].startswith(",") and not SCALED_DONG.match(self.text, lower_end)):
                break  # "5 tỷ, 300 triệu trong số đó" are two sums
            added = value * lower_scale
            if added >= scale:
                break
            total = None if total is None else total + added
            precision = _precision(digits, lower_scale)
            scale, end = lower_scale, lower_end
        return total, end, precision

    def _small_is_money(self, value: Decimal | None, dong: re.Match[str]) -> bool:
        """Bare "12 đồng" is taken only where the sum ends there; "12 đồng lúa" is fields."""
        if value is None or value >= LOST_UNIT_BELOW:
            return True
        if dong[0].strip(" *_\n") not in ("đồng", "vnđ", "vnd"):
            return False
        return bool(re.match(r"\s*(?:$|[.,;:)/…\n]|(?:một|mỗi|cho|so|để|từ|và|trên)(?!\w))", self.text[dong.end() : dong.end() + 8]))

    def _more_dong(self, end: int) -> int:
        match = SECOND_DONG.match(self.text, end)
        return match.end() if match else end

    def _range(self, start: int, digits: str, reading: _Reading) -> tuple[Decimal, _Reading] | None:
        """Both ends of "300 - 500 tỷ đồng" or "800 triệu đến 1,2 tỷ đồng"; None if this is no range."""
        first_end = reading.end if reading.currency or reading.scale > 1 else start + len(digits)
        match = RANGE.match(self.text, first_end)
        if not match:
            return None
        second_digits = match[1].rstrip(".,")
        if len(second_digits) > _MAX_DIGITS:
            return None
        one, two = read_number(digits, scaled=True).value, read_number(second_digits, scaled=True).value
        close = one is not None and two is not None and one < two <= one * 5
        if not self._may_start_range(start, digits, match, close=close):
            return None
        second = self._reading(match.start(1), second_digits)
        if not second.currency or second.value is None:
            return None
        if reading.currency or reading.scale > 1:
            first = reading.value
            if reading.currency not in ("", second.currency):
                return None
        elif second.scale > 1:
            number = read_number(digits, scaled=True).value
            first = None if number is None else number * second.scale
            if first is not None and first >= second.value and second.scale >= 10**6:
                first /= 1000  # "800 - 1,2 tỷ" speaks of 800 triệu
        else:
            first = read_number(digits, scaled=False).value
            if first is not None and first < LOST_UNIT_BELOW:
                return None
        if first is None or not 0 < first < second.value <= first * 50:
            return None
        return first, second

    def _share(self, start: int, digits: str, reading: _Reading) -> tuple[Decimal, _Reading] | None:
        """Both sums of "14,2/19,8 tỷ đồng"; None if this is no such pair."""
        match = None if reading.currency or reading.scale > 1 else SHARE.match(self.text, start + len(digits))
        if not match:
            return None
        second = self._reading(match.start(1), match[1].rstrip(".,"))
        first = read_number(digits, scaled=True).value
        if second.currency != "vnd" or second.value is None or first is None or not 0 < first * second.scale <= second.value * 2:
            return None
        return first * second.scale, second

    def _may_start_range(self, start: int, digits: str, separator: re.Match[str], *, close: bool) -> bool:
        if len(digits) == 4 and digits.isdigit() and digits[:2] in ("19", "20"):
            return False
        line = self.text[max(0, start - 24) : start].rpartition("\n")[2]
        if line.strip() == "" and (start - len(line) == 0 or self.text[start - len(line) - 1] == "\n"):
            return "đ" in separator[0] or len(digits) > 2 or close  # "1 - 300 triệu đồng": a numbered line
        return not NO_RANGE_AFTER.search(line)

    def _spelled(self, match: re.Match[str]) -> None:
        words = [(m.start(), m[0]) for m in re.finditer(r"\w+", match[0])][-24:]
        dong = DONG.match(self.text, match.end())
        end = dong.end() if dong else match.end()
        if not dong:
            if words[-1][1] == "một" and len(words) > 1:  # "ba trăm ngàn một ngày"
                words.pop()
                end = match.start() + words[-1][0] + len(words[-1][1])
            if words[-1][1] not in _BARE_SCALES or not is_money_without_dong(self.text, match.start(), end, 1000):
                return
        for position in range(len(words)):
            tail = [word for _, word in words[position:]]
            if not any(word in SCALES for word in tail):
                return
            if position and tail[0] in SCALES:
                continue  # "mấy trăm tỷ rưỡi" is no 1,5 tỷ
            value = words_to_number(tail, strict=True)
            if value:
                start = match.start() + words[position][0]
                digits = DIGITS_BRACKET.match(self.text, end)
                same = read_number(digits[1], scaled=False).value == value if digits else None
                self._add(start, end, [Decimal(value)], "vnd", (), in_words=same)
                if digits and same:
                    self.done = digits.end()
                return

    def _unitless(self, start: int, digits: str) -> None:
        """A full number whose unit is missing, accepted for words in brackets or a money label in front."""
        if digits.count(".") + digits.count(",") < 2 or digits[0] == "0":
            return
        number = read_number(digits, scaled=False)
        if number.value is None or number.flags or number.value < 100_000:
            return
        end = start + len(digits)
        words, _ = self._words(end, int(number.value))
        if words is None:
            label = MONEY_LABEL.search(self.text[max(0, start - 100) : start])
            if not label or not AFTER_UNITLESS.match(self.text, end):
                return
        self._add(start, end, [number.value], "vnd", ("no_unit",))

    def _words(self, end: int, value: int) -> tuple[bool | None, int]:
        """Whether words in brackets say ``value``, and where they end."""
        match = WORDS_BRACKET.match(self.text, end)
        if not match:
            return None, end
        said = parse_number_words(match[1])
        if said is None:
            return None, end
        return said == value, match.end()

    def _add(
        self,
        start: int,
        end: int,
        values: list[Decimal | None],
        currency: str,
        flags: tuple[str, ...],
        precision: int = 1,
        *,
        in_words: bool | None = None,
        of_given: bool = False,
    ) -> None:
        text = self.text
        surface_start, qualifier = qualifier_before(text, start)
        surface_start = max(surface_start, min(self.done, start))
        per_unit, close = per_unit_after(text, self._more_dong(end))
        tier = TIERS.match(text, close)
        if tier:
            qualifier = "over" if tier[1] == "lên" else "max"
            end = close = tier.end()
            if per_unit is None:
                per_unit, close = per_unit_after(text, end)
        if in_words is None and len(values) == 1 and values[0] is not None and currency == "vnd" and values[0] == int(values[0]):
            in_words, close = self._words(close, int(values[0]))
        self.done = close
        for position, value in enumerate(values):
            whole = None if value is None or value != int(value) else int(value)
            marks = flags
            if whole is None and not marks:
                marks = ("malformed",)
            if currency == "vnd" and whole is not None and whole >= IMPLAUSIBLE_FROM:
                marks = (*marks, "implausible")
            self.amounts.append(
                Amount(
                    start=surface_start,
                    end=end,
                    number_start=start,
                    close=close,
                    vnd=whole if currency == "vnd" else None,
                    usd=whole if currency == "usd" else None,
                    qualifier=qualifier,
                    per_unit=per_unit,
                    in_words=in_words,
                    flags=tuple(sorted(set(marks))),
                    precision=precision,
                    given=of_given and position > 0,
                )
            )


def _precision(digits: str, scale: int) -> int:
    whole, comma, decimals = digits.partition(",")
    if not comma and "." in whole and len(whole.rpartition(".")[2]) < 3:
        decimals = whole.rpartition(".")[2]
    return max(1, scale // int(10 ** len(decimals)))
