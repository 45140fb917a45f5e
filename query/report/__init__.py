"""The dashboards' panels as one HTML page that opens anywhere: English and Chinese, no server.

`rows` asks the panels' own searches, `drawing` turns rows into lines, bars and cells, `words` has
what the page says beside them, `page` fills the template.
"""
