"""What the product decided, told from its own decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.simulator import wording
from app.simulator.facts import Done, Facts, Json
from app.simulator.storyline import Line, second_of


def of_decision(facts: Facts, nth: int, decision: Json, *, is_brief: bool = False) -> Iterator[Line]:
    second = second_of(facts, decision["at"])
    if decision["kind"] == "acceptance":
        answered = any(earlier["kind"] == "acceptance" for earlier in facts.decisions[:nth]) and facts.was_placed
        yield from _judged_again(second, decision, "as the person answers" if answered else "at the key press")
    elif decision["npn"] is None and _is_known(facts, nth):
        return
    elif facts.was_placed or any(earlier["kind"] == "offer" for earlier in facts.decisions[:nth]):
        yield _next(facts, second, decision)
    else:
        yield from _considered(facts, second, decision, is_brief)


def _is_known(facts: Facts, nth: int) -> bool:
    """Whether the offer before the `nth` decision came to the same nobody: a caller on hold asks again each round."""
    decision = facts.decisions[nth]
    earlier = [decided for decided in facts.decisions[:nth] if decided["kind"] == "offer"]
    return (
        bool(earlier)
        and earlier[-1]["npn"] is None
        and earlier[-1]["question"] == decision["question"]
        and _nobody(facts, None, earlier[-1]) == _nobody(facts, None, decision)
    )


def _considered(facts: Facts, second: float, decision: Json, is_brief: bool) -> Iterator[Line]:
    """The first decision about a call: everybody, with the verdict and each reason."""
    question, residence = decision["question"], facts.story["residence"]
    place = wording.state_names(question["states"])
    how = f"{wording.source(residence['source'])}, {residence['confidence']}"
    asked = f"Caller in {place} ({how}): who may take a {question['loa']} insurance call?"
    yield Line(second, "gate", asked, "gate")
    refused = [producer for producer in decision["producers"] if not producer["allowed"]]
    for producer in decision["producers"]:
        if producer["allowed"]:
            chosen = producer["verdict"] == "chosen"
            text = f"licensed, {wording.availability(producer['availability'])}{': rings first' if chosen else ''}"
            yield Line(None, producer["name"], text, "yes")
        elif not is_brief:
            for nth, code in enumerate(producer["reasons"]):
                yield Line(None, "" if nth else producer["name"], wording.reason(code), "no", code)
    if is_brief and refused:
        yield _all_refused(refused)
    if decision["npn"] is None:
        yield _nobody(facts, None, decision)


def _all_refused(refused: Sequence[Json]) -> Line:
    names = ", ".join(producer["name"] for producer in refused)
    codes = ", ".join(dict.fromkeys(code for producer in refused for code in producer["reasons"]))
    who = "1 other" if len(refused) == 1 else f"{len(refused)} others"
    return Line(None, who, f"may not take it: {names}", "no", codes)


def _next(facts: Facts, second: float, decision: Json) -> Line:
    """A later decision about the same call: only whom it chose."""
    chosen = next((producer for producer in decision["producers"] if producer["verdict"] == "chosen"), None)
    if chosen is None:
        return _nobody(facts, second, decision)
    why = "A callback is due" if facts.was_placed else "Asked again"
    found = f"{chosen['name']} is licensed and {wording.availability(chosen['availability'])}"
    return Line(second, "gate", f"{why}: {found}.", "gate")


def _nobody(facts: Facts, second: float | None, decision: Json) -> Line:
    at = second_of(facts, decision["at"])
    rung = {one["npn"] for one in facts.story["attempts"] if second_of(facts, one["started_at"]) <= at}
    licensed = [producer for producer in decision["producers"] if producer["allowed"]]
    if not licensed:
        return Line(second, "gate", "Nobody on the roster may take this call.", "gate")
    tried = sum(producer["npn"] in rung for producer in licensed)
    text = f"Licensed: {len(licensed)}; rung already: {tried}. There is nobody else to ring."
    if not tried:
        text = f"Licensed: {len(licensed)}; none of them can be rung now."
    return Line(second, "gate", text, "gate")


def _judged_again(second: float, decision: Json, when: str) -> Iterator[Line]:
    """The key press, and on a callback the answer: authority is judged a second and a third time."""
    for producer in decision["producers"]:
        name = producer["name"]
        if producer["allowed"]:
            yield Line(second, "gate", f"{name} is judged once more {when}: still licensed.", "yes")
        else:
            why = "; ".join(wording.reason(code) for code in producer["reasons"])
            yield Line(
                second,
                "gate",
                f"{name} is judged once more {when} and refused: {why}.",
                "no",
                ", ".join(producer["reasons"]),
            )


def of_deed(done: Done) -> Line:
    """What was done from outside, and the product's reasons where it refused; what went before the call has no second."""
    second = None if done.second <= 0 else done.second
    refused = done.answer.get("reasons")
    if refused is None:
        return Line(second, done.who, done.what, "outside")
    why = "; ".join(wording.reason(code) for code in refused)
    return Line(second, done.who, f"{done.what}, and is refused: {why}", "no", ", ".join(refused))
