"""Comments that silence findings; the linter finds them, which alone knows them all."""

from mtcheck.rules import Rule

RULES = (
    Rule(
        code="MT001",
        name="unused-suppression",
        message="there is no finding here for {!r} to silence",
        why="A comment that silences nothing may one day silence what nobody saw.",
        bad=(
            "The lock is open. <!-- mtcheck: ignore ⟦MT101⟧ -- as it was printed -->",
            "The lock is open . "
            "<!-- mtcheck: ignore ⟦doubled-space⟧, MT102 -- as it was printed -->",
            "<!-- mtcheck: ignore-file ⟦MT1⟧ -- a play -->\n\nThe lock is open.",
        ),
        good=(
            "The lock is open . <!-- mtcheck: ignore MT102 -- as it was printed -->",
            "<!-- mtcheck: ignore space-before-punctuation -- as it was printed -->\n"
            "The lock is open .",
            "<!-- mtcheck: ignore-file MT10 -- a play -->\n\nThe lock is open .",
        ),
    ),
    Rule(
        code="MT002",
        name="invalid-suppression",
        severity="error",
        message="a comment for mtcheck that silences nothing: {}",
        why="Without a code it would silence what is yet to come, and without a reason "
        "nobody knows when it may go.",
        bad=(
            "The lock is open. ⟦<!-- mtcheck: ignore MT101 -->⟧",
            "The lock is open. ⟦<!-- mtcheck: ignore -- as it was printed -->⟧",
            "The lock is open. ⟦<!-- mtcheck: skip MT101 -- as it was printed -->⟧",
            "The lock is open . "
            "<!-- mtcheck: ignore ⟦MT99⟧ MT102 -- as it was printed -->",
        ),
        good=(
            "The lock is open . <!-- mtcheck: ignore MT102 -- as it was printed -->",
            "The lock is open. <!-- to be checked -->",
        ),
    ),
)
