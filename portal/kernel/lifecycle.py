"""States and the steps between them as data: the same table refuses a wrong move and draws the buttons."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import Text, t

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class Lifecycle(Generic[S, A]):
    """A table `{(state, action): next state}`; any move not listed is refused.

    `words` name every state to the person who is refused.
    """

    def __init__(self, steps: Mapping[tuple[S, A], S], words: Mapping[S, Text]) -> None:
        self._steps = dict(steps)
        self.words = words

    def next(self, state: S, action: A) -> S:
        """The state after `action`; raises `NotAllowedNow` when the table has no such step."""
        try:
            return self._steps[(state, action)]
        except KeyError:
            raise NotAllowedNow(
                t(
                    "This step is not possible now: the record is “%(state)s”.",
                    state=self.words[state],
                )
            ) from None

    def allows(self, state: S, action: A) -> bool:
        """Whether the table has this step."""
        return (state, action) in self._steps

    def actions(self, state: S) -> tuple[A, ...]:
        """The actions that leave `state`, in the table's order."""
        return tuple(action for (source, action) in self._steps if source == state)

    @property
    def steps(self) -> Mapping[tuple[S, A], S]:
        """The whole table."""
        return self._steps
