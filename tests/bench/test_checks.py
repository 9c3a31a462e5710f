"""A thousand endpoints looked at every minute, a tenth of them answering after five seconds: `make bench`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench

NUMBER, SECONDS = 1000, 190
"""A minute to look at all for the first time, and two in turns."""


@pytest.mark.timeout(SECONDS + 120)
def test_a_thousand_endpoints_every_minute(tmp_path: Path) -> None:
    here = Path(__file__).parent
    with subprocess.Popen([sys.executable, here / "slow_places.py"], stdout=subprocess.PIPE, text=True) as places:
        assert places.stdout
        try:
            url = places.stdout.readline().strip()
            words = [sys.executable, here / "checking_process.py", tmp_path / "space", url, str(NUMBER), str(SECONDS)]
            done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
        finally:
            places.terminate()
    told = json.loads(done.stdout)
    print(f"\n{NUMBER} endpoints every 60 s, a tenth answering after 5 s:")
    print(f"  {told['looks']} looks, {told['turns']} of them in turn; states {told['states']}")
    print(f"  late: median {told['p50']:.2f} s, p99 {told['p99']:.2f} s, at most {told['most']:.2f} s")
    print(
        f"  {told['megabytes']:.0f} MB, {told['cpu_share']:.0%} of a core, database {told['database_megabytes']:.1f} MB"
    )
    assert told["turns"] > 1.5 * NUMBER
    assert told["p99"] < 2.0
    assert told["megabytes"] < 256
