"""Premises that stand twice in the ledgers under nearly the same name: listed, never merged without a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.names import alike, normal_name, numerals, place_name
from riskplan.case.placing import NEAR
from riskplan.case.sheet import Sheet
from riskplan.units import EARTH_RADIUS_M

SAME_CODE_M = 200.0
"""Two premises of one legal person nearer than this, with nearly the same name, may be one [m]."""
SAME_NAME_M = 500.0
"""Two premises nearer than this with the same name may be one, whatever their township [m]."""
LOOK_BACK = 5
"""Each row of a group of equal names or codes is compared with so many rows before it (by township, then place)."""
LARGEST_BLOCK = 24
"""A pair of signs that so many names of a township share says nothing about any two of them."""
Ints = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Firms:
    """What is compared; all arrays of shape (n_rows,)."""

    names: npt.NDArray[np.object_]
    codes: npt.NDArray[np.object_]
    township: npt.NDArray[np.object_]
    village: npt.NDArray[np.object_]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]

    def metres(self, a: Ints, b: Ints) -> npt.NDArray[np.float64]:
        """Return distances between rows [m], NaN where one has no point of its own."""
        north = np.radians(self.lat[a] - self.lat[b])
        east = np.radians(self.lon[a] - self.lon[b]) * np.cos(np.radians(self.lat[a]))
        return np.hypot(north, east) * EARTH_RADIUS_M

    def same_village(self, a: Ints, b: Ints) -> npt.NDArray[np.bool_]:
        """Tell which pairs of rows name the same village."""
        found: npt.NDArray[np.bool_] = (self.village[a] == self.village[b]) & (self.village[a] != "")
        return found


def list_near_duplicates(
    sheets: Mapping[str, Sheet], tables: Mapping[str, pd.DataFrame], case_name: str
) -> None:
    """Warn once for every pair of rows that may be one firm and that ``aliases`` does not call different.

    Parameters
    ----------
    sheets, tables
        By name; points of the enterprises in WGS84, NaN where there are none.
    case_name
        Name of the case, which usually begins with the county's.
    """
    sheet = sheets.get("enterprises")
    if sheet is None or len(tables["enterprises"]) < 2:
        return
    frame = tables["enterprises"]
    firms = _firms(frame, place_name(case_name))
    ids = frame["enterprise_id"].to_numpy()
    different = _decided(tables["aliases"], frame)
    told: set[int] = set()
    for reason, pairs in (
        ("same_code", _by_code(firms)),
        ("same_name", _by_name(firms)),
        ("similar_name", _by_signs(firms)),
    ):
        for first, second in pairs.tolist():
            key = first * len(ids) + second
            if key in told or frozenset((ids[first], ids[second])) in different:
                continue
            told.add(key)
            sheet.warn(
                f"near_duplicate_{reason}",
                second,
                "name",
                str(frame["name"].iat[second]),
                id=ids[second],
                other=ids[first],
                other_name=str(frame["name"].iat[first]),
                where=sheet.place(first),
            )


def _firms(frame: pd.DataFrame, place: str) -> _Firms:
    near = frame["point_source"].isin(NEAR).to_numpy()
    codes, texts = pd.factorize(frame["name"])
    normal = np.fromiter((normal_name(t, place) for t in texts.tolist()), dtype=object, count=len(texts))
    return _Firms(
        normal[codes],
        frame["credit_code"].to_numpy(),
        frame["township_code"].to_numpy(),
        frame["village_code"].to_numpy(),
        np.where(near, np.nan, frame["lon"].to_numpy(np.float64)),
        np.where(near, np.nan, frame["lat"].to_numpy(np.float64)),
    )


def _decided(aliases: pd.DataFrame, frame: pd.DataFrame) -> set[frozenset[str]]:
    """Return the pairs of ids that somebody has called different; an alias may be an id or a name."""
    rows = aliases[aliases["decision"] == "different"]
    if not len(rows):
        return set()
    by_name = frame.groupby("name")["enterprise_id"].agg(list).to_dict()
    return {
        frozenset((other, kept))
        for alias, kept in zip(rows["alias"], rows["enterprise_id"], strict=True)
        for other in (alias, *by_name.get(alias, ()))
    }


def _neighbours(order: Ints, group: Ints) -> Pairs:
    """Return pairs of rows of the same group that are at most ``LOOK_BACK`` apart in an order; shape (n, 2)."""
    found = []
    for step in range(1, LOOK_BACK + 1):
        late, early = order[step:], order[:-step]
        same = (group[late] == group[early]) & (group[late] >= 0)
        found.append(np.stack([early[same], late[same]], axis=1))
    return _ordered(np.concatenate(found))


def _ordered(pairs: Pairs) -> Pairs:
    """Return pairs with the earlier row first, each once, in order of rows."""
    return np.unique(np.sort(pairs, axis=1), axis=0) if len(pairs) else pairs.reshape(0, 2)


def _sorted_groups(firms: _Firms, values: npt.NDArray[np.object_]) -> Pairs:
    """Return neighbours among the rows with equal values, by township and place inside a group."""
    group = pd.factorize(values)[0].astype(np.int64)
    counts = np.bincount(group)
    group[(counts[group] < 2) | (values == "")] = -1
    rows = np.flatnonzero(group >= 0)
    township = pd.factorize(firms.township)[0]
    order = rows[np.lexsort((firms.lat[rows], firms.lon[rows], township[rows], group[rows]))]
    return _neighbours(order, group)


def _by_code(firms: _Firms) -> Pairs:
    pairs = _sorted_groups(firms, firms.codes)
    a, b = pairs.T
    near = (firms.metres(a, b) < SAME_CODE_M) | firms.same_village(a, b)
    return _alike(firms, pairs[near])


def _by_name(firms: _Firms) -> Pairs:
    pairs = _sorted_groups(firms, firms.names)
    a, b = pairs.T
    return pairs[(firms.township[a] == firms.township[b]) | (firms.metres(a, b) < SAME_NAME_M)]


def _by_signs(firms: _Firms) -> Pairs:
    """Return pairs in one township with nearly the same name and place, and without two different codes.

    Only names that share two pairs of signs which are rare in the township are compared: that keeps the
    work linear in the number of rows.
    """
    rows, keys = _sign_pairs(firms)
    order = np.lexsort((rows, keys))
    rows, keys = rows[order], keys[order]
    counts = np.bincount(keys)[keys] if len(keys) else keys
    rare = (counts >= 2) & (counts <= LARGEST_BLOCK)
    rows, keys = rows[rare], keys[rare]
    found = [np.zeros((0, 2), dtype=np.int64)]
    for step in range(1, min(LARGEST_BLOCK, len(rows))):
        same = keys[step:] == keys[:-step]
        pairs = np.stack([rows[:-step][same], rows[step:][same]], axis=1)
        found.append(pairs[_may_be_one(firms, pairs)])
    pairs, shared = np.unique(np.concatenate(found), axis=0, return_counts=True)
    return _alike(firms, pairs[shared >= 2])


def _may_be_one(firms: _Firms, pairs: Pairs) -> npt.NDArray[np.bool_]:
    a, b = pairs.T
    codes = (firms.codes[a] == firms.codes[b]) | (firms.codes[a] == "") | (firms.codes[b] == "")
    distance = firms.metres(a, b)
    near = (distance < SAME_NAME_M) | (np.isnan(distance) & firms.same_village(a, b))
    result: npt.NDArray[np.bool_] = codes.astype(bool) & near & (a != b)
    return result


def _sign_pairs(firms: _Firms) -> tuple[Ints, Ints]:
    """Return (row, key) of every two neighbouring signs of a name, keyed with township and numerals."""
    rows: list[int] = []
    texts: list[str] = []
    for i, (name, township) in enumerate(zip(firms.names, firms.township, strict=True)):
        head = f"{township} {numerals(name)} "
        signs = {name[k : k + 2] for k in range(len(name) - 1)}
        rows += [i] * len(signs)
        texts += [head + sign for sign in sorted(signs)]
    return np.array(rows, dtype=np.int64), pd.factorize(np.array(texts, dtype=object))[0].astype(np.int64)


def _alike(firms: _Firms, pairs: Pairs) -> Pairs:
    chosen: Iterable[bool] = (alike(firms.names[a], firms.names[b]) for a, b in pairs.tolist())
    return pairs[np.fromiter(chosen, dtype=bool, count=len(pairs))]
