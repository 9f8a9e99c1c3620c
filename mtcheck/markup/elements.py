"""Elements of HTML, by what they do to the text in them."""

BLOCKS = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir "
    "div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup "
    "hr legend li main menu nav ol optgroup option p pre search section select summary "
    "table tbody td tfoot th thead tr ul".split()
)
"""What stands in lines of its own, so that text before and behind is parted."""

HIDDEN = frozenset("script style noscript template svg math iframe object".split())
"""What a browser shows no text of."""

CODE = frozenset("code kbd math samp tt var".split())
"""What stands in a sentence and is no prose."""

RAW = frozenset(
    "iframe noembed noframes noscript script style textarea title xmp".split()
)
"""Whose content is no markup: it ends where the end tag first stands."""
