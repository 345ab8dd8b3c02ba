"""The week's column of the support table: every line is honoured by something that exists."""

from __future__ import annotations

from pydoc import locate

from riskplan.rules.support import support_lines
from riskplan.weekly import SUPPORTED


def test_every_line_the_week_promises_is_honoured():
    """Each line with ``exact`` or ``safe side`` for the week stands in ``SUPPORTED``, and no other."""
    promised = {
        (s.kind, s.scope, s.window, s.unit) for s in support_lines() if s.week in {"exact", "safe side"}
    }
    assert set(SUPPORTED) == promised


def test_what_honours_it_exists():
    """Every name in ``SUPPORTED`` leads to a function."""
    assert all(callable(locate(name)) for name in SUPPORTED.values())
