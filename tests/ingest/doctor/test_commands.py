import json
import subprocess
import sys

from click.testing import CliRunner
from plugins.ingest_shop import Shop
from plugins.servers import environment

from connector.cli import cli
from connector.settings import Settings
from ingest.doctor.checks import CHECKS


def examine(shop: Shop, doctor: Settings, *options: str) -> tuple[int, str]:
    """Exit code and output of the command, run with the doctor's rights."""
    done = CliRunner().invoke(
        cli, ["doctor", "-c", str(shop.file), *options], env=environment(doctor)
    )
    return done.exit_code, done.output


def test_what_is_well_is_said_in_one_line_and_exits_0(shop: Shop, doctor: Settings) -> None:
    """Risks of a machine with one node and one broker are told, and are no fault."""
    shop.send(("p1", {"id": "p1", "v": 1, "title": "lamp"}))
    shop.ingest()
    code, said = examine(shop, doctor)
    assert code == 0, said
    assert "checks found nothing" in said.splitlines()[-1]


def test_a_check_that_could_not_be_made_has_not_found_nothing(shop: Shop, doctor: Settings) -> None:
    """All that need the index are named beside what keeps them from it, and none is counted as well."""
    shop.client.indices.delete(index=shop.index)
    code, said = examine(shop, doctor)
    assert code == 1
    (unmade,) = [line for line in said.splitlines() if line.startswith("unknown model-contract,")]
    names = unmade.removeprefix("unknown").partition(":")[0].split(", ")
    assert "alias-filter" in names
    well = int(said.splitlines()[-1].partition(" of ")[0])
    assert well <= len(CHECKS) - len(names)


def test_what_is_wrong_exits_1_with_a_remedy(shop: Shop, doctor: Settings) -> None:
    """A record that nobody reads is something an operator must hear of."""
    shop.send(("p1", {"id": "p1", "v": 1, "title": "lamp"}))
    code, said = examine(shop, doctor, "--json")
    assert code == 1
    found = {each["check"]: each for each in json.loads(said)["findings"]}
    assert found["lag"]["severity"] == "wrong"
    assert "connector ingest" in found["lag"]["remedy"]


def test_a_server_that_is_away_is_said_once_and_the_rest_is_checked(
    shop: Shop, doctor: Settings
) -> None:
    """Without Kafka the index is looked at all the same; what was not checked is not well."""
    nowhere = ("--set", "kafka.bootstrap_servers=127.0.0.1:1", "--set", "kafka.timeout_s=1")
    alias = {"index": shop.index, "name": shop.catalogue.name}
    shop.client.indices.put_alias(**alias)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "connector", *nowhere),
            *("doctor", "--json", "-c", str(shop.file)),
        ],
        env=environment(doctor),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    found = json.loads(done.stdout)["findings"]
    (unknown,) = [each for each in found if each["severity"] == "unknown"]
    assert "127.0.0.1:1" in unknown["finding"]
    assert "lag" in unknown["also"]
    assert "alias-filter" in [each["check"] for each in found]
