import json

from click.testing import CliRunner
from plugins.ingest_shop import Shop
from plugins.servers import environment

from connector.cli import cli


def examine(shop: Shop, *options: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    done = CliRunner().invoke(
        cli, ["doctor", "-c", str(shop.file), *options], env=environment(shop.settings)
    )
    return done.exit_code, done.output


def test_what_is_well_is_said_in_one_line_and_exits_0(shop: Shop) -> None:
    """Risks of a machine with one node and one broker are told, and are no fault."""
    shop.send(("p1", {"id": "p1", "v": 1, "title": "lamp"}))
    shop.ingest()
    code, said = examine(shop)
    assert code == 0, said
    assert "checks found nothing" in said.splitlines()[-1]


def test_what_is_wrong_exits_1_with_a_remedy(shop: Shop) -> None:
    """A record that nobody reads is something an operator must hear of."""
    shop.send(("p1", {"id": "p1", "v": 1, "title": "lamp"}))
    code, said = examine(shop, "--json")
    assert code == 1
    found = {each["check"]: each for each in json.loads(said)["findings"]}
    assert found["lag"]["severity"] == "wrong"
    assert "connector ingest" in found["lag"]["remedy"]
