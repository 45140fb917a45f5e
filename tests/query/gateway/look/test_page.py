import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from plugins.browser import DESK, PHONE, Browser
from plugins.query_shop import Shop

from connector.errors import RequestError
from connector.settings import GatewaySettings, Settings
from query.gateway.look.judgments import Judgments
from query.gateway.look.routes import POLICY
from query.gateway.look.searchers import as_

SYSTEMS = ["bm25", "native", "hybrid"]
EVIL = "<img src=x onerror=alert(1)> red lamp"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where judgments go."""
    return tmp_path_factory.mktemp("look") / "judged.tsv"


@pytest.fixture(scope="module")
def url(shop: Shop, serve: Any, file: Path) -> Iterator[str]:
    """A gateway whose page keeps judgments."""
    own = {"gateway": GatewaySettings(judgments=file)}
    with serve(shop.settings.model_copy(update=own)) as address:
        yield f"{address}/_connector/"


@pytest.fixture(scope="module")
def who(shop: Shop) -> httpx.BasicAuth | None:
    """The reader, where the cluster wants to know who asks."""
    own = shop.settings.opensearch
    if not own.username or not own.password:
        return None
    return httpx.BasicAuth(own.username, own.password.get_secret_value())


@pytest.fixture
def searched(url: str, shop: Shop, browser: Browser, who: httpx.BasicAuth | None) -> Browser:
    """A browser after a search was typed and sent with the keyboard."""
    if who is not None:
        pytest.skip("a password is asked for by a window of the browser's own")
    browser.logs.clear()
    browser.requests.clear()
    browser.open(url)
    browser.run("localStorage.clear()")
    browser.open(f"{url}?index={shop.alias}")
    browser.run("document.getElementById('q').focus()")
    browser.type(EVIL)
    browser.press("Enter")
    browser.wait("document.querySelectorAll('.card').length > 20")
    return browser


def test_three_rankings_stand_side_by_side_with_evidence(searched: Browser) -> None:
    """Each hit has its score's parts, and what moved against BM25."""
    ids = "[...document.querySelectorAll('main section')].map((one) => one.id)"
    assert searched.run(ids) == SYSTEMS
    bars = "document.querySelectorAll('#hybrid .card:first-child .bar').length"
    assert searched.run(bars) > 2
    assert searched.run("document.querySelectorAll('#hybrid .facts div').length") > 0


def test_nothing_that_was_typed_is_run_and_nothing_is_fetched_elsewhere(
    searched: Browser, url: str
) -> None:
    """The query stands on the page as text; the policy had nothing to forbid."""
    assert searched.run("document.images.length") == 0
    assert EVIL in searched.run("document.getElementById('status').innerText")
    assert searched.logs == []
    assert all(one.startswith(url) for one in searched.requests)


def test_a_grade_is_saved_by_the_keyboard_and_shown_everywhere(
    searched: Browser, file: Path, shop: Shop
) -> None:
    """One key on a product's grades; its other cards, and the page when it is read again, agree."""
    first = "document.querySelector('#hybrid .grades input')"
    id_ = searched.run(f"{first}.dataset.id")
    searched.run(f"{first}.focus()")
    searched.press(" ")
    searched.wait("/Saved/.test(document.getElementById('status').innerText)")
    assert Judgments(file).of(EVIL, shop.alias) == {id_: 0}
    searched.reload()
    searched.wait("document.querySelectorAll('.grades input:checked').length > 0")
    checked = (
        "[...document.querySelectorAll('.grades input:checked')].every((one) => one.dataset.id"
    )
    assert searched.run(f"{checked} === '{id_}' && one.value === '0')")


def test_it_speaks_chinese(searched: Browser) -> None:
    """At a button's press, and again when it is opened the next time."""
    searched.run("document.querySelector('button[lang=zh]').click()")
    assert searched.run("document.querySelector('h1').innerText") == "并排搜索"
    searched.reload()
    searched.wait("document.querySelectorAll('.card').length > 20")
    assert searched.run("document.documentElement.lang") == "zh"
    assert searched.run("document.querySelector('#hybrid h2').innerText") == "连接器混合检索"
    assert "条结果" in searched.run("document.querySelector('#hybrid .head').innerText")
    searched.run("document.querySelector('#hybrid details').open = true")
    shown = "document.querySelector('#hybrid .card').innerText"
    assert "含有" in searched.run(shown)
    assert "语义" in searched.run(shown)
    assert "has" not in searched.run(shown).split()


def test_it_fits_a_phone(url: str, shop: Shop, searched: Browser) -> None:
    """One ranking below the other, nothing wider than the window, nothing too small to touch."""
    searched.open(f"{url}?index={shop.alias}&q=lamp", PHONE)
    searched.wait("document.querySelectorAll('.card').length > 20")
    assert searched.run("document.documentElement.scrollWidth <= innerWidth")
    small = "[...document.querySelectorAll('button, .grades label')].filter((one) => one.offsetHeight < 40)"
    assert searched.run(f"{small}.length") == 0
    searched.run("document.querySelector('#jump button:last-child').click()")
    top = "document.getElementById('hybrid').getBoundingClientRect().top"
    searched.wait(f"Math.abs({top}) < 200")
    searched.open(url, DESK)


def test_an_index_that_is_not_there_is_said(url: str, searched: Browser) -> None:
    """In a sentence on the page."""
    searched.open(f"{url}?index=t-nowhere&q=lamp")
    searched.wait("/no index behind the alias/.test(document.getElementById('status').innerText)")


def test_what_the_gateway_refuses_is_said_in_its_words(searched: Browser) -> None:
    """Errors in the cluster's own form are sentences on the page, too."""
    answer = 'new Response(\'{"error": {"reason": "too many searches"}}\', {status: 429})'
    searched.run(f"window.fetch = async () => {answer}; 0")
    searched.run("document.getElementById('q').focus()")
    searched.press("Enter")
    searched.wait("document.getElementById('status').innerText === 'too many searches'")
    assert searched.run("document.querySelectorAll('.card').length") == 0


def test_who_mistypes_a_password_is_asked_again(
    url: str, shop: Shop, who: httpx.BasicAuth | None
) -> None:
    """A browser keeps what was answered by anything but 401, and would never ask again."""
    if who is None:
        pytest.skip("this cluster wants no password")
    asked = {"index": shop.alias, "q": "lamp"}
    for wrong in (None, httpx.BasicAuth("nobody", "mistyped")):
        answer = httpx.get(f"{url}look", params=asked, auth=wrong)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")


def test_every_answer_forbids_what_is_not_its_own(url: str) -> None:
    """Scripts and styles are files of the gateway; nothing frames the page or is kept."""
    for path in ("", "page.css", "page.js"):
        answer = httpx.get(url + path)
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "unsafe" not in POLICY
    html = httpx.get(url).text
    assert "style=" not in html
    assert "<script>" not in html


def test_judgments_come_from_the_page_of_who_may_search(
    url: str, shop: Shop, who: httpx.BasicAuth | None
) -> None:
    """Not from other sites, nor about an index that one cannot search."""
    given = {"query": "lamp", "product_id": "p1", "grade": 1, "index": shop.alias}

    def send(**more: Any) -> int:
        return httpx.post(f"{url}judgments", auth=who, **more).status_code

    assert send(json=given) == 200
    assert send(json=given, headers={"sec-fetch-site": "cross-site"}) == 403
    assert send(data=given) == 403
    assert send(json={**given, "index": "t-nowhere"}) == 404
    assert send(json={**given, "index": "a,b"}) == 400
    assert send(content=b"{", headers={"content-type": "application/json"}) == 400
    assert send(json={**given, "query": "x" * 20_000}) == 413


def test_without_a_file_nothing_is_judged(
    served: str, shop: Shop, who: httpx.BasicAuth | None
) -> None:
    """The page has no grades, and what is sent all the same is told so."""
    given = {"query": "lamp", "product_id": "p1", "grade": 1, "index": shop.alias}
    assert httpx.post(f"{served}/_connector/judgments", json=given).status_code == 404
    asked = {"index": shop.alias, "q": "lamp", "size": "2"}
    answer = httpx.get(f"{served}/_connector/look", params=asked, auth=who).json()
    assert answer["judged"] is None
    for pages in answer["systems"].values():
        assert [len(page["cards"]) for page in pages] == [2, 2, 2]


def test_everything_is_read_in_the_name_of_who_looks(admin: Settings) -> None:
    """The gateway's own user searches for nobody; nothing that is looked at becomes behaviour."""
    given = f"Basic {base64.b64encode('ann:s:ö'.encode()).decode()}"
    theirs = as_(admin, given).opensearch
    assert theirs.username == "ann"
    assert theirs.password is not None
    assert theirs.password.get_secret_value() == "s:ö"
    assert as_(admin, "").opensearch.username is None
    for wrong in ("Bearer x", "Basic ?", "Basic YWJj"):
        with pytest.raises(RequestError):
            as_(admin, wrong)
