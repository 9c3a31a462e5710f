from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from publicist.core.secrets import Secret, SecretBox
from publicist.core.settings import Settings
from publicist.core.store import Store, open_store

from ...ready import lay


@pytest.fixture(params=["sqlite", "postgresql"])
def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a store that is not there yet: once on each database that is supported."""
    url = request.getfixturevalue("postgresql").database() if request.param == "postgresql" else ""
    return Settings(data_dir=tmp_path, database_url=Secret(url))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty store, made already: once on each database that is supported."""
    if request.param == "postgresql":
        return Settings(
            data_dir=tmp_path, database_url=Secret(request.getfixturevalue("postgresql").database(ready=True))
        )
    lay(tmp_path)
    return Settings(data_dir=tmp_path)


@pytest.fixture
def box() -> SecretBox:
    return SecretBox(Fernet.generate_key().decode())


@pytest.fixture
def store(database: Settings, box: SecretBox) -> Iterator[Store]:
    opened = open_store(database, box)
    with opened.session():
        yield opened
