"""Seeded fictional counties for samples, tests and benchmarks."""

from __future__ import annotations

from riskplan.synth.county import make_county

__all__ = ["make_county"]
