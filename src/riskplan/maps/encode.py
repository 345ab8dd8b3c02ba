"""Columns instead of records, codes instead of repeated words: what keeps a map small."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

PLACES = 5
"""Decimals of drawn coordinates; 1e-5 degree is about a metre."""


def coded(values: Iterable[Hashable], shown: dict[Any, object] | None = None) -> dict[str, list[Any]]:
    """Return a column as its distinct words and one code a row.

    Parameters
    ----------
    values
        One value a row.
    shown
        Value -> what the page gets for it; the value itself where it is not listed.

    Examples
    --------
    >>> coded(["b", "a", "b"])
    {'words': ['b', 'a'], 'at': [0, 1, 0]}
    """
    codes: dict[Hashable, int] = {}
    at = [codes.setdefault(value, len(codes)) for value in values]
    words = [(shown or {}).get(value, value) for value in codes]
    return {"words": [list(w) if isinstance(w, tuple) else w for w in words], "at": at}


def positions(values: Iterable[str], place: dict[str, int]) -> list[int]:
    """Return the position of each value, -1 where it is unknown."""
    return [place.get(value, -1) for value in values]


def lists(values: Iterable[Sequence[str]], place: dict[str, int]) -> dict[str, list[Any]]:
    """Return a column of lists as coded lists of positions; unknown members are left out."""
    return coded(tuple(place[m] for m in members if m in place) for members in values)


def steps(degrees: npt.ArrayLike) -> list[int]:
    """Return coordinates as steps of 1e-5 degree, each from the one before.

    Parameters
    ----------
    degrees
        shape (n,), degrees.

    Examples
    --------
    >>> steps([118.0, 118.00002])
    [11800000, 2]
    """
    whole = np.rint(np.asarray(degrees, dtype=float) * 10**PLACES).astype(np.int64)
    return np.diff(whole, prepend=0).tolist()


def numbers(values: Iterable[Any]) -> list[int]:
    """Return a column of whole numbers as plain ints."""
    return [int(value) for value in values]
