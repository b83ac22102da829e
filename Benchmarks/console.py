#!/usr/bin/env python3
"""Measures what the console of a running release costs, sends and bears, on a terminal of its own.

    Benchmarks/console.py stalled|throughput|cost|bytes|memory|latency|resizes|all
                          [--binary PATH] [--percent N] [--rounds N] [--seed N]

  stalled     packets taken in, and the screen afterwards, while nobody reads the terminal for a minute
  throughput  packets a second, and times to the commit, with a console and without
  cost        processor time of the console with 5,000 devices, busy and idle
  bytes       what the terminal is sent, busy and idle
  memory      resident memory over 10 million packets
  latency     from a key to the screen under 500 packets/s
  resizes     1,000 sizes from 1x1 to 300x100 under load

Needs nothing but the binary, which also simulates the devices. Every figure stands beside its goal; it
ends with 1 when one is missed. --percent shortens all of it.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

from gateway import Gateway, memory_kib, run, wait_for
from terminal import Terminal

SMALL, LARGE = (24, 80), (50, 200)
VIEWS = ("Overview", "Devices", "Packets", "Rejections", "Routes", "Secrets", "Alarms", "Log")
# A simulated device sends some 50 packets a second at most: this many ask for more than two cores give.
MANY = 2000
missed = []


def judge(name, figure, limit, unit="", least=False):
    """Prints a figure beside its goal, and keeps in mind that it was missed."""
    holds = figure >= limit if least else figure <= limit
    if not holds:
        missed.append(name)
    print(f"  {'✓' if holds else '✗'} {name:<44}{figure:>10,.3f}{unit}   at {'least' if least else 'most'} "
          f"{limit:g}{unit}", flush=True)


class Console(Gateway):
    """A gateway with its console on a terminal that somebody reads."""

    def __init__(self, binary, size, shows=False, **settings):
        self.size, self.shows = size, shows
        super().__init__(binary, **settings)

    def launch(self, binary):
        self.terminal = Terminal(
            [binary, "console"], self.environment, *self.size, shows=self.shows)
        return self.terminal.process

    def show(self, view):
        self.terminal.type(str(VIEWS.index(view) + 1))

    def thread_seconds(self):
        """CPU seconds of the console's own thread."""
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            folder = f"/proc/{self.process.pid}/task/{thread}"
            with open(f"{folder}/comm") as file:
                if file.read().strip() != "console":
                    continue
            with open(f"{folder}/schedstat") as file:
                return int(file.read().split()[0]) / 1e9
        sys.exit("the console has no thread of that name")


class Fleet:
    """Simulated devices that send to a gateway; for so many seconds, or until it is stopped."""

    def __init__(self, binary, gateway, devices, rate, seconds=None, seed=1, faults="none"):
        command = [binary, "simulate", "--port", gateway.port, "--devices", devices, "--rate", rate,
                   "--seed", seed, "--faults", faults]
        if seconds is not None:
            command += ["--duration", seconds]
        self.process = subprocess.Popen(
            list(map(str, command)), env=gateway.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def stop(self):
        """What it sent, once it has ended."""
        self.process.terminate()
        return self.result()

    def result(self):
        output, _ = self.process.communicate(timeout=7200)
        return json.loads(output)


def received(gateway):
    return gateway.stats()["packets"]["received"]


def wait_for_all(gateway, frames):
    """Until every frame was taken in; an error when one is refused or lost."""
    wait_for(lambda: received(gateway) >= frames and gateway.stats()["ledger"]["committing"] == 0, 30,
             f"all of {frames} frames; {received(gateway)} came")
    stats = gateway.stats()
    if stats["packets"]["received"] != frames or stats["packets"]["rejected"]:
        sys.exit(f"of {frames} honest frames {stats['packets']['received']} came, refused {stats['refused']}")


def stalled(arguments):
    seconds = max(20, 60 * arguments.percent // 100)
    print(f"the terminal is not read for {seconds} s under 500 packets/s:")
    plain, watched = Gateway(arguments.binary), Console(arguments.binary, LARGE, shows=True)
    # Soon more than the system keeps for a terminal that does not read.
    watched.show("Packets")
    both = (plain, watched)
    fleets = [Fleet(arguments.binary, gateway, 500, 1, seed=arguments.seed) for gateway in both]
    time.sleep(4)
    watched.terminal.look_away()
    before = [received(gateway) for gateway in both]
    time.sleep(seconds)
    rates = [(received(gateway) - count) / seconds for gateway, count in zip(both, before)]
    painted = watched.terminal.screen.paints
    watched.terminal.look_again()

    def is_current(lines):
        clock = time.strftime("%H:%M:%SZ", time.gmtime())
        return watched.terminal.screen.paints > painted and clock in lines[0]

    back = watched.terminal.wait_for(is_current, 10)
    judge("until all of the screen is current again", back or 10, 1, " s")
    judge("packets a second, to those without console", rates[1] / rates[0], 0.99, least=True)
    for gateway, fleet in zip(both, fleets):
        wait_for_all(gateway, fleet.stop()["frames"])
        gateway.stop()
    print("    nothing was lost")


def fast(arguments, watched):
    """Packets a second when devices send as fast as they can."""
    seconds = max(3, 10 * arguments.percent // 100)
    gateway = Console(arguments.binary, (40, 120)) if watched else Gateway(arguments.binary)
    fleet = Fleet(arguments.binary, gateway, MANY, 1000, seed=arguments.seed)
    time.sleep(4)
    before, started = received(gateway), time.monotonic()
    time.sleep(seconds)
    rate = (received(gateway) - before) / (time.monotonic() - started)
    fleet.stop()
    gateway.stop()
    return rate


def steady(arguments, watched):
    """p99 from the socket to the commit in ms, at 5,000 packets/s."""
    gateway = Console(arguments.binary, (40, 120)) if watched else Gateway(arguments.binary)
    fleet = Fleet(arguments.binary, gateway, 1000, 5, max(4, 10 * arguments.percent // 100), arguments.seed)
    wait_for_all(gateway, fleet.result()["frames"])
    figure = gateway.stats()["latency"]["commit"]["p99_us"] / 1000
    gateway.stop()
    return figure


def throughput(arguments):
    print(f"with a console of 120x40 to without, medians of {arguments.rounds} rounds that take turns:")
    for name, measure, limit, least in (
            ("packets a second, as fast as they come", fast, 0.95, True),
            ("p99 to the commit, 5,000 packets/s", steady, 1.5, False)):
        pairs = []
        for turn in range(arguments.rounds):
            order = (False, True) if turn % 2 == 0 else (True, False)
            pairs.append({watched: measure(arguments, watched) for watched in order})
        judge(name, statistics.median(pair[True] / pair[False] for pair in pairs), limit, least=least)
        for watched, words in ((False, "without"), (True, "with")):
            print(f"      {words}: {', '.join(f'{pair[watched]:,.2f}' for pair in pairs)}")


def fleet_of_5000(arguments, gateway):
    fleet = Fleet(arguments.binary, gateway, 5000, 0.1, seed=arguments.seed)
    wait_for(lambda: gateway.stats()["devices"] >= 4_990, 60, "5,000 devices")
    return fleet


def share(gateway, seconds):
    """The share of a core that the console's thread takes, in percent."""
    before, started = gateway.thread_seconds(), time.monotonic()
    time.sleep(seconds)
    return (gateway.thread_seconds() - before) / (time.monotonic() - started) * 100


def cost(arguments):
    seconds = max(3, 10 * arguments.percent // 100)
    print("the console's thread, 5,000 devices, 500 packets/s, 4 frames a second, 120x40, share of a core:")
    gateway = Console(arguments.binary, (40, 120))
    fleet = fleet_of_5000(arguments, gateway)
    for view in VIEWS:
        gateway.show(view)
        time.sleep(1)
        judge(view, share(gateway, seconds), 5, " %")
    fleet.stop()
    print("the same when nothing changes but the clock:")
    # Until rates and curves have settled.
    time.sleep(max(20, 130 * arguments.percent // 100))
    for view in ("Overview", "Devices"):
        gateway.show(view)
        time.sleep(1)
        judge(view, share(gateway, seconds), 0.5, " %")
    gateway.stop()


def bytes_sent(arguments):
    seconds = max(3, 15 * arguments.percent // 100)
    for size, limit in ((SMALL, 1_500), (LARGE, 4_000)):
        rows, columns = size
        print(f"bytes to a terminal of {columns}x{rows} under 500 packets/s, faults among them, mean a frame:")
        gateway = Console(arguments.binary, size)
        fleet = Fleet(arguments.binary, gateway, 500, 1, seed=arguments.seed, faults="all")
        time.sleep(8)
        for view in VIEWS:
            gateway.show(view)
            time.sleep(1)
            before = gateway.terminal.bytes
            time.sleep(seconds)
            judge(view, (gateway.terminal.bytes - before) / seconds / 4, limit, " B")
        fleet.stop()
        gateway.stop()
    print("a gateway that nobody sends to, once its curves are as long as they get, bytes a second:")
    for size, settling in ((SMALL, 60), (LARGE, 250)):
        if size == LARGE and arguments.percent < 100:
            continue
        gateway = Console(arguments.binary, size)
        time.sleep(settling)
        before = gateway.terminal.bytes
        time.sleep(seconds)
        judge(f"{size[1]}x{size[0]}", (gateway.terminal.bytes - before) / seconds, 64, " B/s")
        gateway.stop()


def memory(arguments):
    packets = 10_000_000 * arguments.percent // 100
    print(f"resident memory over {packets:,} packets, MiB:")
    # The replay guard has all of its memory early, so that what grows afterwards is something else.
    settings = tempfile.NamedTemporaryFile("w", suffix=".yaml")
    settings.write("replay:\n  memory_bytes: 16777216\n")
    settings.flush()
    gateway = Console(arguments.binary, LARGE, NANOGRIDATA_CONFIG=settings.name)
    gateway.show("Packets")
    fleet = Fleet(arguments.binary, gateway, MANY, 1000, seed=arguments.seed, faults="all")
    sizes = []
    for part in range(1, 11):
        wait_for(lambda: received(gateway) >= packets * part // 10, 600, "packets")
        sizes.append(memory_kib(gateway.process.pid)[0] / 1024)
    print(f"      {', '.join(f'{size:.1f}' for size in sizes)}")
    fleet.stop()
    gateway.stop()
    late = sizes[3:]
    middle = statistics.mean(late)
    judge("farthest from the mean, from 40 % on", max(abs(size - middle) for size in late) / middle * 100, 5, " %")


def latency(arguments):
    presses = max(50, 400 * arguments.percent // 100)
    print(f"from a key to the screen under 500 packets/s, {presses} keys, ms:")
    gateway = Console(arguments.binary, SMALL, shows=True)
    fleet = Fleet(arguments.binary, gateway, 500, 1, seed=arguments.seed, faults="all")
    time.sleep(4)
    chance, times, view = random.Random(arguments.seed), [], "Overview"
    for _ in range(presses):
        view = chance.choice([other for other in VIEWS if other != view])
        gateway.show(view)
        # On top of the first view stands its ledger.
        title = {"Overview": "─ Ledger ", "Alarms": "─ Alarms · "}.get(view, f"─ {view} ")
        took = gateway.terminal.wait_for(lambda lines: lines[1].startswith(title), 5)
        if took is None:
            sys.exit(f"{view} was not shown: {gateway.terminal.lines[1]}")
        times.append(took * 1000)
        time.sleep(chance.uniform(0.02, 0.3))
    times.sort()
    judge("p50", times[len(times) // 2], 100, " ms")
    judge("p99", times[len(times) * 99 // 100], 100, " ms")
    fleet.stop()
    gateway.stop()


def resizes(arguments):
    count = max(100, 1000 * arguments.percent // 100)
    print(f"{count} sizes from 1x1 to 300x100 under 500 packets/s, seed {arguments.seed}:")
    gateway = Console(arguments.binary, SMALL, shows=True)
    fleet = Fleet(arguments.binary, gateway, 500, 1, seed=arguments.seed, faults="all")
    chance = random.Random(arguments.seed)
    for _ in range(count):
        gateway.terminal.resize(chance.randint(1, 100), chance.randint(1, 300))
        gateway.terminal.type(chance.choice("12345678j\t"))
        time.sleep(chance.uniform(0, 0.05))
    gateway.terminal.resize(*SMALL)
    gateway.terminal.type("1")
    back = gateway.terminal.wait_for(lambda lines: lines[1].startswith("─ Ledger "), 5)
    judge("until all of the screen is there again", back or 5, 1, " s")
    frames = fleet.stop()["frames"]
    gateway.stop()
    print(f"    it ran on, and sent nothing but its own sequences; {frames} honest packets meanwhile")


if __name__ == "__main__":
    run(
        __doc__,
        {"stalled": stalled, "throughput": throughput, "cost": cost, "bytes": bytes_sent, "memory": memory,
         "latency": latency, "resizes": resizes},
        needs_tools=False, rounds=5, percent=100, seed=random.randrange(1, 1_000_000))
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")
