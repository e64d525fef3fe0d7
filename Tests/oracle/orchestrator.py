"""What protects the workspace: keep the standby in step, watch the GPU, fail over.

Each operation is a generator to be run inside a SimPy process. What happens is recorded under the names of the
simulator's event log, with those particulars that mean something in both implementations.
"""
import simpy

from recovery import Recovery, acceptable_offers
from watching import Watching
from world import CallFailed

VERIFICATION = ["endpoint moved", "standby running", "data accessible", "ssh reachable"]


class Orchestrator(Watching, Recovery):
    def __init__(self, env, scenario, world, record):
        super().__init__(env, scenario, world, record)
        if scenario.standby.startsFilled:
            raise ValueError("the oracle does not know a standby that starts filled")
        self.sync_policy, self.failover_policy = scenario.sync, scenario.failover
        self.legs = {"direct": 1, "relay": 2}[scenario.sync.route]
        self.acceptable = acceptable_offers(scenario.recovery, world.offers)

        self.standby_serves = self.has_copy = False
        self.failed_syncs = 0

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
