"""The model: JSON both ways, invariants, identity."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import (
    ActivityMention,
    Budget,
    DateCandidate,
    Document,
    LocalityMention,
    Mention,
    ProgrammeMention,
    Provenance,
    Quantity,
    RawPage,
    Relevance,
    Span,
    document_id,
    from_json,
    part_from_json,
    to_json,
)
from corpus.errors import InvalidData

NOW = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
_SPANS = st.builds(lambda a, n: Span(a, a + n), st.integers(0, 50), st.integers(1, 20))
_EVIDENCE = st.lists(_SPANS, min_size=1, max_size=3).map(tuple)
_WORD = st.text(max_size=12)

documents = st.builds(
    Document,
    id=_WORD,
    provenance=st.builds(
        Provenance,
        portal=_WORD,
        requested_url=_WORD,
        final_url=_WORD,
        fetched_at=st.just(NOW),
        site_id=st.none() | _WORD,
    ),
    title=st.text(max_size=40),
    text=st.text(max_size=200),
    published=st.none() | st.dates(),
    date_candidates=st.lists(st.builds(DateCandidate, value=st.dates(), method=_WORD, confidence=st.floats(0, 1)), max_size=2).map(tuple),
    words=st.lists(st.tuples(st.integers(0, 9), st.integers(10, 19)), max_size=3).map(tuple),
    relevance=st.none() | st.builds(Relevance, value=st.just("communication"), method=_WORD),
    programmes=st.lists(st.builds(ProgrammeMention, code=_WORD, evidence=_EVIDENCE, method=_WORD), max_size=2).map(tuple),
    localities=st.lists(st.builds(LocalityMention, code=_WORD, role=st.just("about"), evidence=_EVIDENCE, method=_WORD), max_size=2).map(
        tuple
    ),
    activities=st.lists(
        st.builds(ActivityMention, code=_WORD, evidence=_EVIDENCE, method=_WORD, modality=st.sampled_from(["done", "planned", "general"])),
        max_size=2,
    ).map(tuple),
    budgets=st.lists(
        st.builds(Budget, vnd=st.none() | st.integers(0, 2**62), evidence=_EVIDENCE, method=_WORD, parts=st.just((1, 2))), max_size=2
    ).map(tuple),
    quantities=st.lists(
        st.builds(
            Quantity, kind=_WORD, value=st.floats(allow_nan=False, allow_infinity=False), unit=_WORD, evidence=_EVIDENCE, method=_WORD
        ),
        max_size=2,
    ).map(tuple),
)


@given(documents)
def test_json_both_ways(document: Document) -> None:
    assert from_json(to_json(document)) == document


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"id": 1}', b'{"id": "x", "title": null}'])
def test_other_json_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidData, match="not a document"):
        from_json(data)


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 2), (-1, 2)])
def test_a_span_is_never_empty(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="span"):
        Span(start, end)


def test_a_mention_needs_evidence() -> None:
    with pytest.raises(ValueError, match="evidence"):
        Mention(code="x", evidence=(), method="m")


@pytest.mark.parametrize(("code", "candidates"), [(None, ()), ("v1-01", ("v1-02",))])
def test_a_locality_is_either_resolved_or_open(code: str | None, candidates: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="either"):
        LocalityMention(code=code, candidates=candidates, role="about", evidence=(Span(0, 1),), method="m")


def test_identity_takes_the_first_that_exists() -> None:
    by_id = document_id(portal="a", site_id="7", canonical_url="https://a.vn/x", body=b"1")
    assert by_id == document_id(portal="a", site_id="7", canonical_url="https://a.vn/y", body=b"2")
    assert by_id != document_id(portal="b", site_id="7", canonical_url="https://a.vn/x", body=b"1")
    by_url = document_id(portal="a", site_id=None, canonical_url="https://a.vn/x", body=b"1")
    assert by_url == document_id(portal="b", site_id=None, canonical_url="https://a.vn/x", body=b"2")
    assert document_id(portal="a", site_id=None, canonical_url=None, body=b"1") != document_id(
        portal="a", site_id=None, canonical_url=None, body=b"2"
    )


def test_headers_are_found_in_any_case_and_bytes_stay_out_of_logs() -> None:
    page = RawPage(
        portal="a", requested_url="u", final_url="u", status=200, headers=(("content-type", "text/html"),), body=b"secret", fetched_at=NOW
    )
    assert page.header("Content-Type") == "text/html"
    assert page.header("etag") is None
    assert "secret" not in repr(page)


def test_content_hash_names_a_version() -> None:
    document = Document(
        id="a",
        provenance=Provenance(portal="p", requested_url="u", final_url="u", fetched_at=NOW),
        title="Tiêu đề",
        text="Nội dung",
        published=date(2024, 1, 2),
    )
    assert document.content_hash == from_json(to_json(document)).content_hash
    assert document.quote(Span(0, 4, "title")) == "Tiêu"
    assert document.quote(Span(0, 3)) == "Nội"


def test_counts_of_older_stores_are_read() -> None:
    """What was stored before counts were said for each of something, or as a part, says neither."""
    stored = b'{"kind":"people","value":50.0,"unit":"hoc vien","evidence":[{"start":0,"end":5,"field":"text"}],"method":"quantity-rules 2026.11"}'
    found = part_from_json(stored, Quantity)
    assert (found.value, found.per_unit, found.out_of) == (50, None, None)
