"""The settings of a kind: held to the fields that the kind declares, and shown without their secrets."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..records import SettingField

SHOWN = "***"
"""What stands for a secret that is stored; entered again, it means: leave it as it is."""


def setting_faults(settings: Mapping[str, Any], fields: Sequence[SettingField]) -> dict[str, list[str]]:
    """Return what is wrong with ``settings``, by name: unknown ones, required ones left out."""
    names = {field.name for field in fields}
    faults = {
        name: [f"There is no such setting; there are {', '.join(sorted(names)) or 'none'}."]
        for name in settings
        if name not in names
    }
    missing = {field.name for field in fields if field.required and settings.get(field.name) in (None, "", {}, [])}
    return {**faults, **{name: ["This kind needs it; enter it."] for name in missing}}


def masked(settings: Mapping[str, Any], fields: Sequence[SettingField] | None) -> dict[str, Any]:
    """Return ``settings`` with ``***`` for each secret; an object keeps its names.

    ``fields`` is None where the kind is not known any more: then every value counts as a secret.
    """
    secret = None if fields is None else {field.name for field in fields if field.secret}
    return {name: _mask(value) if secret is None or name in secret else value for name, value in settings.items()}


def restored(settings: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``settings`` with each ``***`` replaced by what is stored in its place.

    Raises KeyError with the dotted name where nothing is stored.
    """
    return {name: _restore(value, stored.get(name), name) for name, value in settings.items()}


def _mask(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict.fromkeys(value, SHOWN)
    return SHOWN if value not in (None, "") else value


def _restore(value: Any, stored: Any, name: str) -> Any:
    if value == SHOWN:
        if stored is None:
            raise KeyError(name)
        return stored
    if isinstance(value, Mapping):
        former = stored if isinstance(stored, Mapping) else {}
        return {inner: _restore(each, former.get(inner), f"{name}.{inner}") for inner, each in value.items()}
    return value
