"""Where in a TOML file a key stands, for error messages."""

import re
from collections import Counter

_HEADER = re.compile(r"^\s*(\[\[?)([^\]]+)\]\]?")


def line_of(text: str, path: list[str]) -> int:
    """Return the 1-based line that comes closest to defining the dotted `path`.

    The standard TOML reader keeps no positions; tables, tables in an array (`path` counts them
    from 0) and plain keys, as people write such files, can be found by looking.
    """
    best, best_depth, table = 1, 0, list[str]()
    counted: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            bracket, name = header.groups()
            table = [part.strip(" \"'") for part in name.split(".")]
            if bracket == "[[":
                table.append(str(counted[name]))
                counted[name] += 1
            here = table
        elif "=" in line and not line.lstrip().startswith("#"):
            keys = line.split("=", 1)[0]
            here = table + [part.strip(" \"'") for part in keys.split(".")]
        else:
            continue
        depth = _common(here, path)
        if depth > best_depth and depth == len(here):
            best, best_depth = number, depth
    return best


def _common(one: list[str], other: list[str]) -> int:
    depth = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        depth += 1
    return depth
