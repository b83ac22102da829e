#!/usr/bin/env python3
"""Measures a running release of the gateway as a whole process.

    Benchmarks/gateway.py throughput|latency|memory|all [--binary PATH] [--tools FOLDER]

Needs an independent generator and baseline (programs `ngsend`, `ngsink`, `cgate`) in FOLDER; every
figure is a median over rounds in which gateway and baseline take turns on the same machine.
"""

import argparse
import json
import os
import random
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

MODELS = {"10": "ESP32", "20": "STM32", "30": "ASIC", "40": "RPI", "ff": "CUSTOM"}
SECRETS = {model: secrets.token_hex(32) for model in MODELS}
SECRET_ARGUMENTS = [part for model, secret in SECRETS.items() for part in ("--secret", f"{model}={secret}")]
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    """A port that nobody listens on, and below those that the system gives to connections."""
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as listener:
            try:
                listener.bind(("", port))
                return port
            except OSError:
                continue


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_kib(pid):
    figures = {}
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            parts = line.split()
            if parts[0].rstrip(":") in ("Rss", "Private_Dirty"):
                figures[parts[0].rstrip(":")] = int(parts[1])
    return figures["Rss"], figures["Private_Dirty"]


def wait_for(condition, seconds, what):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    sys.exit(f"gave up waiting for {what} after {seconds} s")


class Gateway:
    """A release of the gateway on free ports, with a state folder of its own."""

    def __init__(self, binary, **settings):
        self.port, self.monitor = free_port(), free_port()
        self.state = tempfile.mkdtemp(prefix="nanogridata-bench-")
        self.environment = {
            **os.environ,
            "NANOGRIDATA_PORT": str(self.port),
            "METRICS_PORT": str(self.monitor),
            "NANOGRIDATA_STATE_DIR": self.state,
            "ALBA_ENDPOINT": "discard:",
            "CYCLE_ENDPOINT": "discard:",
            "NANOGRIDATA_MINIMUM_LEVEL": "standard",
            "LOG_LEVEL": "warning",
            **{f"NANOGRIDATA_{name}_SECRET": SECRETS[model] for model, name in MODELS.items()},
            **settings,
        }
        self.start(binary)

    def start(self, binary):
        """Also once more, after its end."""
        self.process = self.launch(binary)
        wait_for(self.ready, 30, "the gateway")

    def launch(self, binary):
        return subprocess.Popen([binary, "serve"], env=self.environment)

    def ready(self):
        try:
            return self.get("/ready")
        except OSError:
            return None

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}{path}", timeout=5) as answer:
            return answer.read()

    def stats(self):
        return json.loads(self.get("/stats"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        shutil.rmtree(self.state, ignore_errors=True)


def send(tools, port, *options):
    command = [f"{tools}/ngsend", "--port", str(port), *SECRET_ARGUMENTS, *map(str, options)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


LOAD = ("--conns", 50, "--batch", 64, "--devices", 1000)


def gateway_cost(arguments, frames):
    """CPU seconds per million frames of the whole gateway process."""
    gateway = Gateway(arguments.binary)
    send(arguments.tools, gateway.port, *LOAD, "--frames", frames // 10, "--seed", 7)
    wait_for(lambda: gateway.stats()["packets"]["received"] >= frames // 10, 20, "the warm-up")
    before = cpu_seconds(gateway.process.pid)
    send(arguments.tools, gateway.port, *LOAD, "--frames", frames, "--seed", 8, "--seq-base", frames)
    stats = wait_for(
        lambda: (stats := gateway.stats())["packets"]["received"] >= frames + frames // 10 and stats, 60, "all frames")
    cost = (cpu_seconds(gateway.process.pid) - before) / frames * 1e6
    if stats["packets"]["rejected"]:
        sys.exit(f"honest frames were refused: {stats['refused']}")
    gateway.stop()
    return cost


def baseline_cost(arguments, frames):
    port = free_port()
    command = [f"{arguments.tools}/cgate", "--port", str(port), "--seconds", "60", *SECRET_ARGUMENTS]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    time.sleep(0.3)
    send(arguments.tools, port, *LOAD, "--frames", frames // 10, "--seed", 7)
    before = cpu_seconds(process.pid)
    send(arguments.tools, port, *LOAD, "--frames", frames, "--seed", 8, "--seq-base", frames)
    cost = (cpu_seconds(process.pid) - before) / frames * 1e6
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    return cost


def throughput(arguments):
    frames, ours, theirs = 2_000_000, [], []
    for _ in range(arguments.rounds):
        theirs.append(baseline_cost(arguments, frames))
        ours.append(gateway_cost(arguments, frames))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    print(f"intake, 50 connections x 64 frames a write, CPU seconds per million frames:")
    print(f"  gateway {statistics.median(ours):.3f}   C baseline {statistics.median(theirs):.3f}   ratio {ratio:.2f}")


ONE_EACH = ("--conns", 1000, "--devices", 1000, "--rate", 10_000, "--batch", 1, "--stamp")


def share_of_core(tools, pid, port, before=lambda: None):
    """CPU share at 10,000 packets/s from 1,000 connections, and what was sent."""
    send(tools, port, *ONE_EACH, "--seconds", 3, "--seed", 1)
    time.sleep(0.5)
    before()
    cpu, started = cpu_seconds(pid), time.monotonic()
    sent = send(tools, port, *ONE_EACH, "--seconds", 10, "--seed", 2, "--seq-base", 1_000_000)
    time.sleep(0.5)
    return (cpu_seconds(pid) - cpu) / (time.monotonic() - started), sent


def baseline_share(arguments):
    port = free_port()
    command = [f"{arguments.tools}/cgate", "--port", str(port), "--seconds", "60", *SECRET_ARGUMENTS]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    time.sleep(0.3)
    share, _ = share_of_core(arguments.tools, process.pid, port)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    return share


def latency(arguments):
    shares, baselines, p99 = [], [], []
    for _ in range(arguments.rounds):
        baselines.append(baseline_share(arguments))
        sink_port = free_port()
        sink = subprocess.Popen([f"{arguments.tools}/ngsink", "--port", str(sink_port)], stdout=subprocess.DEVNULL)
        endpoint = f"http://127.0.0.1:{sink_port}"
        gateway = Gateway(
            arguments.binary, ALBA_ENDPOINT=endpoint, CYCLE_ENDPOINT=endpoint, ALBA_BATCH_EVENTS="100",
            CYCLE_BATCH_EVENTS="100")
        share, _ = share_of_core(
            arguments.tools, gateway.process.pid, gateway.port,
            before=lambda: urllib.request.urlopen(f"{endpoint}/control?reset=1").read())
        answer = json.loads(urllib.request.urlopen(f"{endpoint}/stats").read())
        if gateway.stats()["packets"]["rejected"]:
            sys.exit("honest frames were refused")
        shares.append(share)
        p99.append(answer["latency_us"]["p99"])
        gateway.stop()
        sink.terminate()
    print("10,000 packets/s from 1,000 connections, one frame a write, batches of 100 to a sink:")
    print(f"  p99 from socket to sink, ms: {', '.join(f'{value / 1000:.2f}' for value in p99)}")
    print(f"  share of a core, with delivery: {', '.join(f'{share * 100:.1f} %' for share in shares)}")
    print(f"  C baseline, without delivery:   {', '.join(f'{share * 100:.1f} %' for share in baselines)}")


def memory(arguments):
    gateway = Gateway(arguments.binary)
    time.sleep(2)
    resident, private = memory_kib(gateway.process.pid)
    print(f"memory idle: {resident / 1024:.1f} MiB resident, {private / 1024:.1f} MiB private")
    send(arguments.tools, gateway.port, "--conns", 1000, "--devices", 1000, "--rate", 2000, "--batch", 1,
         "--seconds", 15, "--drain", 1)
    resident, private = memory_kib(gateway.process.pid)
    print(f"memory after 1,000 devices at 2 packets/s: {resident / 1024:.1f} MiB resident, {private / 1024:.1f} MiB private")
    gateway.stop()


def run(description, measurements, needs_tools=True, **numbers):
    """Runs the measurement that the command line asks for; its numbers have these defaults."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measurement", choices=[*measurements, "all"])
    parser.add_argument("--binary", default=".build/release/nanogridata")
    if needs_tools:
        parser.add_argument("--tools", required=True)
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    arguments = parser.parse_args()
    for name, measure in measurements.items():
        if arguments.measurement in (name, "all"):
            measure(arguments)


if __name__ == "__main__":
    run(__doc__, {"throughput": throughput, "latency": latency, "memory": memory}, rounds=5)
