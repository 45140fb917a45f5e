import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.markup import shown


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain, 5 < 6", "plain, 5 < 6"),
        ("  two  lines\nstay ", "  two  lines\nstay "),
        ("<p>Warm &amp; dry</p>", "Warm & dry"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("<b>Bold</b>ly <i>here</i>", "Boldly here"),
        ("a<br/>b<BR>c", "a\nb\nc"),
        ("<p class='x>y'>a\n b</p>", "a b"),
        ("8&quot; x 10&#39;&nbsp;frame", "8\" x 10' frame"),
        ("<style>p {color: red}</style><p>red</p><script>x()</script>", "red"),
        ("<!-- hidden -->seen", "seen"),
        ("&lt;p&gt;escaped &amp;amp; whole&lt;/p&gt;", "escaped & whole"),
        ("up to &lt;5 kg", "up to <5 kg"),
        ("<p>never closed", "never closed"),
        ("<p></p>", ""),
    ],
)
def test_shown(html: str, text: str) -> None:
    """What is left of HTML is what a browser shows, a line for each block."""
    assert shown(html) == text


@given(st.text(alphabet="<>&;/ abp!-#1\n\"'", max_size=40))
def test_any_text(text: str) -> None:
    """Whatever is written there, it is read."""
    assert isinstance(shown(text), str)
