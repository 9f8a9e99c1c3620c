"""Fuzzing by atheris: ``python tests/fuzz``; ``docs/trust.md`` says what it found."""
