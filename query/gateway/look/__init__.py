"""A page for people who judge by looking: BM25, native hybrid and ours side by side, with evidence.

`searchers` search in the name of whoever looks, `judgments` keeps what they say, `routes` serves
both with the page itself (`page.html`, `page.css`, `page.js`), which loads nothing from elsewhere.
"""
