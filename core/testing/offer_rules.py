"""What only some kinds offer: health reports, feedback, and vouching for people."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ..errors import MarketplaceError
from ..records import Capabilities, Feedback, Reading
from .attempts import attempt
from .faults import WEB_PAGE, refusal
from .link import Link
from .rules import must, rule

STATES = ("healthy", "degraded", "unhealthy", "offline", "unknown")


class OfferRules:
    """Rules about what a kind says that it can do."""

    @rule(
        "A batch of readings is passed on: every state, a listing that is not there among them; a note is answered.",
        hook="report_health",
        remedy="Map every state (or leave unknown out), ignore what the marketplace does not know, answer a str.",
        section="what-a-kind-offers",
    )
    def test_health_is_passed_on(self, link: Link) -> None:
        _offered(link, "health_push")
        slugs = [link.made()[0].slug for _ in STATES]
        now = datetime.now(UTC)
        readings = [Reading(slug, state, now, "It was seen.", 12.5) for slug, state in zip(slugs, STATES, strict=True)]  # type: ignore[arg-type]
        stray = Reading(link.slug(), "healthy", now)
        for batch in ([*readings, stray], readings[:1], []):
            note = link.adapter.report_health(link.marketplace, link.bench.space, batch)
            must(isinstance(note, str), f"it answered {note!r}")

    @rule(
        "Well and not well arrive as such.",
        hook="report_health",
        remedy="Send the state of each reading in the marketplace's own words.",
        section="what-a-kind-offers",
    )
    def test_health_arrives_as_it_is(self, link: Link) -> None:
        _offered(link, "health_push")
        shown = link.counterpart.ability("health")
        well, ill = link.made()[0].slug, link.made()[0].slug
        now = datetime.now(UTC)
        link.adapter.report_health(
            link.marketplace, link.bench.space, [Reading(well, "healthy", now), Reading(ill, "offline", now)]
        )
        states = shown()
        must({well, ill} <= states.keys(), f"of {well} and {ill} it shows {sorted(states)}")
        must(states[well] != states[ill], f"a healthy and an offline endpoint are both {states[well]!r}")

    @rule(
        "What goes wrong with a report is an error of the marketplace's, never of the plugin's.",
        hook="report_health",
        remedy="Let the errors of call.http pass; check the shape of the answer.",
        section="what-a-kind-offers",
    )
    def test_a_report_that_fails_is_told(self, link: Link) -> None:
        _offered(link, "health_push")
        readings = [Reading(link.made()[0].slug, "healthy", datetime.now(UTC))]
        for fault in (refusal(500), refusal(401), WEB_PAGE):
            link.proxy.order(fault)
            outcome = attempt(lambda: link.adapter.report_health(link.marketplace, link.bench.space, readings))
            link.proxy.mend()
            must(isinstance(outcome.error, MarketplaceError), f"{fault.title}: it {outcome}")
            must(not outcome.fault, f"{fault.title}: it {outcome}", error=outcome.error)

    @rule(
        "What people say of our listings comes with the endpoint it is about, from the given time on.",
        hook="fetch_feedback",
        remedy="Map each entry to an endpoint by listed[remote_id], leave out others, and honour since.",
        section="what-a-kind-offers",
    )
    def test_feedback_comes_with_its_endpoint(self, link: Link) -> None:
        _offered(link, "feedback")
        say = link.counterpart.ability("say")
        payload, made = link.made()
        stray = link.made()[0].slug
        say(payload.slug, 4, "Good answers — 👍")
        say(stray, 1, "Of a listing that was not asked for.")
        listed = {made.remote_id: "endpoint-1"}
        found = _feedback(link, listed, None)
        must(len(found) == 1, f"of one listing's feedback {len(found)} entries came")
        one = found[0]
        must((one.endpoint_id, one.rating) == ("endpoint-1", 4), f"it came as {one}")
        must(one.text == "Good answers — 👍", f"the text came as {one.text!r}")
        must(one.remote_id, "it has no remote id")
        must(one.at.tzinfo is not None, "its time has no time zone")
        later = _feedback(link, listed, datetime.now(UTC) + timedelta(days=1))
        must(not later, f"from tomorrow on there is {later}")

    @rule(
        "A kind that vouches for people says whose tokens to take, for which audience, and shows its keys.",
        hook="token_issuer",
        remedy="Answer TokenIssuer(issuer, audiences, keys) with an RSA key set; audiences only of this space.",
        section="what-a-kind-offers",
    )
    def test_the_issuer_is_told_with_its_keys(self, link: Link) -> None:
        _offered(link, "tokens")
        link.made()  # nobody asks a space that lists nothing
        issuer = link.adapter.token_issuer(link.marketplace, link.bench.space)
        must(issuer.issuer and issuer.audiences and all(issuer.audiences), f"it answered {issuer}")
        keys = issuer.keys.get("keys")
        must(isinstance(keys, list) and keys, "there is no key")
        rsa = (
            [key for key in keys if isinstance(key, dict) and key.get("kty") == "RSA"] if isinstance(keys, list) else []
        )
        must(rsa, "none of the keys is an RSA key")
        _must_sign(link, issuer)

    @rule(
        "A token of a person is that person's; anything else is nobody's.",
        hook="verify_token",
        remedy="Answer an Asker with subject and e-mail; None where the marketplace does not vouch for the token.",
        section="what-a-kind-offers",
    )
    def test_a_token_is_a_person_s(self, link: Link) -> None:
        _offered(link, "tokens")
        link.made()
        token = link.counterpart.ability("token")()
        link.adapter.token_issuer(link.marketplace, link.bench.space)
        asker = link.adapter.verify_token(link.marketplace, link.bench.space, token)
        must(asker is not None, "a token of the counterpart's is nobody's")
        if asker is not None:
            must(asker.subject and asker.marketplace_id == link.marketplace.id, f"it is {asker}")
        stranger = link.adapter.verify_token(link.marketplace, link.bench.space, _spoilt(token))
        must(stranger is None, "a token whose signature was changed belongs to somebody")


def _offered(link: Link, capability: str) -> Capabilities:
    """Skip the test unless the account, or else the kind, can do it."""
    found = link.account.capabilities or link.kind.capabilities
    if not getattr(found, capability):
        pytest.skip(f"not offered: the kind has no {capability}")
    return found


def _feedback(link: Link, listed: dict[str, str], since: datetime | None) -> list[Feedback]:
    return list(link.adapter.fetch_feedback(link.marketplace, link.bench.space, listed, since))


def _must_sign(link: Link, issuer: Any) -> None:
    """Verify a token of the counterpart's, where it has one, as the core would."""
    if link.counterpart.token is None:
        return
    import jwt

    token = link.counterpart.ability("token")()
    named = jwt.get_unverified_header(token).get("kid")
    keys = [key for key in jwt.PyJWKSet.from_dict(dict(issuer.keys)).keys if named in (None, key.key_id)]
    must(keys, f"the token is signed with the key {named!r}, which is not among the keys")
    said = jwt.decode(token, keys[0], algorithms=["RS256"], audience=list(issuer.audiences), issuer=issuer.issuer)
    must(said, "the token says nothing")


def _spoilt(token: str) -> str:
    body, dot, signature = token.rpartition(".")
    return f"{body}{dot}{signature[::-1]}"
