"""How this room's kernels are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel: cached, without the interpreter's lock, division as in numpy."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
