import asyncio

from osb_hub.clock import LockstepClock


def test_done_is_answered_only_when_the_step_has_been_worked_off():
    async def scenario():
        said = []

        async def conductor(reader, writer):
            said.append(await reader.readline())
            for t in (1768431600, 1768431660):
                writer.write(f"t {t}\n".encode())
                said.append(await reader.readline())
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(conductor, "127.0.0.1", 0)
        clock = LockstepClock(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        assert clock.now() == 0
        async for t in clock.steps():
            assert clock.now() == t
            await asyncio.sleep(0.01)
            said.append(t)
        server.close()
        await server.wait_closed()
        return said

    assert asyncio.run(scenario()) == [
        b"hello hub\n",
        1768431600,
        b"done 1768431600\n",
        1768431660,
        b"done 1768431660\n",
    ]
