"""The world of a warm pool: machines with several GPUs each, volumes that stay on their machines, and other customers.

A stopped GPU is nobody's: its place on the machine can be rented by anyone, and it cannot run again while it is.
"""
import random

from scenario import delays
from world import CallFailed, Calls, Host


class Volume:
    def __init__(self, name, machine):
        self.name, self.machine = name, machine
        self.gone = self.written_to = False


class Machines(Calls):
    """A market in which every offer is one GPU: whoever has it, nobody else has."""

    def __init__(self, env, scenario, record, seed):
        super().__init__(env, scenario, record, [("gpu", scenario.gpu)])
        self.size = sum(file.size for file in self.workspace.files)
        say = scenario.machines
        self.starting, self.stopping, self.resuming = map(delays, [say.start, say.stop, say.resume])
        self.volume_creating, self.volume_deleting = map(delays, [say.createVolume, say.deleteVolume])
        self.resumed_ssh, self.rental, self.outage = map(delays, [say.sshAfterResume, say.rentalByOthers, say.outage])
        self.away, self.takes_machine, self.refuses = (
            say.standbyRentedAway, say.interruptionTakesMachine, say.whenRentedAway == "refused")
        self.luck = random.Random(f"luck {seed}")
        self.offers = [one for offer in scenario.marketplace.offers for one in single(offer)]

        self.gpus, self.volumes, self.lost_until, self.taken_until = [], [], {}, {}
        self.created = 0
        self.endpoint = self.serving = None
        self.lifetimes = None
        if hasattr(scenario.interruptions, "lifetimes"):
            self.lifetimes = delays(scenario.interruptions.lifetimes)
        else:
            env.process(self.interrupt_at(scenario.interruptions.at))

    # Losing GPUs.

    def interrupt_at(self, instants):
        for instant in instants:
            yield self.env.timeout(instant - self.env.now)
            running = [gpu for gpu in self.gpus if gpu.status == "running"]
            if running:
                self.interrupt(self.serving if self.serving in running else running[-1])

    def may_serve(self, gpu):
        """From now on the market may take it: a second GPU beside a running one is left alone until it is started."""
        gpu.exposed, gpu.life = True, object()
        if gpu.status == "running":
            self.begin_life(gpu)

    def begin_life(self, gpu):
        if self.lifetimes and gpu.exposed:
            self.env.process(self.live(gpu, gpu.life))

    def live(self, gpu, life):
        yield self.env.timeout(next(self.lifetimes))
        if gpu.life is life and gpu.status == "running":
            self.interrupt(gpu)

    def interrupt(self, gpu):
        if gpu.exposed and self.luck.random() < self.takes_machine:
            self.lose_machine(gpu.offer.machine)
        else:
            self.take_away(gpu, "stopped")
            if gpu.exposed:
                self.rent_to_others(gpu.offer, self.env.now + next(self.rental))

    def lose_machine(self, machine):
        self.lost_until[machine] = self.env.now + next(self.outage)
        there = [gpu for gpu in self.gpus if gpu.offer.machine == machine]
        for gpu in there:
            if gpu.status == "running":
                self.take_away(gpu, "offline")
            else:
                gpu.status = "offline"
        self.record("machineLost", machine=machine)
        for volume in self.volumes:
            if volume.machine == machine and not volume.gone:
                volume.gone = True
                self.record("volumeLost", volume=volume.name)

    def take_away(self, gpu, status):
        # There is no other copy than the volume: all of it is at stake, once there is something on it.
        at_stake = self.size if gpu.volume.written_to else 0
        gpu.status = status
        if self.serving is gpu:
            self.serving = None
        self.record("interrupted", instance=gpu.name, unsynced=at_stake)

    # Who has which GPU.

    def rent_to_others(self, offer, until):
        self.taken_until[offer.id] = max(until, self.taken_until.get(offer.id, 0))

    def taken_by_others(self, offer):
        return self.env.now < self.taken_until.get(offer.id, 0)

    def holder(self, offer):
        """The instance of ours that has the GPU."""
        return next((g for g in self.gpus if g.offer is offer and g.status in ("running", "provisioning")), None)

    def is_there(self, machine):
        return self.env.now >= self.lost_until.get(machine, 0)

    def is_free(self, offer):
        return self.is_there(offer.machine) and not self.taken_by_others(offer) and not self.holder(offer)

    # Calls.

    def search(self, timeout):
        yield from self.pause(self.searching, timeout)
        return [offer for offer in self.offers if self.is_free(offer)]

    def create_volume(self, machine, timeout):
        yield from self.pause(self.volume_creating, timeout)
        if not self.is_there(machine):
            raise CallFailed("refused")
        self.volumes.append(Volume(f"volume-{len(self.volumes) + 1}", machine))
        return self.volumes[-1]

    def delete_volume(self, volume, timeout):
        yield from self.pause(self.volume_deleting, timeout)
        if not volume.gone and any(gpu.volume is volume for gpu in self.gpus):
            raise CallFailed("refused")
        volume.gone = True

    def create_gpu(self, offer, volume, timeout):
        yield from self.pause(self.creating, timeout)
        if not self.is_free(offer):
            raise CallFailed("refused")
        if volume is None:
            volume = Volume("a disk of its own", offer.machine)
        elif volume.gone:
            raise CallFailed("not found")
        self.created += 1
        gpu = Host(self.env, str(1000 + self.created), "gpu", "provisioning")
        gpu.offer, gpu.volume, gpu.exposed, gpu.life = offer, volume, False, None
        if not any(other.volume is volume and other.status == "running" for other in self.gpus):
            self.may_serve(gpu)
        self.gpus.append(gpu)
        self.env.process(self.run_after(gpu, next(self.boot), self.ssh_start))
        return gpu

    def run_after(self, gpu, delay, ssh_start):
        yield self.env.timeout(delay)
        if gpu.status == "provisioning":
            gpu.status, gpu.ssh_ready_at = "running", self.env.now + next(ssh_start)
            self.begin_life(gpu)

    def resume_after(self, gpu, delay):
        """Waits for the GPU to be free, then lets the instance run again."""
        if delay:
            yield self.env.timeout(delay)
        if gpu.status == "provisioning":
            yield self.env.timeout(next(self.resuming))
            if gpu.status == "provisioning":
                self.may_serve(gpu)
                gpu.status, gpu.ssh_ready_at = "running", self.env.now + next(self.resumed_ssh)
                self.begin_life(gpu)

    def exists(self, gpu):
        if gpu not in self.gpus:
            raise CallFailed("not found")

    def start(self, gpu, timeout):
        yield from self.pause(self.starting, timeout)
        self.exists(gpu)
        if gpu.status == "offline":
            raise CallFailed("refused")
        if gpu.status != "stopped":
            if not gpu.exposed:
                self.may_serve(gpu)
            return
        if self.luck.random() < self.away:
            self.rent_to_others(gpu.offer, self.env.now + next(self.rental))
        wait = 0
        if self.taken_by_others(gpu.offer) or self.holder(gpu.offer):
            self.record("rentedAway", instance=gpu.name)
            if self.refuses or self.holder(gpu.offer):
                raise CallFailed("refused")
            wait = self.taken_until[gpu.offer.id] - self.env.now
        gpu.status = "provisioning"
        self.env.process(self.resume_after(gpu, wait))

    def stop(self, gpu, timeout):
        yield from self.pause(self.stopping, timeout)
        self.exists(gpu)
        if gpu.status != "offline":
            gpu.status = "stopped"
            if self.serving is gpu:
                self.serving = None

    def describe(self, gpu, timeout):
        yield from self.pause(self.describing["gpu"], timeout)
        self.exists(gpu)
        return gpu.status

    def destroy(self, gpu, timeout):
        yield from self.pause(self.destroying, timeout)
        if gpu in self.gpus:
            self.gpus.remove(gpu)
            gpu.status = "gone"

    def route(self, gpu, timeout):
        yield from self.pause(self.changing, timeout)
        self.endpoint = self.serving = gpu
        if gpu.status != "running":
            self.serving = None
        else:
            gpu.volume.written_to = True


def single(offer):
    """One offer for each GPU of a listed one."""
    if offer.count == 1:
        return [offer]
    return [type(offer)(**{**vars(offer), "id": f"{offer.id}-{number + 1}"}) for number in range(offer.count)]
