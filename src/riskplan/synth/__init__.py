"""Seeded fictional counties for samples, tests and benchmarks."""
