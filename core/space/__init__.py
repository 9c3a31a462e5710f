"""This space: its files, its address, its first steps, and what in it needs a person."""
