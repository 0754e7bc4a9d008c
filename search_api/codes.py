"""The code lists of activities and programmes over the API, with what each code continues and what came of it."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from corpus.activities import Activities, ActivityKey
from corpus.programmes import ComponentKey, Programmes
from search_api.answers import Catalogue
from search_api.caching import cached
from search_api.problems import PROBLEMS


class ActivityIn(BaseModel):
    programme: str
    activity: str


class ActivityPeriod(BaseModel):
    programme: str
    basis: str
    """The legal text that names the activity in that period."""
    continues: list[ActivityIn] | None
    """Empty: new in that period; null: nothing is known of the period before."""
    continued_by: list[ActivityIn] | None
    """Empty: the next period no longer names it; null: no text says so yet."""
    note: str
    """What the legal texts of both periods call it; empty where `continued_by` is null."""


class ActivityCode(BaseModel):
    code: str
    name: str
    definition: str
    merged: str
    """Label that joins it with its twin where both are counted as one."""
    periods: list[ActivityPeriod]


class ComponentIn(BaseModel):
    programme: str
    component: str
    """Empty: the programme as a whole."""


class ComponentCode(BaseModel):
    code: str
    """Project (``6``) or sub-project (``6.1``); empty: the programme as a whole."""
    name: str
    continues: list[ComponentIn]
    continued_by: list[ComponentIn]
    """Empty where no text says what continues it."""


class ProgrammeCode(BaseModel):
    code: str
    name: str
    short: str
    basis: str
    valid_from: date | None
    valid_to: date | None
    """First day after its period."""
    components: list[ComponentCode]
    """The programme as a whole first."""


class ActivityList(BaseModel):
    version: str
    items: list[ActivityCode]


class ProgrammeList(BaseModel):
    version: str
    items: list[ProgrammeCode]


class CodesAnswer(BaseModel):
    activities: ActivityList
    programmes: ProgrammeList


def code_routes(catalogue: Catalogue) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["v1"], responses=PROBLEMS)

    @router.get("/codes", response_model=CodesAnswer, summary="Bảng mã hoạt động, chương trình và nối tiếp giữa các giai đoạn")
    def codes(request: Request) -> Response:
        """Mỗi mã có văn bản làm căn cứ, mã mà nó nối tiếp và mã nối tiếp nó."""
        names = catalogue.names
        return cached(request, CodesAnswer(activities=_activities(names.activities), programmes=_programmes(names.programmes)))

    return router


def _activities(activities: Activities) -> ActivityList:
    return ActivityList(
        version=activities.version,
        items=[
            ActivityCode(
                code=activity.code,
                name=activity.name,
                definition=activity.definition,
                merged=activity.merged,
                periods=[_period(activities, activity.code, programme, basis) for programme, basis in activity.bases.items()],
            )
            for activity in activities
        ],
    )


def _period(activities: Activities, code: str, programme: str, basis: str) -> ActivityPeriod:
    before = activities.predecessors(programme, code)
    after = activities.continuation(programme, code)
    return ActivityPeriod(
        programme=programme,
        basis=basis,
        continues=None if before is None else [_activity_in(key) for key in before],
        continued_by=None if after is None else [_activity_in(key) for key in after.later],
        note="" if after is None else after.note,
    )


def _activity_in(key: ActivityKey) -> ActivityIn:
    return ActivityIn(programme=key.programme, activity=key.activity)


def _programmes(programmes: Programmes) -> ProgrammeList:
    items = []
    for programme in programmes:
        parts = [("", programme.name), *((part.code, part.name) for part in programme.components)]
        items.append(
            ProgrammeCode(
                code=programme.code,
                name=programme.name,
                short=programme.short,
                basis=programme.basis,
                valid_from=programme.valid_from,
                valid_to=programme.valid_to,
                components=[
                    ComponentCode(
                        code=code,
                        name=name,
                        continues=[_component_in(key) for key in programmes.predecessors(programme.code, code)],
                        continued_by=[_component_in(key) for key in programmes.successors(programme.code, code)],
                    )
                    for code, name in parts
                ],
            )
        )
    return ProgrammeList(version=programmes.version, items=items)


def _component_in(key: ComponentKey) -> ComponentIn:
    return ComponentIn(programme=key.programme, component=key.component)
