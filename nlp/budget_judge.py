"""The judge of sums: whether a sum is public money, by the words around it, beside the cue rules.

Cue rules know phrases; they cannot weigh the many words that speak a little for one side ("mỗi", "bà", "Tết"). The judge is a logistic
regression over words and pairs of words in six places around a sum, fitted to the sums of annotated pages (see ``nlp/budget_train.py``).
The verdict of the rules counts as one fixed weight: fitted to pages that rules were written for, it would seem surer than it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from corpus.document import BudgetKind
from nlp.budget_context import Context, private_kind
from nlp.budget_cues import HOUSEHOLD_UNITS
from nlp.features import tokens

RULES = 1.3
"""Logits that the verdict of the rules is worth. Of 0 to 3 the best of 0.7 to 1.5 on either half of 1,065 sums of pages when the judge was
fitted to the other half and to the shipped pages."""
NAMED = 2.0
"""The same where the rules name a loan, a gift, an income: of 12 such verdicts that weigh less, 5 were wrongly overruled."""
_LOOSE = ("budget", "other")
PLACES = {"P:": 0.5, "T:": 0.7}
"""Weights of the sentences beside the sum's own and of the title when the judge is fitted; 1 for all else."""
_STEPS = (10**4, 10**5, 316_000, 10**6, 3_160_000, 10**7, 31_600_000, 10**8, 316_000_000, 10**9, 10**10, 10**11)
"""Đồng; halves of powers of ten: 3.160.000 parts what a household gets from what a village gets."""

Judge = Callable[[BudgetKind, Context, Sequence[str]], BudgetKind]
"""From the kind by the rules, the surroundings and the tokens of the title to the kind."""


def features(context: Context, title: Sequence[str]) -> tuple[str, ...]:
    """Names of what is seen around a sum, each once; ``title`` as tokens. Raise `nlp.features.FEATURE_VERSION` with any change here."""
    before, behind = tokens(context.own), tokens(context.clause)
    found = dict.fromkeys(_grams("L:", before))
    found.update(dict.fromkeys(_grams("R:", behind)))
    for size in (1, 2, 3):
        if len(before) >= size:
            found[f"L{size}:" + " ".join(before[-size:])] = None
        if len(behind) >= size:
            found[f"R{size}:" + " ".join(behind[:size])] = None
    found.update(dict.fromkeys(_grams("S:", [*tokens(context.left), "›", *tokens(context.right)])))
    found.update(dict.fromkeys(_grams("P:", [*tokens(context.previous), "›", *tokens(context.following)])))
    found.update(dict.fromkeys(_grams("T:", title)))
    unit = (context.per_unit or "").partition("/")[0]
    found["unit:" + unit] = None
    if unit:
        found["per household" if unit in HOUSEHOLD_UNITS else "per other"] = None
    found.update((f"from {step}", None) for step in _STEPS if (context.vnd or 0) >= step)
    if context.capped:
        found["capped"] = None
    return tuple(found)


def _grams(place: str, sequence: Sequence[str]) -> Iterable[str]:
    yield from (place + token for token in sequence)
    yield from (f"{place}{first} {second}" for first, second in pairwise(sequence))


class BudgetJudge:
    """Deterministic; safe to share between threads."""

    def __init__(self, names: Sequence[str], weights: Sequence[float]) -> None:
        """``weights`` in the order of ``names``, the intercept last."""
        self._weights = dict(zip(names, weights, strict=False))
        self._intercept = weights[len(names)]

    def logit(self, context: Context, title: Sequence[str]) -> float:
        """Above 0: public money, by the words alone."""
        weights = self._weights
        return self._intercept + sum([weights[name] for name in features(context, title) if name in weights])

    def __call__(self, kind: BudgetKind, context: Context, title: Sequence[str]) -> BudgetKind:
        by_rules = kind == "budget"
        against = -self.logit(context, title) if by_rules else self.logit(context, title)
        if against <= (RULES if kind in _LOOSE else NAMED):
            return kind
        return private_kind(context) if by_rules else "budget"
