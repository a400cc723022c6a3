"""The error of a document that cannot be decoded."""

from __future__ import annotations

from muntin.errors import MuntinError


class Undecodable(MuntinError, ValueError):
    """Bytes that are no document of the form they should have; `empty` if there are none."""

    def __init__(self, problem: str, *, empty: bool = False) -> None:
        super().__init__(problem)
        #: One sentence for a person.
        self.problem = problem
        self.empty = empty
