"""Where notices can go: the notifier kinds ``webhook``, ``email`` and ``slack``; ``apprise`` is a plugin of its own."""

from .hooks import notifier_kinds, send_notice

__all__ = ["notifier_kinds", "send_notice"]
