"""The wording of `corpus.formats`, by the name that pages and templates use."""

from __future__ import annotations

from corpus.formats import VIETNAM, day, dong, instant, number, safe_link, sentence_case, without_folders

__all__ = ["VIETNAM", "day", "dong", "instant", "number", "safe_link", "sentence_case", "without_folders"]
