"""Files of certificate authorities, looked at before anybody connects: clients only say "no answer"."""

import ssl
from pathlib import Path

from connector.errors import SettingsError


def authority(file: Path, setting: str) -> str:
    """Return the file's name, once it is known to hold certificates.

    Args:
        file: of PEM.
        setting: that names it, for the message.

    Raises:
        SettingsError: it cannot be read, or holds none.
    """
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:
        raise SettingsError(
            f"{setting} = {str(file)!r} holds no certificates: {error.strerror or error}; name the "
            "PEM file of the authority that signed the servers' certificates"
        ) from None
    return str(file)
