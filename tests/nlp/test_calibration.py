import pytest

from nlp.calibration import MIN_BIN, reliability, reliability_table


def test_every_score_falls_into_one_bin_and_one_into_the_last():
    rows = reliability([0.0, 0.05, 0.1, 0.999, 1.0], [False] * 5)
    assert [row.count for row in rows] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert rows[0].start == 0.0
    assert rows[-1].end == 1.0


def test_a_bin_gives_its_mean_score_and_the_share_that_was_right():
    row = reliability([0.6] * 40, [True] * 30 + [False] * 10, bins=1)[0]
    assert (row.count, row.mean_score, row.share_right) == (40, pytest.approx(0.6), 0.75)
    assert row.gap == pytest.approx(0.15)


def test_small_bins_say_too_few():
    enough = reliability([0.95] * MIN_BIN, [True] * MIN_BIN, bins=1)[0]
    small = reliability([0.95] * (MIN_BIN - 1), [True] * (MIN_BIN - 1), bins=1)[0]
    assert enough.enough
    assert not small.enough
    assert small.gap is None
    assert "too few" in reliability_table([small])
    assert "too few" not in reliability_table([enough])


def test_an_empty_bin_has_no_share():
    row = reliability([], [], bins=1)[0]
    assert (row.count, row.mean_score, row.share_right, row.gap) == (0, None, None, None)


@pytest.mark.parametrize(("scores", "right"), [([0.5], []), ([1.5], [True]), ([-0.1], [True]), ([float("nan")], [True])])
def test_senseless_input_is_an_error(scores, right):
    with pytest.raises(ValueError):
        reliability(scores, right)
