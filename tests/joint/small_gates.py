"""Small gates, and the least joint visits of each found by trying everything."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations, product

from hypothesis import strategies as st

from riskplan.joint.gates import Block, Gate, bits

WEEKS = 8
ANY_WEEK = (1 << WEEKS) - 1
MOST_CALLS = 5


def minutes_of(gate, visit):
    """Return organ -> minutes of one visit, each item once."""
    work = {}
    for b in visit:
        work.setdefault(gate.blocks[b].organ, {}).update(dict(gate.blocks[b].work))
    return {organ: sum(own.values()) for organ, own in work.items()}


def lawful(gate, visit):
    """Tell whether some blocks may stand in one visit."""
    weeks = -1
    for b in visit:
        weeks &= gate.blocks[b].weeks
    apart = any(gate.apart[a] >> b & 1 for a in visit for b in visit)
    minutes = minutes_of(gate, visit)
    most, per = gate.similar
    alike = not most or max(minutes.values()) * per <= min(minutes.values()) * most
    return weeks != 0 and not apart and len(minutes) <= gate.width and alike


def fillings(gate, own, calls):
    """Yield every way to put blocks into so many lawful visits, none of them empty."""
    for pick in product(*[combinations(range(calls), gate.blocks[b].calls) for b in own]):
        visits = [[b for b, at in zip(own, pick, strict=True) if s in at] for s in range(calls)]
        if all(visits) and all(lawful(gate, visit) for visit in visits):
            yield visits


def calls_alone(gate, organ):
    """Return the fewest visits of an organ by itself."""
    own = [b for b, block in enumerate(gate.blocks) if block.organ == organ]
    return next(n for n in range(1, 20) if any(True for _ in fillings(gate, own, n)))


def cost_of(gate, visits):
    """Return officer-minutes, and the sum of squares of the organs' officer-minutes."""
    paid = {}
    for visit in visits:
        minutes = minutes_of(gate, visit)
        for organ in minutes:
            paid[organ] = paid.get(organ, 0) + gate.people * (gate.fixed + max(minutes.values()))
    return sum(paid.values()), sum(p * p for p in paid.values())


def in_time(gate, year, visits):
    """Tell whether weeks exist for visits in their order: open, apart, in their windows, within longest intervals."""
    for weeks in combinations(range(year.weeks), len(visits)):
        if any(b - a < year.gap for a, b in pairwise(weeks)):
            continue
        masks = [year.open] * len(visits)
        for s, visit in enumerate(visits):
            for b in visit:
                masks[s] &= gate.blocks[b].weeks
        if not all(mask >> week & 1 for mask, week in zip(masks, weeks, strict=True)):
            continue
        waits = [
            (later - earlier, block.longest)
            for b, block in enumerate(gate.blocks)
            if block.longest
            for earlier, later in pairwise([w for w, visit in zip(weeks, visits, strict=True) if b in visit])
        ]
        if all(wait <= longest for wait, longest in waits):
            return True
    return False


def least_by_force(gate, year=None, most=MOST_CALLS):
    """Return (calls, officer-minutes, squares) of the least joint visits, None without any up to ``most`` calls."""
    organs = sorted({block.organ for block in gate.blocks})
    alone = {organ: calls_alone(gate, organ) for organ in organs}
    for calls in range(1, most + 1):
        found = [
            cost_of(gate, visits)
            for visits in fillings(gate, range(len(gate.blocks)), calls)
            if all(sum(organ in minutes_of(gate, v) for v in visits) == n for organ, n in alone.items())
            and (year is None or in_time(gate, year, visits))
        ]
        if found:
            return (calls, *min(found))
    return None


def as_visits(order):
    """Return sets of blocks (bits) as lists."""
    return [list(bits(visit)) for visit in order]


def every_order(visits):
    """Return all orders of some visits."""
    return set(permutations(visits))


@st.composite
def gates(draw, longest=False):
    """Draw a gate of up to four organs and six blocks, with windows, pairs kept apart and unlike durations."""
    blocks = []
    for organ in range(draw(st.integers(1, 4))):
        for k in range(draw(st.sampled_from([1, 1, 1, 2]))):
            work = ((10 * organ + k, draw(st.sampled_from([10, 20, 30, 45, 60]))),)
            weeks = draw(st.sampled_from([ANY_WEEK, ANY_WEEK, ANY_WEEK, 0b1111, 0b11110000, 0b1]))
            wait = draw(st.sampled_from([0, 2, 3, 5])) if longest else 0
            blocks.append(Block(organ, draw(st.integers(1, 3)), work, weeks, wait))
    blocks = _few(blocks)
    apart = [0] * len(blocks)
    for a, b in combinations(range(len(blocks)), 2):
        if draw(st.sampled_from([False] * 7 + [True])):
            apart[a] |= 1 << b
            apart[b] |= 1 << a
    similar = draw(st.sampled_from([(0, 1), (2, 1), (3, 2)]))
    return Gate(tuple(blocks), draw(st.integers(1, 4)), 2, 55, tuple(apart), similar)


def _few(blocks):
    """Return the first blocks that together owe few enough calls for trying everything; organs stay numbered."""
    kept, calls = [], 0
    for block in blocks:
        if calls + block.calls > 7:
            break
        kept.append(block)
        calls += block.calls
    return kept
