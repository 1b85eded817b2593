"""The two parts of a mail: HTML and plain text."""

import textwrap
from html import escape

from sync_agent.render.document import Block, Bullets, Document, Heading, Inline, Link, Mention, Strong, clean

_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body style="margin:0;padding:16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:640px;margin:0 auto">
{body}
<p style="margin-top:2em;font-size:13px;opacity:.7">{footer}</p>
</div></body></html>
"""


def html(document: Document, title: str, footer: str) -> str:
    """A page without scripts, images or anything from elsewhere."""
    body = "\n".join(_html_block(block) for block in document)
    return _PAGE.format(title=escape(clean(title)), body=body, footer=escape(footer))


def text(document: Document, footer: str) -> str:
    """The same for those who read plain text; addresses stand behind their words."""
    parts = [_wordsblock(block) for block in document]
    return "\n\n".join([*parts, f"-- \n{textwrap.fill(footer, 78)}"]) + "\n"


def _html_block(block: Block) -> str:
    if isinstance(block, Heading):
        return f'<h2 style="font-size:18px;margin:1.2em 0 .3em">{escape(clean(block.text))}</h2>'
    if isinstance(block, Bullets):
        entries = "".join(f"<li>{_html_line(entry)}</li>" for entry in block.entries)
        return f'<ul style="margin:.3em 0;padding-left:1.3em">{entries}</ul>'
    return f'<p style="margin:.5em 0">{_html_line(block.inlines)}</p>'


def _html_line(inlines: tuple[Inline, ...]) -> str:
    return "".join(_html_inline(inline) for inline in inlines)


def _html_inline(inline: Inline) -> str:
    words = escape(_words(inline))
    if isinstance(inline, Link):
        return f'<a href="{escape(inline.url)}">{words}</a>'
    return f"<strong>{words}</strong>" if isinstance(inline, Strong) else words


def _wordsblock(block: Block) -> str:
    if isinstance(block, Heading):
        title = clean(block.text)
        return f"{title}\n{'-' * len(title)}"
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
    words = inline.name if isinstance(inline, Mention) else inline.text
    lead, trail = (" " if words[:1] == " " else ""), (" " if words[-1:] == " " else "")
    return f"{lead}{clean(words, 2000)}{trail}" if words.strip() else lead
