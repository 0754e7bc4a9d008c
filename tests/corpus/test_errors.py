"""The exceptions: one word for each end of a page, messages that name the place."""

from __future__ import annotations

import pickle

import pytest

from corpus.errors import CorpusError, InvalidData, InvalidQuery, Reason, Rejected, UnreadableFile, outcome_of


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "indexed"),
        (Rejected(Reason.NOT_ARTICLE, "a listing"), "rejected/not_article"),
        (TimeoutError(), "failed/TimeoutError"),
        (UnreadableFile("is empty", file="a.txt"), "failed/UnreadableFile"),
    ],
)
def test_every_page_has_one_outcome(error: BaseException | None, outcome: str) -> None:
    assert outcome_of(error) == outcome


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InvalidData("unknown code 'v1-99'", file="portals.toml", line=7), "portals.toml:7: unknown code 'v1-99'"),
        (InvalidData("is damaged", file="loa.db"), "loa.db: is damaged"),
        (InvalidData("no page"), "no page"),
        (Rejected(Reason.NO_TEXT), "no_text"),
    ],
)
def test_the_message_names_the_place(error: CorpusError, message: str) -> None:
    assert str(error) == message


def test_a_rejection_survives_the_way_between_processes() -> None:
    copy = pickle.loads(pickle.dumps(Rejected(Reason.ERROR_PAGE, "soft 404")))
    assert (copy.reason, copy.detail, str(copy)) == (Reason.ERROR_PAGE, "soft 404", "error_page: soft 404")


def test_a_query_error_points_at_the_character() -> None:
    error = InvalidQuery("thiếu dấu ngoặc", position=4)
    assert (error.message, error.position) == ("thiếu dấu ngoặc", 4)
