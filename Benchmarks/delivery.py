#!/usr/bin/env python3
"""Measures what the journal and the deliveries of a running release bear.

    Benchmarks/delivery.py loads|neighbour|outage|start|all --tools FOLDER [--binary PATH]
                           [--rounds N] [--minutes N] [--gigabytes N]

  loads      both durabilities, at 10,000 packets/s, at 100,000 and as fast as the senders send
  neighbour  times to one destination while another hangs, and while it does not
  outage     a destination that is away for --minutes at 5,000 packets/s
  start      a start with --gigabytes that wait

Needs the same independent programs as gateway.py.
"""

import json
import signal
import statistics
import subprocess
import time
import urllib.request

from gateway import Gateway, ONE_EACH, cpu_seconds, free_port, memory_kib, run, send, wait_for


class Sink:
    """An independent receiver."""

    def __init__(self, tools, *options):
        self.port, self.control_port = free_port(), free_port()
        self.process = subprocess.Popen(
            [f"{tools}/ngsink", "--port", str(self.port), "--ctl-port", str(self.control_port), "--seconds", "7200",
             *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.endpoint = f"http://127.0.0.1:{self.port}"
        time.sleep(0.2)

    def control(self, query):
        urllib.request.urlopen(f"http://127.0.0.1:{self.control_port}/control?{query}", timeout=5).read()

    def stats(self):
        url = f"http://127.0.0.1:{self.control_port}/stats"
        return json.loads(urllib.request.urlopen(url, timeout=5).read())

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def gateway_to(sink, arguments, batch="100", **settings):
    return Gateway(
        arguments.binary, ALBA_ENDPOINT=sink.endpoint, CYCLE_ENDPOINT="discard:", ALBA_BATCH_EVENTS=batch, **settings)


def route(gateway, name="alba"):
    return gateway.stats()["routes"][name]


def is_empty(gateway, name="alba"):
    stats = gateway.stats()
    alba = stats["routes"][name]
    return stats["ledger"]["committing"] == 0 and alba["waiting"] == 0 and alba["in_flight"] == 0


def loads(arguments):
    for durability in ("os", "commit"):
        steady, commits, busy, fast = [], [], [], []
        for _ in range(arguments.rounds):
            sink = Sink(arguments.tools)
            gateway = gateway_to(sink, arguments, NANOGRIDATA_DURABILITY=durability)
            send(arguments.tools, gateway.port, *ONE_EACH, "--seconds", 3, "--seed", 1)
            time.sleep(0.5)
            sink.control("reset=1")
            send(arguments.tools, gateway.port, *ONE_EACH, "--seconds", 10, "--seed", 2, "--seq-base", 1_000_000)
            time.sleep(0.5)
            steady.append(sink.stats()["latency_us"]["p99"] / 1000)
            commits.append(gateway.stats()["latency"]["commit"]["p99_us"] / 1000)
            gateway.stop()
            sink.stop()
            busy.append(at_rate(arguments, durability, 100_000))
            fast.append(fastest(arguments, durability))
        print(f"durability {durability}, medians of {arguments.rounds} rounds:")
        print(f"  10,000 packets/s: socket to receiver p99 {statistics.median(steady):.2f} ms, "
              f"socket to commit p99 {statistics.median(commits):.2f} ms")
        rate, latency = (statistics.median(column) for column in zip(*busy))
        print(f"  100,000 packets/s, 64 frames a write: {rate:,.0f} packets/s delivered, socket to commit p99 {latency:.1f} ms")
        rate, latency = (statistics.median(column) for column in zip(*fast))
        print(f"  as fast as it goes: {rate:,.0f} packets/s accepted, committed and delivered, "
              f"socket to commit p99 {latency:.1f} ms")


def fastest(arguments, durability):
    """Packets a second until the receiver has all of them, and the p99 of their commits in ms."""
    return delivered(arguments, durability, 2_000_000)


def at_rate(arguments, durability, rate):
    """The same for packets that come at a rate, for ten seconds."""
    return delivered(arguments, durability, rate * 10, "--rate", rate)


def delivered(arguments, durability, frames, *options):
    sink = Sink(arguments.tools, "--no-latency", "--no-seq")
    gateway = gateway_to(sink, arguments, batch="1000", NANOGRIDATA_DURABILITY=durability)
    started = time.monotonic()
    send(arguments.tools, gateway.port, "--conns", 50, "--devices", 1000, "--batch", 64, "--frames", frames, *options)
    wait_for(lambda: route(gateway)["delivered"] >= frames, 120, "all packets")
    rate = frames / (time.monotonic() - started)
    latency = gateway.stats()["latency"]["commit"]["p99_us"] / 1000
    gateway.stop()
    sink.stop()
    return rate, latency


def neighbour(arguments):
    """p99 from socket to a healthy destination and to the commit, beside one that hangs."""
    ratios = {"delivery": [], "commit": []}
    for turn in range(arguments.rounds):
        figures = {}
        for hangs in ((False, True) if turn % 2 == 0 else (True, False)):
            healthy, other = Sink(arguments.tools), Sink(arguments.tools, *(["--hang"] if hangs else []))
            gateway = gateway_to(healthy, arguments, INFLUXDB_ENDPOINT=other.endpoint, INFLUXDB_DATABASE="bench")
            send(arguments.tools, gateway.port, *ONE_EACH, "--seconds", 3, "--seed", 1)
            time.sleep(0.5)
            healthy.control("reset=1")
            send(arguments.tools, gateway.port, *ONE_EACH, "--seconds", 10, "--seed", 2, "--seq-base", 1_000_000)
            time.sleep(0.5)
            figures[hangs] = {
                "delivery": healthy.stats()["latency_us"]["p99"] / 1000,
                "commit": gateway.stats()["latency"]["commit"]["p99_us"] / 1000,
            }
            gateway.stop()
            healthy.stop()
            other.stop()
        for name, values in ratios.items():
            values.append(figures[True][name] / figures[False][name])
    print("10,000 packets/s to two destinations, p99 beside a hung one against beside a healthy one, ratio:")
    for name, values in ratios.items():
        print(f"  socket to {name}: {statistics.median(values):.2f} "
              f"(rounds {', '.join(f'{value:.2f}' for value in sorted(values))})")


def outage(arguments):
    sink, rate = Sink(arguments.tools, "--no-latency"), 5_000
    seconds = arguments.minutes * 60
    gateway = gateway_to(sink, arguments, batch="500")
    load = ("--conns", 500, "--devices", 5000, "--rate", rate, "--batch", 1, "--stamp")
    send(arguments.tools, gateway.port, *load, "--seconds", 10, "--seed", 1)
    before = memory_kib(gateway.process.pid)[0] / 1024
    sink.control("refuse=1")
    memory = []
    for part in range(1, seconds // 30 + 1):
        send(arguments.tools, gateway.port, *load, "--seconds", 30, "--seed", part, "--seq-base", part * 1_000_000)
        memory.append(memory_kib(gateway.process.pid)[0] / 1024)
    waiting = route(gateway)["waiting"]
    sink.control("refuse=0")
    wait_for(lambda: route(gateway)["breaker"] == "closed", 30, "the first delivery")
    started, cpu = time.monotonic(), cpu_seconds(gateway.process.pid)
    wait_for(lambda: is_empty(gateway), 600, "the backlog")
    took = time.monotonic() - started
    alba, received = route(gateway), sink.stats()["seq"]["distinct"]
    print(f"a destination away for {arguments.minutes} min at {rate:,} packets/s:")
    print(f"  {waiting:,} waited; {alba['delivered']:,} of {alba['accepted']:,} delivered, "
          f"{received:,} different ones at the receiver")
    print(f"  caught up in {took:.1f} s, {seconds / took:.0f} times real time, "
          f"{(cpu_seconds(gateway.process.pid) - cpu) / took * 100:.0f} % of a core")
    quarters = [memory[len(memory) * quarter // 4] for quarter in range(4)] + [memory[-1]]
    print(f"  resident before {before:.0f} MiB, meanwhile {', '.join(f'{size:.0f}' for size in quarters)} MiB")
    gateway.stop()
    sink.stop()


def unfinished(gateway):
    """Packets that wait, or are on their way."""
    account = route(gateway)
    return account["waiting"] + account["in_flight"]


def start(arguments):
    sink = Sink(arguments.tools, "--refuse")
    gateway = gateway_to(sink, arguments, NANOGRIDATA_DURABILITY="os")
    part = 0
    while gateway.stats()["journal"]["used_bytes"] < arguments.gigabytes * 1_000_000_000:
        send(arguments.tools, gateway.port, "--conns", 50, "--devices", 1000, "--batch", 64, "--frames", 1_000_000,
             "--size", "150", "--seed", part, "--seq-base", part * 1_000_000)
        part += 1
    waiting = unfinished(gateway)
    gateway.process.send_signal(signal.SIGKILL)
    gateway.process.wait()
    started = time.monotonic()
    gateway.start(arguments.binary)
    took = time.monotonic() - started
    again = unfinished(gateway)
    resident, _ = memory_kib(gateway.process.pid)
    print(f"a start with {arguments.gigabytes} GB that wait, after SIGKILL: ready in {took:.2f} s, "
          f"{resident / 1024:.0f} MiB resident, {again:,} of {waiting:,} packets wait")
    gateway.stop()
    sink.stop()


if __name__ == "__main__":
    run(
        __doc__, {"loads": loads, "neighbour": neighbour, "outage": outage, "start": start}, rounds=5, minutes=10,
        gigabytes=10)
