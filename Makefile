# The two commands: `make demo` plays the 18.63 s drill, `make test` proves that everything holds. All install what is
# missing from Debian (with sudo only when not root), build, and run. A Swift toolchain (6.2 or later) must be there.

SWIFT ?= swift

# With the standard library inside, a program starts and runs faster, and needs no toolchain where it is used. Only
# Linux offers it.
RELEASE = -c release $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)

.PHONY: demo test verify benchmark reports setup setup-test help

help:
	@echo "make demo       build and play the 18.63 s drill"
	@echo "make test       build and run every test, and compare debug with release"
	@echo "make verify     play ten thousand seeds of every scenario: does what must always hold hold?"
	@echo "make benchmark  measure the kernel"
	@echo "make reports    make the pages in reports/ anew, the same to the byte"

demo: setup
	$(SWIFT) build $(RELEASE) --product simulate-failover
	.build/release/simulate-failover run scenarios/report-18.63.yaml

test: setup-test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip RealBackendsTests
	# Real programs keep real time: they are tested while no simulation takes the processor.
	$(SWIFT) test --skip-build --filter RealBackendsTests
	$(SWIFT) build $(RELEASE) --product simulate-failover
	scripts/compare-fingerprints
	$(VERIFY) --seeds 1000

# The first day of each scenario, or until two GPUs have been lost and replaced. make test does a tenth of it.
VERIFY = .build/release/simulate-failover verify scenarios --until 1d --losses 2 --quiet

verify: setup
	$(SWIFT) build $(RELEASE) --product simulate-failover
	$(VERIFY) --seeds 10000

benchmark: setup
	$(SWIFT) build $(RELEASE) --product kernel-benchmark
	.build/release/kernel-benchmark

reports: setup
	$(SWIFT) build $(RELEASE) --product simulate-failover
	scripts/html-reports .build/release/simulate-failover reports

setup:
	scripts/install-missing pkg-config:pkg-config liblz4.pc:liblz4-dev libzstd.pc:libzstd-dev

setup-test:
	scripts/install-missing pkg-config:pkg-config liblz4.pc:liblz4-dev libzstd.pc:libzstd-dev \
	  sshd:openssh-server rsync:rsync ssh:openssh-client ps:procps lz4:lz4 zstd:zstd python3:python3
	scripts/install-simpy
