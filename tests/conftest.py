"""Fixtures of the whole suite: real servers, and a real model small enough to be quick."""

pytest_plugins = ["plugins.servers", "plugins.tiny_model"]
