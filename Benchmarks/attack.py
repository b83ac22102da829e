#!/usr/bin/env python3
"""Attacks a running release of the gateway while honest devices send.

    Benchmarks/attack.py flood|loris|descriptors|all [--binary PATH] [--tools FOLDER] [--seconds N]

Needs an independent generator and sink (programs `ngsend`, `ngsink`) in FOLDER. Ends with an error when an
honest frame is refused or lost.
"""

import json
import resource
import subprocess
import sys
import time
import urllib.request

from gateway import SECRET_ARGUMENTS, Gateway, free_port, memory_kib, run, send, wait_for

HONEST = ("--conns", 200, "--devices", 200, "--rate", 2000, "--batch", 1, "--stamp")
HOSTILE = ("--conns", 50, "--devices", 500, "--rate", 50_000, "--batch", 16, "--bad", "all:100")


class Sink:
    def __init__(self, tools):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([f"{tools}/ngsink", "--port", str(port)], stdout=subprocess.DEVNULL)
        time.sleep(0.2)

    def reset(self):
        urllib.request.urlopen(f"{self.url}/control?reset=1").read()

    def stats(self):
        return json.loads(urllib.request.urlopen(f"{self.url}/stats").read())

    def stop(self):
        self.process.terminate()


def attacked_gateway(arguments, sink):
    return Gateway(
        arguments.binary, ALBA_ENDPOINT=sink.url, CYCLE_ENDPOINT=sink.url, ALBA_BATCH_EVENTS="100",
        CYCLE_BATCH_EVENTS="100")


def honest(arguments, gateway, sink, turn):
    """Sends what honest devices do; the p99 from socket to sink in ms, once all has arrived."""
    sink.reset()
    sent = send(arguments.tools, gateway.port, *HONEST, "--seconds", arguments.seconds, "--seed", turn,
                "--seq-base", turn * 10_000_000)["frames"]
    wait_for(lambda: sink.stats()["seq"]["distinct"] >= sent, 20, f"all of {sent} honest frames")
    return sink.stats()["latency_us"]["p99"] / 1000, sent


def flood(arguments):
    print(f"50,000 bad frames/s of all kinds beside 2,000 honest ones, {arguments.seconds} s each:")
    for name, spread in (("from one address", 1), ("from 200 addresses", 200)):
        sink = Sink(arguments.tools)
        gateway = attacked_gateway(arguments, sink)
        honest(arguments, gateway, sink, 1)
        quiet, _ = honest(arguments, gateway, sink, 2)
        before = gateway.stats()
        hostile = subprocess.Popen(
            [f"{arguments.tools}/ngsend", "--port", str(gateway.port), *SECRET_ARGUMENTS, *map(str, HOSTILE),
             "--seconds", str(arguments.seconds + 12), "--seed", "99", "--src-spread", str(spread)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(5)
        early, _ = memory_kib(gateway.process.pid)
        attacked, sent = honest(arguments, gateway, sink, 3)
        late, _ = memory_kib(gateway.process.pid)
        after = gateway.stats()
        hostile.terminate()
        hostile.wait()
        refused = after["packets"]["rejected"] - before["packets"]["rejected"]
        print(f"  {name}: {sent} honest frames all delivered, {refused} refused;"
              f" p99 {quiet:.2f} ms before, {attacked:.2f} ms under attack (x{attacked / quiet:.2f});"
              f" memory {early / 1024:.1f}, then {late / 1024:.1f} MiB")
        gateway.stop()
        sink.stop()


def loris(arguments):
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, 20_000))
    sink = Sink(arguments.tools)
    gateway = attacked_gateway(arguments, sink)
    started = time.monotonic()
    slow = subprocess.Popen(
        [f"{arguments.tools}/ngsend", "--port", str(gateway.port), *SECRET_ARGUMENTS, "--conns", "5000",
         "--devices", "5000", "--loris", "40", "--loris-ms", "2000", "--frames", "5000"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: gateway.stats()["connections"]["open"] >= 4_500, 20, "slow connections")
    p99, sent = honest(arguments, gateway, sink, 1)
    wait_for(lambda: gateway.stats()["connections"]["open"] < 100, 60, "the slow connections' end")
    print(f"5,000 slow-loris connections: all closed {time.monotonic() - started:.0f} s after the first came;"
          f" {sent} honest frames meanwhile, p99 {p99:.2f} ms")
    slow.terminate()
    slow.wait()
    gateway.stop()
    sink.stop()


def descriptors(arguments):
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512))
    sink = Sink(arguments.tools)
    gateway = attacked_gateway(arguments, sink)
    held = subprocess.Popen(
        [f"{arguments.tools}/ngsend", "--port", str(gateway.port), *SECRET_ARGUMENTS, "--conns", "480",
         "--hold", "8"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(4)
    stats = gateway.stats()
    held.wait()
    wait_for(lambda: gateway.stats()["connections"]["open"] < 10, 20, "their end")
    _, sent = honest(arguments, gateway, sink, 1)
    print(f"512 descriptors, 480 connections at once: {stats['connections']['open']} let in,"
          f" {stats['connections']['turned_away']} turned away; then {sent} honest frames all delivered")
    gateway.stop()
    sink.stop()


if __name__ == "__main__":
    run(__doc__, {"flood": flood, "loris": loris, "descriptors": descriptors}, seconds=15)
