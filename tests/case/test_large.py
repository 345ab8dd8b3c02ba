"""A province-sized ledger reads in half a minute: 100,000 enterprises with 1,000,000 hazards."""

from __future__ import annotations

import pytest
from benchmarks.read import make_large, measure

from riskplan.case.read import read_case
from riskplan.case.write import write_case

SECONDS = 30.0
MOST_MB = 2560


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "gpkg", "parquet", "xlsx"])
def test_a_million_hazards_read_in_half_a_minute(form, tmp_path):
    """Read and checked within 30 s of work and 2.5 GiB, in a process of its own."""
    source = make_large(tmp_path, 100_000)
    if form != "csv":
        target = tmp_path / ("parquet" if form == "parquet" else f"case.{form}")
        write_case(read_case(source), target, parquet=form == "parquet")
        source = target
    found = measure(source)
    assert (found["enterprises"], found["hazards"]) == (100_000, 1_000_000)
    assert found["cpu_seconds"] <= SECONDS
    assert found["peak_rss_mb"] <= MOST_MB
