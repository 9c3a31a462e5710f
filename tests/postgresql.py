"""A throw-away PostgreSQL server, started for the tests that need one."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg

from .ready import migrated


@dataclass(frozen=True)
class Cluster:
    """A running server; every test asks for a database of its own."""

    folder: Path
    port: int

    @classmethod
    def start(cls) -> "Cluster":
        # Not below pytest's own folder: the server's user must be able to reach it.
        folder = Path(tempfile.mkdtemp(prefix="publicist-pg-"))
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        cluster = cls(folder, port)
        # It sorts as most servers do, by the rules of a language: nothing may rest on how texts are sorted.
        sorts = ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8")
        cluster._run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "--no-sync", *sorts)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        cluster._run("pg_ctl", "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", options, "start")
        return cluster

    def database(self, *, ready: bool = False) -> str:
        """Make a database, empty or with an empty store at the newest version; return its URL."""
        name, like = f"test_{uuid4().hex[:12]}", self._ready() if ready else "template1"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return self._url(name)

    @cache  # noqa: B019 - there is one server for the whole run
    def _ready(self) -> str:
        url = self.database()
        migrated(self.folder, url)
        return url.rpartition("/")[2]

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        # Some hundred databases are ten thousand files: nobody waits until they are gone.
        subprocess.run(["/bin/sh", "-c", 'rm -rf "$0" &', str(self.folder)], check=True)

    def _run(self, program: str, *arguments: str) -> None:
        newest = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        user = pwd.getpwnam("postgres").pw_uid if os.getuid() == 0 else None
        subprocess.run([newest / program, *arguments], check=True, stdout=subprocess.DEVNULL, user=user, cwd="/")
