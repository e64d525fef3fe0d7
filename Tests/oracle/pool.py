"""The warm pool: two GPUs on one machine that share a volume; one serves, the other one is stopped.

When the one that serves is lost, the stopped one is started: nothing has to be copied. When that fails, another GPU is
rented on the machine, and when the machine is gone, a new pool is begun elsewhere, with nothing.
"""
import simpy

from recovery import Recovery, StepFailed
from watching import Watching
from world import CallFailed


class Pool(Watching, Recovery):
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

    # Recovery, where it differs from that of a CPU standby.

    def acceptable(self, found, machine=None):
        """The offers that meet the conditions: cheapest first, then by the order of regions, then by name."""
        say = self.recovery_policy
        good = [
            o for o in found
            if o.memory >= say.minimumMemory and o.price <= say.maximumPrice
            and o.region in say.regions and machine in (None, o.machine)
        ]
        return sorted(good, key=lambda o: (o.price, say.regions.index(o.region), o.id))

    def search_offer(self):
        self.taken_over = False
        if (yield from self.return_to_machine()):
            return self.offer
        if self.take_cached_offer():
            return self.offer
        found = yield from self.step("search", self.world.search(self.timeouts.api))
        if self.pool == "provisioning":
            self.enter_pool("degraded")
        self.enter_pool("searching")
        machines = self.machines_for_pool(found)
        if machines:
            offers = machines[0]
            self.record("machinesFound", machines=len(machines), machine=offers[0].machine)
            self.enter_pool("provisioning")
        else:
            self.record("noMachine")
            self.enter_pool("degraded")
            offers = self.acceptable(found)
            if not offers:
                self.record("noOffer")
                raise StepFailed("search", "refused")
        self.choose(offers)
        return self.offer

    def machines_for_pool(self, found):
        """For each machine that has enough GPUs its offers, the machine with the best offer first."""
        preferred = self.policy.preferredGPUs

        def rank(offer):
            return preferred.index(offer.gpu) if offer.gpu in preferred else len(preferred)

        machines = {}
        for offer in sorted(self.acceptable(found), key=lambda o: (rank(o), o.price, o.id)):
            if offer.verified:
                machines.setdefault(offer.machine, []).append(offer)
        return [offers for offers in machines.values() if len(offers) >= self.policy.minimumGPUs]

    def choose(self, offers):
        self.offer, self.cached_offers, self.cached_at = offers[0], offers[1:], self.env.now
        self.record("offersFound", acceptable=len(offers), offer=self.offer.id, fromCache="false")

    def take_cached_offer(self):
        if not self.cached_offers or self.env.now - self.cached_at > self.recovery_policy.offerCacheAge:
            return False
        self.record(
            "offersFound", acceptable=len(self.cached_offers), offer=self.cached_offers[0].id, fromCache="true")
        self.offer, *self.cached_offers = self.cached_offers
        return True

    def return_to_machine(self):
        """Whether a GPU beside the volume has been found; gives up a volume whose machine is gone."""
        if self.volume is None:
            return False
        if self.abandoned:
            yield from self.give_back(self.abandoned)
            if self.abandoned in self.owned:
                raise StepFailed("search", "refused")
            self.abandoned = None
        # Three times, where the provider says that it does not know the volume.
        hopeless = self.returns >= 3 and self.volume_missing
        try:
            gone = (yield from self.world.describe(self.gpu, self.timeouts.api)) == "offline"
        except CallFailed as failure:
            gone = failure.reason == "not found"
        if hopeless or gone:
            self.given_up.append(self.volume)
            self.volume, self.returns, self.volume_missing = None, 0, False
            return False
        if self.gpu in self.owned and not (yield from self.fence(self.gpu)):
            raise StepFailed("search", "refused")
        if self.making and (yield from self.take_over_half_made()):
            return True
        found = yield from self.step("search", self.world.search(self.timeouts.api))
        offers = self.acceptable(found, self.volume.machine)
        if not offers:
            # It has the only copy: an empty GPU elsewhere would be no service.
            raise StepFailed("search", "refused")
        self.enter_pool("provisioning")
        self.choose(offers)
        self.returns += 1
        return True

    def take_over_half_made(self):
        """What was to become the next stopped GPU runs sooner than a new one."""
        gpu, self.making = self.making, None
        try:
            yield from self.world.start(gpu, self.timeouts.api)
        except CallFailed:
            yield from self.give_back(gpu)
            return False
        self.record("instanceStarted", instance=gpu.name)
        self.enter_pool("provisioning")
        self.candidate, self.prepared_volume, self.taken_over = gpu, self.volume, True
        self.offer, self.cached_offers = gpu.offer, []
        self.returns += 1
        self.record("offersFound", acceptable=1, offer=gpu.offer.id, fromCache="true")
        return True

    def provision(self, offer):
        started = self.env.now
        while not self.taken_over:
            try:
                volume = yield from self.volume_on(offer.machine)
                gpu = yield from self.world.create_gpu(offer, volume, self.timeouts.api)
            except CallFailed as failure:
                self.record("offerRefused", offer=offer.id, reason=failure.reason)
                if failure.reason == "not found":
                    self.volume_missing = True
                    self.forget_volume(offer.machine)
                if failure.reason != "refused" or not self.take_cached_offer():
                    raise StepFailed("provision", failure.reason) from failure
                offer = self.offer
                continue
            self.owned.append(gpu)
            self.candidate, self.prepared_volume = gpu, volume
            self.record("instanceCreated", instance=gpu.name, offer=offer.id)
            break
        yield from self.await_running(self.candidate, started)
        self.record("instanceRunning", instance=self.candidate.name)

    def forget_volume(self, machine):
        """A volume that has never been served from is worth nothing; the pool's own is asked for again."""
        volume = self.known_volume(machine)
        if volume and volume is not self.volume:
            self.given_up.append(volume)

    def known_volume(self, machine):
        return next((v for v in self.volumes if v.machine == machine and v not in self.given_up), None)

    def volume_on(self, machine):
        if known := self.known_volume(machine):
            return known
        if self.pool != "provisioning":
            # No machine has enough GPUs: the next best one does without a volume.
            return None
        volume = yield from self.world.create_volume(machine, self.timeouts.api)
        self.volumes.append(volume)
        self.record("volumeCreated", volume=volume.name, machine=machine)
        return volume

    def await_running(self, gpu, started):
        asked = 0
        while True:
            asked += 1
            yield self.env.timeout(self.recovery_policy.provisionPoll.after(asked))
            try:
                status = yield from self.world.describe(gpu, self.timeouts.api)
            except CallFailed as failure:
                if failure.reason != "timed out":
                    raise StepFailed("provision", failure.reason) from failure
                status = "unknown"
            if status == "running":
                return
            if status in ("stopped", "offline"):
                raise StepFailed("provision", "refused")
            if self.env.now - started >= self.recovery_policy.provisionTimeout:
                raise StepFailed("provision", "timed out")

    def restore(self):
        if self.volume and self.prepared_volume is self.volume:
            self.record("volumeReused", volume=self.volume.name)
        else:
            self.record("restoreSkipped")
        yield from ()

    def fail_back(self):
        gpu = self.candidate
        self.enter("failingBack")
        self.record("failbackStarted")
        yield from self.move_users(gpu, "failback")
        if machine_of(self.volume) != machine_of(self.prepared_volume):
            self.standby = None
        self.gpu, self.candidate, self.volume = gpu, None, self.prepared_volume
        self.prepared_volume, self.returns, self.volume_missing, self.cached_offers = None, 0, False, []
        self.enter("protected")
        self.record("failbackCompleted", instance=gpu.name)
        self.record("recoveryCompleted", attempts=self.attempt)
        self.notify("GPU restored")
        self.notify("failback complete")

    def move_users(self, gpu, step):
        yield from self.step(step, self.world.route(gpu, self.timeouts.endpoint))
        self.record("endpointSwitched", role="gpu")
        yield from self.step(step, self.verify_endpoint(gpu))
        self.record("verificationPassed", step="endpoint moved")

    def abandon_candidate(self):
        gpu, self.candidate, self.prepared_volume = self.candidate, None, None
        if self.phase == "failingBack":
            self.enter("recovering")
        self.enter("down")
        if gpu:
            yield from self.give_back(gpu)


def unless_passing(failure):
    """A call that got no answer may get one the next time; an answer is final."""
    if failure.reason in ("refused", "not found"):
        raise StepFailed("start", failure.reason) from failure


def machine_of(volume):
    return volume.machine if volume else None


def until_interrupted(work):
    try:
        yield from work
    except simpy.Interrupt:
        pass
