"""The kind ``slack``: an incoming webhook of Slack, or of what takes the same (Mattermost, Rocket.Chat, Zulip)."""

from ...core.errors import RejectedError
from ...core.hookspecs import Call
from ...core.records import Channel, Notice, NotifierKind, SettingField
from .answers import accepted, text_of

KIND = NotifierKind(
    "slack",
    "Slack (or compatible)",
    (
        SettingField("url", "Webhook address", secret=True, required=True, help="The incoming webhook's address."),
        SettingField("channel", "Channel", help="Where the message goes, if not where the webhook was made for."),
    ),
    "Posts to an incoming webhook of Slack, Mattermost, Rocket.Chat and others.",
)
APART = "\u200b"
"""A space without width."""

SIGNS = {
    "alert": ":red_circle:",
    "recovery": ":large_green_circle:",
    "reminder": ":hourglass:",
    "digest": ":repeat:",
    "test": ":wave:",
}


def send(channel: Channel, notice: Notice, call: Call) -> None:
    """Post the notice."""
    if not text_of(channel, "url"):
        raise RejectedError("The channel has no address.")
    where = {"channel": text_of(channel, "channel")} if text_of(channel, "channel") else {}
    accepted(call.http.post("", json={"text": message(notice), **where}))


def message(notice: Notice) -> str:
    """Return the message in Slack's own mark-up; what was written by others cannot mention or link anything."""
    head = f"{SIGNS.get(notice.kind, '')} *{escape(notice.title)}*".strip()
    link = [f"<{escape(notice.url)}>"] if notice.url else []
    return "\n".join([head, *([escape(notice.text)] if notice.text else []), *link])


def escape(text: str) -> str:
    """Return ``text`` as it may stand in a message.

    Slack's mark-up knows three characters; Mattermost, Rocket.Chat and Zulip besides take ``@all`` for everybody and
    ``[…](…)`` for a link or a picture to be fetched, so something invisible parts those.
    """
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("@", f"@{APART}").replace("](", f"]{APART}(")
