"""The Elasticsearch engine's mapping, and the translation of documents, plans and counts to and from its JSON. No requests here.

Nothing is used that a basic licence or a bare server lacks: the built-in ``whitespace`` analyzer, term, phrase, prefix, range and
bool queries, terms and date_histogram aggregations.
"""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from corpus.document import Document
from corpus.index import plan as plans
from corpus.index.base import (
    MAX_LIMIT,
    MAX_OFFSET,
    SCHEMA_VERSION,
    CodeField,
    Facet,
    Histogram,
    Hit,
    In,
    Matrix,
    Money,
    Published,
    Query,
    Results,
    Sort,
)
from corpus.index.fields import Entry, entry
from corpus.localities import Register

_CODE_FIELDS: tuple[CodeField, ...] = get_args(CodeField)
# As many buckets as the longest code list can fill (some 14,000 units): with all of them every shard's counts are complete, so that
# their sum is exact.
_ALL_BUCKETS = 30_000
_MOST = 2**63 - 1

Body = dict[str, Any]


def settings() -> Body:
    """The index's settings, each for its reason."""
    return {
        # One shard holds a million articles (about 3 GB) and scores all of them by the same statistics.
        "number_of_shards": 1,
        # A copy on a second node where there is one; a single node stays green.
        "auto_expand_replicas": "0-1",
        # An answer to a write means that it is on disk. Set here so that no template of the cluster can say otherwise.
        "translog.durability": "request",
        # What is written shows after `refresh`, as the protocol says, not some time before.
        "refresh_interval": "-1",
        # The deepest numbered page and the one hit more that tells whether another page follows.
        "max_result_window": MAX_OFFSET + MAX_LIMIT + 1,
    }


def mapping() -> Body:
    """Every field with its reason; an unknown one is an error (``strict``), since a typo would be indexed and never found."""
    # Our terms, joined by spaces. Positions for phrases; lengths (norms) for BM25. ``whitespace`` splits and changes nothing else.
    terms = {"type": "text", "analyzer": "whitespace", "index_options": "positions", "norms": True}
    # Sort keys: read from columns only, so no search structure.
    key = {"type": "long", "index": False, "doc_values": True}
    return {
        "dynamic": "strict",
        # What a later release needs to know whether it can read this index.
        "_meta": {"product": "loa", "schema": SCHEMA_VERSION},
        # Documents come from the store; of the record only the version is read back. The server itself keeps the whole record for
        # recovery until merges may drop it, which is more than half of a fresh index.
        "_source": {"includes": ["version"]},
        "properties": {
            # Content hash, for `get`; neither searched nor counted.
            "version": {"type": "keyword", "index": False, "doc_values": False},
            **{f"{name}_{form}": terms for name in ("title", "body") for form in ("exact", "folded")},
            # Codes are matched whole and counted: one keyword column each.
            **{field: {"type": "keyword"} for field in _CODE_FIELDS},
            # A day, for ranges and calendar steps.
            "published": {"type": "date", "format": "strict_date"},
            # All public sums of the document in đồng; a range matches when one of them lies in it.
            "amount": {"type": "long"},
            **{name: key for name in get_args(Sort) if name != "relevance"},
        },
    }


def record_of(document: Document | Entry, register: Register) -> tuple[str, Body]:
    """The document's id and what is indexed of it."""
    made = entry(document, register)
    record: Body = {
        "version": made.version,
        "title_exact": made.title[0],
        "title_folded": made.title[1],
        "body_exact": made.body[0],
        "body_folded": made.body[1],
        "amount": list(made.amounts),
        "newest": made.newest,
        "oldest": made.oldest,
        "largest": made.largest,
        **{field: list(codes) for field, codes in made.codes.items()},
    }
    if made.published is not None:
        record["published"] = date.fromordinal(made.published).isoformat()
    return made.id, record


def matching(query: Query) -> Body:
    """Which documents, without any score."""
    parts = (*query.filters, *((query.where,) if query.where is not None else ()))
    return {"bool": {"filter": [_translate(plans.plan(part)) for part in parts]}} if parts else {"match_all": {}}


def page_body(query: Query) -> Body:
    """The request for `search`: one hit more than the page, the exact total, and every count; all of one snapshot."""
    body: Body = {"size": query.limit + 1, "from": query.offset, "track_total_hits": True, "_source": False}
    if query.limit == 0:
        body |= {"size": 0, "query": matching(query)}
    elif query.sort == "relevance":
        # Equal scores in a fixed order, else two copies of a shard would page differently.
        body |= {"query": _ranked(query), "sort": ["_score", {"newest": "desc"}]}
    else:
        body |= {"query": matching(query), "sort": [{query.sort: "desc"}]}
        if query.after is not None:
            body |= {"search_after": [query.after]}
    counts: Body = {field: _terms(field) for field in query.facets}
    for rows, columns in query.matrices:
        counts[f"{rows} {columns}"] = _terms(rows) | {"aggs": {"column": _terms(columns)}}
    if query.histogram:
        steps = {"field": "published", "calendar_interval": query.histogram, "format": "strict_date", "min_doc_count": 1}
        counts["histogram"] = {"date_histogram": steps}
    return body | ({"aggs": counts} if counts else {})


def results_of(query: Query, answer: Body) -> Results:
    total = int(answer["hits"]["total"]["value"])
    found = answer["hits"]["hits"]
    by_score = query.sort == "relevance"
    hits = tuple(Hit(str(hit["_id"]), float(hit["_score"] or 0.0) if by_score else 0.0) for hit in found[: query.limit])
    more = not by_score and query.limit and len(found) > query.limit
    counts = answer.get("aggregations", {})
    return Results(
        total,
        hits,
        tuple(Facet(field, _facet(counts[field])) for field in query.facets),
        int(found[query.limit - 1]["sort"][0]) if more else None,
        tuple(Matrix(rows, columns, _cells(counts[f"{rows} {columns}"])) for rows, columns in query.matrices),
        _histogram(query, total, counts) if query.histogram else None,
    )


def frequencies_body(terms: list[str], *, exact: bool) -> Body:
    field = _field("body", exact=exact)
    filters = {str(number): {"term": {field: term}} for number, term in enumerate(terms)}
    return {"size": 0, "track_total_hits": False, "aggs": {"terms": {"filters": {"filters": filters}}}}


def _ranked(query: Query) -> Body:
    filters = [_translate(plans.plan(part)) for part in query.filters]
    if query.where is None:
        return {"bool": {"filter": filters}} if filters else {"match_all": {}}
    wanted = plans.plan(query.where)
    better = [_run(run, plans.boost(run)) for run in plans.preferred(wanted)]
    return {"bool": {"must": [_translate(wanted)], "filter": filters, "should": better}}


def _translate(wanted: plans.Plan) -> Body:
    match wanted:
        case plans.Run():
            return _run(wanted)
        case plans.Start(text, exact, field):
            return {"prefix": {_field(field, exact=exact): {"value": text}}}
        case plans.Together(terms, slop, exact, field):
            return {"match_phrase": {_field(field, exact=exact): {"query": " ".join(terms), "slop": slop}}}
        case plans.Every(parts):
            return _every(parts)
        case plans.Either(parts):
            if not parts:
                return {"match_none": {}}
            if len(parts) == 1:
                return _translate(parts[0])
            return {"bool": {"should": [_translate(part) for part in parts], "minimum_should_match": 1}}
        case plans.Without(part):
            return {"bool": {"filter": [{"match_all": {}}], "must_not": [_translate(part)]}}
        case In(field, codes):
            return _unscored({"terms": {field: list(codes)}}) if codes else {"match_none": {}}
        case Published(start, end):
            limits = ({"gte": start.isoformat()} if start else {}) | ({"lt": end.isoformat()} if end else {})
            return _unscored({"range": {"published": limits}} if limits else {"exists": {"field": "published"}})
        case Money(lowest, limit):
            first, last = max(lowest or 0, 0), _MOST if limit is None else min(limit - 1, _MOST)
            return _unscored({"range": {"amount": {"gte": first, "lte": last}}}) if first <= last else {"match_none": {}}


def _every(parts: tuple[plans.Plan, ...]) -> Body:
    if not parts:
        return _unscored({"match_all": {}})
    if len(parts) == 1:
        return _translate(parts[0])
    must = [_translate(part) for part in parts if not isinstance(part, plans.Without)]
    must_not = [_translate(part.part) for part in parts if isinstance(part, plans.Without)]
    return {"bool": {"must": must or [_unscored({"match_all": {}})], "must_not": must_not}}


def _run(run: plans.Run, boost: float = 1.0) -> Body:
    field = _field(run.field, exact=run.pattern.exact)
    if len(run.pattern.terms) == 1:
        return {"term": {field: {"value": run.pattern.terms[0], "boost": boost}}}
    return {"match_phrase": {field: {"query": " ".join(run.pattern.terms), "boost": boost}}}


def _field(name: plans.TermField, *, exact: bool) -> str:
    return f"{name}_{'exact' if exact else 'folded'}"


def _unscored(query: Body) -> Body:
    return {"constant_score": {"filter": query, "boost": 0.0}}


def _terms(field: str) -> Body:
    return {"terms": {"field": field, "size": _ALL_BUCKETS}}


def _facet(answer: Body) -> tuple[tuple[str, int], ...]:
    counts = [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in answer["buckets"]]
    return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0])))


def _cells(answer: Body) -> tuple[tuple[str, str, int], ...]:
    return tuple(sorted((str(row["key"]), code, count) for row in answer["buckets"] for code, count in _facet(row["column"])))


def _histogram(query: Query, total: int, counts: Body) -> Histogram | None:
    if query.histogram is None:
        return None
    steps = [(date.fromisoformat(bucket["key_as_string"]), int(bucket["doc_count"])) for bucket in counts["histogram"]["buckets"]]
    return Histogram(query.histogram, tuple(steps), total - sum(count for _, count in steps))
