"""The built-in plugins. They come through the same hooks as anybody else's."""
