"""A second implementation of the simulator's CPU-standby scenario, on SimPy; see README.md.

    oracle.py events SCENARIO [SEED]                 every event of one run
    oracle.py figures SCENARIO REPLICATIONS [SEED]   the mean figures of each of many runs

Prints JSON. Seeds are Python's own: no number is shared with the simulator.
"""
import json
import random
import signal
import sys

import simpy

import scenario
from figures import incidents, means
from orchestrator import Orchestrator
from world import World


def play(path, seed):
    """The events of one run: tuples of instant, kind and particulars."""
    written = scenario.read(path, random.Random(seed))
    env = simpy.Environment(initial_time=0)
    events = []

    def record(kind, **fields):
        events.append((env.now, kind, fields))

    world = World(env, written, record)
    env.process(Orchestrator(env, written, world, record).operate())
    # An event and not a number, which SimPy would make a float.
    env.run(until=env.timeout(written.duration))
    return events


def main(mode, path, *numbers):
    # A loop that lets no time pass would never end.
    signal.alarm(120)
    if mode == "events":
        [seed] = numbers or ["1"]
        result = [
            {"time": time, "kind": kind, "fields": {name: str(value) for name, value in fields.items()}}
            for time, kind, fields in play(path, int(seed))
        ]
    else:
        count, seed = int(numbers[0]), int(numbers[1]) if len(numbers) > 1 else 1
        result = []
        for replication in range(count):
            events = play(path, seed * 1_000_000 + replication)
            result.append({"incidents": len(incidents(events)), "means": means(events)})
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
