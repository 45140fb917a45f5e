"""Settings of a shop that records what shoppers do."""

from connector.settings import BehaviourSettings

KEY = "a secret of more than sixteen characters"


def settings_with(**changes: object) -> BehaviourSettings:
    """Return settings with a key and these changes."""
    return BehaviourSettings.model_validate({"key": KEY, **changes})
