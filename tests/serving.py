"""`publicist serve` as a process of its own: what it says when it starts, and how it is asked over HTTP."""

import re
import subprocess
from dataclasses import dataclass, field
from typing import Any

import requests

SECONDS = 60.0
"""How long one request may take, on a busy machine, too."""


def _direct() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


@dataclass
class RunningSpace:
    """A space that is served, and a token to ask it with; nobody in particular asks without one."""

    url: str
    token: str
    session: requests.Session = field(default_factory=_direct)

    def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Return the JSON of an answer, which must have the status; None where it has no body."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        where = f"{self.url}/api/v1{path}"
        answer = self.session.request(method, where, json=body, headers=headers, timeout=SECONDS)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None


def read_until(process: subprocess.Popen[str], pattern: str) -> str:
    """Return what the process printed up to the line that matches; pytest's own time limit bounds it."""
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if re.search(pattern, line):
            return said
    raise AssertionError(said)


def served_by(process: subprocess.Popen[str], token: str = "") -> RunningSpace:
    """Wait until `publicist serve` can be asked; a new space tells its token, of another one it must be given."""
    said = read_until(process, "Ctrl-C")
    return RunningSpace(re.findall(r"http://127\.0\.0\.1:\d+", said)[0], token or re.findall(r"pub_\S+", said)[0])
