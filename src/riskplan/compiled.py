"""How kernels are compiled, and that no stale machine code is used.

numba keeps compiled functions beside their file and looks only at that file's age: a change in another kernel that is
inlined into it goes unnoticed. So the sources of all kernels of all rooms are hashed, and how they are compiled, and old
machine code is thrown away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

_HERE = Path(__file__).parent
_STAMP = _HERE / "__pycache__" / "kernels.sha256"
_KERNELS, _MACHINE_CODE = ("*/*_kernels.py", "*/arrays.py"), "*/__pycache__/*_kernels.*.nb?"


def _forget_stale() -> None:
    digest = hashlib.sha256()
    kernels = sorted(path for pattern in _KERNELS for path in _HERE.glob(pattern))
    for path in (Path(__file__), *kernels):
        digest.update(path.read_bytes())
    now = digest.hexdigest()
    try:
        if _STAMP.exists() and _STAMP.read_text(encoding="ascii") == now:
            return
        for old in _HERE.glob(_MACHINE_CODE):
            old.unlink(missing_ok=True)
        _STAMP.parent.mkdir(exist_ok=True)
        _STAMP.write_text(now, encoding="ascii")
    except OSError:
        return


_forget_stale()


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel: cached, without the interpreter's lock, division as in numpy."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


_UNCOUNTED: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
"""For kernels that make no array: counting who uses an array costs more than what small kernels do."""


def uncounted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel that makes no array, without counting references."""
    return numba.njit(**_UNCOUNTED)(function)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel that makes no array into whatever calls it: passing many arrays takes longer than small kernels."""
    return numba.njit(**_UNCOUNTED, inline="always")(function)


def vectorised(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop without branches that makes no array; sums may be reordered."""
    return numba.njit(**_UNCOUNTED, fastmath=True)(function)


@uncounted
def draw(random: npt.NDArray[np.uint64]) -> float:
    """Return the next random number in [0, 1): xorshift64* (Vigna 2016).

    Parameters
    ----------
    random
        shape (1,), uint64, state of the generator, not 0.
    """
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
