"""What a browser calls itself, shortened to what its owner would recognise."""

_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Vivaldi": "Vivaldi",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chromium": "Chromium",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
"""In this order, for many name others, too."""

_LONGEST = 40


def browser_name(agent: str) -> str:
    """Return such as ``Firefox on Linux``; of a program that is no browser the name it gives itself."""
    browser = next((name for mark, name in _BROWSERS.items() if f"{mark}/" in agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    if browser:
        return f"{browser} on {system}" if system else browser
    known = "".join(char for char in agent.split("/", maxsplit=1)[0] if char.isprintable()).strip()
    return known[:_LONGEST] or "A browser without a name"
