"""Processes that keep a space going, and how they do."""
