"""Coverage-guided fuzzing of every reader, nightly: no form of damage ends in a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("fuzz_readers.py")
RUNS = 1000


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "toml", "geojson", "parquet", "xlsx", "xls", "gpkg"])
def test_no_damage_ends_in_a_traceback(form, tmp_path):
    """Thousands of inputs, chosen by the code that they reach, each give a case or an InputError."""
    pytest.importorskip("atheris", reason="atheris is not installed; pip install 'riskplan[fuzz]'")
    command = [
        sys.executable,
        str(HARNESS),
        form,
        f"-runs={RUNS}",
        "-seed=1",
        "-max_len=200000",
        "-rss_limit_mb=0",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-3000:]
