"""Values of the catalogue that a query names: brands, categories, colours and the like.

`kinds` tells what a field's values are, `forms` and `aliases` by which words a value is named;
`matcher` finds such words in a query and weighs how surely they mean it, `step` is the step.
"""
