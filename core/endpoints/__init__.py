"""Endpoints as their provider works with them: drafted, stored, changed, applied from files."""
