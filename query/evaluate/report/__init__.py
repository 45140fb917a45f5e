"""The evaluation as one HTML page that opens from disk and loads nothing.

`page` fills the templates; `views` are what they show of each query; `plots` draws on a `drawing`.
"""

from query.evaluate.report.page import render, write

__all__ = ["render", "write"]
