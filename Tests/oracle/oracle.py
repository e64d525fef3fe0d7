"""A second implementation of the simulator's CPU standby and of its warm pool, on SimPy; see README.md.

    oracle.py events SCENARIO [PATH=JSON...]     every event of one run
    oracle.py figures SCENARIO REPLICATIONS      the mean figures of each of many runs

Prints JSON. Seeds are Python's own: no number is shared with the simulator.
"""
import json
import random
import signal
import sys

import simpy

import scenario
from figures import counts, incidents, means
from machines import Machines
from orchestrator import Orchestrator
from pool import Pool
from world import World


def play(path, changes, seed):
    """The events of one run: tuples of instant, kind and particulars."""
    written = scenario.read(path, changes, random.Random(seed))
    env = simpy.Environment(initial_time=0)
    events = []

    def record(kind, **fields):
        events.append((env.now, kind, fields))

    if getattr(written, "strategy", "cpuStandby") == "warmPool":
        life = Pool(env, written, Machines(env, written, record, seed), record)
    else:
        life = Orchestrator(env, written, World(env, written, record), record)
    env.process(life.operate())
    # An event and not a number, which SimPy would make a float.
    env.run(until=env.timeout(written.duration))
    return events


def main(mode, path, *rest):
    # A loop that lets no time pass would never end.
    signal.alarm(120)
    if mode == "events":
        result = [
            {"time": time, "kind": kind, "fields": {name: str(value) for name, value in fields.items()}}
            for time, kind, fields in play(path, rest, seed=1)
        ]
    else:
        result = []
        for seed in range(int(rest[0])):
            events = play(path, [], seed)
            result.append({"incidents": len(incidents(events)), "means": means(events), "counts": counts(events)})
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
