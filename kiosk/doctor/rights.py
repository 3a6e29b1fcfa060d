"""Rights that polkit gives on a bus: what the kiosk's rule allows is asked of polkit itself, and nothing is done."""

from __future__ import annotations

from collections.abc import Iterable

from jeepney import DBusAddress, DBusErrorResponse, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

AUTHORITY = DBusAddress(
    "/org/freedesktop/PolicyKit1/Authority",
    bus_name="org.freedesktop.PolicyKit1",
    interface="org.freedesktop.PolicyKit1.Authority",
)
ANSWER_S = 15.0
"""polkit may have to be started first."""


def refused(actions: Iterable[str], bus: str = "SYSTEM") -> list[str]:
    """Return those of ``actions`` that this process may not take. Raises OSError where polkit cannot be asked."""
    with open_dbus_connection(bus) as connection:
        me = ("system-bus-name", {"name": ("s", connection.unique_name)})
        found = []
        for action in actions:
            asked = new_method_call(AUTHORITY, "CheckAuthorization", "(sa{sv})sa{ss}us", (me, action, {}, 0, ""))
            try:
                ((allowed, _challenge, _details),) = unwrap_msg(connection.send_and_get_reply(asked, timeout=ANSWER_S))
            except DBusErrorResponse as why:
                raise OSError(f"{why.name} {why.data[0] if why.data else ''}".strip()) from why
            if not allowed:
                found.append(action)
        return found
