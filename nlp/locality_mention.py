"""One place name as written, with what the words around it say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from corpus.document import FieldName
from corpus.localities import Level
from nlp.gazetteer import Name
from nlp.locality_zones import Zone


@dataclass(slots=True, eq=False)
class Mention:
    """One place name as written. ``levels`` None means that no type word speaks for it."""

    name: Name
    source: FieldName
    begin: int
    """Where the evidence starts: at the type word if one stands right before the name."""
    zone: Zone
    line: int
    type: str | None = None
    levels: tuple[Level, ...] | None = None
    plural: bool = False
    counted: bool = False
    """ "6 tỉnh: A, B, C, ...": the list is complete."""
    inherited: bool = False
    """The type word stands before another name of the same list."""
    parents: list[Mention] = field(default_factory=list)
    """Mentions that the words give as the unit around this one."""
    siblings: list[Mention] = field(default_factory=list)
    """The list that it is in, itself included; shared by all of them."""
    explains: bool = False
    """It stands as the parent of another mention."""
    person: bool = False
    landmark: bool = False
    newspaper: bool = False
    at_paper: bool = False
    """ "ở Báo X": the newsroom itself."""
    institution: bool = False
    houses: bool = False
    """A school stands in it: "Trường THCS ... ở huyện X"."""
    station: bool = False
    """In the dateline of its own station."""
    product: bool = False
    """Fruit, tea, cloth called after where it comes from."""
    agency: bool = False
    guest: bool = False
    studies: bool = False
    """Its people come to look or learn; said after the last of a list it holds for all of them."""
    delegate: bool = False
    """Said of one place it is the host, of a list they are guests."""
    bridge: bool = False
    """Only a point of a video conference."""
    neighbour: bool = False
    venue: bool = False
    meeting: bool = False
    """A venue where people met."""
    hosts: bool = False
    """Where a body of the province met."""
    hall: bool = False
    """The address of a theatre, hotel or square where people met."""
    bracketed: bool = False
    """Alone in brackets, as the seat of what stands before."""
    address: bool = False
    """Part of the address of an office: "số 8 Lê Lợi, quận Hải Châu, Đà Nẵng"; where a firm has its seat."""
    attends: bool = False
    """Its people came to see or take part."""
    gives: bool = False
    """Its people or bodies give something; where the text names who gets it, that is the subject."""
    also: bool = False
    """ "X cũng ...": said beside the subject."""
    earlier: bool = False
    """What was done there before: "năm ngoái đoàn đã tới X"."""
    speaks: bool = False
    """Somebody from its offices takes the floor."""
    example: bool = False
    """ "ví dụ", "đơn cử" or a prize stands before it."""
    lives: bool = False
    """In brackets behind a person: "già làng A (X), chị B (Y)"."""
    quoted: bool = False
    """In the title of a film, play or article."""
    whole: bool = False
    """ "Các huyện và thành phố X": with the others of its kind, which is to say the province."""
    ordered: bool = False
    """One of all those that a decision orders to carry it out."""
    later: bool = False
    """What a former unit belongs to now: "X cũ nay thuộc Y"."""
    passed: bool = False
    """The former unit that this is said of."""
    origin: bool = False
    """Where somebody set out from."""
    native: bool = False
    """Where somebody is from who asks, wins or writes."""
    dateline: bool = False
    """Opens the text before a dash, as the seat of a desk."""
    prized: bool = False
    """Its people won: "giải nhất thuộc về X"."""
    former: bool = False
    recent: bool = False
    merged: bool = False
    outcome: bool = False
    """What came of a merger: "sau khi sáp nhập A, B mở lớp"."""
    heads: bool = False
    """``X: ...`` at the start of its line."""
    embedded: bool = False
    """A capital letter right before or after: perhaps part of a longer name."""
    capitals: bool = False

    @property
    def start(self) -> int:
        return self.name.start

    @property
    def end(self) -> int:
        return self.name.end

    @property
    def key(self) -> str:
        return self.name.key


class Names(Protocol):
    """What reading needs to know of the register."""

    def can_be(self, key: str, levels: tuple[Level, ...]) -> bool:
        """Whether the name occurs at one of the levels."""

    def levels(self, kind: str, key: str) -> tuple[Level, ...]:
        """What ``kind`` says about the level of this name: few cities are provinces."""

    def is_parent(self, parent: Mention, child: Mention) -> bool:
        """Whether a unit called like the first holds one called like the second."""
