"""The fewest joint visits against brute force: calls, then officer-minutes, then even load, then weeks that suit."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from small_gates import (
    ANY_WEEK,
    MOST_CALLS,
    WEEKS,
    as_visits,
    cost_of,
    gates,
    in_time,
    lawful,
    least_by_force,
)

from how_many import examples
from riskplan.joint.calls import INTERVAL, MORE_CALLS, joint_calls
from riskplan.joint.fewest import every_way, fewest, least_calls, organ_calls
from riskplan.joint.gates import Block, Gate, bits
from riskplan.joint.orders import Year, lawful_orders, weeks_of

MANY = settings(max_examples=examples(80, 3000))
FEW = settings(max_examples=examples(40, 1500))
YEARS = st.builds(
    Year, st.sampled_from([ANY_WEEK, 0b11011011, 0b10111101]), st.integers(1, 3), st.just(WEEKS)
)


@MANY
@given(gates())
def test_calls_minutes_and_load_equal_brute_force(gate):
    """No filling of visits has fewer calls, nor as many and fewer officer-minutes, nor these and a more even load."""
    found, best = fewest(gate, MOST_CALLS), least_by_force(gate)
    assert (found is None) == (best is None)
    if found is not None:
        assert (found.calls, *found.finals[0][:2]) == best
        assert found.proven
        assert found.bound == found.calls


@MANY
@given(gates())
def test_every_best_way_is_lawful_and_complete(gate):
    """Each way returned carries every block as often as owed in lawful visits, and costs what is said."""
    found = fewest(gate, MOST_CALLS)
    for minutes, load, slots in found.finals if found else ():
        visits = as_visits(slots)
        assert all(lawful(gate, visit) for visit in visits)
        assert cost_of(gate, visits) == (minutes, load)
        for b, block in enumerate(gate.blocks):
            assert sum(b in visit for visit in visits) == block.calls


@FEW
@given(gates(longest=True), YEARS)
def test_calls_with_longest_intervals_equal_brute_force(gate, year):
    """With weeks, spacing and longest intervals the calls are the least of all orders of all fillings."""
    best = least_by_force(gate, year)
    found = joint_calls(gate, year, MOST_CALLS, 4)
    if found is None:
        assert best is None
    if found is None or not found.alike:
        return
    if found.lacking:
        assert best is None or best[0] > found.calls + MORE_CALLS
        return
    assert best is not None
    assert found.calls == best[0]
    assert found.bound <= found.calls
    for order in found.orders:
        visits = as_visits(order)
        assert in_time(gate, year, visits)
        assert not found.proven or cost_of(gate, visits) == best[1:]


@FEW
@given(gates(longest=True), YEARS)
def test_an_order_has_weeks_exactly_where_brute_force_finds_some(gate, year):
    """Going forward from the earliest weeks decides whether an order of visits has lawful weeks."""
    for _, _, slots in (fewest(gate, MOST_CALLS) or every_way(gate, 1) or _NOTHING).finals[:3]:
        weeks = weeks_of(slots, gate.blocks, year)
        assert (weeks is not None) == in_time(gate, year, as_visits(slots))
        orders = lawful_orders(slots, gate.blocks, year, 50)
        assert all(in_time(gate, year, as_visits(order)) for order in orders)
        assert (slots in orders) <= (weeks is not None)
        assert bool(orders) or weeks is None


class _NOTHING:
    finals = ()


TINY = [
    (calls, width)
    for size in range(1, 5)
    for calls in product(range(1, 5), repeat=size)
    for width in (1, 2, 3)
    if list(calls) == sorted(calls)
]


def plain_gate(calls, width):
    """Return a gate at which every organ has one block of 30 minutes."""
    blocks = tuple(Block(organ, k, ((organ, 30),), ANY_WEEK) for organ, k in enumerate(calls))
    return Gate(blocks, width, 2, 55, (0,) * len(blocks))


def test_without_rules_the_closed_form_is_reached_on_all_tiny_cases():
    """Alike organs that may all meet need max(most frequent, sum / width) calls: the bound of decision 0002."""
    for calls, width in TINY:
        found = fewest(plain_gate(calls, width))
        assert found.calls == least_calls(calls, width), (calls, width)


def test_nothing_owed_needs_no_call():
    """Without organs there is no visit."""
    assert least_calls((), 3) == 0


def test_an_organ_comes_once_where_its_blocks_may_meet():
    """Two blocks of one organ share a visit; kept apart, or in different windows, they need two."""
    blocks = (Block(0, 1, ((0, 30),), ANY_WEEK), Block(0, 1, ((1, 30),), ANY_WEEK))
    assert organ_calls(Gate(blocks, 4, 2, 55, (0, 0))) == {0: 1}
    assert organ_calls(Gate(blocks, 4, 2, 55, (0b10, 0b01))) == {0: 2}
    early, late = (Block(0, 1, ((k, 30),), weeks) for k, weeks in enumerate((0b11, 0b1100)))
    assert organ_calls(Gate((early, late), 4, 2, 55, (0, 0))) == {0: 2}


def test_similar_duration_parts_a_short_organ_from_a_long_one():
    """Within a factor of 2 organs of 30 and 60 minutes share a visit, of 29 and 60 they do not."""
    for minutes, calls in ((30, 1), (29, 2)):
        blocks = (Block(0, 1, ((0, 60),), ANY_WEEK), Block(1, 1, ((1, minutes),), ANY_WEEK))
        assert fewest(Gate(blocks, 4, 2, 55, (0, 0), (2, 1))).calls == calls


def test_a_longest_interval_can_cost_a_call():
    """Two organs that come twice share no visit; with spacing between, one interval holds only with them in turn."""
    blocks = (Block(0, 2, ((0, 30),), ANY_WEEK, 2), Block(1, 1, ((1, 30),), 0b10, 0))
    found = joint_calls(Gate(blocks, 1, 2, 55, (0, 0)), Year(ANY_WEEK, 1, WEEKS), 5, 4)
    assert found.calls == 3
    assert not found.lacking
    assert found.reason != INTERVAL


def test_an_interval_shorter_than_the_spacing_is_told_in_weeks():
    """Visits at least 3 weeks apart cannot keep an interval of 2: one week is lacking, the floor is met."""
    gate = Gate((Block(0, 2, ((0, 30),), ANY_WEEK, 2),), 4, 2, 55, (0,))
    found = joint_calls(gate, Year(ANY_WEEK, 3, WEEKS), 5, 4)
    assert (found.calls, found.lacking) == (2, 1)


def test_bits_are_places():
    """``bits`` yields the places of the bits that are set, the lowest first."""
    assert list(bits(0b10110)) == [1, 2, 4]
