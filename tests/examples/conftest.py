"""The examples are tested where they are installed: see test_examples.py."""

collect_ignore_glob = ["*/test_*.py"]
