"""Measure how long reading and checking a case takes, and how much memory, in every form and at three sizes.

Usage: ``python -m benchmarks.read [--form csv] [--size 1500]``. A county is made once by ``synth`` and repeated with new
ids, names, codes and points, ten hazards an enterprise. Each reading is a process of its own, so that its peak is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from riskplan.case.read import read_case
from riskplan.case.write import write_case
from riskplan.synth import make_county
from riskplan.synth.credit_code import credit_code
from riskplan.version import __version__

RESULTS = Path(__file__).parent / "results"
LIBRARIES = ("numpy", "pandas", "geopandas", "pyarrow", "python-calamine")
HAZARDS_EACH = 10
BASE = 1_500
JITTER = 0.0008
"""How far copies of premises lie from one another [degrees]."""
SIGNS = "安宝昌达恒鸿华佳金康利隆明宁荣盛泰祥兴永裕源正中春山海林泉峰"


@dataclass(frozen=True)
class Form:
    """One form of a case.

    Parameters
    ----------
    name
        On the command line and in the results.
    target
        Name of the file or folder.
    """

    name: str
    target: str


FORMS = (
    Form("csv", "csv"),
    Form("gpkg", "case.gpkg"),
    Form("parquet", "parquet"),
    Form("xlsx", "case.xlsx"),
)
SIZES = (1_500, 20_000, 100_000)


def peak_mb() -> int:
    """Return the most memory that this process has held [MB]; ``getrusage`` would hand on its parent's peak."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def make_large(folder: Path, enterprises: int) -> Path:
    """Write a CSV case with so many enterprises and ten times as many hazards; the same number gives the same bytes."""
    base = make_county(folder / "base", enterprises=BASE, seed=1)
    target = folder / f"csv-{enterprises}"
    shutil.copytree(base, target)
    rng = np.random.default_rng(enterprises)
    _write(_firms(_table(base, "enterprises"), enterprises, rng), target, "enterprises")
    found = _table(base, "hazards")
    found = found.iloc[rng.integers(len(found), size=enterprises * HAZARDS_EACH)].reset_index(drop=True)
    found["hazard_id"] = [f"H{n:08d}" for n in range(1, len(found) + 1)]
    numbers = np.repeat(np.arange(1, enterprises + 1), HAZARDS_EACH)
    found["enterprise_id"] = [f"E{n:05d}" for n in numbers.tolist()]
    _write(found, target, "hazards")
    return target


def _table(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _write(frame: pd.DataFrame, folder: Path, table: str) -> None:
    frame.to_csv(folder / f"{table}.csv", index=False, encoding="utf-8-sig")


def _firms(base: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return premises repeated with new ids, codes and names, a little apart."""
    firms = base.iloc[np.arange(count) % len(base)].reset_index(drop=True)
    firms["enterprise_id"] = [f"E{n:05d}" for n in range(1, count + 1)]
    firms["credit_code"] = [credit_code(n) for n in range(1, count + 1)]
    picked = np.array(list(SIGNS))[rng.integers(len(SIGNS), size=(count, 3))]
    pairs = zip(picked.tolist(), firms["sector"], strict=True)
    firms["name"] = ["永春" + "".join(signs) + sector + "有限公司" for signs, sector in pairs]
    for name in ("lon", "lat"):
        moved = firms[name].astype(float) + rng.uniform(-JITTER, JITTER, count)
        firms[name] = [f"{value:.6f}" for value in moved]
    return firms


def measure(source: Path) -> dict[str, object]:
    """Return seconds and peak memory of reading one case in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.read", "--one", str(source)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def read_one(source: Path) -> dict[str, object]:
    """Read a case in this process."""
    start, worked = time.perf_counter(), time.process_time()
    case = read_case(source)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    peak = peak_mb()
    return {
        "enterprises": len(case.enterprises),
        "hazards": len(case["hazards"]),
        "warnings": len(case.warnings),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(worked, 2),
        "peak_rss_mb": peak,
        "fingerprint": case.fingerprint[:16],
    }


def run(form: Form, size: int) -> dict[str, object]:
    """Make a case of one size in one form and measure reading it."""
    with tempfile.TemporaryDirectory() as folder:
        source = make_large(Path(folder), size)
        if form.name != "csv":
            target = Path(folder) / form.target
            write_case(read_case(source), target, parquet=form.name == "parquet")
            source = target
        return {"form": form.name, "size": size, **measure(source)}


def keep(row: dict[str, object]) -> None:
    """Put one row into ``results/read.json`` in place of an older one of its form and size."""
    path = RESULTS / "read.json"
    old = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else []
    rows = [r for r in old if (r["form"], r["size"]) != (row["form"], row["size"])] + [row]
    order = [form.name for form in FORMS]
    rows.sort(key=lambda r: (order.index(r["form"]), r["size"]))
    head = {"version": __version__, "python": platform.python_version(), "cores": os.cpu_count()}
    result = {**head, "libraries": {name: version(name) for name in LIBRARIES}, "rows": rows}
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Measure what the command line names, all if it names nothing, into ``results/read.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--form", choices=[form.name for form in FORMS])
    parser.add_argument("--size", type=int)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(read_one(given.one)))
        return
    for form in FORMS:
        for size in SIZES:
            if given.form in {None, form.name} and given.size in {None, size}:
                row = run(form, size)
                print(json.dumps(row), flush=True)
                keep(row)


if __name__ == "__main__":
    main()
