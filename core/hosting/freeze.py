"""The installed third-party plugins as requirements, to install the same ones elsewhere."""

import json
from collections.abc import Iterable, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from ..redact import redact
from .info import PluginInfo


def requirements(infos: Iterable[PluginInfo]) -> Sequence[str]:
    """Return a line for each installed package with plugins, as `pip install -r` takes it, sorted.

    One that was not installed from a registry is told by where it came from, without any password in that.
    """
    found = {info.distribution for info in infos if info.distribution and not info.built_in}
    return sorted(line for name in found if (line := _requirement(name)))


def _requirement(name: str) -> str:
    try:
        package = distribution(name)
    except PackageNotFoundError:  # taken away since it was loaded
        return ""
    return _origin(package) or f"{package.name}=={package.version}"


def _origin(package: Distribution) -> str:
    """Return where a package came from, if it was not a registry."""
    try:
        origin = json.loads(package.read_text("direct_url.json") or "{}")
        url = redact(str(origin["url"]))
    except (ValueError, KeyError, TypeError):
        return ""
    if origin.get("dir_info", {}).get("editable"):
        return f"-e {url}"
    version = origin.get("vcs_info", {})
    if version:
        return f"{package.name} @ {version.get('vcs')}+{url}@{version.get('commit_id')}"
    return f"{package.name} @ {url}"
