"""Train steps of one program against those of others, block by block in turn.

usage: alternate.py PAIRS COMMAND ... [-- COMMAND ...] ...

The first program and one of the others at a time are alive together. Each says
"ready" and the names of what it can time, then waits on standard input, without
processor time; a name there asks for one block, answered by name, preset, batch
and milliseconds a step. A block of the first program and the one of the other
right after it are a pair; all names of the other have theirs in turn, so many
times.

Prints a table's row for each name of the others; what each pair gave goes to
standard error.
"""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time

# OpenBLAS's threads (DL4J) go on spinning for so long after their last work.
SPIN_SECONDS = 0.05


class Program:
    """Starts a program; once constructed, it waits for its turn."""

    def __init__(self, command, stack):
        self.command = command
        self.errors = stack.enter_context(tempfile.TemporaryFile("w+"))
        self.process = stack.enter_context(
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                text=True,
                bufsize=1,
            )
        )
        self.names = self.answer("ready")

    def block(self, name):
        """Preset, batch, milliseconds a step."""
        self.process.stdin.write(name + "\n")
        preset, batch, milliseconds = self.answer(name)
        time.sleep(SPIN_SECONDS)
        return preset, batch, float(milliseconds)

    def answer(self, first):
        """The rest of a line that begins with this word."""
        line = self.process.stdout.readline()
        words = line.split()
        if words[:1] != [first]:
            self.errors.seek(0)
            said = "".join(self.errors.readlines()[-20:]) + line
            sys.exit(f"{' '.join(self.command)} failed: this is what it said\n{said}")
        return words[1:]


def split(arguments):
    """The commands between --."""
    commands = [[]]
    for argument in arguments:
        if argument == "--":
            commands.append([])
        else:
            commands[-1].append(argument)
    return commands


def best_and_median(times):
    return f"{min(times):.2f} / {statistics.median(times):.2f}"


def row(case, name, pairs):
    ours, theirs = zip(*pairs)
    ratios = [t / o for o, t in pairs]
    low, middle, high = statistics.quantiles(ratios, method="inclusive")
    return (
        f"| {case} | {name} | {best_and_median(ours)} | {best_and_median(theirs)}"
        f" | {min(theirs) / min(ours):.2f} | {middle:.2f} | {low:.2f} to {high:.2f}"
        f" | {min(ratios):.2f} to {max(ratios):.2f} |"
    )


def alternate(own, command, count):
    """By name of the peer's: preset and batch, and pairs of milliseconds, own ones first."""
    with contextlib.ExitStack() as stack:
        peer = Program(command, stack)
        pairs = {name: [] for name in peer.names}
        for turn in range(count):
            said = []
            for name in peer.names:
                preset, batch, ours = own.block(own.names[0])
                theirs = peer.block(name)[2]
                pairs[name].append((ours, theirs))
                said.append(f"{name} {theirs:.2f} : {ours:.2f} = {theirs / ours:.2f}")
            case = f"{preset}, {batch}"
            print(f"{case}, {turn + 1} of {count}: " + "; ".join(said), file=sys.stderr)
    return case, pairs


def main():
    count = int(sys.argv[1])
    if count < 2:
        sys.exit("fewer than two pairs have no quartiles")
    own_command, *commands = split(sys.argv[2:])
    with contextlib.ExitStack() as stack:
        own = Program(own_command, stack)
        for command in commands:
            case, pairs = alternate(own, command, count)
            for name in pairs:
                print(row(case, name, pairs[name]))


main()
