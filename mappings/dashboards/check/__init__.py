"""A file of saved objects read as OpenSearch Dashboards 2.8 and 3.3 read it, without either.

What the importer refuses, and what it takes and a browser then stumbles over. `known` has what both
versions register, `file` goes through the lines, `shape` looks at any object; `pattern`,
`visualization`, `aggregations`, `vega` and `board` look into one kind each.
"""

from mappings.dashboards.check.file import faults

__all__ = ["faults"]
