"""A portal that speaks CKAN's action API (version 3), as its documentation and its source say; in memory."""

import re
import threading
import uuid
from copy import deepcopy
from typing import Any

from flask import Flask, request

TOKEN = "token-of-ada-1815"
OTHER = "token-of-grace-1906"
ADMIN = "token-of-root-0001"
ORGANIZATION = "observatory"
MEMBERS = {TOKEN: {ORGANIZATION}, OTHER: {"navy"}, ADMIN: {ORGANIZATION, "navy"}}
IDS = {ORGANIZATION: str(uuid.uuid4()), "navy": str(uuid.uuid4())}
READS = {"organization_list_for_user", "package_search", "package_show"}
SCHEMA = {"name", "title", "notes", "version", "private", "owner_org", "url", "state", "type", "author", "maintainer"}


class Refusal(Exception):
    """A failed action: its status and its error."""

    def __init__(self, status: int, kind: str, **error: Any) -> None:
        super().__init__(kind)
        self.status, self.error = status, {**error, "__type": kind}


class Portal:
    """The datasets of a portal, by id."""

    def __init__(self) -> None:
        self.datasets: dict[str, dict[str, Any]] = {}
        self.keeps_names = False
        self.soft = False
        self._lock = threading.RLock()

    def app(self) -> Flask:
        app = Flask("ckan")

        @app.route("/api/3/action/<name>", methods=["GET", "POST"])
        def action(name: str) -> Any:
            return self._act(name)

        return app

    def _act(self, name: str) -> Any:
        function = getattr(self, f"_do_{name}", None)
        if function is None:
            return f"Bad request - Action name not known: {name}", 400
        if request.method == "GET" and name not in READS:
            return "Bad request - JSON Error: Invalid request. Please use POST method for your request", 400
        sent = request.args.to_dict() if request.method == "GET" else request.get_json()
        token = request.headers.get("Authorization")
        try:
            with self._lock:
                result = function(sent, token if token in MEMBERS else None)
        except Refusal as refusal:
            status = 200 if self.soft else refusal.status
            return {"help": "…", "success": False, "error": refusal.error}, status
        return {"help": "…", "success": True, "result": result}

    def _do_organization_list_for_user(self, sent: dict[str, Any], token: str | None) -> list[Any]:
        return [{"id": IDS[name], "name": name, "title": name.title()} for name in sorted(MEMBERS.get(token or "", ()))]

    def _do_package_search(self, sent: dict[str, Any], token: str | None) -> dict[str, Any]:
        organization = re.search(r'organization:"?([a-z0-9_-]+)"?', sent.get("fq", ""))
        found = [
            one
            for one in self.datasets.values()
            if one["state"] == "active"
            and (organization is None or one["organization"]["name"] == organization[1])
            and (not one["private"] or (sent.get("include_private") == "true" and self._may(one, token)))
        ]
        found.sort(key=lambda one: one["name"])
        start, rows = int(sent.get("start", 0)), min(int(sent.get("rows", 10)), 1000)
        shown = deepcopy(found[start : start + rows])
        return {"count": len(found), "results": shown, "sort": "name asc", "facets": {}, "search_facets": {}}

    def _do_package_show(self, sent: dict[str, Any], token: str | None) -> dict[str, Any]:
        one = self._get(sent)
        if (one["private"] or one["state"] != "active") and not self._may(one, token):
            raise Refusal(403, "Authorization Error", message="Access denied: User not authorized to read package")
        return deepcopy(one)

    def _do_package_create(self, sent: dict[str, Any], token: str | None) -> dict[str, Any]:
        self._allow(sent.get("owner_org"), token)
        made = {"id": str(uuid.uuid4()), "state": "active", "type": "dataset"}
        return self._store(made, sent)

    def _do_package_patch(self, sent: dict[str, Any], token: str | None) -> dict[str, Any]:
        one = self._get(sent)
        self._allow(one["owner_org"], token)
        return self._store(one, {**one, **sent, "id": one["id"]})

    def _do_package_delete(self, sent: dict[str, Any], token: str | None) -> None:
        one = self._get(sent)
        self._allow(one["owner_org"], token)
        one["state"] = "deleted"

    def _do_dataset_purge(self, sent: dict[str, Any], token: str | None) -> None:
        one = self._get(sent)
        if token != ADMIN:
            raise Refusal(403, "Authorization Error", message="Access denied: only a sysadmin may purge")
        del self.datasets[one["id"]]

    def _get(self, sent: dict[str, Any]) -> dict[str, Any]:
        wanted = sent.get("id") or sent.get("name_or_id")
        if not wanted:
            raise Refusal(409, "Validation Error", id=["Missing value"])
        named = [one for one in self.datasets.values() if wanted in (one["id"], one["name"])]
        named.sort(key=lambda one: one["state"] != "active")
        if not named:
            raise Refusal(404, "Not Found Error", message="Not found")
        return named[0]

    def _may(self, one: dict[str, Any], token: str | None) -> bool:
        return one["organization"]["name"] in MEMBERS.get(token or "", ())

    def _allow(self, organization: Any, token: str | None) -> None:
        names = {name for name, key in IDS.items() if organization in (name, key)}
        if token is None or not names & MEMBERS[token]:
            raise Refusal(403, "Authorization Error", message="Access denied: User not authorized to edit packages")

    def _store(self, one: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
        errors = self._errors(one["id"], sent)
        if errors:
            raise Refusal(409, "Validation Error", **errors)
        organization = next(name for name, key in IDS.items() if sent["owner_org"] in (name, key))
        stored = {**one, **{key: sent[key] for key in SCHEMA if key in sent}}
        stored |= {
            "title": sent.get("title") or sent["name"],
            "private": bool(sent.get("private")),
            "owner_org": IDS[organization],
            "organization": {"id": IDS[organization], "name": organization, "title": organization.title()},
            "tags": sorted(
                ({"name": tag["name"], "display_name": tag["name"]} for tag in sent.get("tags", [])),
                key=lambda tag: str(tag["name"]),
            ),
            "extras": sorted(sent.get("extras", []), key=lambda extra: str(extra["key"])),
            "resources": [
                {**each, "id": each.get("id") or str(uuid.uuid4()), "url": each.get("url", "").strip(), "position": at}
                for at, each in enumerate(sent.get("resources", []))
            ],
        }
        self.datasets[one["id"]] = stored
        return deepcopy(stored)

    def _errors(self, own: str, sent: dict[str, Any]) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        name = sent.get("name")
        if (
            not isinstance(name, str)
            or not re.fullmatch(r"[a-z0-9_-]{2,100}", name)
            or name in {"new", "edit", "search"}
        ):
            errors["name"] = ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]
        elif any(
            one["name"] == name and one["id"] != own and (one["state"] != "deleted" or self.keeps_names)
            for one in self.datasets.values()
        ):
            errors["name"] = ["Diese URL wird bereits verwendet."]
        if len(sent.get("version") or "") > 100:
            errors["version"] = ["Version must be a maximum of 100 characters long"]
        tags = [tag["name"] for tag in sent.get("tags", [])]
        wrong = [{"name": [f'Tag "{tag}" is wrong']} for tag in tags if not re.fullmatch(r"[\w \-.]{2,100}", tag)]
        if wrong:
            errors["tags"] = wrong
        keys = [extra["key"] for extra in sent.get("extras", [])]
        if len(set(keys)) != len(keys) or set(keys) & SCHEMA:
            errors["extras_validation"] = ["Duplicate key"]
        if any(not isinstance(extra.get("value"), str) for extra in sent.get("extras", [])):
            errors["extras"] = [{"value": ["Missing value"]}]
        return errors

    def insert(self, name: str, token: str = OTHER, **fields: Any) -> None:
        organization = min(MEMBERS[token])
        with self._lock:
            self._store(
                {"id": str(uuid.uuid4()), "state": "active", "type": "dataset"},
                {"name": name, "owner_org": organization, **fields},
            )

    def names(self) -> list[str]:
        with self._lock:
            return [one["name"] for one in self.datasets.values() if one["state"] == "active"]
