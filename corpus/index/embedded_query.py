"""The embedded engine's schema and the translation of documents, plans and counts to and from tantivy's own objects."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any, get_args

import tantivy
from tantivy import FieldType, Occur

from corpus.document import Document
from corpus.index import plan as plans
from corpus.index.base import CodeField, Facet, Histogram, In, Interval, Matrix, Money, Published, Query, Sort
from corpus.index.fields import Entry, entry
from corpus.localities import Register

_CODE_FIELDS: tuple[CodeField, ...] = get_args(CodeField)
# Facet codes come from code lists of at most some 14,000 units; asking for more than that keeps counts exact across segments.
_ALL_BUCKETS = 30_000
_MANY = 2**63
# A histogram counts by the first day of the step, so that there are as few buckets as there are steps; years are added up from months.
_STEPS: dict[Interval, str] = {"day": "published", "week": "week", "month": "month", "year": "month"}


def make_schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("version", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "body"):
        for form in ("exact", "folded"):
            builder.add_text_field(f"{name}_{form}", tokenizer_name="terms", index_option="position")
    for field in _CODE_FIELDS:
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("published", "amount", "newest", "oldest", "largest"):
        builder.add_unsigned_field(name, fast=True, indexed=name in ("published", "amount"))
    for name in ("week", "month"):
        builder.add_unsigned_field(name, fast=True, indexed=False)
    return builder.build()


def record_of(document: Document | Entry, register: Register) -> Any:
    made = entry(document, register)
    record = tantivy.Document()
    record.add_text("id", made.id)
    record.add_text("version", made.version)
    for name, forms in (("title", made.title), ("body", made.body)):
        for form, terms in zip(("exact", "folded"), forms, strict=True):
            record.add_text(f"{name}_{form}", terms)
    for field, codes in made.codes.items():
        for code in codes:
            record.add_text(field, code)
    if made.published is not None:
        record.add_unsigned("published", made.published)
        day = date.fromordinal(made.published)
        record.add_unsigned("week", _first_day(day, "week").toordinal())
        record.add_unsigned("month", _first_day(day, "month").toordinal())
    for amount in made.amounts:
        record.add_unsigned("amount", amount)
    record.add_unsigned("newest", made.newest)
    record.add_unsigned("oldest", made.oldest)
    record.add_unsigned("largest", made.largest)
    return record


def matching_query(query: Query, schema: Any) -> Any:
    """Which documents; used for counts, facets and orders other than relevance."""
    parts = (*(query.filters), *((query.where,) if query.where is not None else ()))
    return _translate(plans.Every(tuple(plans.plan(part) for part in parts)), schema)


def ranked_query(query: Query, matching: Any, schema: Any) -> Any:
    wanted = plans.plan(query.where)
    preferred = plans.preferred(wanted)
    if query.where is None or not (preferred or query.filters):
        return matching
    conditions = [(Occur.Must, tantivy.Query.const_score_query(_translate(plans.plan(part), schema), 0.0)) for part in query.filters]
    better = [(Occur.Should, tantivy.Query.boost_query(_run(run, schema), plans.boost(run))) for run in preferred]
    return tantivy.Query.boolean_query([(Occur.Must, _translate(wanted, schema)), *conditions, *better])


def query_after(query: Query, matching: Any, schema: Any) -> Any:
    return matching if query.after is None else below(query.sort, query.after, matching, schema)


def below(sort: Sort, key: int, matching: Any, schema: Any) -> Any:
    """What comes behind the sort key ``key``."""
    rest = tantivy.Query.range_query(schema, sort, FieldType.Unsigned, lower_bound=0, upper_bound=key, include_upper=False)
    return tantivy.Query.boolean_query([(Occur.Must, matching), (Occur.Must, rest)])


def term_field(name: plans.TermField, *, exact: bool) -> str:
    return f"{name}_{'exact' if exact else 'folded'}"


def _run(run: plans.Run, schema: Any) -> Any:
    field = term_field(run.field, exact=run.pattern.exact)
    terms = list[str | tuple[int, str]](run.pattern.terms)
    if len(terms) == 1:
        return tantivy.Query.term_query(schema, field, run.pattern.terms[0])
    return tantivy.Query.phrase_query(schema, field, terms)


def _translate(wanted: plans.Plan, schema: Any) -> Any:
    match wanted:
        case plans.Run():
            return _run(wanted, schema)
        case plans.Start(text, exact, field):
            # Terms hold letters, digits and marks only, nothing that a pattern gives a meaning.
            return tantivy.Query.regex_query(schema, term_field(field, exact=exact), f"{text}.*")
        case plans.Together((first, second), slop, exact, field):
            return tantivy.Query.phrase_query(schema, term_field(field, exact=exact), [first, second], slop)
        case plans.Every(parts):
            if not parts:
                return _everything()
            if len(parts) == 1 and not isinstance(parts[0], plans.Without):
                return _translate(parts[0], schema)
            positive = [(Occur.Must, _translate(part, schema)) for part in parts if not isinstance(part, plans.Without)]
            negative = [(Occur.MustNot, _translate(part.part, schema)) for part in parts if isinstance(part, plans.Without)]
            # A list of exclusions alone would match nothing.
            return tantivy.Query.boolean_query([*(positive or [(Occur.Must, _everything())]), *negative])
        case plans.Either(parts):
            if not parts:
                return tantivy.Query.empty_query()
            if len(parts) == 1:
                return _translate(parts[0], schema)
            return tantivy.Query.boolean_query([(Occur.Should, _translate(part, schema)) for part in parts])
        case plans.Without(part):
            return tantivy.Query.boolean_query([(Occur.Must, _everything()), (Occur.MustNot, _translate(part, schema))])
        case In(field, codes):
            if not codes:
                return tantivy.Query.empty_query()
            if len(codes) == 1:
                return _unscored(tantivy.Query.term_query(schema, field, codes[0]))
            return _unscored(tantivy.Query.term_set_query(schema, field, list(codes)))
        case Published(start, end):
            return _range(schema, "published", start.toordinal() if start else None, end.toordinal() if end else None)
        case Money(lowest, limit):
            return _range(schema, "amount", lowest, limit)


def _range(schema: Any, field: str, start: int | None, end: int | None) -> Any:
    start = max(start or 0, 0)
    end = _MANY if end is None else min(end, _MANY)
    if start >= end:
        return tantivy.Query.empty_query()
    found = tantivy.Query.range_query(schema, field, FieldType.Unsigned, lower_bound=start, upper_bound=end, include_upper=False)
    return _unscored(found)


def _everything() -> Any:
    return _unscored(tantivy.Query.all_query())


def _unscored(query: Any) -> Any:
    """Codes, dates and sums say whether a document matches, never how well."""
    return tantivy.Query.const_score_query(query, 0.0)


def aggregation(query: Query) -> dict[str, Any]:
    wanted: dict[str, Any] = {field: _terms(field) for field in query.facets}
    for rows, columns in query.matrices:
        wanted[f"{rows} {columns}"] = _terms(rows) | {"aggs": {"column": _terms(columns)}}
    if query.histogram:
        wanted["histogram"] = _terms(_STEPS[query.histogram])
    return wanted


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": _ALL_BUCKETS, "segment_size": _ALL_BUCKETS}}


def facets_of(query: Query, answer: dict[str, Any]) -> tuple[Facet, ...]:
    facets = []
    for field in query.facets:
        counts = sorted([(-bucket["doc_count"], bucket["key"]) for bucket in answer[field]["buckets"]] if answer else [])
        facets.append(Facet(field, tuple([(code, -less) for less, code in counts])))
    return tuple(facets)


def matrices_of(query: Query, answer: dict[str, Any]) -> tuple[Matrix, ...]:
    found = []
    for rows, columns in query.matrices:
        cells = [
            (str(row["key"]), str(cell["key"]), int(cell["doc_count"]))
            for row in (answer[f"{rows} {columns}"]["buckets"] if answer else ())
            for cell in row["column"]["buckets"]
        ]
        found.append(Matrix(rows, columns, tuple(sorted(cells))))
    return tuple(found)


def histogram_of(query: Query, total: int, answer: dict[str, Any]) -> Histogram | None:
    if query.histogram is None:
        return None
    counts: Counter[date] = Counter()
    for bucket in answer["histogram"]["buckets"] if answer else ():
        counts[_first_day(date.fromordinal(int(bucket["key"])), query.histogram)] += int(bucket["doc_count"])
    return Histogram(query.histogram, tuple(sorted(counts.items())), total - counts.total())


def _first_day(day: date, interval: Interval) -> date:
    match interval:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
