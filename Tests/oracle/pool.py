"""The warm pool: two GPUs on one machine that share a volume; one serves, the other one is stopped.

When the one that serves is lost, the stopped one is started: nothing has to be copied. When that fails, another GPU is
rented on the machine, and when the machine is gone, a new pool is begun elsewhere, with nothing.
"""
import simpy

from pool_recovery import PoolRecovery
from recovery import StepFailed
from watching import Watching
from world import CallFailed


class Pool(Watching, PoolRecovery):
    def __init__(self, env, scenario, world, record):
        super().__init__(env, scenario, world, record)
        self.policy = scenario.warmPool
        self.pool = "disabled"
        # The volume that is served, and those that are paid for.
        self.volume, self.volumes, self.given_up = None, [], []
        self.standby = self.making = self.abandoned = self.prepared_volume = self.offer = None
        self.had_standby = self.taken_over = self.volume_missing = False
        self.failovers = self.returns = 0

    def enter_pool(self, state):
        if state != self.pool:
            self.record("warmPoolChanged", **{"from": self.pool, "to": state})
            self.pool = state

    # Life.

    def operate(self):
        self.enter("preparing")
        yield from self.recover()
        while True:
            yield from self.protect_until_fault()
            if not (yield from self.fail_over()):
                self.enter("failingOver")
                self.failed_checks = 0
                self.enter("down")
                self.notify("failover failed")
                yield from self.recover()

    def protect_until_fault(self):
        keepers = [self.give_back_all_unused(), self.keep_pool()]
        keepers = [self.env.process(until_interrupted(keeper)) for keeper in keepers]
        yield from self.watch()
        for keeper in keepers:
            if keeper.is_alive:
                keeper.interrupt()

    # What is not needed.

    def unused(self):
        return [gpu for gpu in self.owned if gpu not in (self.gpu, self.standby, self.making, self.candidate)]

    def give_back_all_unused(self):
        attempt = 0
        while True:
            for gpu in self.unused():
                yield from self.give_back(gpu)
            yield from self.delete_unused_volumes()
            if not self.unused():
                return
            attempt += 1
            if attempt == self.recovery_policy.failuresUntilNotice:
                self.notify("giving back failing")
            yield self.env.timeout(self.recovery_policy.retry.after(attempt))

    def delete_unused_volumes(self):
        for volume in [v for v in self.volumes if v not in (self.volume, self.prepared_volume)]:
            try:
                yield from self.world.delete_volume(volume, self.timeouts.api)
            except CallFailed:
                self.record("note")
            else:
                if volume in self.volumes:
                    self.volumes.remove(volume)
                if volume in self.given_up:
                    self.given_up.remove(volume)
                self.record("volumeDeleted", volume=volume.name)

    # The second GPU.

    def keep_pool(self):
        if self.volume is None:
            return
        if self.making:
            gpu, self.making = self.making, None
            yield from self.give_back(gpu)
        failures = 0
        while True:
            if not self.standby and (self.policy.autoProvision or not self.had_standby):
                try:
                    yield from self.make_standby()
                    failures = 0
                except StepFailed as failure:
                    failures += 1
                    self.record("warmStandbyFailed", reason=failure.reason)
                    self.enter_pool("degraded")
            elif self.pool == "provisioning":
                self.enter_pool("degraded")
            wait = self.policy.provisionRetry.after(failures) if failures else self.policy.checkInterval
            yield self.env.timeout(wait)
            yield from self.look_after_standby()
            yield from self.delete_unused_volumes()

    def make_standby(self):
        world, api = self.world, self.timeouts.api
        found = yield from self.step("search", world.search(api))
        offers = self.acceptable(found, self.volume.machine)
        if not offers:
            raise StepFailed("search", "refused")
        self.enter_pool("provisioning")
        started = self.env.now
        gpu = yield from self.step("provision", world.create_gpu(offers[0], self.volume, api))
        self.owned.append(gpu)
        self.making = gpu
        self.record("instanceCreated", instance=gpu.name, offer=offers[0].id)
        try:
            yield from self.await_running(gpu, started)
            yield from self.step("stop", world.stop(gpu, api))
        except StepFailed:
            self.making = None
            yield from self.give_back(gpu)
            raise
        self.record("instanceStopped", instance=gpu.name)
        self.making, self.standby, self.had_standby = None, gpu, True
        self.enter_pool("active")
        self.record("warmStandbyReady", instance=gpu.name)
        self.notify("new standby provisioned")

    def look_after_standby(self):
        gpu = self.standby
        if not gpu:
            return
        try:
            status = yield from self.world.describe(gpu, self.timeouts.api)
            if status == "running":
                yield from self.world.stop(gpu, self.timeouts.api)
        except CallFailed as failure:
            status = "offline" if failure.reason == "not found" else "unknown"
        if status == "offline":
            self.standby = None
            self.record("warmStandbyFailed", reason="not found")
            self.enter_pool("degraded")
            yield from self.give_back(gpu)

    # Failover.

    def fail_over(self):
        """Whether the stopped GPU serves."""
        gpu, self.standby = self.standby, None
        if not gpu:
            if self.pool == "provisioning":
                self.enter_pool("degraded")
            return False
        self.enter("failingOver")
        self.enter_pool("failover")
        self.record("warmFailoverStarted", **{"from": self.gpu.name, "to": gpu.name})
        self.notify("failover started")
        self.notify("standby GPU starting")
        try:
            yield from self.start_standby(gpu)
            yield from self.move_users(gpu, "switch")
        except StepFailed:
            self.record("warmFailoverFailed")
            self.abandoned = gpu
            self.enter_pool("degraded")
            return False
        self.gpu, self.failed_checks, self.cached_offers = gpu, 0, []
        self.failovers += 1
        self.enter_pool("provisioning" if self.policy.autoProvision else "degraded")
        self.enter("protected")
        self.record("warmFailoverCompleted", to=gpu.name, failovers=self.failovers)
        self.notify("failover complete")
        return True

    def start_standby(self, gpu):
        """Orders the start, makes sure that the lost GPU stays off, and waits until ssh answers."""
        world, started = self.world, self.env.now
        ordered = fenced = running = False
        attempts = polls = probing = successes = 0
        while True:
            if not ordered:
                try:
                    yield from world.start(gpu, min(self.timeouts.api, self.policy.startTimeout))
                    ordered = True
                    self.record("instanceStarted", instance=gpu.name)
                except CallFailed as failure:
                    unless_passing(failure)
            if not fenced:
                fenced = yield from self.fence(self.gpu)
            attempts += 1
            yield self.env.timeout(self.policy.sshPoll.after(attempts))
            if ordered and not running:
                try:
                    status = yield from world.describe(gpu, self.timeouts.api)
                except CallFailed as failure:
                    unless_passing(failure)
                else:
                    if status == "offline":
                        raise StepFailed("start", "refused")
                    if status == "running":
                        running = True
                        self.record("instanceRunning", instance=gpu.name)
            if running:
                polls, asked = polls + 1, self.env.now
                trouble = yield from world.check(gpu, "ssh", self.timeouts.verification)
                probing += self.env.now - asked
                successes = 0 if trouble else successes + 1
                if fenced and successes >= self.check_policy.successThreshold:
                    self.record("sshReady", instance=gpu.name, polls=polls, probing=probing)
                    return
            if self.env.now - started >= self.policy.startTimeout:
                raise StepFailed("start", "timed out")

    def fence(self, gpu):
        """Whether it is certain that a GPU writes to the volume no more."""
        try:
            yield from self.world.stop(gpu, self.timeouts.api)
        except CallFailed as failure:
            return failure.reason == "not found"
        self.record("instanceStopped", instance=gpu.name)
        return True


def unless_passing(failure):
    """A call that got no answer may get one the next time; an answer is final."""
    if failure.reason in ("refused", "not found"):
        raise StepFailed("start", failure.reason) from failure


def until_interrupted(work):
    try:
        yield from work
    except simpy.Interrupt:
        pass
