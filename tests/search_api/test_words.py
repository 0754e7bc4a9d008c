from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from search_api import words
from tests.search_api.conftest import Serve
from tests.search_samples import DIEN_BAN, NGHE_AN, make_document

LINES = (
    make_document("1" * 24, "Xã lắp loa thông minh", "Cán bộ thay loa cũ. Dân bản nghe loa mới."),
    make_document("2" * 24, "Tin huyện", "Huyện mua loa mới cho bản."),
)


def test_lines_carry_exact_offsets(serve: Serve) -> None:
    client = serve(*LINES)
    answer = client.get("/api/v1/kwic", params={"q": "loa"}).json()
    assert (answer["total"], answer["read"], answer["lines"], answer["complete"]) == (2, 2, 4, True)
    texts = {document.id: {"title": document.title, "text": document.text} for document in LINES}
    for row in answer["rows"]:
        text = texts[row["id"]][row["field"]]
        assert text[row["start"] : row["end"]] == row["match"] == "loa"
        assert text[row["start"] - len(row["left"]) : row["end"] + len(row["right"])] == row["left"] + row["match"] + row["right"]


def test_lines_in_the_order_of_a_neighbour(serve: Serve) -> None:
    client = serve(*LINES)
    rows = client.get("/api/v1/kwic", params={"q": "loa", "vi-tri": "1L"}).json()["rows"]
    assert [row["word"] for row in rows] == ["lắp", "mua", "nghe", "thay"]
    rows = client.get("/api/v1/kwic", params={"q": "loa", "vi-tri": "1R", "tan-suat": "1"}).json()["rows"]
    assert [row["word"] for row in rows] == ["mới", "mới", "cũ", "thông"]


def test_pages_of_lines(serve: Serve) -> None:
    client = serve(*LINES)
    pages = [client.get("/api/v1/kwic", params={"q": "loa", "vi-tri": "1L", "so": "3", "trang": str(n)}).json()["rows"] for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 1, 0]
    assert len({(row["id"], row["start"]) for page in pages for row in page}) == 4


def test_a_long_result_says_how_much_of_it_was_read(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "KWIC_DOCUMENTS", 3)
    client = serve(*(make_document(f"{n:024d}", "Tin", "Xã có loa.") for n in range(7)))
    answer = client.get("/api/v1/kwic", params={"q": "loa"}).json()
    assert (answer["total"], answer["read"], answer["lines"], answer["complete"]) == (7, 3, 3, False)


def test_filters_alone_have_no_lines(client: TestClient) -> None:
    answer = client.get("/api/v1/kwic", params={"hoat-dong": "training"}).json()
    assert (answer["total"], answer["lines"], answer["rows"]) == (2, 0, [])


@pytest.mark.parametrize("wrong", ["vi-tri=4L", "tan-suat=2"])
def test_unknown_orders_are_refused(client: TestClient, wrong: str) -> None:
    answer = client.get(f"/api/v1/kwic?q=loa&{wrong}")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == wrong.partition("=")[0]


def test_significant_words_of_a_result(serve: Serve) -> None:
    poultry = [make_document(f"{n:024d}", "Tin", f"Xã trao gà giống, đợt {n}.") for n in range(6)]
    radio = [make_document(f"{n:024d}", "Tin", f"Huyện lắp loa cho bản, đợt {n}.") for n in range(6, 30)]
    answer = serve(*poultry, *radio).get("/api/v1/words", params={"q": "gà"}).json()
    assert (answer["total"], answer["read"], answer["reference"]) == (6, 6, 30)
    assert {word["word"] for word in answer["words"]} == {"giống", "trao", "xã"}
    assert all(word["here"] == word["there"] == 6 and word["score"] > 10.83 for word in answer["words"])


def test_similar_articles_share_rare_words(client: TestClient) -> None:
    answer = client.get(f"/api/v1/article/{NGHE_AN.id}/similar").json()
    assert answer["id"] == NGHE_AN.id
    found = [article["id"] for article in answer["similar"]]
    assert NGHE_AN.id not in found
    assert DIEN_BAN.id in found
    best = answer["similar"][0]
    assert 0 < best["likeness"] <= 1
    assert best["shared"]
    assert client.get("/api/v1/article/khong-co/similar").status_code == 404


def test_the_corpus_is_counted_again_when_it_has_grown(client: TestClient) -> None:
    catalogue = client.app.state.catalogue  # type: ignore[attr-defined]
    desk = words.WordDesk(catalogue)
    first = desk.reference()
    assert desk.reference() is first
    for n in range(3):
        catalogue.store.put_document(make_document(f"{n:024d}", "Tin", "Xã có loa."), NGHE_AN.provenance.fetched_at)
    assert desk.reference().documents == first.documents + 3
