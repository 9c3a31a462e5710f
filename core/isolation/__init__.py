"""Plugins in processes of their own: spawned, bounded, killed when they do not answer, and started again.

The two sides speak in frames of JSON (:mod:`.frames`). What a plugin sends is read as the hook's answer is annotated
(:mod:`.wire`), and as nothing else: it can be wrong, but it cannot run anything in the core.
"""

from .plugin import START_SECONDS, IsolatedPlugin

__all__ = ["START_SECONDS", "IsolatedPlugin"]
