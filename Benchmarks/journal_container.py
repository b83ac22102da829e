#!/usr/bin/env python3
"""What a group of packets costs as a transaction of SQLite, and as a write and a flush of a file.

    Benchmarks/journal_container.py [FOLDER] [GROUPS] [BYTES]
"""

import os
import resource
import sqlite3
import sys
import tempfile
import time


def measure(name, write, groups, data):
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    times = []
    for _ in range(groups):
        begun = time.monotonic()
        write(data)
        times.append(time.monotonic() - begun)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    times.sort()
    print(f"  {name:<28}{cpu / groups * 1e6:7.0f} us CPU a group   p50 {times[groups // 2] * 1e3:.2f} ms"
          f"   p99 {times[groups * 99 // 100] * 1e3:.2f} ms")
    return cpu


def main():
    folder = tempfile.mkdtemp(dir=sys.argv[1] if len(sys.argv) > 1 else None)
    groups = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 6000
    data = os.urandom(size)
    print(f"{groups} groups of {size} bytes")
    for flush in (True, False):
        file = os.open(f"{folder}/log", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)

        def append(block):
            os.write(file, block)
            if flush:
                os.fdatasync(file)

        base = sqlite3.connect(f"{folder}/{flush}.db", isolation_level=None)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute(f"PRAGMA synchronous={'FULL' if flush else 'OFF'}")
        base.execute("CREATE TABLE blocks (number INTEGER PRIMARY KEY, bytes BLOB)")
        insert = "INSERT INTO blocks (bytes) VALUES (?)"
        print("flushed each" if flush else "left to the system")
        ours = measure("file", append, groups, data)
        theirs = measure("SQLite, WAL", lambda block: base.execute(insert, (block,)), groups, data)
        print(f"  ratio {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
