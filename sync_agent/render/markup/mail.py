"""The two parts of a mail: HTML and plain text."""

import textwrap
from collections.abc import Mapping
from html import escape

from connectors.contract import PICTURE
from sync_agent.model import Health, Picture
from sync_agent.render.markup.document import (
    Block,
    Bullets,
    Command,
    Document,
    Heading,
    Inline,
    KeyFacts,
    Link,
    Mention,
    Paragraph,
    Strong,
    Text,
    between,
    clean,
    unlinked,
)

_INK, _QUIET, _LINE, _LINK = "#1f2328", "#57606a", "#d8dce1", "#0b57d0"
_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_TYPED = "font-family:ui-monospace,Consolas,Menlo,monospace;font-size:15px;font-weight:600"
_NEUTRAL = "#57606a"
_OPENING = 140
_COLOURS: Mapping[Health, str] = {
    Health.ON_TRACK: "#1a7f37",
    Health.DONE: "#1a7f37",
    Health.AT_RISK: "#9a6700",
    Health.OFF_TRACK: "#c62828",
    Health.UNKNOWN: _NEUTRAL,
}
# All mail programs understand tables and inline styles. Those that know dark mode and small screens find the rest in
# the style sheet: https://www.caniemail.com/features/css-at-media-prefers-color-scheme/.
_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
@media (prefers-color-scheme: dark) {{
  .page {{ background: #111418 !important }}
  .card {{ background: #1c2126 !important; border-left-color: #3a424b !important;
    border-right-color: #3a424b !important; border-bottom-color: #3a424b !important }}
  .ink {{ color: #e6eaee !important }}
  .quiet {{ color: #a9b3bd !important }}
  .line {{ border-color: #3a424b !important }}
  a {{ color: #8ab4f8 !important }}
}}
@media (max-width: 620px) {{ .pad {{ padding-left: 16px !important; padding-right: 16px !important }} }}
</style></head>
<body class="page" style="margin:0;padding:0;background:#f4f5f7">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{opening}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="background:#f4f5f7">
<tr><td align="center" style="padding:24px 8px">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0" \
style="width:100%;max-width:600px;background:#ffffff;border:1px solid {line};border-top:4px solid {colour}">
<tr><td class="pad ink" align="left" \
style="padding:24px 32px;{font};font-size:16px;line-height:1.5;color:{ink};word-break:break-word">
{body}
</td></tr>
<tr><td class="pad quiet line" align="left" \
style="padding:16px 32px;border-top:1px solid {line};{font};font-size:13px;line-height:1.5;color:{quiet}">
{footer}</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table></body></html>
"""


def html(
    document: Document,
    title: str,
    footer: str,
    health: Health | None = None,
    picture: Picture | None = None,
    last: str = "",
    ends_at: str | None = None,
) -> str:
    """A page without scripts or anything from elsewhere, 600 pixels wide. The first paragraph is the news; the line
    above it has the colour of a goal's `health`. A `picture` comes with the mail and stands below the text; `last` is a
    line of its own at the end, and above it a link to `ends_at`, where such mails are ended.
    """
    first, *rest = document
    news = _line_of(first) if isinstance(first, Paragraph) else ""
    top = f'<h1 style="margin:0 0 12px;font-size:20px;line-height:1.35;font-weight:600">{news}</h1>' if news else ""
    return _PAGE.format(
        title=escape(clean(title)),
        body="\n".join([top, *(_html_block(block) for block in (rest if news else document)), _image(picture)]).strip(),
        opening=escape(unlinked(clean(_opening(document), _OPENING))),
        footer="<br>".join([escape(unlinked(footer)), *_ending(ends_at), *([escape(last)] if last else [])]),
        colour=_COLOURS.get(health, _NEUTRAL) if health else _LINK,
        line=_LINE,
        font=_FONT,
        ink=_INK,
        quiet=_QUIET,
    )


def _opening(document: Document) -> str:
    """What lists of mails show behind the subject: what comes after the news, without addresses."""
    lines: list[str] = []
    for block in document[1:]:
        if isinstance(block, Paragraph):
            lines.append("".join(map(_words, block.inlines)))
        elif isinstance(block, Bullets):
            lines += ("".join(map(_words, entry)) for entry in block.entries)
    return " ".join(" ".join(lines).split())


def _ending(ends_at: str | None) -> list[str]:
    return [f'<a href="{escape(ends_at)}" style="color:{_LINK}">Stop these mails</a>'] if ends_at else []


def _image(picture: Picture | None) -> str:
    style = "display:block;width:100%;max-width:536px;height:auto;margin:16px 0 0;border:0"
    source = f'src="cid:{PICTURE}" width="536" alt="{escape(picture.alt)}"' if picture else ""
    return f'<img {source} style="{style}">' if picture else ""


def _line_of(block: Paragraph) -> str:
    """Returns the news without bold, because it becomes a heading, which is bold anyway."""
    return _html_line(tuple(Text(i.text) if isinstance(i, Strong) else i for i in block.inlines))


def text(document: Document, footer: str, last: str = "", ends_at: str | None = None) -> str:
    """Returns the same as plain text, with addresses behind their words."""
    parts = [_wordsblock(block) for block in document]
    end = f"Stop these mails <{ends_at}>\n" if ends_at else ""
    below = f"{_wrap(unlinked(clean(footer, 2000)))}\n{end}{last}".rstrip("\n")
    return "\n\n".join([*parts, f"-- \n{below}"]) + "\n"


def _html_block(block: Block) -> str:
    if isinstance(block, Heading):
        words = escape(unlinked(clean(block.text)))
        return f'<h2 style="margin:24px 0 4px;font-size:16px;line-height:1.4">{words}</h2>'
    if isinstance(block, Bullets):
        entries = "".join(f'<li style="margin:0 0 6px">{_html_line(entry)}</li>' for entry in block.entries)
        return f'<ul style="margin:8px 0;padding-left:20px">{entries}</ul>'
    if isinstance(block, KeyFacts):
        rows = "".join(map(_html_row, block.rows))
        return f'<table cellpadding="0" cellspacing="0" border="0" style="margin:16px 0;width:100%">{rows}</table>'
    return f'<p style="margin:8px 0">{_html_line(block.inlines)}</p>'


def _html_row(row: tuple[str, str]) -> str:
    label, value = (escape(unlinked(clean(part, 2000))) for part in row)
    cell = f"padding:6px 0;border-top:1px solid {_LINE};{_FONT};font-size:15px;line-height:1.4;vertical-align:top"
    head = f'<th class="quiet line" scope="row" align="left" width="130" style="{cell};font-weight:400;color:{_QUIET}">'
    return f'<tr>{head}{label}</th><td class="ink line" style="{cell};color:{_INK}">{value}</td></tr>'


def _html_line(inlines: tuple[Inline, ...]) -> str:
    return "".join(_html_inline(inline) for inline in inlines)


def _html_inline(inline: Inline) -> str:
    words = escape(_words(inline))
    if isinstance(inline, Link):
        return f'<a href="{escape(inline.url)}" style="color:{_LINK}">{words}</a>'
    if isinstance(inline, Command):
        return f'<code style="{_TYPED}">{escape(inline.text)}</code>'
    return f"<strong>{words}</strong>" if isinstance(inline, Strong) else words


def _wordsblock(block: Block) -> str:
    if isinstance(block, Heading):
        title = unlinked(clean(block.text))
        return f"{title}\n{'-' * len(title)}"
    if isinstance(block, KeyFacts):
        width = max(len(label) for label, _ in block.rows) + 2
        return "\n".join(
            _wrap(unlinked(clean(value, 2000)), f"{label:{width}}", " " * width) for label, value in block.rows
        )
    if isinstance(block, Bullets):
        return "\n".join(_wrap(_wordsline(entry), "* ", "  ") for entry in block.entries)
    return _wrap(_wordsline(block.inlines))


def _wordsline(inlines: tuple[Inline, ...]) -> str:
    return "".join(f"{_words(i)} <{i.url}>" if isinstance(i, Link) else _words(i) for i in inlines)


def _wrap(line: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        line, 78, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _words(inline: Inline) -> str:
    if isinstance(inline, Command):
        return f"“{inline.text}”"
    words = inline.name if isinstance(inline, Mention) else inline.text
    return between(words, unlinked(clean(words, 2000)))
