"""Templates → pages that need no script, no inline style and nothing from elsewhere."""

from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from sync_agent.model.printable import printable

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STYLE = Path(__file__).parent / "static" / "forms.css"


def page(template: str, status: int = 200, **values: object) -> Response:
    """A page of one of our templates."""
    return HTMLResponse(_environment().get_template(template).render(values), status, HEADERS)


def plain_page(title: str, text: str, status: int = 200) -> Response:
    """A page that says one thing."""
    return page("said.html", status, title=title, text=text)


def style() -> Route:
    """The sheet that all these pages share; nothing in it is anybody's."""
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}

    def sheet(_request: object) -> Response:
        return FileResponse(_STYLE, headers=headers, media_type="text/css")

    return Route("/static/forms.css", sheet)


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
    return environment


def _harmless(value: object) -> object:
    """Text from outside without control and direction characters."""
    return printable(value, keep="\t\n") if type(value) is str else value


def _kept(value: str) -> Markup:
    """What somebody entered, to the letter."""
    return escape(value)


def _datelike(value: str) -> bool:
    """Whether a date input shows it: it drops whatever else somebody wrote."""
    with suppress(ValueError):
        date.fromisoformat(value or "2026-01-01")
        return True
    return False


def _first_upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
