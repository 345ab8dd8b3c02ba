"""How many examples a property test tries: few in the fast suite, many where ``make nightly`` asks for them."""

from __future__ import annotations

from hypothesis import settings

NIGHTLY = "nightly"


def register() -> None:
    """Let hypothesis try the same examples everywhere and never judge by the clock."""
    settings.register_profile("fast", deadline=None, derandomize=True)
    settings.register_profile(NIGHTLY, settings.get_profile("fast"))
    settings.load_profile("fast")


def examples(fast: int, nightly: int) -> int:
    """Return the number of examples for the suite that runs."""
    return nightly if settings.get_current_profile_name() == NIGHTLY else fast
