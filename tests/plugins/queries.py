"""Texts as people, and other people, type them: for laws that hold for every query."""

from hypothesis import strategies as st

_WORDS = st.sampled_from(
    (
        *("under", "over", "$50", "50", "20-30", "€", "without", "no", "sugar", "or", "and", "not"),
        *("6ft", "6 ft", '55"', "wh-1000xm4", "wh 1000", "xm4", "3x5", "cheap", "lamp", "for", ","),
        *(
            "200元以内",
            "不含",
            "糖",
            "的",
            "五百元",
            "以下",
            "無線",
            "耳機",
            "两升",
            "便宜",
            "无",
            "１２寸",
        ),
        *("½", "™", "👍🏽", "İ", "ß", "ﬁ", "ΣΑΣ", "Ω", "\u200b", "“", "”", "×", "…"),  # noqa: RUF001
    )
)
_LINES = st.lists(_WORDS, min_size=1, max_size=8)
# Known words in any order, spaced and not, and any Unicode at all.
TEXTS = st.one_of(
    st.tuples(_LINES, st.sampled_from((" ", ""))).map(lambda told: told[1].join(told[0])),
    st.text(min_size=1, max_size=60),
)
