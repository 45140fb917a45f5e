"""Chinese shoppers' queries with judgments, for the 239 products of the litemall shop.

README.md tells how they were made; the products themselves stay outside.
"""
