"""What every strategy does: watch the GPU that serves, tell people, keep account of what is rented."""
import simpy

from scenario import SECOND
from world import CallFailed


class Watching:
    def __init__(self, env, scenario, world, record):
        if scenario.healthCheck.intervalJitter:
            raise ValueError("the oracle does not know jitter")
        self.env, self.world, self.record = env, world, record
        self.check_policy, self.timeouts = scenario.healthCheck, scenario.timeouts
        self.recovery_policy = scenario.recovery

        self.phase = "idle"
        self.gpu = self.candidate = None
        self.owned = []
        self.failed_checks = self.attempt = 0
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

    # Health.

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

    def verify_endpoint(self, host):
        if (yield from self.world.current_route(self.timeouts.endpoint)) is not host:
            raise CallFailed("invalid answer")

    # What is rented.

    def give_back(self, gpu):
        try:
            yield from self.world.destroy(gpu, self.timeouts.api)
        except CallFailed as failure:
            self.record("destroyFailed", instance=gpu.name, reason=failure.reason)
        else:
            self.owned.remove(gpu)
            self.record("instanceDestroyed", instance=gpu.name)
