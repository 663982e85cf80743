"""Train steps of one program against those of others, block by block in turn.

usage: alternate.py PAIRS COMMAND ... [-- COMMAND ...] ...

All programs are alive at once and wait on standard input, without processor time,
until it is their turn. Each says "ready" and the names of what it can time; a name
on its standard input asks for one block, answered by name, preset, batch and
milliseconds a step. A block of the first program and one of another next to it in
time are a pair; all names have theirs in turn, so many times.

Prints a table's row for each name of the others; what each pair gave goes to
standard error.
"""

import contextlib
import statistics
import subprocess
import sys
import tempfile


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


def main():
    count = int(sys.argv[1])
    if count < 2:
        sys.exit("fewer than two pairs have no quartiles")
    with contextlib.ExitStack() as stack:
        # One after the other, so that none warms up while another does.
        programs = [Program(command, stack) for command in split(sys.argv[2:])]
        own = programs[0]
        pairs = {name: [] for program in programs[1:] for name in program.names}
        for turn in range(count):
            said = []
            for program in programs[1:]:
                for name in program.names:
                    preset, batch, ours = own.block(own.names[0])
                    theirs = program.block(name)[2]
                    pairs[name].append((ours, theirs))
                    said.append(f"{name} {theirs:.2f} : {ours:.2f} = {theirs / ours:.2f}")
            case = f"{preset}, {batch}"
            print(f"{case}, {turn + 1} of {count}: " + ", ".join(said), file=sys.stderr)
    for name in pairs:
        print(row(case, name, pairs[name]))


main()
