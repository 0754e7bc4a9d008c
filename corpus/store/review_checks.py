"""Whether a decision names what exists: codes of the code lists, fields of the tag, values that the field may take."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, get_args, get_type_hints

import msgspec

from corpus.activities import Activities
from corpus.document import RelevanceValue
from corpus.errors import InvalidData
from corpus.localities import Register
from corpus.programmes import Programmes
from corpus.store.reviews import Review
from corpus.tags import TAG_TYPES, TagKind

_CODED_FIELDS: dict[str, TagKind] = {"activity": "activity", "programme": "programme", "locality": "locality"}
"""Fields of a sum that hold a code of a list."""
_LISTS = {"activity": "activities.toml", "programme": "programmes.toml", "locality": "the register of localities", "relevance": "the model"}


@lru_cache(maxsize=1)
def _activities() -> Activities:
    return Activities.load()


@lru_cache(maxsize=1)
def _programmes() -> Programmes:
    return Programmes.load()


@lru_cache(maxsize=1)
def _register() -> Register:
    return Register.load()


def check_review(review: Review) -> None:
    """Raises: InvalidData with the field and the value that is wrong.

    A rejected or corrected tag may carry a code that left its list: that is a reason to decide on it.
    """
    if review.decision == "accept":
        _check_code(review.kind, review.code, "code")
    if review.value is None:
        return
    hints = get_type_hints(TAG_TYPES[review.kind])
    whole = review.decision != "correct"  # kept with the decision so that the tag can be restored
    for name, value in review.value.items():
        field = f"value.{name}"
        if name not in hints:
            raise InvalidData(f"{field}: a tag of kind {review.kind} has no such field; one of {', '.join(sorted(hints))} is needed")
        try:
            msgspec.convert(value, hints[name])
        except msgspec.ValidationError as error:
            raise InvalidData(f"{field}: {value!r} cannot stand there: {error}") from error
        if name == "code" and value is not None:
            _check_code(review.kind, value, field)
        elif review.kind == "budget" and name in _CODED_FIELDS and value is not None:
            _check_code(_CODED_FIELDS[name], value, field)
        elif name == "candidates" and not whole:
            for candidate in value:
                _check_code("locality", candidate, field)
    if review.kind == "locality" and review.value.get("code", "") is None and not review.value.get("candidates"):
        raise InvalidData("value.code: null leaves the place without a unit; name one, or its candidates")


def is_sound(review: Review) -> bool:
    """Whether the decision may be carried out: stores hold some that were taken before they were checked."""
    try:
        check_review(review)
    except InvalidData:
        return False
    return True


def _check_code(kind: TagKind, code: Any, field: str) -> None:
    if kind in _LISTS and not all(_known(kind, part) for part in str(code).split("|")):
        raise InvalidData(f"{field}: {code!r} is no code of kind {kind}; see {_LISTS[kind]}")


def _known(kind: TagKind, code: str) -> bool:
    match kind:
        case "relevance":
            return code in get_args(RelevanceValue)
        case "activity":
            return code in _activities()
        case "programme":
            return code in _programmes()
        case _:
            return _register().get(code) is not None
