"""Fixtures of the whole suite: real servers, and a real model small enough to be quick."""

from hypothesis import settings

pytest_plugins = [
    "plugins.servers",
    "plugins.tiny_model",
    "plugins.example_shop",
    "plugins.browser",
    "plugins.kafka_sockets",
]

# No test is about time: a busy machine fails none.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
