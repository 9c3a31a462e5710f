"""What is wrong with a backend's settings."""


class WrongSetting(Exception):
    """A setting cannot be used; the text, for people and without secrets, becomes the health answer's message."""
