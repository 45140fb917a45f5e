"""Text out of HTML: what a browser would show, in lines."""

import re
from html import unescape
from html.parser import HTMLParser

# Before and after these a browser begins a new line.
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure"),
        *("figcaption", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li"),
        *("main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"),
    )
)
_ESCAPED = re.compile(r"&lt;/?[a-zA-Z][^<]*?&gt;")
# What stands inside is not shown.
_HIDDEN = frozenset(("script", "style", "template", "title"))


def shown(html: str) -> str:
    """Return the text of a piece of HTML, a line for each block; tags and entities are gone.

    Text without a tag or an entity stays as it is. HTML that was escaped as a whole is read, too.
    """
    if "<" not in html:
        html = unescape(html) if _ESCAPED.search(html) else html
    if "<" not in html and "&" not in html:
        return html
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(filter(None, lines))


class _Reader(HTMLParser):
    """Collects the text that is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - of the base
        self._hidden += tag in _HIDDEN
        self._turn(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - of the base
        self._turn(tag)

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(self._hidden - (tag in _HIDDEN), 0)
        self._turn(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            # A line break in the source is a space; only blocks make lines.
            self.parts.append(" ".join(data.split("\n")))

    def _turn(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
