"""Many callers at one instant, and enough producers for all of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from app.simulator.products import Reply
from app.storage import campaigns
from tests.builders import licensed
from tests.conversations.deliveries import arrival_form, ask
from tests.product import AGENCY, Stage

CALLERS = 12
FOR_OHIO = "+18005550198"


def test_callers_at_one_instant_each_get_a_producer_of_their_own(stage: Stage) -> None:
    stage.hire(*(licensed(f"Producer{number}", number, "OH") for number in range(1, CALLERS + 1)))
    with stage.database.begin() as tx:
        campaign = campaigns.reached_by(tx, AGENCY)
        assert campaign is not None
        campaigns.add_number(tx, number=FOR_OHIO, campaign_id=campaign.campaign_id, pool=False, state="OH")
    start = Barrier(CALLERS)

    def arrive(number: int) -> Reply:
        start.wait(timeout=10)
        form = arrival_form(f"CA{number:032x}", f"+1614555{150 + number:04d}", FOR_OHIO)
        return ask(stage, "/voice/incoming", form)

    with ThreadPoolExecutor(CALLERS) as pool:
        replies = list(pool.map(arrive, range(CALLERS)))

    rung = [reply.body.partition("</Number>")[0].rpartition(">")[2] for reply in replies]
    assert sorted(rung) == sorted(person.phone for person in stage.hired)
