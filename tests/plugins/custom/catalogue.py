"""The rules of `rest-v1` as a catalogue in memory keeps them. Answers are ``(status, body)``."""

import re
import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

SENT = (
    "slug", "name", "summary", "description", "type", "response_type", "tags", "version", "visibility",
    "policies", "query_url", "category", "language", "installation_id",
)  # fmt: skip
LONGEST = {"name": 100, "summary": 500, "description": 50_000}


class Catalogue:
    """The listings and the rules of the protocol. Answers are ``(status, body)``."""

    def __init__(self, accounts: Mapping[str, str], features: Mapping[str, bool], site: str) -> None:
        self.lock = threading.RLock()
        self.accounts, self.features, self.site = accounts, features, site
        self.rows: dict[str, tuple[str, dict[str, Any]]] = {}
        self.ids: dict[str, str] = {}
        self.kept: dict[tuple[str, str], tuple[Any, dict[str, Any]]] = {}
        self.health: dict[str, dict[str, Any]] = {}
        self.usage: list[dict[str, Any]] = []
        self.feedback: list[dict[str, Any]] = []
        self.made = self.revision = 0

    def own(self, account: str) -> list[dict[str, Any]]:
        return [row for owner, row in self.rows.values() if owner == account]

    def by_slug(self, slug: str) -> tuple[str, dict[str, Any]] | None:
        return self.rows.get(self.ids.get(slug, ""))

    def add(self, account: str, sent: Mapping[str, Any]) -> dict[str, Any]:
        self.made += 1
        self.revision += 1
        given = {"id": f"listing-{self.made}", "active": True, "url": f"{self.site}/l/{sent['slug']}"}
        row = {**given, **{name: sent[name] for name in SENT if name in sent}}
        self.rows[row["id"]] = (account, row)
        self.ids[row["slug"]] = row["id"]
        return row

    def remove(self, listing_id: str) -> None:
        _, row = self.rows.pop(listing_id)
        del self.ids[row["slug"]]
        self.revision += 1

    def create(self, account: str, sent: Any, key: str | None) -> tuple[int, Any]:
        if key and (account, key) in self.kept:
            body, answer = self.kept[account, key]
            return (201, answer) if body == sent else problem(422, "idempotency_mismatch", "The key was used already.")
        if errors := mistakes(sent):
            return invalid(errors)
        if self.by_slug(sent["slug"]):
            return problem(409, "slug_conflict", f"The slug {sent['slug']} is taken.")
        row = dict(self.add(account, sent))
        if key:
            self.kept[account, key] = (sent, row)
        return 201, row

    def change(self, account: str, listing_id: str, sent: Any) -> tuple[int, Any]:
        owner, row = self.rows.get(listing_id, (None, {}))
        if owner != account:
            return problem(404, "not_found", f"No listing {listing_id}.")
        errors = mistakes(sent)
        if not errors and sent["slug"] != row["slug"]:
            errors = {"slug": ["The slug of a listing never changes."]}
        if errors:
            return invalid(errors)
        row.update({name: sent[name] for name in SENT if name in sent})
        return 200, dict(row)

    def withdraw(self, account: str, listing_id: str) -> tuple[int, Any]:
        if self.rows.get(listing_id, (None,))[0] != account:
            return problem(404, "not_found", f"No listing {listing_id}.")
        self.remove(listing_id)
        return 204, None

    def find(self, account: str, slug: str) -> tuple[int, Any]:
        pair = self.by_slug(slug)
        if pair is None or pair[0] != account:
            return problem(404, "not_found", f"No listing {slug}.")
        return 200, dict(pair[1])

    def slug(self, slug: str) -> tuple[int, Any]:
        free = self.by_slug(slug) is None
        return 200, {
            "slug": slug,
            "available": free,
            "reason": f"The slug {slug} is {'free' if free else 'taken'}.",
        }

    def take_health(self, account: str, readings: list[dict[str, Any]]) -> tuple[int, Any]:
        slugs = {row["slug"] for row in self.own(account)}
        taken = {reading["slug"]: reading for reading in readings if reading["slug"] in slugs}
        self.health.update(taken)
        ignored = [reading["slug"] for reading in readings if reading["slug"] not in slugs]
        return 200, {"accepted": len(readings) - len(ignored), "ignored": ignored}

    def page(self, items: list[dict[str, Any]], query: Mapping[str, str]) -> tuple[int, Any]:
        page, per_page = int(query.get("page", "1")), min(100, int(query.get("per_page", "50")))
        shown = items[(page - 1) * per_page : page * per_page]
        meta = {"total": len(items), "page": page, "per_page": per_page, "revision": str(self.revision)}
        return 200, {"items": [dict(item) for item in shown], **meta}

    def document(self, account: str) -> tuple[int, Any]:
        limits = {**LONGEST, "tags": 10, "tag": 30, "health_batch": 300, "health_ttl_seconds": 900}
        about = {"protocol": "rest-v1", "name": "Example catalogue", "account": account}
        return 200, {**about, "features": dict(self.features), "limits": limits}


def mistakes(sent: Any) -> dict[str, list[str]]:
    """Return what is wrong with a listing, field by field."""
    if not isinstance(sent, dict):
        return {"": ["A listing is an object."]}
    errors = {name: ["Missing."] for name in SENT if name not in sent}
    if not errors and not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", sent["slug"]):
        errors["slug"] = ["Not a slug."]
    if not errors and not sent["name"]:
        errors["name"] = ["A name has 1 to 100 characters."]
    too_long = [name for name, longest in LONGEST.items() if not errors and len(sent[name]) > longest]
    return errors | {name: [f"At most {LONGEST[name]} characters."] for name in too_long}


def invalid(errors: Mapping[str, list[str]]) -> tuple[int, Any]:
    said = f"{len(errors)} field{' is' if len(errors) == 1 else 's are'} not accepted."
    return problem(422, "invalid", said, errors=dict(errors))


def problem(status: int, code: str, detail: str, **more: Any) -> tuple[int, Any]:
    """Return a problem document (RFC 9457)."""
    title = "Unprocessable Content" if status == 422 else HTTPStatus(status).phrase
    return status, {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
