"""Every drawing of the boards, made in a browser by the Vega that each Dashboards brings.

`python -m trials.drawings`; needs npm and Chromium. What the page does to a specification is what
`src/plugins/vis_type_vega/public/{data_model/vega_parser.ts,vega_view/vega_base_view.js}` do: the
answer stands beside the search, and expressions are interpreted, never compiled.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from kit.trial import show
from opensearchpy import OpenSearch
from plugins.browser import Browser, browsing
from plugins.figures import figures

from connector.cluster import connect
from connector.settings import Settings
from mappings.dashboards.boards import PANELS
from mappings.dashboards.sources import SOURCES
from mappings.dashboards.vega import specification

Json = dict[str, Any]

# Dashboards: Vega, Vega-Lite, its interpreter (that of 2.8 is a fork, which 1.0.5 took in).
VERSIONS = {
    "2.8": ("5.23.0", "5.6.0", "1.0.5"),
    "3.3": ("5.33.0", "5.23.0", "1.0.5"),
    "newer": ("6.2.0", "6.4.1", "1.2.1"),
}
_PACKAGES = ("vega", "vega-lite", "vega-interpreter")
_PAGE = """<!doctype html><meta charset="utf-8"><body></body>
{scripts}
<script>
const drawings = {drawings}, found = [];
let done = false;
async function draw(one) {{
  document.body.appendChild(document.createElement("h4")).textContent = one.id;
  const box = document.body.appendChild(document.createElement("div"));
  box.style.cssText = "width:600px;height:250px";
  const said = [], heard = vega.logger(vega.Warn);
  heard.warn = heard.error = (...words) => {{ said.push(words.join(" ")); return heard; }};
  const spec = one.spec;
  delete spec.config.kibana;
  spec.width = spec.height = "container";
  spec.autosize = {{ type: "fit", contains: "padding" }};
  spec.data.values = one.answer;
  try {{
    const made = vega.parse(vegaLite.compile(spec, {{ logger: heard }}).spec, null, {{ ast: true }});
    const expr = vega.expressionInterpreter;
    await new vega.View(made, {{ container: box, logger: heard, renderer: "svg", expr }}).runAsync();
  }} catch (error) {{ said.push(String(error)); }}
  const marks = ".mark-line path, .mark-symbol path, .mark-rect path";
  found.push({{ id: one.id, marks: box.querySelectorAll(marks).length, said }});
}}
(async () => {{ for (const one of drawings) await draw(one); done = true; }})();
</script>"""


def answered(client: OpenSearch) -> list[Json]:
    """Return every drawing with what its search finds, asked as the page asks it."""
    made = []
    for panel in PANELS:
        if panel.drawn == "table":
            continue
        spec = specification(panel)
        url, time = spec["data"]["url"], SOURCES[panel.source].time
        within = [{"range": {time: {"gte": "now-10y", "lte": "now"}}}] if time else []
        body = {**url["body"], "query": {"bool": {"must": within, "filter": [{"match_all": {}}]}}}
        answer = client.search(index=url["index"], body=body)
        made.append({"id": panel.id, "spec": spec, "answer": answer})
    return made


def drawn(drawings: list[Json], versions: tuple[str, ...], folder: Path) -> list[Json]:
    """Return what each drawing came to: how many marks it has, and what Vega said."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to fetch Vega; install it (apt install npm) and run again")
    names = [f"{name}@{number}" for name, number in zip(_PACKAGES, versions, strict=True)]
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *names]
    subprocess.run(command, check=True)
    scripts = "".join(
        f'<script src="{(folder / f"node_modules/{name}/build/{name}.min.js").as_uri()}"></script>'
        for name in _PACKAGES
    )
    page = folder / "page.html"
    text = json.dumps(drawings).replace("</", "<\\/")
    page.write_text(_PAGE.format(scripts=scripts, drawings=text), "utf-8")
    with browsing(folder / "profile") as browser:
        return _read(browser, page)


def _read(browser: Browser, page: Path) -> list[Json]:
    browser.open(page.as_uri())
    browser.wait("done")
    found: list[Json] = browser.run("found")
    return found


def trial(admin: Settings, _: Path, folder: Path) -> Json:
    """Draw what `plugins.figures` has every panel show; return by Dashboards what went wrong."""
    client = connect(admin.opensearch)
    with figures(client):
        drawings = answered(client)
    told: Json = {"drawings": len(drawings)}
    for dashboards, versions in VERSIONS.items():
        found = drawn(drawings, versions, folder / dashboards)
        told[dashboards] = [each for each in found if each["said"] or not each["marks"]]
    return told


if __name__ == "__main__":
    show(trial)
