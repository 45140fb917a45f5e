"""Text becomes vectors: one sentence-transformers model on whatever device there is.

`tokenise` and `encode` are two steps, so that the first of one batch runs while the device is
busy with the second of another. torch is imported when a model is loaded, not before.
"""

from connector.encoder.device import device_of, dtype_of
from connector.encoder.encoder import Encoder
from connector.encoder.tokens import Tokens, Vectors, finite

__all__ = ["Encoder", "Tokens", "Vectors", "device_of", "dtype_of", "finite"]
