"""Every breaker with its audit, made once for all tests that look at them."""

from __future__ import annotations

from functools import cache

from audit.breakers import BREAKERS, VARIANTS

ALL = {**BREAKERS, **{f.__name__: f for f in VARIANTS}}


@cache
def judged(name):
    """Return a breaker and the report on its county."""
    broken = ALL[name]()
    return broken, broken.county.audit()
