"""Every page, by addresses that lead to something; and which are not timed, and why."""

from collections.abc import Mapping

SLUG = "/endpoints/tide-0500"

PAGES = (
    *("/", "/?page=25", "/?q=tide-05&sort=needs", "/?sort=needs", "/?status=failed&sort=health"),
    *("/?status=republish", "/?status=published&sort=needs", "/?status=absent", "/?health=unknown&drafts=none"),
    "/?health=offline&tag=sea&sort=newest",
    *("/monitoring", "/monitoring?page=40", "/monitoring?state=trouble"),
    *("/activity", "/activity?page=900", "/activity?who=deploy&name=tide-0500", "/activity?outcome=failed"),
    *("/plan", "/plan/{marketplace}", "/plan/{marketplace}/progress"),
    *("/endpoints/new", "/endpoints/new?from=tide-0500", "/endpoints/new/slug?slug=tide-0500", "/endpoints/import"),
    "/endpoints/new/kind/dataset?dataset.kind=http",
    SLUG,
    *(
        SLUG + rest
        for rest in (
            *("/places", "/edit", "/publish", "/unpublish", "/republish", "/availability", "/delete", "/try"),
            *("/results?did=publish&on={marketplace}", "/policies", "/policies/new?type=access", "/policies/0"),
            *("/policies/0/remove", "/policies/person?email=ada@example.org", "/checks", "/checks/new?kind=http"),
            *("/checks/{check}", "/health", "/health?days=90", "/usage", "/usage?days=90", "/usage?days=365"),
            *("/usage.csv?days=90", "/feedback", "/feedback?page=5", "/activity"),
        )
    ),
    *("/settings", "/settings/network", "/settings/marketplaces", "/settings/marketplaces/add"),
    *("/settings/marketplaces/{marketplace}", "/settings/marketplaces/{marketplace}/remove"),
    "/settings/marketplaces/{marketplace}/unowned",
    *("/settings/notifications", "/settings/notifications/channels/add", "/settings/notifications/rules/add"),
    *("/settings/notifications/channels/{channel}", "/settings/notifications/rules/{rule}"),
    *("/settings/maintenance", "/settings/maintenance/announce", "/settings/maintenance/{window}"),
    "/settings/maintenance/{window}/end",
    *("/settings/tokens", "/settings/tokens/{token}/revoke", "/settings/people", "/settings/people/{user}/remove"),
    *("/settings/account", "/settings/plugins", "/settings/plugins/custom/disable", "/settings/status-page"),
    "/settings/backups",
    *("/first-steps", "/first-steps/space", "/first-steps/marketplace", "/first-steps/endpoint"),
    *("/feedback/tide-0500", "/feedback/tide-0500/thanks", "/badge/tide-0500.svg"),
    *("/status", "/status?page=40", "/status/sea"),
    *("/api/docs", "/api/docs/endpoints"),
    *("/?page=1#live", "/monitoring#live", "/plan/{marketplace}/progress#live", SLUG + "/places#live"),
    *(SLUG + "/results?did=publish&on={marketplace}#live", "/settings/marketplaces/{marketplace}/remove#live"),
)
"""At the end those parts of pages that ask for themselves anew, every few seconds."""

EXCLUDED: Mapping[str, str] = {
    "/sign-in": "leads who is signed in to the first page",
    "/setup/<code>": "asks for a link that holds once, in a space with nothing in it",
    "/endpoints/<slug>/publish/findings": "waits for dataset, model and marketplaces: the page shows it when it comes",
    "/settings/marketplaces/<uuid:marketplace_id>/adopt": "asks the marketplace for the listing",
    "/settings/backups/<name>": "a file, as large as the database",
    "/assets/<digest>/<path:name>": "a file, kept by browsers",
    "/.well-known/publicist": "no page",
    "/health/<slug>": "no page",
    "/healthz": "no page",
    "/readyz": "no page",
    "/metrics": "no page",
}
"""Rules that are not timed, each with its reason; those of the API are none of pages."""
