"""Write the JSON Schema of the evidence: beside the package's code, and to docs/."""

from pathlib import Path

from query.explain import schema

ROOT = Path(__file__).parent.parent

for folder in ("docs", "query/explain"):
    (ROOT / folder / schema.FILE).write_text(schema.text(), "utf-8")
