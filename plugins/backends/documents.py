"""The backend kind ``documents``: a folder of texts on this machine."""

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

from ...core.hookspecs import Call
from ...core.records import Backend, BackendHealth, BackendKind, Json, SettingField
from .folder import Survey, survey
from .settings import WrongSetting

KIND = BackendKind(
    name="documents",
    title="Folder of documents",
    description="Text, Markdown, HTML and PDF files in a folder on this machine.",
    settings=(SettingField("path", "Folder", required=True, help="The folder's absolute path."),),
)


def check(backend: Backend, call: Call) -> BackendHealth:  # noqa: ARG001 - a folder needs no network
    """Return how the folder was found: how many documents it holds, how many files were left out, and why."""
    started = perf_counter()
    try:
        found = survey(read_settings(backend.settings))
    except WrongSetting as error:
        return BackendHealth(ok=False, message=str(error))
    except OSError as error:
        return BackendHealth(ok=False, message=f"The folder cannot be read: {error.strerror}.")
    return BackendHealth(bool(found.documents), told(found), (perf_counter() - started) * 1000)


def read_settings(settings: Mapping[str, Json]) -> Path:
    """Return the folder's path. Raises WrongSetting."""
    path = settings.get("path")
    if not isinstance(path, str) or not path:
        raise WrongSetting("The setting path is missing.")
    if "\0" in path or not Path(path).is_absolute():
        raise WrongSetting("The setting path must be the folder's absolute path.")
    return Path(path)


def told(found: Survey) -> str:
    """Return the survey in words."""
    number = len(found.documents)
    sentences = [f"{number} document{'' if number == 1 else 's'}."]
    if found.left_out:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(found.left_out.items()))
        sentences.append(f"Left out: {reasons}.")
    if found.partial:
        sentences.append("This is not the whole folder: a part could not be read, or there is too much.")
    return " ".join(sentences)
