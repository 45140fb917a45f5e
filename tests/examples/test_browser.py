import json
import shutil
import subprocess

import pytest
from plugins.behaviour import settings_with
from plugins.example_shop import EXAMPLES

from query.ubi.endpoint import receive
from query.ubi.indices import Names
from query.ubi.privacy import Privacy
from query.ubi.recorder import Recorder
from query.ubi.writer import Writer

SNIPPET = EXAMPLES / "browser" / "behaviour.js"
# A page with nothing but what the snippet asks of it.
PAGE = """
import { behaviour } from %(snippet)s;
const storage = () => { const held = {}; return {
  getItem: (name) => held[name] ?? null, setItem: (name, value) => { held[name] = value; } }; };
const sent = [], heard = {};
const page = { localStorage: storage(), sessionStorage: storage(), crypto: globalThis.crypto,
  navigator: { sendBeacon: (url, body) => sent.push([url, body]) },
  addEventListener: (name, call) => { heard[name] = call; } };
const list = { addEventListener: (name, call) => { heard[name] = call; } };
const tell = behaviour({ endpoint: "https://x/_connector/events", queryId: %(id)s, page });
tell.watch(list);
const hit = { dataset: { product: "p1", ordinal: "3" } };
heard.click({ target: { closest: () => hit } });
heard.click({ target: { closest: () => null } });
tell.event("impression", "p2", 1);
heard.pagehide();
behaviour({ endpoint: "https://x/_connector/events", queryId: %(id)s, page }).event("purchase", "p1", 3);
console.log(JSON.stringify(sent));
"""


@pytest.mark.skipif(not shutil.which("node"), reason="no node to run the browser's snippet")
def test_what_the_snippet_sends_is_what_the_endpoint_takes() -> None:
    """Clicks, impressions and purchases come as events that are accepted, of one client."""
    bodies: list[bytes] = []

    def send(body: bytes) -> list[int]:
        bodies.append(body)
        return [201] * (len(body.splitlines()) // 2)

    privacy = Privacy(settings_with())
    recorder = Recorder(Writer(send, 100), privacy, Names("queries", "events"))
    words = {"snippet": json.dumps(str(SNIPPET)), "id": json.dumps(privacy.new_query_id())}
    command = ["node", "--input-type=module", "-e", PAGE % words]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for url, body in json.loads(said):
        assert url.endswith("/_connector/events")
        assert receive(body.encode(), recorder) == (202, {"accepted": 1, "refused": []})
    recorder.close()
    written = [json.loads(line) for line in b"".join(bodies).splitlines()[1::2]]
    assert [one["action_name"] for one in written] == ["click", "impression", "purchase"]
    assert written[0]["event_attributes"]["position"] == {"ordinal": 3}
    assert len({one["client_id"] for one in written}) == 1
