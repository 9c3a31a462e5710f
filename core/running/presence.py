"""Which processes are alive, so that the leases of dead ones need not run out first.

Each process holds a lock on a file of its own in the data directory for as long as it lives; the operating system
drops the lock with the process, however that ended. A lease whose owner's file can be locked has no owner any more.
Owners on other machines have no file here; their leases run out by time.
"""

import fcntl
import os
import uuid
from pathlib import Path
from typing import Self

FOLDER = "processes"


class Presence:
    """This process's sign of life. ``owner`` is the name it puts on leases."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        self.owner = uuid.uuid4().hex
        self._descriptor = os.open(self._folder / self.owner, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def is_dead(self, owner: str) -> bool:
        """Whether ``owner`` was a process on this machine that is certainly gone."""
        path = self._folder / owner
        if owner == self.owner or not path.exists():
            return False
        descriptor = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        return True

    def bury(self, owner: str) -> None:
        """Remove the file of a dead process, once none of its leases is left."""
        (self._folder / owner).unlink(missing_ok=True)

    def dead(self) -> list[str]:
        """Return the owners that are certainly gone."""
        return [path.name for path in self._folder.iterdir() if self.is_dead(path.name)]

    def others(self) -> list[str]:
        """Return the owners on this machine that live, this process apart."""
        names = [path.name for path in self._folder.iterdir()]
        return [name for name in names if name != self.owner and not self.is_dead(name)]

    def close(self) -> None:
        """Give the sign of life up; repeating it does nothing."""
        if self._descriptor >= 0:
            self.bury(self.owner)
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
