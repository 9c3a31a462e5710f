"""A query from its token to its answer, see docs/architecture.md."""
