"""A terminal for a program under measurement: what it sends is counted, and shown on a small screen."""

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading
import time
import unicodedata

ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


class Screen:
    """What a terminal shows after the bytes that it was sent: of ECMA-48 what the console uses, and
    an error for anything else."""

    # Cursor, erasing, moving rows, colours, modes, and the stack of window titles that the alternate screen comes with.
    KNOWN = re.compile(r"\x1b\[(?:(\d*;?\d*)H|([0-9;]*)m|(2)J|(\d*)C|(\d+;\d+)?(r)|(\d+)S|\?\d+(?:;\d+)*[hl]|2[23];0;0t)")
    UNFINISHED = re.compile(r"\x1b(?:\[[?0-9;]*)?\Z")
    CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

    def __init__(self, rows, columns):
        self.size = (rows, columns)
        self.cells = self.empty()
        self.row = self.column = 0
        # The rows that are moved; None for all.
        self.margins = None
        # How often it was emptied, to be drawn anew.
        self.paints = 0
        self.held = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def empty(self):
        rows, columns = self.size
        return [[" "] * columns for _ in range(rows)]

    def resize(self, rows, columns):
        """As terminals do without reflow: what lies outside is gone."""
        before, self.size = self.cells, (rows, columns)
        self.cells = self.empty()
        for new, old in zip(self.cells, before):
            new[:min(columns, len(old))] = old[:columns]

    def take(self, data):
        text = self.held + self.decoder.decode(data)
        cut = self.UNFINISHED.search(text)
        end = cut.start() if cut else len(text)
        self.held = text[end:]
        place = 0
        while place < end:
            if text[place] == "\x1b":
                found = self.KNOWN.match(text, place)
                if not found:
                    raise ValueError(f"not one of the console's sequences: {text[place:place + 20]!r}")
                self.obey(found)
                place = found.end()
            else:
                stop = text.find("\x1b", place, end)
                stop = end if stop < 0 else stop
                self.put(text[place:stop])
                place = stop

    def obey(self, found):
        if found[1] is not None:
            row, _, column = found[1].partition(";")
            self.row, self.column = int(row or 1) - 1, int(column or 1) - 1
        elif found[4] is not None:
            self.column += int(found[4] or 1)
        elif found[6]:
            self.row = self.column = 0
            first, _, last = (found[5] or f"1;{self.size[0]}").partition(";")
            self.margins = (int(first) - 1, min(int(last), self.size[0]))
        elif found[7]:
            first, last = self.margins or (0, self.size[0])
            count = min(int(found[7]), last - first)
            self.cells[first:last] = self.cells[first + count:last] + self.empty()[:count]
        elif found[3]:
            self.cells = self.empty()
            self.paints += 1

    def put(self, text):
        if self.CONTROL.search(text):
            raise ValueError(f"a control character: {text[:40]!r}")
        for character in text:
            if unicodedata.combining(character):
                continue
            width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            # A frame for the size before may reach beyond the edges; the next is for this one.
            if self.row < self.size[0] and self.column + width <= self.size[1]:
                self.cells[self.row][self.column:self.column + width] = [character] + [""] * (width - 1)
            self.column += width

    @property
    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]


class Terminal:
    """A terminal with a program in it, read by a thread of its own for as long as somebody looks.

    With `shows`, its screen is kept, which costs processor time.
    """

    def __init__(self, command, environment, rows=24, columns=80, shows=False):
        self.master, slave = pty.openpty()
        self.screen = Screen(rows, columns) if shows else None
        self.bytes, self.bursts, self.fault = 0, 0, None
        self.lock, self.looks = threading.Lock(), threading.Event()
        self.looks.set()
        self.set_size(rows, columns)
        self.process = subprocess.Popen(
            command, env={**environment, **ENVIRONMENT}, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        threading.Thread(target=self.look, daemon=True).start()

    def look(self):
        while True:
            self.looks.wait()
            ready, _, _ = select.select([self.master], [], [], 0.1)
            if not ready or not self.looks.is_set():
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return  # What Linux says when the other end of a terminal is closed.
            with self.lock:
                self.bytes += len(data)
                self.bursts += 1
                if self.screen is None or self.fault:
                    continue
                try:
                    self.screen.take(data)
                except ValueError as error:
                    self.fault = error

    def look_away(self):
        self.looks.clear()

    def look_again(self):
        self.looks.set()

    def set_size(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        with self.lock:
            self.set_size(rows, columns)
            if self.screen is not None:
                self.screen.resize(rows, columns)

    def type(self, text):
        os.write(self.master, text.encode())

    @property
    def lines(self):
        """What it shows; raises what was wrong with the bytes that came."""
        with self.lock:
            if self.fault:
                raise self.fault
            return self.screen.lines

    def wait_for(self, condition, seconds):
        """The seconds until the lines fulfil a condition; None when they do not in time."""
        started = time.monotonic()
        while (passed := time.monotonic() - started) < seconds:
            if condition(self.lines):
                return passed
            time.sleep(0.001)
        return None
