"""The terms of the score, one a file: each gives every candidate a raw and a calibrated value.

`first` looks at a candidate alone; `second` (neighbours, feedback) compares it with the others by
a first-pass score. Calibrated: 0 says nothing for a product, 1 is the most there can be.
"""
