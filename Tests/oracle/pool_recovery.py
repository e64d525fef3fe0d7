"""How a warm pool gets a new GPU, where that differs from what a CPU standby does: beside the volume if that can be,
otherwise on a machine that can hold another pool."""
from recovery import Recovery, StepFailed
from world import CallFailed


class PoolRecovery(Recovery):
    """The part of the pool that gets a new GPU."""

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


def machine_of(volume):
    return volume.machine if volume else None
