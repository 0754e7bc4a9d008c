"""Whether scores mean what they say: of the tags shown with score s, a share of about s should be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MIN_BIN = 30
"""Fewer observations than this say too little about a share: its 95 % interval is wider than +- 0.18."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Scores in ``[start, end)``; the last bin includes 1.0."""

    start: float
    end: float
    count: int
    mean_score: float | None
    """None for an empty bin."""
    share_right: float | None

    @property
    def enough(self) -> bool:
        return self.count >= MIN_BIN

    @property
    def gap(self) -> float | None:
        """Share right minus mean score; None where the bin is too small to say."""
        if not self.enough or self.share_right is None or self.mean_score is None:
            return None
        return self.share_right - self.mean_score


def reliability(scores: Sequence[float], right: Sequence[bool], bins: int = 10) -> tuple[Bin, ...]:
    """``bins`` bins of equal width over 0..1, in order, empty ones included.

    >>> [(b.count, b.share_right, b.enough) for b in reliability([0.1, 0.9, 1.0], [False, True, True], bins=2)]
    [(1, 0.0, False), (2, 1.0, False)]
    """
    if len(scores) != len(right):
        raise ValueError(f"{len(scores)} scores but {len(right)} verdicts")
    held: list[list[int]] = [[] for _ in range(bins)]
    for index, score in enumerate(scores):
        if not 0.0 <= score <= 1.0:
            raise ValueError(f"a score must be in 0..1, got {score}")
        held[min(int(score * bins), bins - 1)].append(index)
    rows = []
    for number, members in enumerate(held):
        count = len(members)
        rows.append(
            Bin(
                start=number / bins,
                end=(number + 1) / bins,
                count=count,
                mean_score=sum(scores[i] for i in members) / count if count else None,
                share_right=sum(bool(right[i]) for i in members) / count if count else None,
            )
        )
    return tuple(rows)


def reliability_table(rows: Sequence[Bin]) -> str:
    """The bins as a Markdown table; small bins say so instead of giving a share."""
    lines = ["| score | n | mean score | share right |", "| --- | --- | --- | --- |"]
    for row in rows:
        span = f"{row.start:.1f}-{row.end:.1f}"
        if not row.enough:
            lines.append(f"| {span} | {row.count} | | too few |")
        else:
            lines.append(f"| {span} | {row.count} | {row.mean_score:.2f} | {row.share_right:.2f} |")
    return "\n".join(lines)
