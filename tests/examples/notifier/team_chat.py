"""Notices in the channel of a team chat: the channel kind ``team_chat``."""

from collections.abc import Sequence

from publicist.core.errors import AuthenticationFailed, RejectedError
from publicist.core.hookspecs import Call, hookimpl
from publicist.core.records import Channel, Notice, NotifierKind, SettingField
from publicist.core.secrets import Secret

SETTINGS = (
    SettingField("url", "Address", required=True, help="The chat's address, with the room."),
    SettingField("token", "Token", secret=True, required=True, help="That of the bot."),
)
SIGNS = {"alert": "🔴", "recovery": "🟢"}


@hookimpl
def notifier_kinds() -> Sequence[NotifierKind]:
    return [NotifierKind("team_chat", "Team chat", SETTINGS, "Writes into a room of the team chat.")]


@hookimpl
def send_notice(channel: Channel, notice: Notice, call: Call) -> None:
    lines = [f"{SIGNS.get(notice.kind, '🔵')} {notice.title}", notice.text, notice.url]
    answer = call.http.post(
        "",
        json={"id": notice.key, "text": "\n".join(line for line in lines if line)},
        auth=Secret(str(channel.settings["token"])),
    )
    if answer.status in (401, 403):
        raise AuthenticationFailed(f"The chat refused the token: {answer.text()}")
    if not answer.ok:
        raise RejectedError(f"The chat answered {answer.status}: {answer.text()}", remedy="Check the room's address.")
