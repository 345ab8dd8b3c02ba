"""Speed and quality, measured by ``python -m benchmarks.run``; never part of a timed test."""
