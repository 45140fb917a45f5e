"""Pictures for the people who own relevance and the way in: saved objects for Dashboards.

`query` is what a panel asks and the rows it gets, `panel` what it is, `sources` the indices; `boards`
has every panel. `vega` and `classic` draw, `objects` makes the file, `check` reads it as an importer
would, `server` hands it over. `connector report` draws the same panels without a server.
"""
