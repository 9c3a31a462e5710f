"""A real Redis server of its own, on a free port of this machine, keeping nothing on disk."""

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

SECONDS = 10.0
PASSWORD = "opensesame"


@dataclass
class RedisServer:
    """A server that can be stopped, and started again on the same port."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def on_a_free_port(cls, folder: Path) -> "RedisServer":
        """Return a server that runs."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = cls(folder, port)
        server.start()
        return server

    @property
    def url(self) -> str:
        """Where it is reached, with its password."""
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "dir": self.folder, "requirepass": PASSWORD}
        given = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.process = subprocess.Popen(["redis-server", *given], stdout=subprocess.DEVNULL)
        until = monotonic() + SECONDS
        while not self._answers():
            assert self.process.poll() is None, "redis-server ended at once"
            assert monotonic() < until, "redis-server did not start in time"
            sleep(0.02)

    def stop(self) -> None:
        """Kill it."""
        if self.process:
            self.process.kill()
            self.process.wait(SECONDS)
            self.process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.sendall(b"PING\r\n")
                return bool(line.recv(16))
        except OSError:
            return False
