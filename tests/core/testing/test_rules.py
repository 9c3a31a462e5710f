"""The kit's page says what the kit proves."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from publicist.core.testing import Counterpart, MarketplaceContract, Rule, rules_of

PAGE = (Path(__file__).parents[3] / "docs" / "contract-kit.md").read_text()
RULES = rules_of(MarketplaceContract)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_is_in_the_table_of_its_section(rule: Rule) -> None:
    heading = rule.section.replace("-", " ").capitalize()
    section = PAGE.split(f"\n### {heading}\n")[1].split("\n### ")[0]
    hooks = rule.hook if rule.hook == "every hook" else ", ".join(f"`{hook}`" for hook in rule.hook.split(", "))
    assert f"| `{rule.name}` | {rule.promise} | {hooks} | {rule.remedy} |" in section.splitlines()


def test_no_rule_is_told_that_there_is_not() -> None:
    rules = PAGE.split("\n## The rules\n")[1]
    assert sorted(re.findall(r"^\| `(\w+)` \|", rules, re.MULTILINE)) == sorted(RULES)


def test_every_test_of_the_contract_is_a_rule() -> None:
    tests = [name.removeprefix("test_") for name in dir(MarketplaceContract) if name.startswith("test_")]
    assert sorted(tests) == sorted(RULES)


@pytest.mark.parametrize("field", [field.name for field in fields(Counterpart)])
def test_every_field_of_a_counterpart_is_told(field: str) -> None:
    assert f"\n| `{field}` | " in PAGE


@pytest.mark.parametrize(
    ("name", "wrong", "given", "seen"),
    [
        ("health", lambda slug: slug, (), "TypeError"),
        ("health", lambda: "up", (), "it answered str"),
        ("slugs", lambda: None, (), "it answered NoneType"),
        ("fill", lambda _number: 26, (26,), "it answered int"),
        ("token", lambda: b"token", (), "it answered bytes"),
        ("take_slug", lambda: None, ("a-slug",), "TypeError"),
        ("say", lambda _slug: None, ("a-slug", 5, "Good."), "TypeError"),
    ],
)
def test_a_counterpart_that_is_wrong_is_told_and_not_the_adapter(
    name: str, wrong: Any, given: tuple[Any, ...], seen: str
) -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        Counterpart("http://127.0.0.1:9", **{name: wrong}).ability(name)(*given)
    assert f"The counterpart's `{name}` is wrong, not the adapter: {seen}" in str(failed.value)
    assert f"It is called as {name}(" in str(failed.value)
