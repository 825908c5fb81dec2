"""The plan of one region in the structure of real implementation plans (实施方案)."""

from __future__ import annotations

from yindi.core.document import Block, Document, Paragraph, Parts, Sentence
from yindi.plan import claims, picks
from yindi.plan.annex import annexes
from yindi.plan.closing import projects, safeguards
from yindi.plan.frame import texts
from yindi.plan.overall import overall
from yindi.plan.period import years
from yindi.plan.situation import situation
from yindi.plan.space import space
from yindi.plan.work import work
from yindi.plan.writer import Writer


def region_document(w: Writer) -> Document:
    """The planning document of the writer's region."""
    parts = (preamble, situation, overall, space, work, projects, safeguards, annexes)
    blocks: tuple[Block, ...] = tuple(block for part in parts for block in part(w))
    first, _, last = years(w.study)
    title = w.say("title_region", region=w.name("region", w.subject), first=w.name("year", first), last=w.name("year", last))
    return Document(w.subject, w.phrases.language, title.parts, subtitle(w), blocks, w.voice)


def subtitle(w: Writer) -> Parts:
    """The document number of the user's office where one is given, and what the figures rest on."""
    first, last = w.name("year", w.study.panel.years[0]), w.name("year", w.year)
    number = w.study.config.plan.number
    if number:
        return w.say("subtitle_number", number=w.name("quote", number), first=first, last=last).parts
    return w.say("subtitle", first=first, last=last).parts


def preamble(w: Writer) -> tuple[Block, ...]:
    """Why the plan is made, and its findings in a paragraph."""
    first, _, last = years(w.study)
    why = w.say(
        texts(w.frame)["preamble"],
        region=claims.region_label(w),
        first=w.name("year", first),
        last=w.name("year", last),
    )
    return (Paragraph((why,)), Paragraph(tuple(findings(w)), "lead"))


def findings(w: Writer) -> list[Sentence]:
    """Position, path, main obstacle, what to cultivate, what not to follow: one sentence each."""
    chosen, crowded = picks.chosen_industries(w), picks.given_up(w)[0]
    said = [
        claims.place_in_nation(w),
        claims.path(w),
        claims.main_obstacle(w, "main_obstacle_short"),
        claims.obstacle_imputed(w),
    ]
    if chosen:
        said.append(w.say("cultivate_short", "model", region=claims.region_label(w), industries=w.names("industry", chosen)))
    if crowded:
        said.append(w.say("refrain_short", "model", industries=w.names("industry", crowded)))
    return [s for s in said if s is not None]
