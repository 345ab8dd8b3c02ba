"""Plan folders: read, and write a whole new revision beside the old one, swapped by rename."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from riskplan.cells import guard, unguard
from riskplan.errors import PlanFolderError
from riskplan.plan.tables import MAY_LACK, OPTIONAL, PLAN_COLUMNS, Plan, empty_table, normalise

MANIFEST = "manifest.json"
CERTIFICATE = "certificate.npz"


def plan_file_names() -> tuple[str, ...]:
    """Return the names of all files of a plan folder."""
    return (MANIFEST, *(f"{table}.csv" for table in PLAN_COLUMNS))


def is_plan(folder: Path) -> bool:
    """Tell whether a folder is a whole plan: its manifest and all its tables are there."""
    may_lack = {f"{table}.csv" for table in MAY_LACK}
    return folder.is_dir() and all(
        (folder / name).is_file() for name in plan_file_names() if name not in may_lack
    )


def write_plan(plan: Plan, folder: Path | str) -> Path:
    """Write a plan; an older plan in its place is replaced as a whole, anything else is left alone.

    Parameters
    ----------
    plan
        Plan to write.
    folder
        Target; its parent is made when missing.

    Raises
    ------
    PlanFolderError
        If the folder exists, is not empty and is not a plan, or holds files that would be lost.
    """
    target = Path(folder)
    if target.exists() and not is_plan(target) and (target.is_file() or any(target.iterdir())):
        raise PlanFolderError("not_a_plan", folder=target.name)
    known = (*plan_file_names(), CERTIFICATE)
    foreign = sorted(p.name for p in target.iterdir() if p.name not in known) if target.exists() else []
    if foreign:
        raise PlanFolderError("foreign_files", folder=target.name, files=", ".join(foreign[:5]))
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, text in plan_files(plan).items():
            (fresh / name).write_bytes(text.encode("utf-8"))
        if plan.certificate:
            (fresh / CERTIFICATE).write_bytes(plan.certificate)
        fresh.chmod(0o755)
        _swap(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def _swap(fresh: Path, target: Path) -> None:
    old = fresh.with_name(fresh.name + ".old")
    if target.exists():
        Path(target).replace(old)
    try:
        Path(fresh).replace(target)
    except OSError:
        if old.exists():
            Path(old).replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def plan_files(plan: Plan) -> dict[str, str]:
    """Return file name -> content of a plan folder; the same plan gives the same bytes."""
    files = {
        f"{table}.csv": _to_csv(table, plan.tables.get(table, empty_table(table)))
        for table in PLAN_COLUMNS
        if table not in MAY_LACK or len(plan.tables.get(table, ()))
    }
    files[MANIFEST] = json.dumps(plan.manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return files


def plan_fingerprint(plan: Plan) -> str:
    """Return the SHA-256 over all files of a plan folder; the manifest has that of the certificate."""
    digest = hashlib.sha256()
    for name, text in sorted(plan_files(plan).items()):
        digest.update(name.encode())
        digest.update(text.encode())
    return digest.hexdigest()


def table_fingerprint(table: str, frame: pd.DataFrame) -> str:
    """Return the SHA-256 of a plan table's file."""
    return hashlib.sha256(_to_csv(table, frame).encode()).hexdigest()


def _to_csv(table: str, frame: pd.DataFrame) -> str:
    kinds = {**dict.fromkeys(frame.columns, "int"), **PLAN_COLUMNS[table]}
    silent = [c for c in OPTIONAL.get(table, ()) if c in frame.columns and not any(frame[c])]
    frame = frame.drop(columns=silent)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    columns = [[_cell(v, kinds[c]) for v in frame[c]] for c in frame.columns]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue()


def _cell(value: object, kind: str) -> str:
    if kind == "list":
        return guard("|".join(value) if isinstance(value, tuple) else str(value))
    if kind == "bool":
        return "yes" if value else "no"
    if kind == "float":
        return f"{float(str(value)):.6f}"
    if kind == "minute":
        return "" if value == -1 else str(value)
    return str(value) if kind == "int" else guard(str(value))


def read_plan(folder: Path | str) -> Plan:
    """Read a plan folder.

    Raises
    ------
    PlanFolderError
        If the folder is not a whole plan, or a file of it can't be read; the file is named.
    """
    root = Path(folder)
    if not is_plan(root):
        raise PlanFolderError("no_plan", folder=root.name)
    tables = {}
    for table in PLAN_COLUMNS:
        if table in MAY_LACK and not (root / f"{table}.csv").is_file():
            tables[table] = empty_table(table)
            continue
        try:
            tables[table] = normalise(table, _typed(table, root / f"{table}.csv"))
        except (ValueError, KeyError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise PlanFolderError("unreadable_plan", file=f"{table}.csv", problem=str(error)[:120]) from error
    try:
        manifest = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
    except ValueError as error:
        raise PlanFolderError("unreadable_plan", file=MANIFEST, problem=str(error)[:120]) from error
    proof = root / CERTIFICATE
    return Plan(tables, manifest, proof.read_bytes() if proof.is_file() else b"")


def read_table(table: str, path: Path, needed: tuple[str, ...]) -> pd.DataFrame:
    """Read one table of a plan from a file of its own, for example ``scores.csv``.

    Parameters
    ----------
    table
        Name of the plan table.
    path
        CSV file.
    needed
        Columns that must be there.

    Raises
    ------
    PlanFolderError
        If the file can't be read as that table.
    """
    try:
        raw = _typed(table, path)
        problem = ", ".join(column for column in needed if column not in raw.columns)
        frame = normalise(table, raw)
    except (OSError, ValueError, KeyError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        problem = getattr(error, "strerror", None) or str(error)[:120]
    if problem:
        raise PlanFolderError("unreadable_plan", file=path.name, problem=problem)
    return frame


def _typed(table: str, path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    kinds = {**{c: "int" for c in raw.columns if c.startswith("part_")}, **PLAN_COLUMNS[table]}
    data = {
        c: pd.Series([_value(v, kinds[c]) for v in raw[c]], dtype=object) for c in raw.columns if c in kinds
    }
    return pd.DataFrame(data)


def _value(text: str, kind: str) -> object:
    if kind == "list":
        return tuple(part for part in unguard(text).split("|") if part)
    if kind == "bool":
        return text == "yes"
    if kind == "float":
        return float(text)
    if kind in {"int", "minute"}:
        return int(text) if text else -1
    return unguard(text)
