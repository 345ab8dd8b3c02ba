"""Compiled work on road graphs: strong components, contraction, shortest ways, nearest nodes.

A graph is ``start`` (n + 1), ``head`` (m) and ``weight`` (m): the edges of node v are ``start[v]`` to ``start[v + 1]``,
sorted by head, at most one between two nodes. Weights are positive int64 and add up without overflow.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskplan.compiled import compiled

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
FAR = np.int64(2**62)
"""Weight of a way that is not known yet."""


@compiled
def strong_components(start: Int32s, head: Int32s) -> Int32s:
    """Return the strong component of every node, shape (n,), numbered as they are closed.

    References
    ----------
    R. Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972) 146-160, without recursion.
    """
    n = len(start) - 1
    order = np.full(n, -1, dtype=np.int32)
    low = np.zeros(n, dtype=np.int32)
    found = np.full(n, -1, dtype=np.int32)
    edge = np.zeros(n, dtype=np.int32)
    path = np.zeros(n, dtype=np.int32)
    open_ = np.zeros(n, dtype=np.int32)
    seen = deep = wide = count = 0
    for root in range(n):
        if order[root] >= 0:
            continue
        path[0], deep = root, 1
        open_[wide], wide = root, wide + 1
        order[root] = low[root] = seen
        edge[root], seen = start[root], seen + 1
        while deep:
            v = path[deep - 1]
            if edge[v] < start[v + 1]:
                w = head[edge[v]]
                edge[v] += 1
                if order[w] < 0:
                    order[w] = low[w] = seen
                    edge[w], seen = start[w], seen + 1
                    path[deep], deep = w, deep + 1
                    open_[wide], wide = w, wide + 1
                elif found[w] < 0:
                    low[v] = min(low[v], order[w])
                continue
            deep -= 1
            if deep:
                low[path[deep - 1]] = min(low[path[deep - 1]], low[v])
            if low[v] == order[v]:
                while True:
                    wide -= 1
                    found[open_[wide]] = count
                    if open_[wide] == v:
                        break
                count += 1
    return found


@compiled
def prune_leaves(start: Int32s, neighbour: Int32s, terminal: Flags) -> Int32s:
    """Return the number of living neighbours of every node after dead ends without a terminal are gone, -1: gone.

    ``start`` and ``neighbour`` are the graph without directions, each neighbour once.
    """
    n = len(start) - 1
    degree = np.empty(n, dtype=np.int32)
    queue = np.empty(n, dtype=np.int32)
    last = 0
    for v in range(n):
        degree[v] = start[v + 1] - start[v]
        if degree[v] <= 1 and not terminal[v]:
            queue[last], last = v, last + 1
    first = 0
    while first < last:
        v = queue[first]
        first += 1
        if degree[v] < 0:
            continue
        degree[v] = -1
        for k in range(start[v], start[v + 1]):
            w = neighbour[k]
            if degree[w] >= 0:
                degree[w] -= 1
                if degree[w] <= 1 and not terminal[w]:
                    queue[last], last = w, last + 1
    return degree


@compiled
def weight_between(start: Int32s, head: Int32s, weight: Int64s, a: int, b: int) -> int:
    """Return the weight of the edge from a to b, -1 where there is none."""
    low, high = start[a], start[a + 1]
    while low < high:
        middle = (low + high) // 2
        if head[middle] < b:
            low = middle + 1
        else:
            high = middle
    return weight[low] if low < start[a + 1] and head[low] == b else -1


@compiled
def shortcuts(
    start: Int32s,
    head: Int32s,
    weight: Int64s,
    beside: Int32s,
    neighbour: Int32s,
    degree: Int32s,
    kept: Flags,
) -> tuple[Int32s, Int32s, Int64s]:
    """Return the edges between kept nodes (tail, head, weight), chains of nodes of degree 2 walked through.

    ``beside`` and ``neighbour`` are the graph without directions, ``degree`` what ``prune_leaves`` left.
    """
    m = len(head)
    tails, heads = np.empty(m, dtype=np.int32), np.empty(m, dtype=np.int32)
    weights = np.empty(m, dtype=np.int64)
    count = 0
    for u in range(len(start) - 1):
        if not kept[u]:
            continue
        for k in range(start[u], start[u + 1]):
            before, here, total = u, head[k], weight[k]
            if degree[here] < 0:
                continue
            while total >= 0 and not kept[here]:
                after = -1
                for j in range(beside[here], beside[here + 1]):
                    if degree[neighbour[j]] >= 0 and neighbour[j] != before:
                        after = neighbour[j]
                step = weight_between(start, head, weight, here, after) if after >= 0 else -1
                total = total + step if step >= 0 else -1
                before, here = here, after
            if total >= 0 and here != u:
                tails[count], heads[count], weights[count] = u, here, total
                count += 1
    return tails[:count], heads[:count], weights[:count]


@compiled
def push(keys: Int64s, nodes: Int32s, size: int, key: int, node: int) -> int:
    """Put a node into a heap of four children; return the new size."""
    at = size
    while at > 0:
        up = (at - 1) >> 2
        if keys[up] <= key:
            break
        keys[at], nodes[at] = keys[up], nodes[up]
        at = up
    keys[at], nodes[at] = key, node
    return size + 1


@compiled
def drop_first(keys: Int64s, nodes: Int32s, size: int) -> int:
    """Take the first node out of the heap; return the new size."""
    size -= 1
    key, node = keys[size], nodes[size]
    at = 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        best = child
        for k in range(child + 1, min(child + 4, size)):
            if keys[k] < keys[best]:
                best = k
        if keys[best] >= key:
            break
        keys[at], nodes[at] = keys[best], nodes[best]
        at = best
    keys[at], nodes[at] = key, node
    return size


@compiled
def least_weights(start: Int32s, head: Int32s, weight: Int64s, sources: Int32s, targets: Int32s) -> Int64s:
    """Return the least weight from each source to each target, shape (n_sources, n_targets), -1: no way.

    References
    ----------
    E. W. Dijkstra, "A note on two problems in connexion with graphs", Numer. Math. 1 (1959) 269-271.
    """
    n, m = len(start) - 1, len(head)
    result = np.full((len(sources), len(targets)), -1, dtype=np.int64)
    known = np.empty(n, dtype=np.int64)
    keys, nodes = np.empty(m + 1, dtype=np.int64), np.empty(m + 1, dtype=np.int32)
    is_target = np.zeros(n, dtype=np.bool_)
    is_target[targets] = True
    different = is_target.sum()
    for row in range(len(sources)):
        known[:] = FAR
        known[sources[row]] = 0
        size = push(keys, nodes, 0, 0, sources[row])
        left = different
        while size and left:
            key, v = keys[0], nodes[0]
            size = drop_first(keys, nodes, size)
            if key > known[v]:
                continue
            left -= is_target[v]
            for k in range(start[v], start[v + 1]):
                w, total = head[k], key + weight[k]
                if total < known[w]:
                    known[w] = total
                    size = push(keys, nodes, size, total, w)
        for column in range(len(targets)):
            if known[targets[column]] < FAR:
                result[row, column] = known[targets[column]]
    return result


@compiled
def way(start: Int32s, head: Int32s, weight: Int64s, source: int, target: int) -> Int32s:
    """Return the nodes of a lightest way from source to target, both included; empty: there is none.

    Of ways of one weight, the one that comes through the node of lowest number is taken at each step.
    """
    n, m = len(start) - 1, len(head)
    known = np.full(n, FAR, dtype=np.int64)
    before = np.full(n, -1, dtype=np.int32)
    keys, nodes = np.empty(m + 1, dtype=np.int64), np.empty(m + 1, dtype=np.int32)
    known[source] = 0
    size = push(keys, nodes, 0, 0, source)
    while size:
        key, v = keys[0], nodes[0]
        size = drop_first(keys, nodes, size)
        if key > known[v]:
            continue
        if v == target:
            break
        for k in range(start[v], start[v + 1]):
            w, total = head[k], key + weight[k]
            if total < known[w]:
                known[w], before[w] = total, v
                size = push(keys, nodes, size, total, w)
            elif total == known[w] and v < before[w]:
                before[w] = v
    count, v = 0, target
    found = np.empty(n, dtype=np.int32)
    while v >= 0 and known[target] < FAR:
        found[count], count = v, count + 1
        v = before[v]
    return found[:count][::-1].copy()


@compiled
def nearest(x: Floats, y: Floats, at_x: Floats, at_y: Floats) -> Int32s:
    """Return the nearest of the nodes (x, y) to each point, the first of several; -1 where there are no nodes."""
    result = np.full(len(at_x), -1, dtype=np.int32)
    for i in range(len(at_x)):
        least = np.inf
        for v in range(len(x)):
            apart = (x[v] - at_x[i]) ** 2 + (y[v] - at_y[i]) ** 2
            if apart < least:
                least = apart
                result[i] = v
    return result
