"""The comparison's Python client, as Python harnesses are written: one task a stream, for each line a stamp and json.loads.

usage: aiohttp_client.py PORT STREAMS TOKENS MARKS BOARD [replies]; without arguments: can it run here?
"""
import asyncio
import json
import mmap
import os
import sys
import time

import aiohttp

MARK_CLIENT, MARK_END_NS, MARK_END_CPU = 0, 3, 4


async def stream(session, url, index, tokens, asked, seen):
    at = index * tokens
    asked[index] = time.perf_counter_ns()
    async with session.get(url) as response:
        async for line in response.content:
            line = line.strip()
            if line:
                seen[at] = time.perf_counter_ns()
                at += 1
                json.loads(line)


async def replies(session, url, count):
    for _ in range(count):
        async with session.get(url) as response:
            await response.read()


async def run(port, streams, tokens, marks, board, whole):
    asked = marks + streams * (1 + tokens)
    seen = asked + streams
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        urls = [f"http://127.0.0.1:{port}/{i}" for i in range(streams)]
        if whole:
            await asyncio.gather(*(replies(session, url, tokens) for url in urls))
            return
        await asyncio.gather(
            *(
                stream(session, url, i, tokens, board[asked:seen], board[seen : seen + streams * tokens])
                for i, url in enumerate(urls)
            )
        )
        board[MARK_END_CPU] = time.process_time_ns()
        board[MARK_END_NS] = time.perf_counter_ns()


def main():
    if len(sys.argv) == 1:
        return
    port, streams, tokens, marks = map(int, sys.argv[1:5])
    with open(sys.argv[5], "r+b") as file:
        board = memoryview(mmap.mmap(file.fileno(), 0)).cast("q")
        board[MARK_CLIENT] = os.getpid()
        asyncio.run(run(port, streams, tokens, marks, board, "replies" in sys.argv[6:]))


main()
