"""The adapter that `new-adapter` writes, loaded as it is or with one passage changed, and the kit's rules run on it."""

import importlib.util
import inspect
import itertools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from publicist.core.new_adapter.scaffold import write_adapter
from publicist.core.testing import Counterpart, MarketplaceContract
from publicist.core.testing.bench import Bench
from publicist.core.testing.link import connected
from publicist.core.testing.proxy import Proxy
from publicist.core.testing.rules import Broken

from .broken import Mutant
from .offers import with_offers

KIND = "board_under_test"
KEY = "key-of-ada-1815"


def load(name: str, path: Path) -> ModuleType:
    """Import a file, and what belongs to it, afresh."""
    for known in [known for known in sys.modules if known == name or known.startswith(f"{name}.")]:
        del sys.modules[known]
    folder = [str(path.parent)] if path.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=folder)
    assert spec
    assert spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(folder: Path, mutant: Mutant | None = None) -> Path:
    """Write the adapter with all that a kind can offer, and with the mutant's passage changed."""
    write_adapter("board-under-test", folder)
    paths = (folder / KIND / "__init__.py", folder / KIND / "kind.py", folder / "tests" / "board.py")
    for path, text in zip(paths, with_offers(*(path.read_text() for path in paths)), strict=True):
        path.write_text(text)
    if mutant:
        path = folder / KIND / f"{mutant.file}.py"
        text = path.read_text()
        assert text.count(mutant.old) == 1, f"{mutant.rule}: {mutant.old!r} is there {text.count(mutant.old)} times"
        path.write_text(text.replace(mutant.old, mutant.new))
    return folder


@cache
def signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Trial:
    """One adapter in a bench, with the board that it speaks to."""

    def __init__(self, folder: Path) -> None:
        self.board: Any = load("board_of_the_kit", folder / "tests" / "board.py")
        self.board.KEY = signing_key()
        self.board.KEY_SET = {**RSAAlgorithm.to_jwk(signing_key().public_key(), as_dict=True), "kid": "first"}
        self.plugin = load(KIND, folder / KIND / "__init__.py")
        self.bench = Bench({"PUBLICIST_PLUGINS": ""}, self.plugin)

    @contextmanager
    def counterpart(self) -> Iterator[Counterpart]:
        with self.board.running_board() as board:
            yield Counterpart(
                board.url,
                settings={"api_key": KEY},
                take_slug=board.put,
                slugs=lambda: list(board.entries),
                health=lambda: dict(board.health),
                say=board.say,
                token=board.token,
            )


def parameters(test: Callable[..., Any]) -> list[dict[str, Any]]:
    """Return the arguments with which pytest would call a rule's test, beside its fixtures."""
    sets: list[list[dict[str, Any]]] = []
    for mark in getattr(test, "pytestmark", []):
        names = [name.strip() for name in mark.args[0].split(",")]
        values = [value if len(names) > 1 else (value,) for value in mark.args[1]]
        sets.append([dict(zip(names, value, strict=True)) for value in values])
    return [dict(itertools.chain.from_iterable(each.items() for each in chosen)) for chosen in itertools.product(*sets)]


def prove(trial: Trial, rule: str, request: pytest.FixtureRequest, given: dict[str, Any]) -> None:
    """Run the test of a rule on the adapter. Raises what pytest would report."""

    class Contract(MarketplaceContract):
        kind = KIND
        examples = 10

    contract = Contract()
    test = getattr(contract, f"test_{rule}")
    wanted = [name for name in inspect.signature(test).parameters if name not in given]
    with trial.counterpart() as counterpart:
        proxy = Proxy(counterpart.url)
        kit: dict[str, Callable[[], Any]] = {
            "bench": lambda: trial.bench,
            "counterpart": lambda: counterpart,
            "link": lambda: connected(trial.bench, trial.bench.kind(KIND), counterpart, proxy),
        }
        try:
            test(**given, **{name: kit.get(name, partial(request.getfixturevalue, name))() for name in wanted})
        except Broken as error:  # no link could be made
            raise pytest.fail.Exception(error.said) from error
        finally:
            proxy.stop()
