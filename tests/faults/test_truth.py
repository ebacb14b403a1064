"""Tests that posts are compared with `/margin` when they are claimed, not when they arrive."""

from bot.count.reading import Reading
from bot.outbox.pacing import SendPermit
from tests.conftest import COUNT, Newsroom, delivery
from tests.faults.truth import hold_to_margin


async def test_a_reading_that_comes_between_a_post_s_claim_and_its_request_is_no_fault_of_the_post(
    newsroom: Newsroom,
) -> None:
    untrue: list[str] = []
    newsroom.add_channel(COUNT)
    await newsroom.connect()
    await newsroom.follow(COUNT)
    hold_to_margin(newsroom.app, untrue.append)
    await newsroom.publisher.start()
    permit, late = newsroom.publisher._pacing.permit, [(1200, 1000)]

    async def permit_after_a_reading() -> SendPermit:
        if late:
            await read(*late.pop())
        return await permit()

    async def read(biden: int, trump: int) -> None:
        votes = {"biden": biden, "trump": trump}
        reading = Reading(source="times", contest="ga", as_of=newsroom.clock.now(), votes=votes)
        await newsroom.ingest.accept(delivery([reading]))

    newsroom.publisher._pacing.permit = permit_after_a_reading
    await read(1000, 900)
    await newsroom.publisher.drained()
    states = await newsroom.database.rows("SELECT states FROM outbox WHERE state = 'sent' ORDER BY id")
    assert [state for (state,) in states] == [
        '[["ga","times","election","biden",100,1900]]',
        '[["ga","times","election","biden",200,2200]]',
    ]
    assert untrue == []
