"""tag_budgets: every sum of money in title and text with what it is for.

The grammar of sums is in ``nlp/money.py``; the words around them in ``nlp/budget_context.py`` (what a sum is) and
``nlp/budget_roles.py`` (what it is in its plan), with their cues in ``nlp/budget_cues.py`` and ``nlp/budget_payers.py``; totals
against parts and repeated sums in ``nlp/budget_parts.py``. Nothing here adds sums up.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from corpus.document import Budget, BudgetKind, BudgetRole, BudgetScope, Document, FieldName, LocalityMention, Span
from corpus.text import lower, sentence_spans
from nlp.budget_context import Context, is_from_public_fund, kind_of, said_outright
from nlp.budget_judge import Judge
from nlp.budget_parts import Sum, is_part, link_parts, mark_duplicates
from nlp.budget_payers import GIVING, LENDING, PUBLIC_AT_ALL, PUBLIC_GIVER
from nlp.budget_roles import funds_in, funds_of, given_role, project_in, role_of, scope_of, years_in, years_of
from nlp.budget_subjects import activities_named, activity_of, programme_of
from nlp.features import tokens
from nlp.model import SentenceModel
from nlp.money import parse_amounts
from nlp.money_forms import Amount
from nlp.money_tables import parse_table_amounts
from nlp.money_units import per_unit_before
from nlp.sections import outline

METHOD = "budget-rules 2026.11"

_LEFT_REACH = 260
_RIGHT_REACH = 140
_LARGE_FOR_ONE_ACTIVITY = 100_000 * 10**9
"""Đồng; no project, sub-project or activity comes near: the whole programme of 2021-2025 has 75.000 tỷ."""


class BudgetTagger:
    """`tag_budgets` with the judge of a sentence model, where there is one."""

    def __init__(self, model: SentenceModel | None) -> None:
        self._judge = None if model is None else model.budget_judge

    def __call__(self, document: Document) -> Document:
        return tag_budgets(document, judge=self._judge)


def tag_budgets(document: Document, *, judge: Judge | None = None) -> Document:
    """The document with ``budgets`` in the order of title, then text; programmes, localities and activities already tagged
    lend their codes to the sums beside them. Without a ``judge`` the cue rules alone tell public money from other."""
    amounts = {name: parse_table_amounts(text, parse_amounts(text)) for name, text in (("title", document.title), ("text", document.text))}
    if not any(amounts.values()):
        return replace(document, budgets=())  # most texts name no money: nothing else of them need be read
    sums: list[Sum] = []
    surroundings = _Surroundings(document)
    for name in ("title", "text"):
        sums.extend(_field_sums(document, name, amounts[name], surroundings, judge))
    link_parts(sums)
    mark_duplicates(sums)
    return replace(document, budgets=tuple(found.linked() for found in sums))


@dataclass(frozen=True, slots=True)
class _Tagged:
    """Where other tags stand, for looking up the nearest one."""

    starts: tuple[int, ...]
    codes: tuple[str, ...]

    def before(self, end: int) -> str | None:
        """The last code that starts before ``end``."""
        position = bisect_right(self.starts, end - 1) - 1
        return self.codes[position] if position >= 0 else None

    def inside(self, start: int, end: int) -> str | None:
        position = bisect_right(self.starts, end - 1) - 1
        return self.codes[position] if position >= 0 and self.starts[position] >= start else None

    def all_inside(self, start: int, end: int) -> frozenset[str]:
        return frozenset(self.codes[bisect_left(self.starts, start) : bisect_right(self.starts, end - 1)])


_STATEMENT = re.compile(r"^[^\w\n]{0,8}(?:[\divx]{1,4}[^\w\n]{1,4})?(?:nguồn )?(?:kinh phí|nguồn vốn)\b[^\n]{0,400}", re.MULTILINE)
_STATEMENT_REACH = 400
"""Characters: the sums of a plan's money section follow the line on its source within a few lines."""
_NAMES_SUM = re.compile(r"\d\s?(?:đồng|đ\b|tỷ|tỉ|triệu|nghìn|ngàn)|\d\.\d{3}\.\d{3}")


def _fund_statements(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """End and funds of each line that says where money comes from and names no sum itself."""
    for match in _STATEMENT.finditer(lower(text)):
        line = match[0]
        if not _NAMES_SUM.search(line):
            funds = funds_in(line)
            if funds:
                yield match.end(), funds


def _tagged(items: Sequence[tuple[int, str]]) -> _Tagged:
    ordered = sorted(items)
    return _Tagged(tuple(start for start, _ in ordered), tuple(code for _, code in ordered))


class _Surroundings:
    """What the whole document says about programme, projects, places and activities."""

    def __init__(self, document: Document) -> None:
        everything = lower(document.title + "\n" + document.text[:200_000])
        projects = set(re.findall(r"(?<!tiểu )dự án (1[0-2]|\d)(?!\d|\.\d)", everything))
        old = bool(re.search(r"2016\s*[-–]\s*2020", everything)) and not re.search(r"2021\s*[-–]\s*2025", everything)
        if document.published is not None and document.published.year < 2021 and not re.search(r"2021\s*[-–]\s*2025", everything):
            old = True
        self.information_project = "4" if old else "6"
        self.default_project = "6" if not projects or "6" in projects else min(projects) if len(projects) == 1 else "6"
        self.programme = self._only_programme(document)
        official = document.official is not None or outline(document).is_official
        self.programme_codes = frozenset(mention.code for mention in document.programmes)
        self.activity_codes = frozenset(mention.code for mention in document.activities)
        self.programmes = {
            name: _tagged([(span.start, m.code) for m in document.programmes for span in m.evidence if span.field == name])
            for name in ("title", "text")
        }
        self.title_programmes: frozenset[str] = frozenset(self.programmes["title"].codes) if official else frozenset()
        about: list[LocalityMention] = [m for m in document.localities if m.role == "about" and m.code and not m.inferred]
        self.localities = {
            name: _tagged([(span.start, m.code or "") for m in about for span in m.evidence if span.field == name])
            for name in ("title", "text")
        }
        codes = {m.code for m in about}
        self.only_locality = next(iter(codes)) if len(codes) == 1 else None
        self.activities = {
            name: _tagged([(span.start, m.code) for m in document.activities for span in m.evidence if span.field == name])
            for name in ("title", "text")
        }
        self.nature = _nature(everything)
        self._fund_statements = tuple(_fund_statements(document.text))
        title = lower(document.title)
        title_years = years_in(title)
        self.title_years = title_years[0] if len(title_years) == 1 else None
        projects_in = {"default_project": self.default_project, "information_project": self.information_project}
        self.title_scope = project_in(title, **projects_in) if official else None
        """Of a plan or decision: what its title says holds where a sum's own sentence says nothing else."""

    def stated_funds(self, name: FieldName, start: int) -> tuple[str, ...]:
        """Funds of the paragraph on sources that stands shortly before the sum: "Kinh phí thực hiện từ nguồn vốn sự nghiệp. Tổng: ..."."""
        if name == "title":
            return ()
        position = bisect_right(self._fund_statements, start, key=lambda statement: statement[0]) - 1
        if position < 0 or start - self._fund_statements[position][0] > _STATEMENT_REACH:
            return ()
        return self._fund_statements[position][1]

    @staticmethod
    def _only_programme(document: Document) -> str | None:
        codes = {mention.code for mention in document.programmes}
        return next(iter(codes)) if len(codes) == 1 else None


@dataclass(slots=True)
class _Shared:
    """What the sums of one sentence have in common."""

    named: frozenset[str]
    """Activities that its cues may stand for."""
    alone: bool
    """Only one sum stands in it."""
    whole: str | None = None
    """Activity of the total whose parts come next."""

    @classmethod
    def of(cls, sentence: str, *, alone: bool) -> _Shared:
        return cls(activities_named(sentence), alone)


_SENTENCE_REACH = 2000
"""Characters of a sentence that are read for its activities."""
_NATURE_CHARACTERS = 4000
_NATURE_FROM = 2


def _nature(everything: str) -> BudgetKind | None:
    """What the sums of a text are that speaks of giving or of lending throughout and never of public money: "Tổng kinh phí 90 triệu đồng"
    beside three houses handed over by a fund is a gift."""
    start = everything[:_NATURE_CHARACTERS]
    if PUBLIC_AT_ALL.search(start):
        return None
    giving, lending = len(GIVING.findall(start)), len(LENDING.findall(start))
    if max(giving, lending) < _NATURE_FROM:
        return None
    return "loan" if lending >= giving else "gift"


def _field_sums(
    document: Document, name: FieldName, amounts: Sequence[Amount], surroundings: _Surroundings, judge: Judge | None
) -> list[Sum]:
    if not amounts:
        return []
    title_tokens = tokens(document.title) if judge is not None else []
    text = document.title if name == "title" else document.text
    low = lower(text)
    topical = document.relevance is not None and document.relevance.value != "off_topic"
    spans = sentence_spans(text)
    starts = [start for start, _ in spans]
    sums: list[Sum] = []
    after_kind: BudgetKind | None = None
    structural = False
    shared: _Shared | None = None
    previous: Amount | None = None
    previous_sentence = -1
    after_line = -2  # the sentence before this one, where its last sum is public money: the next item of a list is so, too
    unknown: list[tuple[int, Callable[[], Budget]]] = []
    # Sums of this sentence that no word explains: an item further on in the enumeration may.
    for position, amount in enumerate(amounts):
        index = max(0, bisect_right(starts, amount.number_start) - 1)
        first, last = spans[index]
        last = max(last, amount.end)
        same = previous is not None and index == previous_sentence
        if not same:
            after_line = previous_sentence if after_kind == "budget" else -2
            after_kind = None
            structural = False
            later = amounts[position + 1 : position + 3]
            alone = not any(a.start != amount.start and a.number_start < last for a in later)
            shared = _Shared.of(low[first : min(last, first + _SENTENCE_REACH)], alone=alone) if surroundings.activity_codes else None
        is_range = previous is not None and previous.start == amount.start
        following = _after(amounts, position)
        context = _context(
            text, low, amount, previous if same and not is_range else None, following, spans, index, after_kind, topical=topical
        )
        if is_range and sums:
            budget = replace(sums[-1].budget, vnd=amount.vnd, usd=amount.usd)
            if amount.given and budget.role == "disbursed":
                budget = replace(budget, role=given_role(context.right))
        else:
            part_before = structural
            structural = is_part(context.left, low[first : first + 4], after_sum=same, in_list=structural)
            kind, known = kind_of(context)
            if kind == "gift" and structural and same and _COLLECTED.search(context.left):
                kind = "budget"  # a share that a public total counts in
            if not known and kind == "other" and not same and after_line == index - 1 and _LIST_ITEM.match(low, first):
                kind, known = "budget", True
            if kind == "budget" and surroundings.nature is not None:
                near = max(first, amount.start - _LEFT_REACH), min(last, amount.close + _RIGHT_REACH)
                public = PUBLIC_GIVER.search(low, *near) or is_from_public_fund(context)
                apart = surroundings.nature == "loan" and _NEVER_LENT.search(context.left + context.clause)
                kind = kind if public or apart else surroundings.nature
            asked = judge is not None and amount.vnd is not None and position < _MOST_JUDGED
            if judge is not None and asked and not (kind in _OUTRIGHT and said_outright(context) == kind):
                kind = judge(kind, context, title_tokens)
            before = sums[-1].budget.role if same and sums else None
            if shared is not None and not (structural and part_before):
                shared.whole = sums[-1].budget.activity if structural and same and sums else None
            budget = _budget(
                name, amount, context, kind, Span(first, last, name), surroundings, structural=structural, before=before, shared=shared
            )
            if kind == "budget" and known and same and _ENUMERATED.match(context.left):
                for earlier, redo in unknown:
                    sums[earlier] = replace(sums[earlier], budget=redo())
            if known or not same:
                unknown.clear()
            if not known and kind == "other":
                redo_as_budget = partial(
                    _budget,
                    *(name, amount, context, "budget", Span(first, last, name), surroundings),
                    structural=structural,
                    before=before,
                    shared=replace(shared) if shared is not None else None,
                )
                unknown.append((len(sums), redo_as_budget))
        sums.append(
            Sum(
                budget=budget,
                precision=amount.precision,
                sentence=(name, index),
                lead=context.left,
                heading=context.previous,
                is_range=is_range,
            )
        )
        after_kind = budget.kind
        if not is_range:
            previous = amount
        previous_sentence = index
    return sums


def _after(amounts: Sequence[Amount], position: int) -> Amount | None:
    """The next sum that begins behind this one: the two ends of a range begin together."""
    close = amounts[position].close
    for amount in amounts[position + 1 : position + 3]:
        if amount.start >= close:
            return amount
    return None


def _context(
    text: str,
    low: str,
    amount: Amount,
    previous: Amount | None,
    following: Amount | None,
    spans: Sequence[tuple[int, int]],
    index: int,
    after_kind: BudgetKind | None,
    *,
    topical: bool,
) -> Context:
    first, last = spans[index]
    reach = max(first, amount.start - _LEFT_REACH)
    left_start = max(reach, previous.close) if previous is not None else reach
    right_end = min(max(last, amount.close), amount.close + _RIGHT_REACH)
    if following is not None:
        right_end = max(amount.close, min(right_end, following.start))
    later = ""
    if index + 1 < len(spans) and spans[index + 1][0] <= last + 3:
        later = low[spans[index + 1][0] : min(spans[index + 1][1], spans[index + 1][0] + _RIGHT_REACH)]
    earlier = ""
    if index and spans[index - 1][1] >= first - 3:
        start, end = spans[index - 1]
        earlier = low[max(start, end - _LEFT_REACH) : end]
    left = low[left_start : amount.start]
    return Context(
        left=left,
        right=low[amount.close : right_end],
        before=low[reach:left_start],
        cased=text[max(first, amount.start - _LEFT_REACH) : right_end],
        following=later,
        previous=earlier,
        per_unit=amount.per_unit or per_unit_before(left),
        capped=amount.qualifier == "max",
        after_kind=after_kind,
        after_sum=previous is not None,
        tabular=amount.tabular,
        topical=topical,
        vnd=amount.vnd,
        usd=amount.usd,
    )


_OUTRIGHT: tuple[BudgetKind, ...] = ("gift", "difference")
"""Kinds that the judge is not asked about where a phrase right before the sum names them: "dân góp", "tăng thêm"."""
_MOST_JUDGED = 500
"""Sums of a field; where there are more they stand in tables, and the judge takes as long for each as the rules."""
_LIST_ITEM = re.compile(r"\s*(?:[-–+•*]\s|\d{1,2}(?:\.\d{1,2})*[.)]?\s(?!tỷ|triệu)|[a-zđ][.)]\s|năm 20\d\d|tổng|cộng)")
_COLLECTED = re.compile(r"(?<!\w)(?:xã hội h(?:óa|oá)|vốn huy động)(?!\w)[^,;:\d]{0,20}$")
_ENUMERATED = re.compile(r"\s*(?:\.\.\.|…)?\s*[;,]")
_NEVER_LENT = re.compile(r"(?<!\w)(?:kinh phí|dự toán|tập huấn|truyền thanh|tuyên truyền|in ấn|hội nghị|tờ rơi|tờ gấp)(?!\w)")


def _scope(context: Context, surroundings: _Surroundings) -> tuple[BudgetScope, str | None]:
    return scope_of(context, default_project=surroundings.default_project, information_project=surroundings.information_project)


def _budget(
    name: FieldName,
    amount: Amount,
    context: Context,
    kind: BudgetKind,
    sentence: Span,
    surroundings: _Surroundings,
    *,
    structural: bool,
    before: BudgetRole | None,
    shared: _Shared | None,
) -> Budget:
    role = role_of(context, structural=structural, before=before) if kind == "budget" else "other"
    scope, component = _scope(context, surroundings) if kind == "budget" else ("other", None)
    year_from, year_to = years_of(context)
    if year_from is None and surroundings.title_years and kind == "budget":
        year_from, year_to = surroundings.title_years
    flags = set(amount.flags)
    if kind == "budget" and scope != "programme" and amount.vnd is not None and amount.vnd >= _LARGE_FOR_ONE_ACTIVITY and scope != "other":
        flags.add("implausible")
    is_budget = kind == "budget"
    programme = None
    if is_budget:
        here = surroundings.programmes[name].all_inside(sentence.start, sentence.end)
        named, programme = programme_of(context, tagged=surroundings.programme_codes, here=here)
        if scope == "other" and not named and not here - surroundings.title_programmes and surroundings.title_scope is not None:
            scope, component = surroundings.title_scope
        if not named and len(here) <= 1 and (scope in ("programme", "project", "sub_project") or surroundings.programme):
            programme = next(iter(here), surroundings.programme)
            if programme is None and len(surroundings.title_programmes) == 1:
                programme = next(iter(surroundings.title_programmes))
    activity = None
    if scope == "activity" and shared is not None:  # public money alone has a scope
        activity = activity_of(
            context,
            tagged=surroundings.activity_codes,
            here=surroundings.activities[name].all_inside(sentence.start, sentence.end),
            named=shared.named,
            alone=shared.alone,
            whole=shared.whole,
        )
    locality = surroundings.localities[name].inside(sentence.start, amount.start) or surroundings.only_locality
    locality = locality or surroundings.localities[name].before(sentence.end)
    return Budget(
        vnd=amount.vnd,
        usd=amount.usd,
        qualifier=amount.qualifier,
        kind=kind,
        role=role,
        scope=scope,
        component=component,
        programme=programme,
        per_unit=context.per_unit,
        year_from=year_from,
        year_to=year_to,
        funds=(funds_of(context) or surroundings.stated_funds(name, amount.start)) if is_budget else (),
        locality=locality if is_budget else None,
        activity=activity,
        in_words=amount.in_words,
        flags=tuple(sorted(flags)),
        evidence=(Span(amount.start, amount.end, name), sentence),
        method=METHOD,
    )
