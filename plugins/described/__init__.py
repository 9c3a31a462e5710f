"""Marketplaces described by a YAML file: each file is a kind, and a plugin of its own. It runs no code of the file."""

from pathlib import Path

from .plugin import load

SHIPPED = Path(__file__).parent / "marketplaces"
"""The folder with the descriptions that come with publicist."""

__all__ = ["SHIPPED", "load"]
