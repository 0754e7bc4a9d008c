"""Totals and parts: the search for parts ends early only where the rest could change nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Budget, Qualifier, Span
from nlp.budget_parts import Sum, link_parts

LEADS = (" và ", ", gồm ", ", trong đó ", " = ", "; ", ": ")
QUALIFIERS: tuple[Qualifier, ...] = ("exact", "over", "under", "about", "max")


def make_sum(vnd: int, lead: str, qualifier: Qualifier, sentence: int) -> Sum:
    budget = Budget(vnd=vnd, qualifier=qualifier, evidence=(Span(0, 1),), method="m")
    return Sum(budget=budget, precision=1, sentence=("text", sentence), lead=lead, heading="")


SUMS = st.lists(
    st.builds(
        make_sum,
        st.integers(1, 12).map(lambda n: n * 10**6) | st.integers(1, 10**9),
        st.sampled_from(LEADS),
        st.sampled_from(QUALIFIERS),
        st.integers(0, 2),
    ),
    max_size=12,
).map(lambda sums: sorted(sums, key=lambda found: found.sentence))


def parts_looked_at_one_by_one(sums: list[Sum], position: int, claimed: set[int]) -> tuple[tuple[int, ...], bool | None]:
    """What `link_parts` makes of the sums behind one of the same sentence, with all of them looked at."""
    total = sums[position]
    candidates: list[int] = []
    for index in range(position + 1, len(sums)):
        if sums[index].sentence != total.sentence or sums[index].lowest > total.highest:
            break
        if index not in claimed:
            candidates.append(index)
    sizes = range(1, len(candidates) + 1)
    reach = [(sum(sums[i].lowest for i in candidates[:size]), sum(sums[i].highest for i in candidates[:size])) for size in sizes]
    agreeing = max(
        (size for size, (low, high) in zip(sizes, reach, strict=True) if low <= total.highest and total.lowest <= high), default=0
    )
    lead = sums[candidates[0]].lead if candidates else ""
    if agreeing > 1:
        return tuple(candidates[:agreeing]), True
    if agreeing == 1 or not any(word in lead for word in ("gồm", "trong đó", "=", ":")):
        return (), None
    if len(candidates) > 1 and ("trong đó" not in lead):
        return tuple(candidates), False
    return (tuple(candidates) if reach[-1][0] <= total.highest else tuple(candidates[:1])), None


@settings(max_examples=400)
@given(SUMS)
def test_no_part_is_missed(sums: list[Sum]) -> None:
    expected: dict[int, tuple[tuple[int, ...], bool | None]] = {}
    claimed: set[int] = set()
    for position in reversed(range(len(sums))):
        parts, agree = parts_looked_at_one_by_one(sums, position, claimed)
        if parts:
            expected[position] = parts, agree
            claimed.update(parts)
    link_parts(sums)
    following = {
        position: (found.parts, found.parts_agree) for position, found in enumerate(sums) if found.parts and min(found.parts) > position
    }
    assert following == expected
    assert all(found.lowest >= 0 for found in sums), "else more parts could bring a sum back into reach"


def test_links_are_written_to_the_record() -> None:
    total, first, second = (make_sum(vnd * 10**6, lead, "exact", 0) for vnd, lead in ((5, ""), (2, ", gồm "), (3, " và ")))
    link_parts([total, first, second])
    assert (total.linked().parts, total.linked().parts_agree) == ((1, 2), True)
    assert [found.linked().role for found in (first, second)] == ["component", "component"]
    assert make_sum(1, "", "exact", 0).linked() == make_sum(1, "", "exact", 0).budget
