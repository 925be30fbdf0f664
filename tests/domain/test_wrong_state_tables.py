"""What a reported wrong state moves in the tables of calls and leads: nothing that is final, and no lead is lost."""

from __future__ import annotations

import pytest

from app.domain.call import Happening, Phase, advance
from app.domain.lead import BrokenCustody, Custody, hand_over


@pytest.mark.parametrize("phase", Phase)
def test_a_report_moves_no_phase_and_is_not_obeyed_once_the_call_is_over(phase: Phase) -> None:
    moved = advance(phase, Happening.WRONG_STATE_REPORTED)

    assert moved is (None if phase is Phase.ENDED else phase)


def test_a_talk_in_the_wrong_state_takes_a_served_lead_back_and_only_to_the_supervisors() -> None:
    assert hand_over(Custody.SERVED, Custody.ESCALATED) is Custody.ESCALATED
    for custody in (Custody.IN_CALL, Custody.PROMISED, Custody.CLOSED):
        with pytest.raises(BrokenCustody):
            hand_over(Custody.SERVED, custody)


def test_every_happening_fits_its_column() -> None:
    assert max(map(len, Happening)) <= 20
