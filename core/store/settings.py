"""Settings that are kept in the store rather than in the environment."""

from typing import Any

from ..redact import remember
from ..secrets import Secret, SecretBox
from . import models
from .prepared import Prepared
from .table import TableAccess

_table = models.Setting


class SettingTable(TableAccess):
    """Named texts; secret ones are sealed."""

    def __init__(self, database: Any, box: SecretBox) -> None:
        super().__init__(database)
        self._box = box
        self._all = Prepared(_table, "", lambda row: (row["name"], row["value"]))

    def get(self, name: str, default: str = "") -> str:
        """Return the text kept under ``name``."""
        row = self._first(_table.select().where(_table.name == name))
        return row["value"] if row else default

    def all(self) -> dict[str, str]:
        """Return every text by its name; secret ones are still sealed, see :meth:`opened`."""
        return dict(self._all.run(self._database))

    def secret(self, name: str) -> Secret | None:
        """Return the secret kept under ``name``, or None."""
        return self.opened(self.get(name))

    def try_key(self) -> None:
        """Open one of the secrets that are kept here. Raises ConfigurationError when the key does not fit it."""
        row = self._first(_table.select().where(_table.sealed).order_by(_table.name))
        self.opened(row["value"] if row else None)

    def opened(self, sealed: str | None) -> Secret | None:
        """Return the secret that was kept as ``sealed``."""
        if not sealed:
            return None
        secret = self._box.open(sealed)
        remember(secret)
        return secret

    def sealed(self, secret: Secret) -> str:
        """Return a secret that is kept elsewhere, sealed."""
        return self._box.seal(secret)

    def unsealed(self, text: str) -> Secret:
        """Return what :meth:`sealed` was given. Raises ConfigurationError when it does not open."""
        return self._box.open(text)

    def set(self, name: str, value: str | Secret | None) -> None:
        """Keep a text, or a secret sealed; None forgets it."""
        if value is None:
            self._run(_table.delete().where(_table.name == name))
            return
        sealed = isinstance(value, Secret)
        text = self._box.seal(value) if isinstance(value, Secret) else value
        _table.insert(name=name, value=text, sealed=sealed).on_conflict(
            conflict_target=(_table.name,), update={"value": text, "sealed": sealed}
        ).execute(self._database)

    def set_once(self, name: str, value: str | Secret) -> str:
        """Keep ``value`` unless there is one already; return the one that is kept (a secret one sealed)."""
        sealed = isinstance(value, Secret)
        text = self._box.seal(value) if isinstance(value, Secret) else value
        _table.insert(name=name, value=text, sealed=sealed).on_conflict(
            conflict_target=(_table.name,), update={"name": name}
        ).execute(self._database)
        return self.get(name)
