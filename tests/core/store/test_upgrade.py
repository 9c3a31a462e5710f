"""Migrations: what they make fits the models, they run once, and they lose nothing."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from publicist.core.endpoints.endpoints import new_endpoint
from publicist.core.errors import ConfigurationError
from publicist.core.publishing.listing import as_listed
from publicist.core.schemas import load_endpoint
from publicist.core.secrets import SecretBox
from publicist.core.settings import Settings
from publicist.core.store import Store, open_store
from publicist.core.store import upgrade as migrations
from publicist.core.store.models import TABLES

from ...clock import START
from ...spaces import describe


def columns(database: Any, table: str) -> dict[str, bool]:
    return {column.name: column.null for column in database.get_columns(table)}


def test_the_tables_have_the_columns_that_the_models_say(nothing: Settings, box: SecretBox) -> None:
    store = open_store(nothing, box)
    with store.session():
        for model in TABLES:
            made = columns(store._connections.database, model._meta.table_name)
            assert set(made) == {field.column_name for field in model._meta.sorted_fields}, model
            optional = {field.column_name for field in model._meta.sorted_fields if field.null}
            assert {name for name, null in made.items() if null} - optional <= {model._meta.primary_key.name}, model


def test_opening_twice_applies_nothing_twice(nothing: Settings, box: SecretBox) -> None:
    store = open_store(nothing, box)
    assert migrations.migrate(store._connections, nothing.data_dir / "backups") == []


def test_a_database_of_a_newer_version_is_refused(nothing: Settings, box: SecretBox) -> None:
    store = open_store(nothing, box)
    with store.session():
        store._connections.database.execute_sql("INSERT INTO migration (number) VALUES (9999)")
    with pytest.raises(ConfigurationError, match="9999"):
        open_store(nothing, box)


def test_a_later_migration_keeps_every_row_and_leaves_a_copy_of_the_file(
    tmp_path: Path, box: SecretBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    store = open_store(settings, box)
    with store.session():
        store.settings.set("a", "1")
    later = (9000, "9000_later.sql", "CREATE TABLE later (id TEXT PRIMARY KEY);\nINSERT INTO later VALUES ('x');")
    shipped = migrations.available()
    monkeypatch.setattr(migrations, "available", lambda: [*shipped, later])
    again = open_store(settings, box)
    with again.session():
        assert again.settings.get("a") == "1"
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["before-9000.sqlite3"]


def test_a_migration_that_breaks_off_changes_nothing(
    nothing: Settings, box: SecretBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(nothing, box)
    broken = (9000, "9000_broken.sql", "CREATE TABLE later (id TEXT PRIMARY KEY);\nINSERT INTO nowhere VALUES (1);")
    shipped = migrations.available()
    monkeypatch.setattr(migrations, "available", lambda: [*shipped, broken])
    with pytest.raises(Exception, match="nowhere"):
        open_store(nothing, box)
    with store.session():
        assert "later" not in store._connections.database.get_tables()


def test_an_upgrade_notes_of_every_endpoint_what_it_would_be_listed_as(
    nothing: Settings, box: SecretBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = new_endpoint(load_endpoint(describe()), "1", START)
    store, other = open_store(nothing, box), SecretBox(Fernet.generate_key().decode())
    with store.write():
        store.endpoints.add(endpoint)
        Store(store._connections, other).endpoints.add(replace(endpoint, id="2", slug="unreadable"))
        store._connections.database.execute_sql("UPDATE endpoint SET held = '{}'")
    shipped = migrations.available()
    monkeypatch.setattr(migrations, "available", lambda: [*shipped, (9000, "9000_later.sql", "SELECT 1;")])

    again = open_store(nothing, box)

    with again.session():
        rows = again._connections.database.execute_sql("SELECT id, held FROM endpoint ORDER BY id").fetchall()
    assert {key: json.loads(held) for key, held in rows} == {"1": as_listed(endpoint), "2": {}}
