"""The list that all sockets read from: who goes on from a cursor gets exactly what came after it, or begins anew."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.feed.recent import BEHIND, Item, Recent

NOW = datetime(2025, 11, 22, tzinfo=UTC)
# Each batch is a list of entries, each entry the threads that it bears on (none: about no ticket).
threads = st.lists(st.sampled_from(["ticket:1", "ticket:2", "ticket:3"]), max_size=2, unique=True)
batches = st.lists(st.lists(threads, min_size=1, max_size=6), max_size=30)
long_batches = st.lists(st.integers(100, 700).map(lambda entries: [["ticket:1"]] * entries), min_size=3, max_size=6)


def filled(drawn: list[list[list[str]]]) -> tuple[Recent, list[Item]]:
    """The list after these batches, and everything that was ever put into it. The ledger stood at 7."""
    recent, everything, seq = Recent(), [], 7
    recent.restart(seq, floor=0, items=[])
    for batch in drawn:
        items = []
        for entry in batch:
            seq += 1
            items += [Item(seq, NOW, "ticket.any", thread, shared=len(entry) > 1) for thread in entry]
        recent.add(seq, items)
        everything += items
    return recent, everything


def read(recent: Recent, place: int) -> list[Item]:
    return [recent.at(each) for each in range(place, recent.end)]


@given(drawn=batches, after=st.integers(0, 40))
@settings(max_examples=400)
def test_going_on_from_a_cursor_gives_all_that_came_after_it(drawn: list[list[list[str]]], after: int) -> None:
    recent, everything = filled(drawn)
    place = recent.place_after(after)
    if after > recent.position:
        assert place is None
        return
    assert place is not None
    told = read(recent, place)
    assert [item for item in everything if item.seq > after] == [item for item in told if item.seq > after]
    # What bears on several tickets is told again, in case that only a part of it was heard; nothing else is.
    assert [item for item in told if item.seq <= after] == [
        item for item in everything if item.seq == after and item.shared
    ]


@given(drawn=long_batches, back=st.integers(0, 3000))
@settings(max_examples=40, deadline=None)
def test_who_is_too_far_behind_begins_anew_and_nobody_else(drawn: list[list[list[str]]], back: int) -> None:
    recent, everything = filled(drawn)
    place = recent.place_after(recent.position - back)
    if back > BEHIND or back > recent.position:
        assert place is None
    else:
        assert place is not None
        assert read(recent, place) == [item for item in everything if item.seq > recent.position - back]
    assert len(recent) <= BEHIND
    assert recent.start + len(recent) == recent.end


@given(drawn=batches)
def test_a_place_stays_good_while_older_items_are_forgotten(drawn: list[list[list[str]]]) -> None:
    recent, everything = filled(drawn)
    place = recent.place_after(7)
    assert place is not None
    recent.add(recent.position + BEHIND, [Item(recent.position + BEHIND, NOW, "ticket.any", "ticket:9")])
    assert place < recent.start or not everything
    assert read(recent, recent.start)[-1].thread == "ticket:9"


@given(drawn=batches)
def test_the_first_item_of_a_thread_in_a_batch_is_known_to_those_that_follow(drawn: list[list[list[str]]]) -> None:
    recent, everything = filled(drawn)
    for place in range(recent.start, recent.end):
        item = recent.at(place)
        if item.first is not None:
            first = recent.at(item.first)
            assert first.thread == item.thread
            assert first.first is None
            assert first.seq <= item.seq
    assert sum(item.first is None for item in everything) == sum(
        len({thread for entry in batch for thread in entry}) for batch in drawn
    )


def test_after_a_restart_no_place_from_before_is_good() -> None:
    recent, _ = filled([[["ticket:1"]]] * 5)
    place = recent.end
    recent.restart(3, floor=0, items=[Item(2, NOW, "ticket.any", "ticket:1")])
    assert place < recent.start
    assert recent.place_after(4) is None
    assert recent.place_after(1) == recent.start


def test_the_row_comes_with_the_first_item_of_which_lists_show_anything() -> None:
    recent = Recent()
    recent.restart(7, floor=0, items=[])
    recent.add(
        10,
        [
            Item(seq, NOW, "ticket.any", "ticket:1", unlisted=unlisted)
            for seq, unlisted in ((8, True), (9, False), (10, False))
        ],
    )
    assert [item.first for item in read(recent, recent.start)] == [None, None, recent.start + 1]
