import pytest
from plugins.behaviour import settings_with
from pydantic import SecretStr

from connector.errors import SettingsError
from connector.settings import BehaviourSettings
from query.ubi.privacy import Privacy


@pytest.mark.parametrize("key", [None, SecretStr(""), SecretStr("short")])
def test_a_key_that_can_be_guessed_is_refused(key: SecretStr | None) -> None:
    """Hashes under no secret would be names in another alphabet; the key is not quoted."""
    with pytest.raises(SettingsError, match=r"behaviour\.key has \d characters") as caught:
        Privacy(BehaviourSettings(key=key))
    assert "short" not in str(caught.value)


def test_a_person_has_one_pseudonym_under_one_key(privacy: Privacy) -> None:
    """The same id is the same wherever it stands; another key makes another of it."""
    assert privacy.person("anna") == privacy.person("anna") != privacy.person("ben")
    assert "anna" not in privacy.person("anna")
    assert Privacy(settings_with(key="another secret, as long")).person("anna") != privacy.person(
        "anna"
    )


def test_by_default_a_query_is_hashed_whatever_its_case(privacy: Privacy) -> None:
    """What makes no difference to a search makes none to the hash."""
    assert privacy.query("Red  Jacket") == privacy.query("red jacket") != privacy.query("jacket")
    assert "jacket" not in privacy.query("red jacket")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("red jacket", "red jacket"),
        ("anna.b@example.org jacket", "[hidden] jacket"),
        ("call +49 170 123-4567 now", "call [hidden] now"),
        ("https://shop.example/a?b=c", "[hidden]"),
        ("usb 3.0 64 gb 2026", "usb 3.0 64 gb 2026"),
    ],
)
def test_redaction_hides_what_is_no_wish(typed: str, kept: str) -> None:
    """Addresses and long numbers are hidden, sizes and model numbers are not."""
    assert Privacy(settings_with(query_text="redacted")).query(typed) == kept


def test_only_query_ids_that_were_given_out_are_known(privacy: Privacy) -> None:
    """An id that was invented, changed or signed under another key is none of ours."""
    made = privacy.new_query_id()
    assert privacy.issued(made)
    assert len(made) <= 100
    other = Privacy(settings_with(key="another secret, as long"))
    for wrong in (made[:-1] + "x", "x" + made[1:], made.split("-")[0], "", "é-ü"):
        assert not privacy.issued(wrong)
    assert not other.issued(made)


def test_a_sample_is_a_share_of_the_queries() -> None:
    """A query is sampled or not, always alike, about as often as the setting says."""
    half, all_ = Privacy(settings_with(sample=0.5)), Privacy(settings_with())
    ids = [f"query-{number}" for number in range(2000)]
    drawn = [half.sampled(id_) for id_ in ids]
    assert 900 < sum(drawn) < 1100
    assert drawn == [half.sampled(id_) for id_ in ids]
    assert all(all_.sampled(id_) for id_ in ids)
    assert not any(Privacy(settings_with(sample=0)).sampled(id_) for id_ in ids)
