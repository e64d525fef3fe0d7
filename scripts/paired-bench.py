#!/usr/bin/env python3
"""Compares `simulate-failover bench` with the command-line tools, run by run, and writes a Markdown report.

    scripts/paired-bench.py [--runs 5] [--bench .build/release/simulate-failover] FILE... > reports/bench-paired.md

For every file and codec, each run measures in turn, on the same 4 MiB chunks and one thread:
  ours       simulate-failover bench (fastest pass, as the tools report)
  tool       lz4 -b1 / zstd -b1 / zstd -b3
  yardstick  scripts/codec-yardstick.c, a plain C loop over the same shared libraries
and, for whole files: our streaming LZ4 decoder beside `lz4 -dc FILE > /dev/null`, and two threads beside one.
A difference is the median of the runs' quotients, so that what disturbs a pair disturbs both.
"""
import argparse, json, os, re, statistics, subprocess, sys, tempfile, time

CHUNK = 4 << 20
TOOL_SECONDS = 1


def output(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{result.stdout}")
    return result.stdout


def tool(name, level, path):
    """(compressed bytes, compress MB/s, decompress MB/s) as `NAME -b` says."""
    text = output(name, f"-b{level}", f"-i{TOOL_SECONDS}", f"-B{CHUNK}", path)
    found = re.findall(r"->\s*(\d+)\s*\([^)]*\),\s*([\d.]+)\s*MB/s\s*,\s*([\d.]+)\s*MB/s", text)
    size, compress, decompress = found[-1]
    return int(size), float(compress), float(decompress)


def ours(arguments, codec, path, *options, chunk=CHUNK):
    text = output(arguments.bench, "bench", path, "--codec", codec, "--filter", "none", "--chunk", f"{chunk}B",
                  "--time", f"{arguments.seconds}s", "--format", "json", "--quiet", *options)
    return [row for row in json.loads(text)["rows"] if row["codec"] == codec]


def fastest(*command):
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def percent(quotients):
    return f"{(statistics.median(quotients) - 1) * 100:+.1f} %"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1, help="least time per measurement of ours")
    parser.add_argument("--bench", default=".build/release/simulate-failover")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        yardstick = os.path.join(folder, "codec-yardstick")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "codec-yardstick.c")
        output("cc", "-O2", source, "-o", yardstick, "-llz4", "-lzstd")
        report(arguments, yardstick, folder)


def report(arguments, yardstick, folder):
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line), "?")
    print("# bench beside the command-line tools\n")
    versions = [re.search(r"v([\d.]+)", output(name, "--version"))[1] for name in ("lz4", "zstd")]
    print(f"{cpu}, load {os.getloadavg()[0]:.2f} at the start; tools lz4 {versions[0]} and zstd {versions[1]}.\n")
    print(f"Medians of {arguments.runs} paired runs, MB/s, 4 MiB chunks, one thread. "
          "The last two columns are ours over theirs.\n")
    print("| file | codec | direction | ours | tool | C loop | vs tool | vs C loop |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for path in arguments.files:
        for name, level in [("lz4", 1), ("zstd", 1), ("zstd", 3)]:
            rows = []
            for _ in range(arguments.runs):
                row = ours(arguments, f"{name}:{level}", path)[0]
                plain = output(yardstick, name, str(level), str(CHUNK), str(arguments.seconds), path).split()
                theirs = tool(name, level, path)
                sizes = {row["compressedBytes"], theirs[0], int(plain[0])}
                if len(sizes) != 1:
                    sys.exit(f"{path}, {name}:{level}: compressed sizes differ: {sizes}")
                rows.append(((row["compress"]["fastest"], row["decompress"]["fastest"]), theirs[1:],
                             (float(plain[1]), float(plain[2]))))
            for index, direction in enumerate(["compress", "decompress"]):
                mine, its, loop = ([r[who][index] for r in rows] for who in range(3))
                print(f"| {os.path.basename(path)} | {name}:{level} | {direction} | "
                      + " | ".join(f"{statistics.median(x):.0f}" for x in (mine, its, loop))
                      + f" | {percent([a / b for a, b in zip(mine, its)])}"
                      f" | {percent([a / b for a, b in zip(mine, loop)])} |", flush=True)
    print("\nThe tools carry a copy of their library compiled on its own, `bench` and the C loop use the shared one: what "
          "sets ours apart from the tool but not from the loop is how the tool was built.", end=" ")
    print("Compressed sizes were the same to the byte in every run.\n")
    print("## Streaming, and two threads\n")
    print("| file | streaming LZ4 decoder | lz4 -dc > /dev/null | 2 threads / 1: LZ4 compress | decompress "
          "| zstd:1 compress | decompress |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for path in arguments.files:
        frame = os.path.join(folder, "frame.lz4")
        output("lz4", "-q", "-f", "-1", path, frame)
        size = os.path.getsize(path)
        streams, tools, gains = [], [], {}
        for _ in range(arguments.runs):
            for codec in ("lz4:1", "zstd:1"):
                one, two = sorted(ours(arguments, codec, path, "--threads", "1,2", "--stream", chunk=512 << 10),
                                  key=lambda row: row["threads"])
                for direction in ("compress", "decompress"):
                    gains.setdefault((codec, direction), []).append(
                        two[direction]["median"] / one[direction]["median"])
                if codec == "lz4:1":
                    streams.append(one["streamDecompress"]["fastest"])
            tools.append(size / 1e6 / fastest("lz4", "-dc", frame))
        print(f"| {os.path.basename(path)} | {statistics.median(streams):.0f} | {statistics.median(tools):.0f} | "
              + " | ".join(f"{statistics.median(v):.2f}" for v in gains.values()) + " |", flush=True)
    print("\nTwo threads share chunks of 512 KiB. Where a gain stays below 1.7 the data was stored rather than "
          "compressed: both cores then wait for the same memory.")


main()
