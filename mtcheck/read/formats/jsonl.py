"""JSONL: a line is a record, and a record a document."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from mtcheck.errors import InputError
from mtcheck.read.limits import (
    LARGEST_DOCUMENT,
    check_size,
    read_line,
    skip_line,
)
from mtcheck.read.records import (
    Outcome,
    Reader,
    ReadOptions,
    Step,
    document,
    no_field,
)


def _steps(
    stream: BinaryIO, path: str, options: ReadOptions, start: int
) -> Iterator[Step]:
    number = 0
    while line := read_line(stream):
        number += 1
        if len(line) > LARGEST_DOCUMENT and not line.endswith(b"\n"):
            skip_line(stream, f"{path} line {number}")
        if number <= start:
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.isspace():
            yield Step(number, _outcome(line, path, number, options))


def _outcome(line: bytes, path: str, number: int, options: ReadOptions) -> Outcome:
    try:
        check_size(len(line), f"{path} line {number}")
        record = _parsed(line)
        text = _text_of(record, options.text_field)
    except InputError as error:
        return error
    except ValueError as error:
        return InputError(f"{path} line {number}", str(error))
    return document(text, record.get(options.id_field), path, number, number, options)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(
            f"is not valid UTF-8 at byte {error.start}; JSONL must be UTF-8"
        ) from None
    except (ValueError, RecursionError) as error:
        why = getattr(error, "msg", str(error))
        raise ValueError(f"is not JSON ({why}); a line must be one object") from None
    if not isinstance(record, dict):
        raise ValueError(f"must be a JSON object, got {_json_type(record)}")
    return record


def _text_of(record: dict[str, Any], field: str) -> str:
    if field not in record:
        raise ValueError(no_field("field", field, sorted(record)))
    text = record[field]
    if not isinstance(text, str):
        raise ValueError(f"{field!r} must be a string, got {_json_type(text)}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{field!r} holds half a surrogate pair at character {error.start}; "
            "repair the escape"
        ) from None
    return text


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    names = {dict: "an object", list: "a list", str: "a string", bool: "a truth value"}
    return names.get(type(value), "a number")


READER = Reader((".jsonl",), _steps, has_records=True)
