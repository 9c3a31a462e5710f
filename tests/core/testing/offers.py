"""What the adapter of `new-adapter` does not show: health, feedback and vouching, added to it and to its board."""

CAPABILITIES = "Capabilities(health_push=True, feedback=True, tokens=True, developer_token=True)"

HOOKS = """

from datetime import datetime

from marshmallow import EXCLUDE, Schema, fields

from publicist.core.records import Asker, Feedback, TokenIssuer


class TakenSchema(Schema):
    taken = fields.Integer(required=True)


class SaidSchema(Schema):
    id = fields.String(required=True)
    entry = fields.String(required=True)
    stars = fields.Integer(required=True)
    text = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class IssuerSchema(Schema):
    issuer = fields.String(required=True)
    audience = fields.String(required=True)
    keys = fields.Dict(required=True)


class PersonSchema(Schema):
    subject = fields.String(required=True, allow_none=True)


@hookimpl
def report_health(marketplace, readings, call):
    sent = {one.slug: one.state in ("healthy", "degraded") for one in readings if one.state != "unknown"}
    answer = call.http.post("/health", json=sent, auth=_key(marketplace), safe=True)
    return f"{loaded(answer, TakenSchema())['taken']} taken"


@hookimpl
def fetch_feedback(marketplace, listed, since, call):
    params = {"since": since.isoformat()} if since else {}
    said = loaded(call.http.get("/feedback", params=params, auth=_key(marketplace)), SaidSchema(many=True))
    return [
        Feedback(
            "", listed[one["entry"]], marketplace.id, one["id"], "rating", one["stars"], one["text"], "", one["at"]
        )
        for one in said
        if one["entry"] in listed
    ]


@hookimpl
def token_issuer(marketplace, call):
    told = loaded(call.http.get("/issuer", auth=_key(marketplace)), IssuerSchema())
    return TokenIssuer(told["issuer"], (told["audience"],), told["keys"])


@hookimpl
def verify_token(marketplace, token, call):
    answer = call.http.post("/tokens", json={"token": token}, auth=_key(marketplace), safe=True)
    subject = loaded(answer, PersonSchema())["subject"]
    return Asker(marketplace.id, marketplace.name, subject) if subject else None
"""

ROUTES = """
    @app.post("/health")
    def reported() -> Any:
        ours = {slug: well for slug, well in request.json.items() if own(slug)}
        board.health.update({slug: "up" if well else "down" for slug, well in ours.items()})
        return jsonify(taken=len(ours))

    @app.get("/feedback")
    def feedback() -> Any:
        return jsonify([one for one in board.said if one["at"] >= request.args.get("since", "")])

    @app.get("/issuer")
    def issuer() -> Any:
        return jsonify(issuer=ISSUER, audience=account(), keys={"keys": [KEY_SET]})

    @app.post("/tokens")
    def person() -> Any:
        try:
            said = jwt.decode(request.json["token"], KEY.public_key(), ["RS256"], audience=account(), issuer=ISSUER)
        except jwt.InvalidTokenError:
            said = {"sub": None}
        return jsonify(subject=said["sub"])

    return app
"""

BOARD = """
    health: dict[str, str] = field(default_factory=dict)
    said: list[dict[str, Any]] = field(default_factory=list)

    def say(self, slug: str, stars: int, text: str) -> None:
        at = datetime.now(UTC).isoformat()
        entry = self.entries[slug]["id"]
        self.said.append({"id": f"said-{len(self.said)}", "entry": entry, "stars": stars, "text": text, "at": at})

    def token(self) -> str:
        claims = {"sub": "grace", "iss": ISSUER, "aud": "ada"}
        return jwt.encode(claims, KEY, "RS256", headers={"kid": "first"})
"""

HEAD = """
from datetime import UTC, datetime

import jwt

ISSUER = "https://board.example"
KEY: Any = None
KEY_SET: Any = None
"""


def with_offers(hooks: str, kind: str, board: str) -> tuple[str, str, str]:
    """Return the texts of the adapter's hooks, its kind and its board with all of this added."""
    entries = "    entries: dict[str, dict[str, Any]] = field(default_factory=dict)\n"
    keys = "\nKEYS = {"
    assert entries in board
    more = board.replace("\n    return app\n", ROUTES).replace(entries, entries + BOARD).replace(keys, f"{HEAD}{keys}")
    return hooks + HOOKS, kind.replace("Capabilities()", CAPABILITIES), more
