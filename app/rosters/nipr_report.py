"""What both formats of a NIPR report share: gathering producers until the file is known to be sound."""

from __future__ import annotations

from datetime import date

from app.domain import states
from app.domain.states import State
from app.rosters import nipr_authority
from app.rosters.errors import Problems, Refusal, shortened
from app.rosters.nipr_authority import Answers
from app.rosters.nipr_found import FoundProducer
from app.rosters.nipr_values import Report, SeenProducer, Skipped

FORMATS = {
    "PDB": "a detail report (format nipr-detail)",
    "CSR_Report": "a company-specialized report (format nipr-csr)",
    "SCB_Report": "a batch report of another layout, which is not read",
    "HITLIST": "the answer to a look-up, which tells no licenses",
}


class Gathering:
    """The producers of one file so far: each only as what it came to, so that the file itself need not be kept."""

    def __init__(self, root: str, answers: Answers) -> None:
        self.problems = Problems()
        self.as_of: date | None = None
        self._root = root
        self._answers = answers
        self._producers: list[SeenProducer] = []
        self._numbered: dict[str, int] = {}
        self._skipped: list[Skipped] = []

    def check_root(self, name: str) -> str | None:
        """Why a file with that first element is not ours; None where it is."""
        if name == self._root:
            return None
        return (
            f"this is not {FORMATS[self._root]}, but {FORMATS.get(name, f'a file that begins with {shortened(name)}')}"
        )

    def skip(self, line: int, why: str) -> None:
        self._skipped.append(Skipped(line, why))

    def state(self, element: str, text: str, line: int) -> State | None:
        """A state that licenses producers; None for any other place, which is told."""
        if not text.strip():
            self.problems.add(line, element, "is empty")
            return None
        found = states.parse(text)
        if found is None:
            self.skip(line, f"{shortened(text)} is no state that licenses producers")
        return found

    def add(self, found: FoundProducer) -> None:
        if self.problems.total:
            return
        producer = nipr_authority.seen(found, self.as_of, self._answers)
        at = self._numbered.get(producer.npn) if producer.npn else None
        if at is not None:
            self._producers[at] = nipr_authority.merged(self._producers[at], producer, self.as_of)
            return
        if producer.npn:
            self._numbered[producer.npn] = len(self._producers)
        self._producers.append(producer)

    def report(self) -> Report | Refusal:
        if not self.problems.total and not self._producers and not self._skipped:
            self.problems.add(1, None, "there is no producer in it")
        return self.problems.refusal() or Report(tuple(self._producers), self.as_of, tuple(self._skipped))
