"""Coverage-guided fuzzing of the readers with atheris: ``python tests/fuzz/fuzz_readers.py FORM -runs=2000 -seed=1``.

FORM is csv, toml, geojson, xlsx, xls, gpkg or parquet: the file of a small county that the fuzzer's bytes replace.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["riskplan.case"]):
    from riskplan.case.faults import fault_lines
    from riskplan.case.read import read_case
    from riskplan.case.write import write_case
    from riskplan.errors import InputError

SETTINGS = b'name = "x"\nas_of = 2026-11-20\nhorizon = {first = 2027-01-01, last = 2027-12-31}\n'
TABLES = {
    "townships": "township_code,name,lon,lat\nT1,a,118.2,25.3\n",
    "departments": "department_id,name\nEM,b\n",
    "officers": "officer_id,department_id\nP1,EM\n",
    "enterprises": "enterprise_id,name,lon,lat,township_code,sector\nE1,c,118.2,25.3,T1,d\n",
}
FILES = {
    "csv": "enterprises.csv",
    "toml": "case.toml",
    "geojson": "townships.geojson",
    "parquet": "hazards.parquet",
    "xlsx": "case.xlsx",
    "xls": "case.xls",
    "gpkg": "case.gpkg",
}
WHOLE = frozenset({"xlsx", "xls", "gpkg"})
"""Forms in which the file is the whole case."""


def county(folder: Path) -> None:
    """Write the small county that surrounds the fuzzed file."""
    (folder / "case.toml").write_bytes(SETTINGS)
    for table, text in TABLES.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")


def seed(form: str, folder: Path) -> bytes:
    """Return a whole file of a form, from which the fuzzer starts; empty where none can be written."""
    if form in {"csv", "toml"}:
        return (folder / FILES[form]).read_bytes()
    if form == "geojson":
        ring = [[118.1, 25.2], [118.3, 25.2], [118.3, 25.4], [118.1, 25.2]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        feature = {"type": "Feature", "properties": {"township_code": "T1"}, "geometry": shape}
        return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    if form == "xls":
        return b""
    target = folder / "written" / FILES[form]
    target.parent.mkdir()
    parquet = form == "parquet"
    write_case(read_case(folder), target.parent / "case" if parquet else target, parquet=parquet)
    return (target.parent / "case" / "officers.parquet" if parquet else target).read_bytes()


def main() -> None:
    """Fuzz one form; anything but a case or an InputError with words stops the run with a report."""
    form = sys.argv.pop(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        county(folder)
        corpus = folder / "corpus"
        corpus.mkdir()
        (corpus / "whole").write_bytes(seed(form, folder))
        target = folder / FILES[form]
        sys.argv.append(str(corpus))

        def read_once(content: bytes) -> None:
            target.write_bytes(content)
            try:
                read_case(target if form in WHOLE else folder)
            except InputError as error:
                fault_lines(error.faults, "zh")

        atheris.Setup(sys.argv, read_once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
