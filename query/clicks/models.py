"""The names of the click models; that they can be told loads none of them."""

from typing import Literal, get_args

ModelName = Literal["position", "cascade", "weighting"]
MODELS: tuple[ModelName, ...] = get_args(ModelName)
