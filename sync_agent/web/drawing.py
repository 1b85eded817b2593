"""Templates → pages that need no script, no inline style and nothing from elsewhere."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from sync_agent.model import Evidence
from sync_agent.model.printable import printable
from sync_agent.render.markup.document import Link, Mention, between, clean
from sync_agent.render.phrases import fact_line
from sync_agent.render.waiting import say_waiting
from sync_agent.words import say_day, say_trouble

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STATIC = Path(__file__).parent / "static"
_SHEETS = ("forms.css", "pages.css")
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Where:
    """What a page says of days and times: the organisation's `name` and zone, and the day it is shown as of."""

    name: str
    zone: ZoneInfo
    today: date


def page(template: str, status: int = 200, **values: object) -> Response:
    """A page of one of our templates."""
    return HTMLResponse(_environment().get_template(template).render(values), status, HEADERS)


def plain_page(title: str, text: str, status: int = 200) -> Response:
    """A page that says one thing."""
    return page("said.html", status, title=title, text=text)


def drawn(template: str, where: Where, **values: object) -> str:
    """Fills in a template that speaks of days and times."""
    return _environment().get_template(template).render(values, place=where, sheet=sheet_version())


def styles() -> list[Route]:
    """The style sheets that all pages share; they hold nothing about anybody."""
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}

    def route(name: str) -> Route:
        async def sheet(_request: object) -> Response:
            return FileResponse(_STATIC / name, headers=headers, media_type="text/css")

        return Route(f"/static/{name}", sheet)

    return [route(name) for name in _SHEETS]


@cache
def sheet_version() -> str:
    """Changes with the style sheet, so that browsers fetch the new one."""
    return hashlib.sha256((_STATIC / "pages.css").read_bytes()).hexdigest()[:8]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sync_agent.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"kept": _kept, "datelike": _datelike, "first_upper": _first_upper}
    environment.filters |= {"day": _day, "at": _at, "linked": _linked, "css": _css}
    environment.filters |= {"trouble": say_trouble, "waiting": say_waiting}
    return environment


@pass_context
def _day(context: Context, value: date) -> str:
    return say_day(value, context["place"].today)


@pass_context
def _at(context: Context, moment: datetime) -> str:
    place: Where = context["place"]
    local = moment.astimezone(place.zone)
    return f"{say_day(local.date(), place.today)} {local:%H:%M %Z}"


def _css(value: str) -> str:
    return str(value).replace(" ", "-")


def _linked(fact: Evidence) -> Sequence[tuple[str, str | None]]:
    """The words of a fact, each at most one line, and where they lead."""
    parts = (part for part in fact_line(fact) if not isinstance(part, Mention))
    said = ((part.text, part.url if isinstance(part, Link) else None) for part in parts)
    return [(between(text, clean(text, _LONGEST)), url) for text, url in said]


def _harmless(value: object) -> object:
    """Text from outside, without control and direction characters."""
    return printable(value, keep="\t\n") if type(value) is str else value


def _kept(value: str) -> Markup:
    """What somebody entered, letter for letter."""
    return escape(value)


def _datelike(value: str) -> bool:
    """Whether a date input would show it: anything else is dropped by it."""
    with suppress(ValueError):
        date.fromisoformat(value or "2026-01-01")
        return True
    return False


def _first_upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
