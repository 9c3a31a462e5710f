"""The exit codes, the same for every command."""

DONE = 0
ERROR = 1
USAGE = 2
PARTLY = 3
PLAN_HAS_CHANGES = 4
PENDING = 5
INTERRUPTED = 130
