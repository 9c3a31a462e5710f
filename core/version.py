"""Which publicist this is, read once: the metadata of a package take milliseconds."""

from importlib.metadata import version

VERSION = version("publicist")
