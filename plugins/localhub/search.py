"""``POST /endpoints/search``: by words. The share of the query's words that an endpoint has is its score."""

import re
from typing import Any

from flask import Blueprint

from .catalogue import of_type
from .hub import rows
from .incoming import body
from .models import Endpoint
from .public import discoverable, shown
from .query_schemas import Search

blueprint = Blueprint("search", __name__, url_prefix="/endpoints/search")


@blueprint.post("")
def search() -> dict[str, Any]:
    """Return the best matches, best first; equally good ones newest first."""
    sent = body(Search)
    scored = [(score(sent["query"], one), one) for one in rows(of_type(discoverable(), sent["type"]))]
    best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])[: sent["top_k"]]
    results = [{**shown(one), "relevance_score": points} for points, one in best]
    return {"results": results, "total": len(results), "query": sent["query"]}


def score(query: str, listing: Endpoint) -> float:
    """Return the share, 0 to 1, of the query's words that begin a word of the listing."""
    wanted = set(_words(query))
    there = _words(" ".join((listing.name, listing.description, listing.readme, *listing.tags)))
    hits = sum(any(word.startswith(one) for word in there) for one in wanted)
    return round(hits / len(wanted), 4) if wanted else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
