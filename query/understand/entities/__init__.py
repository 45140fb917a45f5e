"""Values of the catalogue that a query names: brands, categories, colours and the like.

`kinds` tells what a field's values are, `forms` by which words a value can be named, `step` finds
them in a query.
"""
