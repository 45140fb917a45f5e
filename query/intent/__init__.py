"""What the nearest products tell about a query, once its candidates are known.

They vote for the categories it is about, and on whether a value that its words name is meant:
"jura" is a brand near coffee machines, and a mountain range elsewhere.
"""
