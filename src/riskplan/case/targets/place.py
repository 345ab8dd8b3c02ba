"""Whole or not at all: files and folders are made beside their target and swapped in by rename."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from riskplan.errors import Fault, InputError


def refuse(name: str) -> None:
    """Refuse to replace what is no case.

    Raises
    ------
    InputError
        Always.
    """
    raise InputError([Fault("not_a_case_there", name)])


def swap_file(target: Path, make: Callable[[Path], object]) -> Path:
    """Write a file beside its target and put it in place.

    Parameters
    ----------
    target
        Its folder is made when missing; an older file is replaced.
    make
        Writes a path that does not exist yet and ends as the target does.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
        fresh = Path(folder) / target.name
        make(fresh)
        fresh.chmod(0o644)
        fresh.replace(target)
    return target


def swap_folder(target: Path, make: Callable[[Path], None], ours: Callable[[str], bool]) -> Path:
    """Write a folder beside its target and put it in place; what else an older case holds goes along.

    Parameters
    ----------
    target
        Folder; its parent is made when missing.
    make
        Fills an empty folder.
    ours
        Tells by its name whether a file belongs to the form of a case; other files (rulebook, roads) are kept.

    Raises
    ------
    OSError
        If the folder can't be put in place; what stood there before stands there again.
    """
    here = target.is_dir()
    if (target.exists() and not here) or (
        here and any(target.iterdir()) and not (target / "case.toml").is_file()
    ):
        refuse(target.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
        fresh, old = Path(folder) / "new", Path(folder) / "old"
        fresh.mkdir()
        make(fresh)
        for path in sorted(target.iterdir()) if here else ():
            if not ours(path.name):
                copy = shutil.copytree if path.is_dir() else shutil.copy2
                copy(path, fresh / path.name)
        if here:
            target.replace(old)
        try:
            fresh.replace(target)
        except OSError:
            if here:
                old.replace(target)
            raise
    return target
