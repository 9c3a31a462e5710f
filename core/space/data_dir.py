"""The directory that a space keeps its files in."""

from pathlib import Path

from ..errors import ConfigurationError
from ..secrets import KEY_FILE
from ..settings import Settings


def data_directory(settings: Settings, *, make: bool) -> Path:
    """Return the data directory of the settings, made for its owner alone if it was not there.

    Args:
        make: whether a space may begin here; otherwise there must be one.

    Raises:
        ConfigurationError: there is no space here and ``make`` is False, or the directory cannot be made.
    """
    data_dir = Path(settings.data_dir)
    if not make and not (data_dir / KEY_FILE).exists() and not settings.secret_key.reveal():
        raise ConfigurationError(
            f"There is no space in {data_dir}.",
            remedy="Run `publicist init`, or set PUBLICIST_DATA_DIR to where the space is.",
        )
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {data_dir} cannot be made: {error.strerror}.",
            remedy="Set PUBLICIST_DATA_DIR to a directory that publicist may write to.",
        ) from error
    return data_dir
