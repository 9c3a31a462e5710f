"""A new adapter as a package that is ready to be installed."""
