from collections.abc import Iterator

import pytest

from .places import Place, started
from .proxy import Ordered


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Place]]:
    """Two catalogues and a hub, whose faults are ordered one by one."""
    with started(tmp_path_factory.mktemp("places"), Ordered) as running:
        yield running
