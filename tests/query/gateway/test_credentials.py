import contextlib
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from kit.proxy import Exchange, Proxy
from plugins.query_shop import Shop

from connector.local import certificates
from connector.settings import GatewaySettings, Settings

pytestmark = pytest.mark.server

Json = dict[str, Any]
Serve = Callable[[Settings], contextlib.AbstractContextManager[str]]
Heard = list[dict[str, str]]

WORDS: Json = {
    "query": {"match": {"title": "red jacket"}},
    "aggs": {"n": {"max": {"field": "price"}}},
}
EXPLAINED: Json = {"ext": {"connector": {"explain": True}}}
CLAIMED = {"x-proxy-user": "admin", "x-proxy-roles": "all_access", "x-forwarded-for": "10.0.0.1"}


@pytest.fixture
def heard(line: Proxy) -> Heard:
    """The headers of every search that the cluster hears."""
    requests: Heard = []

    def hearing(request: bytes) -> Exchange:
        first, *lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        if "/_search" in first:
            requests.append(dict(each.lower().split(": ", 1) for each in lines))
        return Exchange(request)

    line.faults.meddle = hearing
    return requests


@pytest.mark.parametrize("said", ["Basic dTpw", "Bearer a.b.c", "ApiKey aWQ6a2V5"])
def test_credentials_of_every_kind_go_with_every_search(
    shop: Shop, gateway: Any, line: Proxy, heard: Heard, said: str
) -> None:
    """Candidates, count and page of a ranking, and what is passed on; nobody's but the client's."""
    path, own = f"/{shop.alias}/_search", {"authorization": said, **CLAIMED}
    with gateway(f"http://{line.bootstrap}") as client:
        heard.clear()
        answer = client.post(path, json={**WORDS, **EXPLAINED}, headers=own).json()
        assert answer["ext"]["connector"]["mode"] == "hybrid"
        assert len(heard) >= 3
        client.post(path, json={"sort": "price"}, headers=own)
    assert {one.get("authorization") for one in heard} == {said.lower()}
    assert not {name for one in heard for name in one} & CLAIMED.keys()


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and one certificate of it that serves both sides."""
    folder = tmp_path_factory.mktemp("papers")
    certificates.issue(folder)
    return folder


@pytest.fixture
def secured(shop: Shop, serve: Serve, papers: Path, line: Proxy) -> Iterator[str]:
    """The address of a gateway that speaks TLS with clients, and knows the authority of theirs."""
    own = GatewaySettings(
        rules={shop.alias: "hybrid"},
        budget_s=30,
        certificate=papers / "node.pem",
        key=papers / "node.key",
        clients_ca_file=papers / "ca.pem",
    )
    cluster = shop.settings.opensearch.model_copy(update={"url": f"http://{line.bootstrap}"})
    with serve(shop.settings.model_copy(update={"gateway": own, "opensearch": cluster})) as url:
        yield url


def trust(papers: Path, *, shown: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=papers / "ca.pem")
    if shown:
        context.load_cert_chain(papers / "node.pem", papers / "node.key")
    return context


def test_a_clients_certificate_is_told_to_the_cluster_by_its_name(
    shop: Shop, secured: str, papers: Path, heard: Heard
) -> None:
    """With every search that is sent, as a trusted proxy tells it; who shows none has no name."""
    path = f"/{shop.alias}/_search"
    for shown in (True, False):
        context = trust(papers, shown=shown)
        with httpx.Client(base_url=secured, verify=context, headers=CLAIMED, timeout=60) as client:
            mode = ""
            while mode != "hybrid":
                answer = client.post(path, json={**WORDS, **EXPLAINED}).json()
                mode = answer["ext"]["connector"]["mode"]
            heard.clear()
            client.post(path, json=WORDS)
            client.post(path, json={"sort": "price"})
        names = {(one.get("x-proxy-user"), one.get("x-forwarded-for")) for one in heard}
        assert names == {("local", "127.0.0.1") if shown else (None, None)}
        assert not any("x-proxy-roles" in one for one in heard)


def test_a_client_that_does_not_trust_the_gateway_says_nothing(secured: str) -> None:
    """Its certificate is of an authority that nobody else knows."""
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(secured)


def test_a_certificate_of_another_authority_is_refused(
    secured: str, papers: Path, tmp_path: Path
) -> None:
    """Whatever name stands in it."""
    certificates.issue(tmp_path)
    context = ssl.create_default_context(cafile=papers / "ca.pem")
    context.load_cert_chain(tmp_path / "node.pem", tmp_path / "node.key")
    with pytest.raises(httpx.TransportError):
        httpx.get(secured, verify=context)
