import imprint
import pytest
from click.testing import CliRunner
from flask import Flask


@pytest.fixture(autouse=True)
def _imprint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPRINT", "Ada & Grace")


def test_the_page_tells_who_runs_the_space() -> None:
    app = Flask("test")
    imprint.blueprints(app)
    assert "<p>Ada &amp; Grace</p>" in app.test_client().get("/imprint").text


def test_the_command_does_so_too() -> None:
    assert CliRunner().invoke(imprint.imprint).output == "Ada & Grace\n"
