"""Somebody with a browser that runs no script: they sign in, open pages, and send forms."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import requests

from ..site import Site, make_token


@dataclass
class Person:
    """A session of somebody with these scopes."""

    url: str
    token: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        answer = self.session.post(f"{self.url}/sign-in", {"token": self.token}, allow_redirects=False, timeout=30)
        assert answer.status_code == 303, answer.text

    def open(self, path: str, status: int = 200, **headers: str) -> str:
        """Return the text of a page, without its tags."""
        return words(self.html(path, status, **headers))

    def html(self, path: str, status: int = 200, **headers: str) -> str:
        """Return a page as it came."""
        answer = self.session.get(self.url + path, headers=headers, timeout=30)
        assert answer.status_code == status, (path, answer.status_code, words(answer.text))
        return answer.text

    def send(self, path: str, status: int = 200, *, on: str = "", **fields: Any) -> str:
        """Send a form, which stands ``on`` a page or under its own address; return the text where it leads."""
        return words(self.sent(path, status, on=on, **fields))

    def sent(self, path: str, status: int = 200, *, on: str = "", **fields: Any) -> str:
        """Send a form as :meth:`send` does, and return the page where it leads."""
        answer = self.session.post(self.url + path, fields, headers={"Referer": self.url + (on or path)}, timeout=30)
        assert answer.status_code == status, (path, answer.status_code, words(answer.text))
        return answer.text


def person(site: Site, *scopes: str) -> Person:
    """Return somebody who is signed in; an owner without any scopes."""
    return Person(site.url, make_token(site.services, *(scopes or ("admin",))))


def words(html: str) -> str:
    """Return what a page says: no tags, spaces as one."""
    bare = re.sub(r"<(style|script|head)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())
