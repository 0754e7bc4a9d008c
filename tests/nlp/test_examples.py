import importlib.util
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import InvalidData
from nlp.examples import (
    ACTIVITY_CODES,
    Example,
    hash_examples,
    leaks,
    load_examples,
    near_duplicates,
    near_groups,
    read_examples,
    shingles,
    syllables,
)

ROOT = Path(__file__).resolve().parents[2]


def _checker():
    spec = importlib.util.spec_from_file_location("check_examples", ROOT / "scripts" / "check_examples.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


checker = _checker()


def test_the_shipped_examples_are_balanced_distinct_and_not_taken_from_annotated_pages():
    own = ROOT / "tests" / "gold" / "own"
    gold = [ROOT / "tests" / "gold" / "pages.jsonl", own / "activities.jsonl", *sorted(own.glob("pages*.jsonl"))]
    assert checker.main([str(path) for path in gold]) == 0


def test_activity_codes_are_those_of_the_code_list():
    from corpus.activities import Activities

    assert sorted(ACTIVITY_CODES) == sorted(activity.code for activity in Activities.load().activities)


def test_a_row_is_read_with_its_modalities_in_the_order_of_the_code_list():
    row = {"text": "a", "activities": ["planning:planned", "training"], "relevance": "communication", "kind": "sentence"}
    (example,) = read_examples([json.dumps(row)], file="x.jsonl")
    assert example.activities == (("training", "done"), ("planning", "planned"))
    assert example.codes == {"training", "planning"}
    assert example.modality is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[]", "one JSON object"),
        ('{"relevance": "off_topic"}', "'text'"),
        ('{"text": " ", "relevance": "off_topic"}', "'text'"),
        ('{"text": "a", "relevance": "maybe"}', "'relevance' is 'maybe'"),
        ('{"text": "a", "relevance": "off_topic", "kind": "novel"}', "'kind'"),
        ('{"text": "a", "relevance": "off_topic", "activities": "press"}', "'activities'"),
        ('{"text": "a", "relevance": "off_topic", "activities": ["dancing:done"]}', "dancing"),
        ('{"text": "a", "relevance": "off_topic", "activities": ["press:maybe"]}', "press:maybe"),
        ('{"text": "a", "relevance": "off_topic", "activities": ["press", "press:done"]}', "twice"),
    ],
)
def test_a_wrong_row_names_file_line_and_field(line, message):
    good = '{"text": "a", "relevance": "off_topic"}'
    with pytest.raises(InvalidData) as caught:
        list(read_examples([good, "", line], file="x.jsonl"))
    assert str(caught.value).startswith("x.jsonl:3: ")
    assert message in str(caught.value)


def test_writing_and_reading_gives_the_same_example(tmp_path):
    examples = load_examples()[:50]
    path = tmp_path / "some.jsonl"
    path.write_text("".join(example.to_json() + "\n" for example in examples), encoding="utf-8")
    assert load_examples(path) == examples


def test_the_hash_follows_every_field():
    base = Example(text="a", relevance="off_topic")
    others = [
        Example(text="b", relevance="off_topic"),
        Example(text="a", relevance="communication"),
        Example(text="a", relevance="off_topic", activities=(("press", "done"),)),
        Example(text="a", relevance="off_topic", kind="passage"),
    ]
    assert len({hash_examples([example]) for example in [base, *others]}) == 5
    assert hash_examples([base]) == hash_examples([Example(text="a", relevance="off_topic")])


def test_copies_with_other_figures_are_near_duplicates():
    texts = [
        "Năm 2023 huyện lắp 12 cụm loa tại các xã nghèo vùng biên",
        "Hội nông dân bàn chuyện trồng lạc trên đất cát ven biển",
        "Năm 2024 huyện lắp 7 cụm loa tại các xã nghèo vùng biên",
    ]
    assert near_duplicates(texts, threshold=0.6) == [(0, 2, 1.0)]
    groups = near_groups(texts)
    assert groups[0] == groups[2] != groups[1]


words = st.lists(st.sampled_from("loa xã nghèo tin huyện báo lớp đài".split()), min_size=1, max_size=12).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(words, max_size=10), st.sampled_from([0.2, 0.3, 0.5, 0.6, 1.0]))
def test_no_pair_is_missed(texts, threshold):
    sets = [shingles(text) for text in texts]
    expected = [
        (i, j) for i in range(len(texts)) for j in range(i + 1, len(texts)) if len(sets[i] & sets[j]) / len(sets[i] | sets[j]) >= threshold
    ]
    assert [(i, j) for i, j, _ in near_duplicates(texts, threshold=threshold)] == expected


def test_a_shared_run_is_a_leak_but_official_names_and_numbers_are_not():
    taken = "Chiều qua bà con thôn Đoài ngồi quanh bếp nghe cán bộ kể chuyện"
    named = "Dự án Truyền thông và giảm nghèo về thông tin thuộc Chương trình mục tiêu quốc gia giảm nghèo bền vững giai đoạn 2021 - 2025"
    foreign = [
        "… bà con thôn Đoài ngồi quanh bếp nghe cán bộ nói …",
        "Triển khai Dự án Truyền thông và giảm nghèo về thông tin thuộc Chương trình mục tiêu quốc gia giảm nghèo bền vững giai đoạn 2016 - 2020",
    ]
    assert leaks([taken, named], foreign) == [(0, "bà con thôn đoài ngồi quanh bếp nghe cán")]


def test_syllables_have_one_tone_placement_and_no_figures():
    assert syllables("Hoà Bình: 1.200 hộ") == syllables("Hòa Bình: 3.400 hộ")


def test_the_script_reports_what_is_wrong(tmp_path, capsys):
    row = {"text": "Một câu duy nhất về loa của xã.", "activities": [], "relevance": "off_topic", "kind": "sentence"}
    path = tmp_path / "few.jsonl"
    path.write_text(json.dumps(row) + "\n" + json.dumps(row) + "\n", encoding="utf-8")
    assert checker.main(["--examples", str(path)]) == 1
    printed = capsys.readouterr().out
    assert "2 examples, 2000 are needed" in printed
    assert "training: 0 examples, 100 are needed" in printed
    assert "near-copies (1.00)" in printed


def test_the_script_finds_a_sentence_of_an_annotated_page(tmp_path, capsys):
    taken = load_examples()[0].text
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": 1, "title": "Tin", "text": f"Mở đầu. {taken} Kết thúc."}) + "\n", encoding="utf-8")
    assert checker.main([str(gold)]) == 1
    printed = capsys.readouterr().out
    assert "shares" in printed
    assert "near-copy of an annotated sentence" in printed


def test_the_script_says_so_when_a_file_is_not_json(tmp_path, capsys):
    gold = tmp_path / "gold.jsonl"
    gold.write_text("{]\n", encoding="utf-8")
    assert checker.main([str(gold)]) == 1
    assert "gold.jsonl:1: not JSON" in capsys.readouterr().err
