"""A PostgreSQL with PostGIS of one's own: made in a temporary folder, on a free port of this machine, and stopped."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
POSTGIS = list(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))


def why_not():
    """Return why no server can be started here, nothing where one can."""
    if not PROGRAMS or not (PROGRAMS[-1] / "initdb").exists():
        return "no PostgreSQL server is installed"
    if not POSTGIS:
        return "PostGIS is not installed"
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return "there is no user postgres"
    return (
        ""
        if os.geteuid() == 0 or os.geteuid() == pwd.getpwnam("postgres").pw_uid
        else "needs root or postgres"
    )


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _run(*words):
    user = {"user": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run([str(w) for w in words], check=True, capture_output=True, cwd="/", timeout=60, **user)


@contextlib.contextmanager
def server(folder):
    """Give the address of a fresh server; it ends with the block."""
    data, port = Path(folder) / "data", _free_port()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    _run(
        PROGRAMS[-1] / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = (PROGRAMS[-1] / "pg_ctl", "-D", data, "-w")
    _run(*control, "-l", Path(folder) / "log", "-o", options, "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run(*control, "-m", "immediate", "stop")
