"""Health reports, and the series the monitor makes of them: ``/endpoints/health``, ``…/uptime``."""

from datetime import timedelta
from typing import Any

from flask import Blueprint

from .errors import no_endpoint
from .hub import Hub, current_hub, first, rows, run
from .incoming import body, query
from .models import Endpoint, Satellite, UptimeBucket, User
from .monitor import BUCKET_SECONDS
from .origins import scheme_and_host
from .query_schemas import Window
from .schemas import HealthReport, SatelliteHealthReport
from .serving import serve_from
from .sessions import optional_user, required_user
from .times import stamp

blueprint = Blueprint("health", __name__, url_prefix="/endpoints")
_TTL, _LONGEST_TTL = 300, 1800
_PERCENT = 100


@blueprint.post("/health")
def report() -> dict[str, int]:
    """Take a report. It moves the space's address first, even if no slug is known; it switches nothing on or off."""
    user, hub = required_user(), current_hub()
    sent = body(SatelliteHealthReport if hub.has_satellites else HealthReport)
    ttl = min(sent["ttl_seconds"] or _TTL, _LONGEST_TTL)
    with hub.database.write():
        _serve(hub, user, sent)
    with hub.database.write():
        updated = sum(_take(user, reading, ttl) for reading in sent["endpoints"])
    return {"updated": updated, "ignored": len(sent["endpoints"]) - updated}


@blueprint.get("/<username>/<slug>/uptime")
def uptime(username: str, slug: str) -> dict[str, Any]:
    """Show how often the monitor found a listing healthy; a public one to anybody, switched off or not."""
    hours, viewer = query(Window)["window_hours"], optional_user()
    listing = first(Endpoint.select().join(User).where(User.username == username.lower(), Endpoint.slug == slug))
    if listing is None or (listing.visibility != "public" and (viewer is None or viewer.id != listing.user_id)):
        raise no_endpoint()
    since = stamp(current_hub().now() - timedelta(hours=hours))
    series = UptimeBucket.select().where(UptimeBucket.endpoint == listing.id, UptimeBucket.bucket_start >= since)
    return {
        "endpoint_id": listing.id,
        "owner_username": username,
        "slug": slug,
        "bucket_seconds": BUCKET_SECONDS,
        "window_hours": hours,
        "buckets": [_bucket(one) for one in rows(series.order_by(UptimeBucket.bucket_start))],
    }


def _serve(hub: Hub, user: User, sent: dict[str, Any]) -> None:
    if not hub.has_satellites:
        run(User.update(domain=scheme_and_host(sent["url"])).where(User.id == user.id))
        return
    satellite = serve_from(hub, user, sent["url"], sent["satellite_id"])
    run(Satellite.update(last_seen_at=hub.stamp()).where(Satellite.row == satellite.row))


def _take(user: User, reading: dict[str, Any], ttl: int) -> int:
    """Store one reading, whatever satellite serves the listing; return how many listings it met."""
    values = {
        "health_status": reading["status"],
        "health_checked_at": stamp(reading["checked_at"]),
        "health_ttl_seconds": ttl,
    }
    return run(Endpoint.update(**values).where(Endpoint.user == user.id, Endpoint.slug == reading["slug"]))


def _bucket(bucket: UptimeBucket) -> dict[str, Any]:
    share = bucket.healthy_samples / bucket.samples
    return {
        "bucket_start": bucket.bucket_start,
        "samples": bucket.samples,
        "healthy_samples": bucket.healthy_samples,
        "uptime_pct": round(share * _PERCENT, 2),
    }
