"""A registry that speaks the MCP registry's API (v0.1), as its OpenAPI document and its source say; in memory."""

import re
import threading
import time
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, jsonify, request

TOKEN = "registry-token-of-ada-1815"
GITHUB = "gho_ada_1815"
NAMESPACE = "io.github.ada"
OFFICIAL = "io.modelcontextprotocol.registry/official"


class Problem(Exception):
    """A problem document."""

    def __init__(self, status: int, detail: str, *errors: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors


class Registry:
    """All versions of all servers, in the order in which they were published."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.patterns = {TOKEN: [f"{NAMESPACE}/"]}
        self.ends: dict[str, float] = {}
        self.life = 300.0
        self._lock = threading.RLock()

    def app(self) -> Flask:
        app = Flask("registry")
        # A name has a slash, which comes encoded; the server hands it over decoded.
        app.add_url_rule("/v0.1/servers", view_func=self._list)
        app.add_url_rule("/v0.1/servers/<path:name>/versions", view_func=self._versions)
        app.add_url_rule("/v0.1/servers/<path:name>/versions/<version>", view_func=self._version)
        app.add_url_rule("/v0.1/servers/<path:name>/versions/<version>/status", view_func=self._one, methods=["PATCH"])
        app.add_url_rule("/v0.1/servers/<path:name>/status", view_func=self._all, methods=["PATCH"])
        app.add_url_rule("/v0.1/publish", view_func=self._publish, methods=["POST"])
        app.add_url_rule("/v0.1/auth/github-at", view_func=self._exchange, methods=["POST"])
        app.register_error_handler(Problem, _told)
        return app

    def _list(self) -> Any:
        args = request.args
        limit = int(args.get("limit", 30))
        if not 1 <= limit <= 100:
            raise Problem(422, "validation failed", "expected number <= 100")
        with self._lock:
            found = sorted(self.rows, key=_place)
        found = [row for row in found if self._shown(row, args)]
        after = args.get("cursor")
        found = [row for row in found if after is None or _place(row) > tuple(after.rsplit(":", 1))]
        page = found[:limit]
        metadata: dict[str, Any] = {"count": len(page)}
        if len(found) > limit:
            metadata["nextCursor"] = ":".join(_place(page[-1]))
        return {"servers": deepcopy(page), "metadata": metadata}

    def _shown(self, row: dict[str, Any], args: Any) -> bool:
        meta = row["_meta"][OFFICIAL]
        return (
            args.get("search", "").lower() in row["server"]["name"].lower()
            and (args.get("version") != "latest" or meta["isLatest"])
            and (args.get("include_deleted") == "true" or meta["status"] != "deleted")
        )

    def _of(self, name: str, *, deleted: bool) -> list[dict[str, Any]]:
        found = [row for row in self.rows if row["server"]["name"] == name]
        found = [row for row in found if deleted or row["_meta"][OFFICIAL]["status"] != "deleted"]
        if not found:
            raise Problem(404, "Server not found")
        return found

    def _versions(self, name: str) -> Any:
        with self._lock:
            found = self._of(name, deleted=request.args.get("include_deleted") == "true")
            return {"servers": deepcopy(found[::-1]), "metadata": {"count": len(found)}}

    def _version(self, name: str, version: str) -> Any:
        with self._lock:
            for row in self._of(name, deleted=request.args.get("include_deleted") == "true"):
                if version == row["server"]["version"] or (version == "latest" and row["_meta"][OFFICIAL]["isLatest"]):
                    return deepcopy(row)
        raise Problem(404, "Server not found")

    def _allowed(self) -> list[str]:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.patterns or self.ends.get(token, time.time() + 1) < time.time():
            raise Problem(401, "Invalid or expired Registry JWT token")
        return self.patterns[token]

    def _publish(self) -> Any:
        allowed, sent = self._allowed(), request.get_json()
        wrong = _violations(sent)
        if wrong:
            raise Problem(422, "validation failed", *wrong)
        name = sent["name"]
        if not any(name.startswith(pattern) for pattern in allowed):
            raise Problem(403, f"You do not have permission to publish this server. Attempting to publish: {name}")
        with self._lock:
            return deepcopy(self.publish(sent))

    def publish(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Publish a version as the service does, whoever asks."""
        with self._lock:
            there = [row for row in self.rows if row["server"]["name"] == sent["name"]]
            if any(row["server"]["version"] == sent["version"] for row in there):
                raise Problem(400, "Failed to publish server", "invalid version: cannot publish duplicate version")
            for remote in sent.get("remotes", []):
                for row in self.rows:
                    others = [one["url"] for one in row["server"].get("remotes", [])]
                    if remote["url"] in others and row["server"]["name"] != sent["name"]:
                        raise Problem(400, "Failed to publish server", f"remote URL {remote['url']} is already used")
            now = datetime.now(UTC).isoformat()
            meta = {"status": "active", "statusChangedAt": now, "publishedAt": now, "updatedAt": now, "isLatest": False}
            row = {"server": deepcopy(sent), "_meta": {OFFICIAL: meta}}
            self.rows.append(row)
            self._mark(sent["name"])
            return row

    def take(self, slug: str) -> None:
        """Publish a server under a slug, as somebody else in the namespace."""
        self.publish({"name": f"{NAMESPACE}/{slug}", "version": "3.0.0", "description": "Somebody's.", "title": "T"})

    def _mark(self, name: str) -> None:
        rows = [row for row in self.rows if row["server"]["name"] == name]
        shown = [row for row in rows if row["_meta"][OFFICIAL]["status"] != "deleted"] or rows
        latest = max(shown, key=lambda row: [int(part) for part in row["server"]["version"].split(".")])
        for row in rows:
            row["_meta"][OFFICIAL]["isLatest"] = row is latest

    def _one(self, name: str, version: str) -> Any:
        self._allowed()
        with self._lock:
            found = [row for row in self.rows if (row["server"]["name"], row["server"]["version"]) == (name, version)]
            if not found:
                raise Problem(404, "Server version not found")
            return deepcopy(self._change(name, found)[0])

    def _all(self, name: str) -> Any:
        self._allowed()
        with self._lock:
            changed = self._change(name, self._of(name, deleted=True))
            return {"updatedCount": len(changed), "servers": deepcopy(changed)}

    def _change(self, name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        sent = request.get_json()
        if not any(name.startswith(pattern) for pattern in self._allowed()):
            raise Problem(403, "You do not have publish or edit permissions for this server")
        wanted = (sent["status"], sent.get("statusMessage"))
        metas = [row["_meta"][OFFICIAL] for row in rows]
        if all((meta["status"], meta.get("statusMessage")) == wanted for meta in metas):
            raise Problem(400, "No changes to apply: all versions already have the requested status and message")
        for meta in metas:
            meta.update(status=wanted[0], statusMessage=wanted[1])
        self._mark(name)
        return rows

    def _exchange(self) -> Any:
        if request.get_json().get("github_token") != GITHUB:
            raise Problem(401, "Token exchange failed", "failed to get GitHub user")
        token = f"jwt-{len(self.patterns)}"
        self.patterns[token], self.ends[token] = [f"{NAMESPACE}/"], time.time() + self.life
        return {"registry_token": token, "expires_at": int(self.ends[token])}

    def names(self) -> list[str]:
        with self._lock:
            return [
                row["server"]["name"].partition("/")[2]
                for row in self.rows
                if row["_meta"][OFFICIAL]["isLatest"] and row["_meta"][OFFICIAL]["status"] != "deleted"
            ]


def _place(row: dict[str, Any]) -> tuple[str, ...]:
    return row["server"]["name"], row["server"]["version"]


def _violations(sent: dict[str, Any]) -> list[str]:
    wrong = [] if re.fullmatch(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+", sent.get("name", "")) else ["name"]
    wrong += [key for key in ("description", "title") if not 1 <= len(sent.get(key, "")) <= 100]
    wrong += [] if 1 <= len(sent.get("version", "")) <= 255 and sent["version"] != "latest" else ["version"]
    urls = [sent[key] for key in ("websiteUrl",) if key in sent] + [one["url"] for one in sent.get("remotes", [])]
    wrong += [f"{url} must use https" for url in urls if not url.startswith("https://")]
    publisher = sent.get("_meta", {}).keys() - {"io.modelcontextprotocol.registry/publisher-provided"}
    return wrong + [f"_meta.{key}" for key in publisher]


def _told(problem: Problem) -> Response:
    body: dict[str, Any] = {"title": "Refused", "status": problem.status, "detail": problem.detail}
    if problem.errors:
        body["errors"] = [{"message": text} for text in problem.errors]
    answer = jsonify(body)
    answer.status_code, answer.mimetype = problem.status, "application/problem+json"
    return answer
