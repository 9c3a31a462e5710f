"""Files of countries in MaxMind's format, for tests."""

from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

NETWORKS = {"first": "81.2.69.0/24", "second": "2001:470::/32", "third": "89.160.20.0/24"}
FIRST, SECOND, THIRD = "81.2.69.142", "2001:470::17", "89.160.20.112"


def write(path: Path, **networks: Any) -> Path:
    """Write a file of countries: ``networks`` are records by the name of a network in ``NETWORKS``."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-Country")
    for name, record in networks.items():
        writer.insert_network(IPSet([NETWORKS[name]]), record)
    writer.to_db_file(str(path))
    return path
