"""What became of the texts of a run, in numbers that add up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from mtcheck.errors import InputError
from mtcheck.types import Scored


@dataclass
class Counts:
    """Numbers of a part, or of parts together.

    ``lost`` has the place and the problem of each input that was lost; ``seconds`` are
    those of work, by stage, in all processes together.
    """

    documents: int = 0
    paragraphs: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    abstained: Counter[str] = field(default_factory=Counter)
    unchecked: Counter[str] = field(default_factory=Counter)
    lost: list[list[str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def watch(self, results: Iterable[Scored | InputError]) -> Iterator[Scored]:
        """Count what comes by, and pass on what was scored."""
        for result in results:
            if isinstance(result, InputError):
                self.lost.append([result.place, result.problem])
                continue
            self.documents += 1
            self.unchecked.update(result.unchecked)
            for verdict in result.verdicts:
                self.paragraphs += verdict.paragraph is not None
                if verdict.abstained is None:
                    self.labels[str(verdict.label)] += 1
                else:
                    self.abstained[verdict.abstained] += 1
            yield result

    def add(self, other: Self) -> None:
        """Add the numbers of another part."""
        for item in fields(self):
            value = getattr(self, item.name)
            more = getattr(other, item.name)
            if isinstance(value, Counter):
                value.update(more)
            elif isinstance(value, dict):
                self.spend(more)
            else:
                setattr(self, item.name, value + more)

    def spend(self, more: Mapping[str, float]) -> None:
        """Count the seconds that stages took."""
        for stage, seconds in more.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def to_json(self) -> dict[str, Any]:
        """Return the form that ``from_json`` reads."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Self:
        """Read the form that ``to_json`` gives."""
        found = cls()
        for item in fields(cls):
            value = raw[item.name]
            is_table = isinstance(getattr(found, item.name), Counter)
            setattr(found, item.name, Counter(value) if is_table else value)
        return found
