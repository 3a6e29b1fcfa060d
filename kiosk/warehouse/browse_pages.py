"""Pages that Datasette lacks: a link that opens once, six answers on a page, nothing fetched from elsewhere.

A plugin of Datasette; see ``kiosk.warehouse.browse``. Nothing else imports this, so that Datasette may be missing.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from datasette import Forbidden, Response, hookimpl
from datasette.database import QueryInterrupted
from markupsafe import Markup

from kiosk.warehouse.plot import svg
from kiosk.warehouse.questions import QUESTIONS, ClinicQuestion

ANSWERS = "/-/questions"
READER = "reader"
HEADERS = (
    # Whatever a page might ask for from elsewhere is not fetched.
    (b"content-security-policy", b"default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
)
MOST = 20_000
"""Rows of an answer that are drawn."""


@dataclass
class Opening:
    """The ``token`` that opens, None once it has; ``source``: the name of what is shown."""

    token: str | None
    source: str


async def _open(datasette: Any, request: Any) -> Any:
    opening: Opening = datasette.kiosk
    given = request.args.get("token") or ""
    if opening.token is None or not secrets.compare_digest(given.encode(), opening.token.encode()):
        raise Forbidden("This link opens once. Start `kiosk clinic browse` again for a new one.")
    opening.token = None
    response = Response.redirect(ANSWERS)
    actor = datasette.sign({"a": {"id": READER}}, "actor")
    response.set_cookie("ds_actor", actor, httponly=True, samesite="lax")
    return response


async def _answers(datasette: Any, request: Any) -> Any:
    await datasette.ensure_permissions(request.actor, ["view-instance"])
    database = datasette.get_database("clinic")
    answers = [await _answer(datasette, database, one) for one in QUESTIONS]
    page = {"answers": answers, "source": datasette.kiosk.source}
    return Response.html(await datasette.render_template("questions.html", page, request=request))


async def _answer(datasette: Any, database: Any, one: ClinicQuestion) -> dict[str, Any]:
    told = {"name": one.name, "title": one.title, "about": one.about, "link": datasette.urls.query("clinic", one.name)}
    try:
        found = await database.execute(
            one.sql, page_size=MOST, custom_time_limit=datasette.setting("sql_time_limit_ms")
        )
    except QueryInterrupted:
        return {**told, "failed": "the file is too large for that here. Publish it, and ask an engine."}
    # What is drawn is escaped where it is drawn.
    return {**told, "drawing": Markup(svg(one, [dict(row) for row in found.rows]))}  # noqa: S704


def _routes() -> list[tuple[str, Any]]:
    return [(r"^/-/open$", _open), (r"^/-/questions$", _answers)]


def _links(datasette: Any, actor: Any) -> list[dict[str, str]]:
    return [{"href": datasette.urls.path(ANSWERS), "label": "Six questions"}] if actor else []


def _wrapper() -> Callable[[Any], Any]:
    def wrapped(app: Any) -> Any:
        async def inner(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
            async def sending(event: Any) -> None:
                if event["type"] == "http.response.start":
                    kept = [pair for pair in event.get("headers", ()) if pair[0].lower() != b"cache-control"]
                    event = {**event, "headers": [*kept, *HEADERS]}
                await send(event)

            await app(scope, receive, sending)

        return inner

    return wrapped


register_routes = hookimpl(_routes)
menu_links = hookimpl(_links)
asgi_wrapper = hookimpl(_wrapper)
