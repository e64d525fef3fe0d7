# The commands: `make demo` plays the 18.63 s drill, `make test` proves that everything holds, `make lab` plays a failover
# with real sshd, rsync and object store on this machine. All install what is missing from Debian (with sudo only when not root), build, and run. A Swift toolchain (6.2 or later) must be there.

SWIFT ?= swift

# With the standard library inside, a program starts and runs faster, and needs no toolchain where it is used. Only
# Linux offers it.
RELEASE = -c release $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)

.PHONY: demo test lab lab-report verify benchmark snapshot-benchmark baselines reports setup setup-test help install uninstall release

help:
	@echo "make demo       build and play the 18.63 s drill"
	@echo "make test       build and run every test, and compare debug with release"
	@echo "make lab        build and play two failovers with real programs on this machine (root, Linux)"
	@echo "make lab-report play twenty such failovers, and lay the simulation beside them: reports/lab-*.md"
	@echo "make verify     play ten thousand seeds of every scenario: does what must always hold hold?"
	@echo "make benchmark  measure the kernel and a simulated month, beside SimPy and C++"
	@echo "make snapshot-benchmark  measure snapshots, restores and rsync passes beside the programs they consist of (root, Linux)"
	@echo "make install    install the program, completions, manual page, scenarios and rubrics in PREFIX (/usr/local)"
	@echo "make uninstall  take them away again"
	@echo "make baselines  play and store what simulate-failover check compares with"
	@echo "make reports    make the pages in reports/ anew, the same to the byte"

demo: setup
	$(SWIFT) build $(RELEASE) --product simulate-failover
	.build/release/simulate-failover run scenarios/report-18.63.yaml

# Real programs keep real time: they are tested while no simulation takes the processor, and one kind after the other.
REAL = RealBackendsTests LabTests ConformanceTests DrillsTests
# Each waits for hosts and programs of its own: many at once would only wait for the processor.
FEW = --parallel --experimental-maximum-parallelization-width 8

test: setup-test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip '$(subst $() ,|,$(REAL))'
	for tests in $(REAL); do $(SWIFT) test --skip-build $(FEW) --filter $$tests || exit 1; done
	$(SWIFT) build $(RELEASE) --product simulate-failover
	scripts/compare-fingerprints
	scripts/compare-lookahead
	$(VERIFY) --seeds 1000

DRILL = .build/release/simulate-failover-drill

lab: setup-lab
	$(SWIFT) build $(RELEASE) --product simulate-failover
	$(SWIFT) build $(RELEASE) --product simulate-failover-drill
	.build/release/simulate-failover drill scenarios/lab/cpu-standby.yaml --lab
	.build/release/simulate-failover drill scenarios/lab/warm-pool.yaml --lab

# Twenty drills each, some twenty minutes in all, on a machine that does nothing else meanwhile.
lab-report: setup-lab
	$(SWIFT) build $(RELEASE) --product simulate-failover-drill
	$(DRILL) scenarios/lab/cpu-standby.yaml --lab --drills 20 --compare-sim --format markdown \
	  --output reports/lab-cpu-standby.md
	$(DRILL) scenarios/lab/warm-pool.yaml --lab --drills 20 --compare-sim --format markdown \
	  --output reports/lab-warm-pool.md

# The first day of each scenario, or until two GPUs have been lost and replaced. make test does a tenth of it.
VERIFY = .build/release/simulate-failover verify scenarios --until 1d --losses 2 --quiet

verify: setup
	$(SWIFT) build $(RELEASE) --product simulate-failover
	$(VERIFY) --seeds 10000

# After a change that is meant to change figures. Each file knows its scenario and its seeds; how each was begun:
#   baseline update baselines/cpu-standby.json --scenario scenarios/cpu-standby.yaml --until 5d --seeds 20
#   baseline update baselines/report-18.63.json --scenario scenarios/report-18.63.yaml --seeds 1
#   baseline update baselines/warm-pool-incident.json --scenario scenarios/warm-pool/incident.yaml --seeds 30
baselines: setup
	$(SWIFT) build $(RELEASE) --product simulate-failover
	.build/release/simulate-failover baseline update baselines/*.json

benchmark: setup setup-test
	$(SWIFT) build $(RELEASE) --product kernel-benchmark
	$(SWIFT) build $(RELEASE) --product month-benchmark
	.build/release/kernel-benchmark
	.build/release/month-benchmark
	Tests/oracle/run --script benchmarks/month.py
	c++ -O2 -std=c++20 benchmarks/month.cpp -o .build/month-cpp && .build/month-cpp

# Some fifteen minutes, on a machine that does nothing else meanwhile.
snapshot-benchmark: setup-lab
	$(SWIFT) build $(RELEASE) --product snapshot-benchmark
	.build/release/snapshot-benchmark 1024
	.build/release/snapshot-benchmark 1024 --link 400Mbit/s --repetitions 1
	.build/release/snapshot-benchmark 1024 --rsync --repetitions 5

reports: setup
	$(SWIFT) build $(RELEASE) --product simulate-failover
	scripts/html-reports .build/release/simulate-failover reports

setup:
	scripts/install-missing pkg-config:pkg-config liblz4.pc:liblz4-dev libzstd.pc:libzstd-dev

setup-lab: setup
	scripts/install-missing sshd:openssh-server rsync:rsync ssh:openssh-client ps:procps ip:iproute2 tc:iproute2 \
	  nsenter:util-linux python3:python3
	scripts/install-lab-tools

setup-test: setup-lab
	scripts/install-missing lz4:lz4 zstd:zstd
	scripts/install-simpy
	scripts/install-validator

# Where make install puts things; DESTDIR is for those who make packages. Nothing outside of these is touched.
PREFIX ?= /usr/local
DESTDIR ?=
BIN = $(DESTDIR)$(PREFIX)/bin
SHARE = $(DESTDIR)$(PREFIX)/share
PROGRAM = .build/release/simulate-failover

install:
	@test -x $(PROGRAM) || $(MAKE) --no-print-directory release
	install -d $(BIN) $(SHARE)/man/man1 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	  $(SHARE)/fish/vendor_completions.d $(SHARE)/simulate-failover
	install -m 755 $(PROGRAM) $(BIN)/simulate-failover
	! test -x $(DRILL) || install -m 755 $(DRILL) $(BIN)/simulate-failover-drill
	$(PROGRAM) manual --output $(SHARE)/man/man1/simulate-failover.1
	$(PROGRAM) --generate-completion-script bash > $(SHARE)/bash-completion/completions/simulate-failover
	$(PROGRAM) --generate-completion-script zsh > $(SHARE)/zsh/site-functions/_simulate-failover
	$(PROGRAM) --generate-completion-script fish > $(SHARE)/fish/vendor_completions.d/simulate-failover.fish
	find scenarios rubrics reports/compression-calibration.json -type f -exec \
	  install -D -m 644 {} $(SHARE)/simulate-failover/{} \;

uninstall:
	rm -f $(BIN)/simulate-failover $(BIN)/simulate-failover-drill $(SHARE)/man/man1/simulate-failover.1 \
	  $(SHARE)/bash-completion/completions/simulate-failover $(SHARE)/zsh/site-functions/_simulate-failover \
	  $(SHARE)/fish/vendor_completions.d/simulate-failover.fish
	rm -rf $(SHARE)/simulate-failover

release: setup
	$(SWIFT) build $(RELEASE) --product simulate-failover
