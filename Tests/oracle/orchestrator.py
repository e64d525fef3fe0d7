"""What protects the workspace: keep the standby in step, watch the GPU, fail over.

Each operation is a generator to be run inside a SimPy process. What happens is recorded under the names of the
simulator's event log, with those particulars that mean something in both implementations.
"""
import simpy

from recovery import Recovery, acceptable_offers
from scenario import SECOND
from world import CallFailed

VERIFICATION = ["endpoint moved", "standby running", "data accessible", "ssh reachable"]


class Orchestrator(Recovery):
    def __init__(self, env, scenario, world, record):
        if scenario.healthCheck.intervalJitter or scenario.standby.startsFilled:
            raise ValueError("the oracle knows neither jitter nor a standby that starts filled")
        self.env, self.world, self.record = env, world, record
        self.sync_policy, self.check_policy, self.timeouts = scenario.sync, scenario.healthCheck, scenario.timeouts
        self.failover_policy, self.recovery_policy = scenario.failover, scenario.recovery
        self.legs = {"direct": 1, "relay": 2}[scenario.sync.route]
        self.acceptable = acceptable_offers(scenario.recovery, world.offers)

        self.phase = "idle"
        self.gpu = self.candidate = None
        self.owned = []
        self.standby_serves = self.has_copy = False
        self.failed_checks = self.failed_syncs = self.attempt = 0
        self.last_sync = None
        self.cached_offers, self.cached_at = [], 0
        self.notifications = simpy.Store(env)
        env.process(self.deliver_notifications())

    def enter(self, phase):
        if phase != self.phase:
            self.record("phaseChanged", **{"from": self.phase, "to": phase})
            self.phase = phase

    def wait_until(self, instant):
        yield self.env.timeout(max(0, instant - self.env.now))

    # People.

    def notify(self, subject):
        self.notifications.put(subject)

    def deliver_notifications(self):
        """One after the other; each is tried until it is delivered, or too old to matter."""
        while True:
            subject = yield self.notifications.get()
            wait = 5 * SECOND
            for attempt in range(1, 16):
                try:
                    yield from self.world.pause(self.world.notifying, self.timeouts.notification)
                    self.record("notified", subject=subject)
                    break
                except CallFailed as failure:
                    self.record("notificationFailed", subject=subject, reason=failure.reason)
                if attempt < 15:
                    yield self.env.timeout(wait)
                    wait = min(2 * wait, 300 * SECOND)

    # Life.

    def operate(self):
        world = self.world
        self.enter("preparing")
        if (yield from world.describe(world.first_gpu, self.timeouts.api)) != "running":
            raise CallFailed("refused")
        self.gpu = world.first_gpu
        self.owned.append(self.gpu)
        self.record("primaryAdopted", instance=self.gpu.name)
        yield from world.create_standby(self.timeouts.standbyCreation)
        self.record("standbyCreated", instance=world.standby.name)
        yield from world.route(self.gpu, self.timeouts.endpoint)
        self.record("endpointSwitched", role="gpu")
        self.enter("protected")
        self.record("protectionStarted", primary=self.gpu.name, standby=world.standby.name)
        while True:
            yield from self.protect_until_fault()
            if self.last_sync:
                yield from self.fail_over()
            else:
                self.stand_down()
            yield from self.recover()

    # Protection.

    def protect_until_fault(self):
        cleaning = self.env.process(self.give_back_unused())
        syncing = self.env.process(self.keep_in_step())
        yield from self.watch()
        syncing.interrupt()
        yield cleaning

    def give_back_unused(self):
        for gpu in [gpu for gpu in self.owned if gpu is not self.gpu]:
            yield from self.give_back(gpu)

    def give_back(self, gpu):
        try:
            yield from self.world.destroy(gpu, self.timeouts.api)
        except CallFailed as failure:
            self.record("destroyFailed", instance=gpu.name, reason=failure.reason)
        else:
            self.owned.remove(gpu)
            self.record("instanceDestroyed", instance=gpu.name)

    def keep_in_step(self):
        due = self.env.now
        try:
            while True:
                yield from self.wait_until(due)
                if (yield from self.sync()):
                    due = max(due + self.sync_policy.interval, self.env.now)
                else:
                    due = self.failed_at + self.sync_policy.retry.after(self.failed_syncs)
        except simpy.Interrupt:
            pass

    def sync(self):
        started = self.env.now
        try:
            sent, took = yield from self.world.synchronize(
                self.gpu, self.world.standby, self.legs, self.sync_policy.timeout)
        except CallFailed as failure:
            self.failed_syncs += 1
            self.failed_at = self.env.now
            self.record("syncFailed", attempt=self.failed_syncs, reason=failure.reason)
            if self.failed_syncs == self.sync_policy.failuresUntilNotice:
                self.notify("sync failing")
            yield from self.ask_about_standby(failure)
            return False
        if self.failed_syncs:
            self.record("syncRecovered", failures=self.failed_syncs)
        self.failed_syncs = 0
        self.last_sync = (started, self.env.now)
        self.record("syncCompleted", bytesSent=sent, duration=took)
        return True

    def ask_about_standby(self, failure):
        """The provider is asked when a transfer fails and nothing says that the GPU is to blame. (It is always there.)"""
        if failure.reason == "timed out":
            try:
                yield from self.world.describe(self.world.standby, self.timeouts.api)
            except CallFailed:
                pass

    def watch(self):
        """Checks the GPU again and again; ends when it counts as down."""
        due = self.env.now + self.check_policy.initialDelay
        while True:
            due += self.check_policy.interval
            yield from self.wait_until(due)
            if (yield from self.check_health()):
                return
            # A check that outlasts its interval is followed by the next at once, not by several.
            due = max(due, self.env.now - self.check_policy.interval)

    def check_health(self):
        """Whether this check has reached the threshold."""
        started = self.env.now
        for method in self.check_policy.methods:
            trouble = yield from self.world.check(self.gpu, method, self.check_policy.timeout)
            if trouble:
                return self.note_failure(method, trouble)
        self.record("checkPassed", after=self.env.now - started)
        if self.failed_checks:
            self.record("suspicionCleared", failures=self.failed_checks)
            self.failed_checks = 0
            self.enter("protected")
        return False

    def note_failure(self, method, trouble):
        threshold = self.check_policy.failureThreshold
        self.failed_checks += 1
        self.record("checkFailed", failures=self.failed_checks, threshold=threshold, method=method, reason=trouble)
        if self.failed_checks < threshold:
            self.enter("suspicious")
            return False
        synced = zip(("lastSyncStarted", "lastSyncCompleted"), self.last_sync or ())
        self.record("faultDetected", instance=self.gpu.name, failures=self.failed_checks, **dict(synced))
        return True

    # Failover.

    def fail_over(self):
        self.enter("failingOver")
        self.record("failoverStarted")
        self.notify("failover started")
        self.standby_serves = yield from self.move_to_standby()
        self.failed_checks = self.failed_syncs = 0
        if self.standby_serves:
            self.enter("degraded")
            self.record("failoverCompleted")
            self.notify("CPU standby active")
        else:
            self.enter("down")
            self.notify("failover failed")

    def stand_down(self):
        """The standby has never held a whole copy: nobody takes over."""
        self.enter("failingOver")
        self.failed_checks = self.failed_syncs = 0
        self.enter("down")
        self.notify("failover failed")

    def move_to_standby(self):
        for attempt in range(1, self.failover_policy.attempts + 1):
            try:
                yield from self.world.route(self.world.standby, self.timeouts.endpoint)
                self.record("endpointSwitched", role="standby")
                for step in VERIFICATION:
                    yield from self.verify(step)
                return True
            except CallFailed:
                self.record("failoverFailed")
            if attempt < self.failover_policy.attempts:
                yield self.env.timeout(self.failover_policy.retry.after(attempt))
        return False

    def verify(self, step):
        world, standby, look = self.world, self.world.standby, self.timeouts.verification
        try:
            if step == "endpoint moved":
                yield from self.verify_endpoint(standby)
            elif step == "standby running":
                if (yield from world.describe(standby, look)) != "running":
                    raise CallFailed("unreachable")
            elif step == "data accessible":
                if not (yield from world.inspect(standby, look)):
                    raise CallFailed("not found")
            elif (yield from world.check(standby, "ssh", look)):
                raise CallFailed("unreachable")
        except CallFailed:
            self.record("verificationFailed", step=step)
            raise
        self.record("verificationPassed", step=step)

    def verify_endpoint(self, host):
        if (yield from self.world.current_route(self.timeouts.endpoint)) is not host:
            raise CallFailed("invalid answer")
