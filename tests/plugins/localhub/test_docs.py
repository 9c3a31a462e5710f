"""The hub's page in the docs tells every setting and every option, with its default."""

import dataclasses
from pathlib import Path

import pytest
from publicist.plugins import localhub
from publicist.plugins.localhub.settings import HubSettings

PAGE = (Path(__file__).parents[3] / "docs" / "localhub.md").read_text()
SHOWN = {"data_dir": "needed", "clock": "the present time"}


@pytest.mark.parametrize("field", dataclasses.fields(HubSettings), ids=lambda field: field.name)
def test_a_setting_is_told_with_its_default(field: dataclasses.Field[object]) -> None:
    default = f'"{field.default}"' if isinstance(field.default, str) else str(field.default)
    shown = SHOWN.get(field.name, f"`{default}`")
    assert f"| `{field.name}` | {shown} |" in PAGE


@pytest.mark.parametrize("option", [option.opts[0] for option in localhub.run.params])
def test_an_option_is_told(option: str) -> None:
    assert f"| `{option}` |" in PAGE
