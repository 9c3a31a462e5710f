"""A space with nothing to do but check: fills itself with endpoints, checks for some time, prints how it went."""

import json
import resource
import sys
import time
import uuid
from pathlib import Path

from publicist.core.health.checker import ROUND_SECONDS
from publicist.core.schemas import load_endpoint, new_endpoint
from publicist.core.services import Services, open_services, utc_now
from publicist.core.settings import load_settings


def fill(services: Services, url: str, number: int) -> None:
    with services.store.write():
        for each in range(number):
            place = f"{url}/{'slow' if each % 10 == 0 else 'quick'}/{each}"
            dataset = {"kind": "http", "settings": {"url": f"{place}/query", "health_url": f"{place}/health"}}
            described = {"name": f"Endpoint {each}", "slug": f"endpoint-{each}", "published": True, "dataset": dataset}
            services.store.endpoints.add(new_endpoint(load_endpoint(described), str(uuid.uuid4()), utc_now()))


def main(data_dir: str, url: str, number: str, seconds: str) -> None:
    environment = {"PUBLICIST_DATA_DIR": data_dir, "PUBLICIST_PLUGINS": "", "PUBLICIST_CHECK_INTERVAL": "60"}
    services = open_services(load_settings(environment), make=True)
    fill(services, url, int(number))
    ends, begun, cpu = time.monotonic() + float(seconds), 0, time.process_time()
    while time.monotonic() < ends:
        began = time.monotonic()
        begun += services.checker.round()
        time.sleep(max(0.0, ROUND_SECONDS - (time.monotonic() - began)))
    services.checker.wait_idle(30)
    late, states = services.checker.lateness(), [each.state for each in services.health_book.all().values()]
    told = {
        "looks": begun,
        "turns": late.looks,
        "p50": late.p50,
        "p99": late.p99,
        "most": late.most,
        "states": {state: states.count(state) for state in sorted(set(states))},
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "cpu_share": (time.process_time() - cpu) / float(seconds),
        "database_megabytes": sum(path.stat().st_size for path in Path(data_dir).glob("publicist.sqlite3*")) / 2**20,
    }
    services.close()
    print(json.dumps(told))


main(*sys.argv[1:])
