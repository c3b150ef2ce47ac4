#!/usr/bin/env python3
"""usage: checks.py CHECK RUNS [ARGUMENT…]
One check of scripts/real-servers on the newest run in a folder: its figures are printed, and the status is 0 when it
holds. What a server says of itself is read from the run's records and samples, and compared without llmbench's help.
Python's standard library only.
"""
import json
import os
import statistics
import sys

MS = 1e6  # nanoseconds


def say(text):
    print("real-servers:   " + text)


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Run:
    """The newest run in a folder of runs."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, sorted(name for name in os.listdir(folder) if name.startswith("2"))[-1])
        with open(os.path.join(self.folder, "summary.json"), encoding="utf-8") as file:
            self.cells = json.load(file)["cells"]
        self.records = lines(os.path.join(self.folder, "records.jsonl"))

    def of(self, cell):
        return [record for record in self.records if record["cell"] == cell["id"]]

    def all_ok(self, count):
        """Each cell is done, and each of its requests succeeded."""
        return all(cell["status"] == "done" and cell["requests"]["ok"] == count == cell["requests"]["sent"]
                   for cell in self.cells)

    def readings(self, cell):
        """What the server's metrics said: (asked, told, waiting)."""
        return [(sample["asked_ns"], sample["at_ns"], sample["waiting"])
                for sample in lines(os.path.join(self.folder, "samples.jsonl"))
                if sample["schema"].startswith("llmbench.server_sample/") and sample["cell"] == cell["id"]]


def first_table(path):
    """The cells of the rows of the report's first table, without its head."""
    rows = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("|"):
                rows.append([word.strip() for word in line.strip().strip("|").split("|")])
            elif rows:
                break
    return rows[2:]


def table(run, *names):
    """One table has both cells of each server, with a duration and no error, and its figures are known."""
    rows = first_table(os.path.join(run.folder, "report.md"))
    first = 1 if len(names) > 1 else 0  # one server alone has no column for its name
    good = run.all_ok(8) and len(rows) == 2 * len(names) == len(run.cells)
    for name in names:
        cells = [cell for cell in run.cells if cell["settings"]["server"] == name]
        known = [cell for cell in cells if has_figures(cell)]
        here = [row[first:] for row in rows if row[0] == name or first == 0]
        here = [row for row in here if float(row[4]) > 0 and row[5] == "0"]
        if len(cells) != 2 or len(known) != 2 or len(here) != 2:
            say("%s: %d cells, %d with figures, %d rows" % (name, len(cells), len(known), len(here)))
            good = False
    return good


def has_figures(cell):
    """On a busy machine all of a reply may be read at once: then there is no time between its tokens, which is known."""
    figures = cell["metrics"]
    return (cell["duration_s"] > 0 and figures["output_tokens_per_s"]["median"] > 0 and figures["ttft_ms"]["p50"] > 0 and
            figures["e2e_ms"]["p50"] > 0 and figures["itl_ms"]["p50"] is not None and
            figures["tpot_ms"]["p50"] is not None)


def apart(name, ours, theirs, unit):
    """Medians of the differences, request by request: within 2 %, or within 1 ms."""
    difference = statistics.median(abs(a - b) for a, b in zip(ours, theirs))
    allowed = 0.02 * statistics.median(theirs)
    if unit == "ms":
        allowed = max(1.0, allowed)
    say("%s: llmbench %.3f, llama-server %.3f, apart %.3f %s (at most %.3f)" %
        (name, statistics.median(ours), statistics.median(theirs), difference, unit, allowed))
    return difference <= allowed


def agrees(run):
    """
    llama-server's own `timings` at one stream. It counts from when a slot takes the request, which is when it sends the
    header; what is before that, reading and tokenizing the request, it tells nowhere. So TTFT is compared from the
    header, and what it is from when the request was sent is told beside it.
    """
    records = [record for record in run.records if record["outcome"] == "ok"]
    first = [(record["event_ns"][0] - record["header_ns"]) / MS for record in records]
    decode = [(record["event_ns"][-1] - record["event_ns"][0]) / MS for record in records]
    own_first = [record["server_prefill_ns"] / MS for record in records]
    own_decode = [record["server_decode_ns"] / MS for record in records]
    prompt = [record["prompt_tokens"] - record["cached_tokens"] for record in records]
    steps = [record["output_tokens"] - 1 for record in records]
    good = run.all_ok(16) and min(prompt) > 500 and min(steps) > 300
    good = apart("TTFT from the header", first, own_first, "ms") and good
    good = apart("decode", decode, own_decode, "ms") and good
    good = rates("prefill", prompt, first, own_first) and good
    good = rates("decode", steps, decode, own_decode) and good
    before = statistics.median((record["header_ns"] - record["sent_ns"]) / MS for record in records)
    say("TTFT from sent is %.3f ms more, which llama-server does not count" % before)
    return good


def rates(name, tokens, ours_ms, theirs_ms):
    """Within 2 %, or as near as a millisecond of the time makes it."""
    ours = [count / ms * 1000 for count, ms in zip(tokens, ours_ms)]
    theirs = [count / ms * 1000 for count, ms in zip(tokens, theirs_ms)]
    off = statistics.median(abs(a - b) / b for a, b in zip(ours, theirs))
    allowed = max(0.02, 1 / statistics.median(theirs_ms))
    say("%s rate: llmbench %.1f, llama-server %.1f tokens/s, apart %.2f %% (at most %.2f)" %
        (name, statistics.median(ours), statistics.median(theirs), 100 * off, 100 * allowed))
    return off <= allowed


def bounds(records, asked_ns, told_ns):
    """
    The fewest and the most requests that the server's queue may have had at an instant between. One that it counts was
    sent, and its header had not come. One that it does not count may have been sent a moment ago and not be read yet, or
    have left the queue and its header be on the way: on a busy machine each takes a while.
    """
    late_ns = 50 * MS
    surely = sum(record["sent_ns"] < asked_ns - late_ns and record["header_ns"] > told_ns + late_ns for record in records)
    return surely, sum(record["sent_ns"] <= told_ns and record["header_ns"] >= asked_ns for record in records)


def waiting(run):
    """
    `requests_deferred` beside the requests that wait for their header. It is never more. It is fewer while llama-server
    has not read all of the first burst: where its HTTP threads do not wake between two connections, the later ones lie
    unread until threads are started, one for each further connection. That is over when it counts all that have no slot.
    From then on nine of ten readings must be right; in those at rest, where nothing came or went, to the request.
    """
    good = run.all_ok(32)
    for cell in run.cells:
        records, told, places = run.of(cell), cell["server_metrics"], cell["settings"]["parallel"]
        readings = [(theirs, *bounds(records, asked_ns, told_ns)) for asked_ns, told_ns, theirs in run.readings(cell)]
        full, top = cell["settings"]["concurrency"] - places, max((theirs for theirs, _, _ in readings), default=0)
        read = next((i for i, (theirs, _, _) in enumerate(readings) if theirs == full), len(readings))
        more = sum(theirs > most for theirs, _, most in readings)
        fewer = sum(theirs < least for theirs, least, _ in readings[read:])
        rest = sum(least == most for _, least, most in readings[read:])
        say("%d readings, %d at rest, at most %g waiting, llmbench %g; mean %.2f, llmbench %.2f; %d too many, %d too few" %
            (len(readings), rest, top, told["queue_depth_seen"]["max"], told["queue_depth"]["mean"],
             told["queue_depth_seen"]["mean"], more, fewer))
        good = good and top == full and rest >= 10 and more == 0 and 10 * fewer <= rest
        good = good and not [flag for flag in cell["flags"] if "requests waiting" in flag]
    return good


def metrics(run):
    """The counters of /metrics beside the sums of the replies."""
    good = True
    for cell in run.cells:
        told = cell["server_metrics"]
        say("tokens by /metrics %s and %s, by the replies %s and %s" %
            tuple(told[key] for key in ("prompt_tokens", "generated_tokens", "prompt_tokens_of_replies",
                                        "generated_tokens_of_replies")))
        good = good and told["generated_tokens"] == told["generated_tokens_of_replies"]
        good = good and told["prompt_tokens"] == told["prompt_tokens_of_replies"]
    return good


def pictures(run):
    """Each request has 64 tokens of a picture that the server has not seen, beside those of its text."""
    good = run.all_ok(3)
    for cell in run.cells:
        records = run.of(cell)
        tokens = {record["prompt_tokens"] - record["cached_tokens"] for record in records}
        say("%s, %s: prompts of %d tokens, of which %s computed; TTFT %.1f ms, last token %.1f ms" %
            (cell["settings"]["task"], os.path.basename(cell["settings"]["image"]), records[0]["prompt_tokens"],
             "/".join(map(str, sorted(tokens))), cell["metrics"]["ttft_ms"]["p50"], cell["metrics"]["e2e_ms"]["p50"]))
        good = good and min(tokens) > 64 and cell["metrics"]["ttft_ms"]["p50"] > 0
        good = good and all(record["output_tokens"] == 8 == len(record["event_ns"]) for record in records)
    return good and len({cell["settings"]["task"] for cell in run.cells}) == 2


def vectors(run):
    good = run.all_ok(16)
    for cell in run.cells:
        records, rate = run.of(cell), cell["metrics"]["inputs_per_s"]["median"]
        say("%d dimensions, %.1f inputs/s at %d in flight" %
            (records[0]["dimensions"], rate, cell["settings"]["concurrency"]))
        good = good and rate > 0 and {record["dimensions"] for record in records} == {256}
        good = good and all(record["prompt_tokens"] > 0 for record in records)
    return good


def thinking(run):
    """A model that never stops to think has no answer, but text events from its first thought on, just after the prefill
    that the server tells; one that may not think has an answer."""
    good = run.all_ok(4)
    for cell in run.cells:
        records, thinks = run.of(cell), cell["settings"]["think"] == "on"
        after = statistics.median((record["event_ns"][0] - record["header_ns"] - record["server_prefill_ns"]) / MS
                                  for record in records)
        decode = statistics.median(record["server_decode_ns"] / MS for record in records)
        say("think %s: TTFT %.1f ms; first text %.2f ms after the prefill, of a decode of %.1f ms; %s" %
            (cell["settings"]["think"], cell["metrics"]["ttft_ms"]["p50"], after, decode,
             "no answer" if records[0]["text"] is None else "an answer"))
        good = good and all(len(record["event_ns"]) == record["output_tokens"] == 64 for record in records)
        good = good and all((record["text"] is None) == thinks for record in records) and after < decode / 2
    return good and len(run.cells) == 2


def exact(run):
    good = run.all_ok(16)
    for cell in run.cells:
        counts = sorted(record["prompt_tokens"] for record in run.of(cell))
        say("%s, %d tokens asked: %d to %d got" %
            (cell["settings"]["api"], cell["settings"]["input_tokens"], counts[0], counts[-1]))
        good = good and set(counts) == {cell["settings"]["input_tokens"]}
    return good


def speech(run):
    good = run.all_ok(4)
    for cell in run.cells:
        records = run.of(cell)
        say("RTF %.3f, RTFx %.2f" % (cell["metrics"]["rtf"]["p50"], cell["metrics"]["rtfx"]["median"]))
        good = good and cell["metrics"]["rtf"]["p50"] > 0 and all(record["audio_ns"] > 1e9 for record in records)
    return good


CHECKS = {check.__name__: check for check in
          (table, agrees, waiting, metrics, pictures, vectors, thinking, exact, speech)}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in CHECKS:
        sys.exit(__doc__.splitlines()[0])
    sys.exit(not CHECKS[sys.argv[1]](Run(sys.argv[2]), *sys.argv[3:]))
