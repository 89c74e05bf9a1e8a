"""Stretches of a history, counted in updates."""

from __future__ import annotations

import pytest

from gan_core.run.history import History, mean, series


def history(every, count, **options):
    entries = History(**options)
    for number in range(1, count + 1):
        entries.add(number * every, {"loss": float(number)})
    return entries


@pytest.mark.parametrize(("every", "expected"), [(1, 200), (7, 29), (50, 4), (500, 1)])
def test_a_stretch_holds_at_least_the_updates_asked_for_and_no_tick_more(every, expected):
    assert len(history(every, 1000 // every + 30).stretch(200)) == expected


def test_a_stretch_has_at_least_the_ticks_asked_for():
    assert [entry.step for entry in history(50, 9).stretch(200, 6)] == [200, 250, 300, 350, 400, 450]


def test_skipped_ticks_are_left_out_at_the_new_end():
    assert [entry.step for entry in history(50, 9).stretch(100, skip=3)] == [250, 300]


@pytest.mark.parametrize(("updates", "least", "skip"), [(451, 1, 0), (100, 10, 0), (100, 1, 8), (1, 1, 9)])
def test_what_is_not_there_yet_is_none(updates, least, skip):
    assert history(50, 9).stretch(updates, least, skip=skip) is None


def test_a_first_tick_counts_from_the_start_of_the_history():
    assert history(50, 2, start=40).items[0].span == 10


@pytest.mark.parametrize("every", [1, 3, 7, 9, 10, 11, 13, 50, 333])
def test_five_windows_of_a_statistic_are_always_kept(every):
    entries = history(every, 3000)
    last = entries.stretch(200, 20)
    assert entries.stretch(800, 80, skip=len(last)) is not None
    assert len(entries.items) <= 1201


def test_a_mean_weighs_ticks_by_their_updates():
    entries = History()
    entries.add(10, {"loss": 1.0})
    entries.add(40, {"loss": 5.0})
    assert mean(entries.items, "loss") == 4.0


def test_ticks_that_do_not_report_a_quantity_do_not_count():
    entries = History()
    entries.add(10, {"loss": 1.0})
    entries.add(40, {})
    assert mean(entries.items, "loss") == 1.0
    assert series(entries.items, "loss").tolist() == [1.0]
    assert mean(entries.items, "norm") is None
