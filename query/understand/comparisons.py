"""Words that compare with a price, English and Chinese."""

# Cues, by what they make of the number behind them (or before them).
UPPER = (
    *("under", "below", "beneath", "less than", "lower than", "cheaper than", "no more than"),
    *("not more than", "not over", "not above", "not exceeding", "doesn't exceed", "<", "<="),
    *("does not exceed", "not to exceed"),
    *("不超过", "不高于", "不多于", "不大于", "不到", "低于", "少于", "小于", "便宜于"),
)
UPPER_MARKED = ("up to", "at most", "max", "max.", "maximum", "maximum of", "within")
UPPER_MARKED_ZH = ("最多", "最高", "至多")
# What may be spent, whatever stands between these words and the number.
SPENT = (
    *("budget of", "budget is", "budget", "max price", "maximum price", "max budget"),
    *("maximum budget", "price limit", "price cap", "price max"),
)
LOWER = (
    *("over", "above", "more than", "higher than", "at least", "no less than", "not less than"),
    *("not under", "not below", "from", "starting at", "starting from", "upwards of", "min"),
    *("minimum", ">", ">="),
    *("高于", "超过", "大于", "多于", "不低于", "不少于", "不小于", "至少", "最少", "最低"),
)
ABOUT = ("around", "about", "approx", "approximately", "roughly", "~", "大约", "大概", "约")
UPPER_AFTER = ("or less", "or under", "or below", "or cheaper")
UPPER_AFTER_MARKED = ("and under", "and below", "max", "maximum", "tops", "封顶")
UPPER_AFTER_ZH = ("以内", "以下", "之内", "之下", "内")
LOWER_AFTER = (
    *("or more", "or over", "or above", "and up", "and over", "and above", "+"),
    *("以上", "之上", "往上", "起"),
)
RANGE = ("range", "price range")
ABOUT_AFTER = ("or so", "price point", *RANGE)
ABOUT_AFTER_ZH = ("左右", "上下")
ABOUT_AFTER_MARKED_ZH = ("价位", "档", "档位")
# A number behind one of these is a price, whatever it is compared by.
LEADS = (
    *("price", "prices", "priced", "priced at", "price is", "price range", "cost", "costs"),
    *("costing", "selling for", "价格", "价位", "售价", "预算", "价格在", "价位在", "预算在"),
)
