"""From the loss of a GPU to the next one that serves: search, rent, wait, fill, fail back."""
from world import CallFailed


class StepFailed(Exception):
    """One attempt to get a new GPU has come to its end."""

    def __init__(self, step, reason):
        super().__init__(f"{step}: {reason}")
        self.step, self.reason = step, reason


def acceptable_offers(recovery, offers):
    """The offers that meet the conditions: cheapest first, then by the order of regions, then by name."""
    good = [
        o for o in offers
        if o.memory >= recovery.minimumMemory and o.price <= recovery.maximumPrice
        and (not recovery.regions or o.region in recovery.regions)
    ]
    return sorted(good, key=lambda o: (o.price, (recovery.regions or [o.region]).index(o.region), o.id))


class Recovery:
    """The part of the orchestrator that gets a new GPU."""

    def recover(self):
        """Attempt after attempt, until users are back on a GPU."""
        self.attempt, self.cached_offers = 0, []
        while True:
            self.attempt += 1
            try:
                self.enter("recovering")
                self.record("recoveryStarted", attempt=self.attempt)
                offer = yield from self.search_offer()
                yield from self.provision(offer)
                yield from self.await_ssh()
                yield from self.restore()
                yield from self.fail_back()
                return
            except StepFailed as failure:
                wait = self.recovery_policy.retry.after(self.attempt)
                self.record(
                    "recoveryFailed", attempt=self.attempt, step=failure.step, reason=failure.reason, retryIn=wait)
                yield from self.abandon_candidate()
                if self.attempt == self.recovery_policy.failuresUntilNotice:
                    self.notify("recovery failing")
                yield self.env.timeout(wait)

    def step(self, name, call):
        """Runs one call as a step of an attempt."""
        try:
            return (yield from call)
        except CallFailed as failure:
            raise StepFailed(name, failure.reason) from failure

    def search_offer(self):
        if self.cached_offers and self.env.now - self.cached_at <= self.recovery_policy.offerCacheAge:
            return self.choose(self.cached_offers, from_cache="true")
        yield from self.step("search", self.world.search(self.timeouts.api))
        if not self.acceptable:
            self.record("noOffer")
            raise StepFailed("search", "refused")
        self.cached_at = self.env.now
        return self.choose(self.acceptable, from_cache="false")

    def choose(self, offers, from_cache):
        self.cached_offers = offers[1:]
        self.record("offersFound", acceptable=len(offers), offer=offers[0].id, fromCache=from_cache)
        return offers[0]

    def provision(self, offer):
        started = self.env.now
        try:
            gpu = yield from self.world.create_gpu(self.timeouts.api)
        except CallFailed as failure:
            self.record("offerRefused", offer=offer.id, reason=failure.reason)
            raise StepFailed("provision", failure.reason) from failure
        self.candidate = gpu
        self.owned.append(gpu)
        self.record("instanceCreated", instance=gpu.name, offer=offer.id)
        asked = 0
        while True:
            asked += 1
            yield self.env.timeout(self.recovery_policy.provisionPoll.after(asked))
            status = yield from self.step("provision", self.world.describe(gpu, self.timeouts.api))
            if status == "running":
                self.record("instanceRunning", instance=gpu.name)
                return
            if status == "stopped":
                raise StepFailed("provision", "refused")
            if self.env.now - started >= self.recovery_policy.provisionTimeout:
                raise StepFailed("provision", "timed out")

    def await_ssh(self):
        started, polls, successes, probing = self.env.now, 0, 0, 0
        while successes < self.check_policy.successThreshold:
            polls += 1
            yield self.env.timeout(self.recovery_policy.sshPoll.after(polls))
            asked = self.env.now
            trouble = yield from self.world.check(self.candidate, "ssh", self.timeouts.verification)
            probing += self.env.now - asked
            successes = 0 if trouble else successes + 1
            if trouble and self.env.now - started >= self.recovery_policy.sshTimeout:
                raise StepFailed("ssh", "timed out")
        self.record("sshReady", instance=self.candidate.name, polls=polls, probing=probing)

    def restore(self):
        self.has_copy = self.standby_serves or self.last_sync is not None
        if not self.has_copy:
            # The standby never got anything, and users are not on it: the GPU starts empty.
            self.record("restoreSkipped")
            return
        self.record("restoreStarted")
        for attempt in range(1, self.recovery_policy.restoreAttempts + 1):
            try:
                sent, took = yield from self.copy_back()
                self.record("restoreCompleted", bytesSent=sent, duration=took)
                return
            except CallFailed as failure:
                self.record("restoreFailed", attempt=attempt, reason=failure.reason)
                yield from self.ask_about_standby(failure)
                if attempt == self.recovery_policy.restoreAttempts:
                    raise StepFailed("restore", failure.reason) from failure
            yield self.env.timeout(self.sync_policy.retry.after(attempt))

    def copy_back(self):
        timeout = self.recovery_policy.restoreTimeout
        return self.world.synchronize(self.world.standby, self.candidate, self.legs, timeout)

    def abandon_candidate(self):
        gpu, self.candidate = self.candidate, None
        if self.phase == "failingBack":
            self.enter("recovering")
        self.enter("degraded" if self.standby_serves else "down")
        if gpu:
            yield from self.give_back(gpu)

    # Failback.

    def fail_back(self):
        gpu = self.candidate
        self.enter("failingBack")
        self.record("failbackStarted")
        if self.has_copy:
            try:
                yield from self.hold_and_copy(gpu)
                yield from self.move_users(gpu)
            except StepFailed as failure:
                if failure.step in ("final sync", "verify"):
                    yield from self.ask_about_standby(failure)
                yield from self.reopen_standby()
                raise
        else:
            yield from self.move_users(gpu)
        self.gpu, self.candidate, self.standby_serves = gpu, None, False
        self.enter("protected")
        self.record("failbackCompleted", instance=gpu.name)
        self.record("recoveryCompleted", attempts=self.attempt)
        self.notify("GPU restored")
        self.notify("failback complete")

    def hold_and_copy(self, gpu):
        yield from self.step("failback", self.world.hold(self.timeouts.endpoint))
        held = self.env.now
        self.record("endpointHeld")
        sent, took = yield from self.step("final sync", self.copy_back())
        self.record("finalSyncCompleted", bytesSent=sent, duration=took)
        equal = yield from self.step("verify", self.compare(gpu))
        assert equal, "nobody is written to any more, and yet the copies differ"
        self.record("contentVerified")
        self.last_sync = (held, self.env.now)

    def move_users(self, gpu):
        yield from self.step("failback", self.world.route(gpu, self.timeouts.endpoint))
        self.record("endpointSwitched", role="gpu")
        yield from self.step("failback", self.verify_endpoint(gpu))
        self.record("verificationPassed", step="endpoint moved")

    def compare(self, gpu):
        """Fingerprints both sides at once."""
        outcomes = [self.env.process(self.outcome_of_digest(host)) for host in (self.world.standby, gpu)]
        yield self.env.all_of(outcomes)
        for outcome in outcomes:
            if isinstance(outcome.value, CallFailed):
                raise outcome.value
        return outcomes[0].value == outcomes[1].value

    def outcome_of_digest(self, host):
        # A failure is carried as a value: SimPy would end the simulation for one that nobody waits for yet.
        try:
            return (yield from self.world.digest(host, self.timeouts.digest))
        except CallFailed as failure:
            return failure

    def reopen_standby(self):
        if not self.standby_serves:
            return
        try:
            yield from self.world.route(self.world.standby, self.timeouts.endpoint)
            self.record("endpointSwitched", role="standby")
        except CallFailed:
            self.record("failoverFailed")
            self.standby_serves = False
