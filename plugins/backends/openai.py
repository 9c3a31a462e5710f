"""The backend kind ``openai``: a model behind any OpenAI-compatible address."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Any

from ...core.errors import MarketplaceError
from ...core.hookspecs import Call
from ...core.http import Answer
from ...core.records import Backend, BackendHealth, BackendKind, Json, SettingField
from ...core.secrets import Secret
from .settings import WrongSetting, read_address, read_seconds, read_secret, read_text

KIND = BackendKind(
    name="openai",
    title="OpenAI-compatible model",
    description="A model that speaks OpenAI's chat completions: OpenAI's own, or one of vLLM, Ollama, llama.cpp, …",
    settings=(
        SettingField("url", "URL", required=True, help="Ends before /chat/completions, such as https://…/v1."),
        SettingField("model", "Model", required=True, help="Its name there."),
        SettingField("api_key", "API key", secret=True, help="Sent as a bearer token; local servers want none."),
        SettingField("system_prompt", "System prompt", help="What the model is told before the conversation."),
        SettingField("timeout", "Timeout", help="Seconds that an answer may take."),
        SettingField(
            "parameters", "Parameters", help="Fields to send besides, or instead of ours, by name; null leaves one out."
        ),
    ),
)
OURS = frozenset({"messages", "stream"})
"""Fields that parameters cannot change: what is asked, and how the answer is read."""
_NO_LIST = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)


@dataclass(frozen=True, slots=True)
class Model:
    """The settings, read. ``timeout`` is in seconds; None leaves it to the call's deadline."""

    url: str
    name: str
    api_key: Secret | None
    system_prompt: str
    timeout: float | None
    parameters: Mapping[str, Json]


def read_settings(settings: Mapping[str, Json]) -> Model:
    """Return the settings. Raises WrongSetting."""
    url, name = read_address(settings, "url").rstrip("/"), read_text(settings, "model")
    for field, value in {"url": url, "model": name}.items():
        if not value:
            raise WrongSetting(f"The setting {field} is missing.")
    parameters = settings.get("parameters") or {}
    if not isinstance(parameters, Mapping) or not OURS.isdisjoint(parameters):
        raise WrongSetting(f"The setting parameters must map names to values, and cannot set {' or '.join(OURS)}.")
    prompt = read_text(settings, "system_prompt")
    return Model(url, name, read_secret(settings, "api_key"), prompt, read_seconds(settings, "timeout"), parameters)


def check(backend: Backend, call: Call) -> BackendHealth:
    """Return whether the address lists its models, which costs nothing; asking the model could cost money."""
    started = perf_counter()
    try:
        model = read_settings(backend.settings)
        answer = call.http.get(f"{model.url}/models", absolute=True, auth=model.api_key)
        ok, message = _found(answer, model)
    except WrongSetting as error:
        return BackendHealth(ok=False, message=str(error))
    except MarketplaceError as error:
        return BackendHealth(ok=False, message=error.message, reachable=error.answered)
    return BackendHealth(ok, message, (perf_counter() - started) * 1000)


def _found(answer: Answer, model: Model) -> tuple[bool, str]:
    """Return whether the model is well, and what was seen; a name that is not listed may still be an alias."""
    if answer.status in _NO_LIST:
        return True, f"{answer.url} answered {answer.status}: it answers, but lists no models."
    if not answer.ok:
        return False, f"{answer.url} answered {answer.status}."
    names = _names(answer.json())
    if names and model.name not in names:
        return True, f"{answer.url} answered {answer.status}, but does not list {model.name}."
    return True, f"{answer.url} answered {answer.status}."


def _names(value: Any) -> frozenset[str]:
    listed = value.get("data") if isinstance(value, Mapping) else None
    items = listed if isinstance(listed, list) else []
    return frozenset(str(item["id"]) for item in items if isinstance(item, Mapping) and "id" in item)
