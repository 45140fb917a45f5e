"""Where the judged catalogues lie."""

import os
from pathlib import Path

DATA = Path(os.environ.get("CONNECTOR_DATA", "../shared/data"))
