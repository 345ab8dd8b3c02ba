"""``certificate.npz`` read with suspicion: every array's kind, shape and range is checked before it is used."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
FORMAT = 1
LARGEST = 1 << 42
"""No price, row or claim factor above this is read: with it every sum of a pattern stays below 2^58."""
TEXTS: tuple[str, ...] = (
    *("case", "rules", "scores", "weeks", "enterprises", "townships", "departments", "pools", "months"),
    *("claim", "share_sector", "share_domain", "items"),
)
PRICES = {
    "price_week": ("pools", "weeks"),
    "price_crew": ("departments", "weeks"),
    "price_month": ("pools", "months"),
    "price_year": ("townships", "years"),
    "price_township": ("townships", "weeks"),
    "price_link": ("enterprises", "weeks"),
    "row_price": ("kinds", "weeks"),
}
"""Array of prices -> its axes; none may be negative."""
SHAPES = PRICES | {
    "format": ("one",),
    "claimed": ("claim",),
    "cluster": ("enterprises",),
    "schedule_owner": ("schedules",),
    "schedule_length": ("schedules",),
    "schedule_gap": ("schedules",),
    "schedule_left_out": ("schedules",),
    "visit_items": ("visits",),
    "visit_item": ("carried",),
    "visit_lead": ("visits",),
    "visit_minutes": ("visits",),
    "visit_clash": ("visits",),
    "row_kind": ("visits",),
    "row_paid": ("one",),
    "township_week": ("townships", "weeks"),
    "township_year": ("townships", "years"),
}
NOT_NEGATIVE = (
    "schedule_length",
    "schedule_gap",
    "schedule_left_out",
    "visit_items",
    "visit_minutes",
    "cluster",
)


class Malformed(ValueError):
    """An array is missing, of a wrong kind, or out of range; the message names it."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """The arrays of a certificate.

    Parameters
    ----------
    arrays
        Name -> array, see ``SHAPES``.
    sizes
        Axis -> length.
    """

    arrays: dict[str, npt.NDArray[Any]]
    sizes: dict[str, int]

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """Return an array."""
        return self.arrays[name]

    def names(self, name: str) -> tuple[str, ...]:
        """Return an array of texts."""
        return tuple(self.arrays[name].tolist())

    @cached_property
    def claims(self) -> dict[str, int]:
        """What the certificate claims [units]."""
        return dict(zip(self.names("claim"), self["claimed"].tolist(), strict=True))

    @cached_property
    def first_visit(self) -> Ints:
        """Where each schedule's visits begin, shape (n_schedules + 1,)."""
        return np.concatenate([[0], np.cumsum(self["schedule_length"])]).astype(np.int64)

    @cached_property
    def owner_of_visit(self) -> Ints:
        """Enterprise of each visit."""
        return np.repeat(self["schedule_owner"], self["schedule_length"]).astype(np.int64)

    @cached_property
    def items(self) -> tuple[tuple[str, ...], ...]:
        """Items of each visit."""
        names = self.names("items")
        stops = np.cumsum(self["visit_items"]).tolist()
        flat = [names[k] for k in self["visit_item"].tolist()]
        return tuple(tuple(flat[a:b]) for a, b in zip([0, *stops][:-1], stops, strict=True))

    @cached_property
    def stands(self) -> Bools:
        """Weeks in which the file lets each visit stand, shape (n_visits, n_weeks)."""
        return np.unpackbits(self["visit_weeks"], axis=1)[:, : self.sizes["weeks"]].astype(bool)

    @cached_property
    def clashes(self) -> Bools:
        """Pairs of weeks that two visits in a row may not stand in, shape (n_kinds, n_weeks, n_weeks)."""
        return np.unpackbits(self["clashes"], axis=2)[:, :, : self.sizes["weeks"]].astype(bool)


def read_certificate(content: bytes) -> Certificate:
    """Return a certificate.

    Parameters
    ----------
    content
        Bytes of the file.

    Raises
    ------
    Malformed
        If the file can't be read or an array is wrong.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise Malformed("file") from error
    sizes = _sizes(arrays)
    for name, axes in SHAPES.items():
        _check(arrays, name, tuple(sizes[axis] for axis in axes))
    _check_places(arrays, sizes)
    return Certificate(arrays, sizes)


def _require(name: str, good: object) -> None:
    if not good:
        raise Malformed(name)


def _sizes(arrays: dict[str, npt.NDArray[Any]]) -> dict[str, int]:
    for name in TEXTS:
        _require(name, name in arrays and arrays[name].ndim == 1 and arrays[name].dtype.kind == "U")
    for name, axes in (("row_price", 2), ("price_year", 2), ("schedule_owner", 1), ("visit_items", 1)):
        _require(name, name in arrays and arrays[name].ndim == axes)
    _require("visit_item", "visit_item" in arrays and arrays["visit_item"].ndim == 1)
    return {name: len(arrays[name]) for name in TEXTS} | {
        "one": 1,
        "years": arrays["price_year"].shape[1],
        "kinds": arrays["row_price"].shape[0],
        "schedules": len(arrays["schedule_owner"]),
        "visits": len(arrays["visit_items"]),
        "carried": len(arrays["visit_item"]),
    }


def _check(arrays: dict[str, npt.NDArray[Any]], name: str, shape: tuple[int, ...]) -> None:
    _require(name, name in arrays and arrays[name].dtype == np.int64 and arrays[name].shape == shape)
    if name in PRICES:
        _require(name, int(arrays[name].max(initial=0)) <= LARGEST)
    elif name in NOT_NEGATIVE:
        _require(name, int(arrays[name].min(initial=0)) >= 0)


def _check_places(arrays: dict[str, npt.NDArray[Any]], sizes: dict[str, int]) -> None:
    """Check what points into another array, and the packed bits."""
    bits = -(-sizes["weeks"] // 8)
    for name, shape in (("visit_weeks", (sizes["visits"], bits)), ("clashes", (-1, sizes["weeks"], bits))):
        good = name in arrays and arrays[name].dtype == np.uint8 and arrays[name].ndim == len(shape)
        _require(name, good and all(b in {a, -1} for a, b in zip(arrays[name].shape, shape, strict=True)))
    good = "week_in_year" in arrays and arrays["week_in_year"].dtype == np.bool_
    _require("week_in_year", good and arrays["week_in_year"].shape == (sizes["years"], sizes["weeks"]))
    _require("share", "share" in arrays and arrays["share"].shape == (sizes["share_sector"],))
    _require("share_domain", sizes["share_domain"] == sizes["share_sector"])
    _require("format", arrays["format"].tolist() == [FORMAT])
    _require("schedule_length", int(arrays["schedule_length"].sum()) == sizes["visits"])
    _require("visit_items", int(arrays["visit_items"].sum()) == sizes["carried"])
    _require("schedule_owner", (np.diff(arrays["schedule_owner"]) >= 0).all())
    _require("schedule_owner", len(np.unique(arrays["schedule_owner"])) == sizes["enterprises"])
    for name, low, high in (
        ("schedule_owner", 0, sizes["enterprises"]),
        ("visit_item", 0, sizes["items"]),
        ("visit_lead", -1, sizes["departments"]),
        ("visit_clash", -1, len(arrays["clashes"])),
        ("row_kind", 0, sizes["kinds"]),
    ):
        values = arrays[name]
        _require(name, not values.size or (int(values.min()) >= low and int(values.max()) < high))
