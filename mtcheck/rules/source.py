"""Pieces of the source of a page that were taken for its text."""

from mtcheck.rules import Rule, cued_matches
from mtcheck.shapes import LINES

# Whoever writes about code may show it.
_CODE_TALK = (
    r"(?i)\b(?:html|xhtml|css|xml|javascript|jquery|php|tags?|api|python|java)\b"
    r"|`"
)
_SERVER = (
    r"(?:Warning|Notice|Fatal error|Parse error|Deprecated|Strict Standards): "
    r"[^\n]{1,300} on line \d+\b"
    r"|You have an error in your SQL syntax\b[^\n]{0,200}"
    r"|(?:^|(?<=\n))Error establishing a database connection(?=\.?\s*(?:\n|\Z))"
    r"|\bSQLSTATE\[\w{2,5}\][^\n]{0,200}"
)
_VALUE = (
    r"(?<![\"'`“„(\w])\[object Object\](?![\"'`”“)])"
    r"|(?:^|(?<=\n))(?:undefined|NaN|null)(?=\n|\Z)"
)
_SHORTCODE = (
    r"\[(?:caption|gallery|embed|audio|video|playlist|youtube|button|ad|ads)"
    r" [^\]\n]{0,200}=[^\]\n]{1,200}\]"
    r"|\[/?(?:vc|et_pb|fusion|su)_\w{2,40}[^\]\n]{0,300}\]"
    r"|\[(?:contact-form-7|wpforms|rev_slider|layerslider|ninja_form)\b[^\]\n]{0,200}\]"
    r"|\[/(?:caption|embed|audio|video|quote|url|img|b|i|u|size|color|center)\]"
    r"|\[(?:url|size|color|quote|img)=[^\]\n]{1,200}\]"
    r"|\[\[(?:File|Image|Category|Datei|Bild|Kategorie):[^\]\n]{1,300}\]\]"
    r"|{(?:loadposition|loadmodule|mosimage|source)\b[^{}\n]{0,40}}"
)
_SCRIPT_CUES = (
    "{",
    "var _gaq",
    "googletag.",
    "(adsbygoogle",
    "$(",
    "document.write(",
    "document.getElementById(",
    "<![CDATA[",
)
_SCRIPT_WORDS = frozenset("gaq googletag adsbygoogle document cdata".split())
_STYLE = (
    r"(?:background|border|color|display|float|font|height|margin|padding|position|text"
    r"|width)[\w-]{0,30}+ ?:[^;{}\n]{1,80}+(?:;\s{0,2}+|(?=}))"
)
_SELECTOR = r"(?<![\w.#-])[#.]?[\w-]{1,40}+(?:[ ,>:]{1,2}+[#.]?[\w-]{1,40}+){0,5}+"
_SCRIPT = (
    r"\bfunction\s?\w{0,40}+\([\w, ]{0,80}+\)\s?{[^\n]{0,200}"
    r"|\bvar _gaq\b[^\n]{0,200}|\bgoogletag\.(?:cmd|pubads|display)\b[^\n]{0,200}"
    r"|\(adsbygoogle ?=[^\n]{0,200}|\$\((?:document|window)\)\.\w{1,40}\([^\n]{0,200}"
    r"|\bdocument\.(?:write|getElementById)\([^\n]{0,200}"
    r"|(?://)?<!\[CDATA\[[^\n]{0,200}"
    rf"|{_SELECTOR} ?{{\s?(?:{_STYLE}){{1,20}}+}}"
)
_TAG = (
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|img|ul|ol|li|h[1-6]|table|tr|td|th|font"
    r"|center|script|style|iframe|blockquote|sup|sub)"
    r"(?: [\w-]{1,30}=[^<>\n]{0,300})?\s?/?>"
)
_TAGS = rf"{_TAG}(?:\s{{0,3}}{_TAG}){{0,20}}"


RULES = (
    Rule(
        code="MT907",
        name="program-value",
        severity="error",
        message="a value of the program that made the page: {!r}",
        why="Scripts show this where they have nothing, or no text, to show.",
        bad=("Price: ⟦[object Object]⟧ a day", "The lock\n⟦undefined⟧\nThe gate"),
        good=(
            "The result is undefined.",
            'It prints "[object Object]" to the page.',
            "Null is a number.",
        ),
        signs=frozenset({LINES, "["}),
        find=cued_matches(_VALUE, "[object Object]", "undefined", "NaN", "null"),
    ),
    Rule(
        code="MT908",
        name="server-message",
        severity="error",
        message="an error message of the server: {!r}",
        why="The page was saved while its program was failing.",
        bad=(
            "⟦Warning: mysql_connect(): Access denied in /www/a.php on line 12⟧",
            "⟦Error establishing a database connection⟧",
        ),
        good=(
            "Warning: the lock opens without notice.",
            "The error “Error establishing a database connection” is common.",
        ),
        words=lambda language: frozenset({"line", "sql", "sqlstate", "establishing"}),
        find=cued_matches(_SERVER, " on line ", "SQL", "Error establishing"),
    ),
    Rule(
        code="MT909",
        name="editing-shortcode",
        severity="error",
        message="a code of the editing system: {!r}",
        why="Only the system that the text was written in turns it into something.",
        bad=(
            '⟦[caption id="4" width="300"]⟧The lock⟦[/caption]⟧',
            "⟦[vc_row]⟧The lock⟦[/vc_row]⟧",
            "⟦[[File:Lock.jpg|thumb|The lock]]⟧",
        ),
        good=("[1] The lock [sic] opened [in May].", "[video](lock.mp4)", "[[lock]]"),
        signs=frozenset("[{"),
        find=cued_matches(_SHORTCODE, "[", "{"),
    ),
    Rule(
        code="MT910",
        name="program-code",
        severity="error",
        message="a piece of a script or of a style sheet: {!r}",
        why="Scrapers that drop the tags of a script keep what stands between them.",
        bad=(
            "The lock opens. ⟦var _gaq = _gaq || [];⟧",
            "(⟦function(){ document.cookie = 1; })();⟧",
            "⟦.lock { margin: 0; color: red; }⟧ The lock opens.",
        ),
        good=(
            "The function (see above) is {a, b}.",
            "Set the color: red { or blue }.",
            "Call `function(){ return 1; }` first.",
        ),
        signs=frozenset("{$"),
        words=lambda language: _SCRIPT_WORDS,
        find=cued_matches(_SCRIPT, *_SCRIPT_CUES, unless=_CODE_TALK),
    ),
    Rule(
        code="MT911",
        name="html-tag",
        severity="error",
        message="an HTML tag was left in the text: {!r}",
        why="The source of a page was taken for its text, or escaped once too often.",
        bad=(
            "The lock opens.⟦<br /><br />⟧It is late.",
            '⟦<div class="a">⟧The lock opens.⟦</div>⟧',
        ),
        good=(
            "a <b and c> d, 3 < 4 > 2",
            "In HTML a paragraph starts with <p>.",
            "Write `<br />` there.",
        ),
        signs=frozenset("<"),
        find=cued_matches(
            rf"{_TAG}(?:\s{{0,3}}{_TAG}){{0,20}}", "<", unless=_CODE_TALK
        ),
    ),
)
