"""Lists in pages. Pure."""


def page_count(total: int, per_page: int) -> int:
    """Return on how many pages so many things stand; an empty list has one."""
    return max(1, -(-total // per_page))
