"""Benchmarks of the week: routes of one week, and single-period instances with time windows."""
