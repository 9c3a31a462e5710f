"""How far a new space has come: an account, the space itself, a marketplace, an endpoint."""

from dataclasses import dataclass

from ..settings import Settings
from ..store import Store

_HIDDEN = "first_steps_hidden"
_OF_THE_SPACE = ("space_name", "deployment", "public_url", "developer_token")


@dataclass(frozen=True, slots=True)
class Progress:
    """Which of the first steps are done; ``hidden`` when somebody does not want to be reminded."""

    account: bool
    space: bool
    marketplace: bool
    endpoint: bool
    hidden: bool = False

    @property
    def open(self) -> tuple[str, ...]:
        """The names of the steps that are not done, in their order."""
        return tuple(name for name in STEPS if not getattr(self, name))


STEPS = ("account", "space", "marketplace", "endpoint")


class FirstSteps:
    """Tells which of the first steps are done. None of them is a must."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def progress(self) -> Progress:
        """Return how far the space has come."""
        with self._store.session():
            kept = self._store.settings.all()
            return Progress(
                account=self._store.accounts.any(),
                space=bool(self._settings.public_url) or any(kept.get(name) for name in _OF_THE_SPACE),
                marketplace=self._store.marketplaces.any(),
                endpoint=self._store.endpoints.any(),
                hidden=bool(kept.get(_HIDDEN)),
            )

    def hide(self) -> None:
        """Remind nobody of the steps any more."""
        with self._store.write():
            self._store.settings.set(_HIDDEN, "yes")
