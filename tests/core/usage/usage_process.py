"""A process that counts queries and is killed: `python usage_process.py DATA_DIR HOW_MANY DATABASE_URL`.

It stores the first half, takes in the rest, says how many, and waits for its end.
"""

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from publicist.core.records import QueryEvent
from publicist.core.secrets import Secret
from publicist.core.services import open_services
from publicist.core.settings import Settings
from publicist.core.usage import queue

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def main() -> None:
    """Count, half of it stored, and wait."""
    settings = Settings(data_dir=Path(sys.argv[1]), database_url=Secret(sys.argv[3]))
    services = open_services(settings, lambda: NOW, make=True)
    many = int(sys.argv[2])
    for _ in range(many // 2):
        services.usage.record(QueryEvent(NOW, "e", "", "", "", 200, 1.0))
    services.usage.flush()
    queue.UsageQueue.flush = lambda _: 0  # type: ignore[method-assign]
    for _ in range(many // 2):
        services.usage.record(QueryEvent(NOW, "e", "", "", "", 200, 1.0))
    sys.stdout.write("counted\n")
    sys.stdout.flush()
    threading.Event().wait(60)


main()
