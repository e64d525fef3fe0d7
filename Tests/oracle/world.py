"""The world as it is: machines, what they hold, and what becomes of calls to them.

A copy of the workspace is a pair: which line of work it belongs to, and how many bytes had been written when it was
taken. `None` is no copy at all. A new line begins when users go on with a copy that is not what they had last.
"""
import math

from scenario import SECOND, delays


class CallFailed(Exception):
    """A call got no answer in time, or no useful one."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class Host:
    """A machine, with the event of its loss."""

    def __init__(self, env, name, role, status):
        self.name, self.role, self.status = name, role, status
        self.ssh_ready_at = 0
        self.copy = None
        self.lost = env.event()

    def answers_ssh(self, now):
        return self.status == "running" and self.ssh_ready_at <= now


class Calls:
    """How long calls take and how they fail, whatever is at the other end. Calls are generators to be run inside a
    process; `record` takes what happens."""

    def __init__(self, env, scenario, record, machines):
        self.env, self.record, self.workspace = env, record, scenario.workspace
        gpu, market, endpoint = scenario.gpu, scenario.marketplace, scenario.endpoint
        self.boot, self.ssh_start = delays(gpu.boot), delays(gpu.sshStart)
        self.looks = {
            (role, what): delays(getattr(section, what))
            for role, host in machines
            for section in [host, host.probes]
            for what in ["scan", "inspect", "digest", "api", "ssh"]
            if hasattr(section, what)
        }
        self.describing = {"gpu": delays(market.describe)}
        self.searching, self.creating, self.destroying = map(delays, [market.search, market.create, market.destroy])
        self.changing, self.verifying = map(delays, [endpoint.change, endpoint.verify])
        self.notifying = delays(scenario.notification)
        self.offers = market.offers

    def pause(self, times, timeout):
        """One call: as long as it takes, but not longer than `timeout`."""
        delay = next(times)
        if delay:
            yield self.env.timeout(min(delay, timeout))
        if delay > timeout:
            raise CallFailed("timed out")

    def current_route(self, timeout):
        yield from self.pause(self.verifying, timeout)
        return self.endpoint

    def check(self, host, method, timeout):
        """What one look finds wrong, or `None`. It sees the machine as it is when the look begins."""
        if method == "api":
            trouble = None if host.status == "running" else "not running"
        elif host.status != "running":
            trouble = "timed out"
        else:
            trouble = None if host.answers_ssh(self.env.now) else "connection refused"
        delay = next(self.looks[host.role, method])
        if trouble == "timed out" or delay > timeout:
            delay, trouble = timeout, "timed out"
        if delay:
            yield self.env.timeout(delay)
        return trouble


class World(Calls):
    """All that a failover to a CPU standby meets."""

    def __init__(self, env, scenario, record):
        gpu, standby = scenario.gpu, scenario.standby
        super().__init__(env, scenario, record, [("gpu", gpu), ("standby", standby)])
        self.creation = delays(standby.creation)
        self.describing["standby"] = delays(standby.describe)
        self.holding = delays(scenario.endpoint.hold)
        self.size = sum(file.size for file in self.workspace.files)
        self.transfer_rate = min(scenario.network.link, scenario.network.rsync)
        self.keep_alive = scenario.network.keepAlive

        self.first_gpu = Host(env, gpu.id, "gpu", "running")
        self.first_gpu.copy = self.newest = (0, 0)
        self.lines = 1
        self.standby = Host(env, standby.id, "standby", "none")
        self.gpus = [self.first_gpu]
        self.endpoint = self.serving = None
        self.serving_since = 0
        self.lifetimes = None
        if hasattr(scenario.interruptions, "lifetimes"):
            self.lifetimes = delays(scenario.interruptions.lifetimes)
            env.process(self.live(self.first_gpu))
        else:
            env.process(self.interrupt_at(scenario.interruptions.at))

    # Losing GPUs.

    def live(self, gpu):
        yield self.env.timeout(next(self.lifetimes))
        self.lose(gpu)

    def interrupt_at(self, instants):
        for instant in instants:
            yield self.env.timeout(instant - self.env.now)
            running = [gpu for gpu in self.gpus if gpu.status == "running"]
            if running:
                self.lose(running[-1])

    def lose(self, gpu):
        if gpu.status != "running":
            return
        if self.serving is gpu:
            self.stop_writing()
        gpu.status = "stopped"
        self.record("interrupted", instance=gpu.name, unsynced=self.unsynced(gpu))
        gpu.lost.succeed()

    def unsynced(self, gpu):
        """What is on this machine and nowhere else."""
        if gpu.copy is None:
            return 0
        return self.changed(self.written(gpu), self.written(self.standby))

    def changed(self, copy, older):
        """How many bytes of a copy an older one lacks; all of them, when the two have nothing to do with each other."""
        if older is None or older[0] != copy[0]:
            return self.size
        return max(0, copy[1] - older[1])

    # Who is written to.

    def written(self, host):
        """The copy that a host holds at this moment."""
        if host is not self.serving:
            return host.copy
        line, before = host.copy
        return line, before + (self.env.now - self.serving_since) * self.workspace.dirtyRate // SECOND

    def stop_writing(self):
        if self.serving:
            self.serving.copy = self.newest = self.written(self.serving)
        self.serving = None

    def connect(self, host):
        """Users reach this host from now on; nobody, when it is `None`."""
        left = self.serving
        if left is not None and host is self.standby and left.status == "running":
            # A false failover: users leave a GPU that works, with what only it has.
            unsynced = self.unsynced(left)
            if unsynced:
                self.record("leftBehind", instance=left.name, unsynced=unsynced)
        self.stop_writing()
        self.endpoint = host
        if host is None or host.status != "running":
            return
        if host.copy != self.newest:
            # Where nothing has been copied to yet, users begin anew, and what they begin with counts as a workspace.
            host.copy = self.lines, host.copy[1] if host.copy else 0
            self.lines += 1
        self.serving, self.serving_since = host, self.env.now

    # Calls.

    def reach(self, host):
        if not host.answers_ssh(self.env.now):
            raise CallFailed("unreachable")

    def create_standby(self, timeout):
        yield from self.pause(self.creation, timeout)
        self.standby.status, self.standby.ssh_ready_at = "running", self.env.now

    def search(self, timeout):
        """The offers are always the same: only the asking takes time."""
        yield from self.pause(self.searching, timeout)

    def create_gpu(self, timeout):
        yield from self.pause(self.creating, timeout)
        gpu = Host(self.env, str(1000 + len(self.gpus)), "gpu", "provisioning")
        self.gpus.append(gpu)
        self.env.process(self.boot_up(gpu, next(self.boot)))
        return gpu

    def boot_up(self, gpu, delay):
        yield self.env.timeout(delay)
        if gpu.status == "provisioning":
            gpu.status, gpu.ssh_ready_at = "running", self.env.now + next(self.ssh_start)
            if self.lifetimes:
                self.env.process(self.live(gpu))

    def describe(self, host, timeout):
        yield from self.pause(self.describing[host.role], timeout)
        return host.status

    def destroy(self, gpu, timeout):
        yield from self.pause(self.destroying, timeout)
        gpu.status = "gone"

    def route(self, host, timeout):
        yield from self.pause(self.changing, timeout)
        self.connect(host)

    def hold(self, timeout):
        yield from self.pause(self.holding, timeout)
        self.connect(None)

    def inspect(self, host, timeout):
        """Whether there is a workspace on the host."""
        self.reach(host)
        yield from self.pause(self.looks[host.role, "inspect"], timeout)
        self.reach(host)
        return host.copy is not None

    def digest(self, host, timeout):
        self.reach(host)
        yield from self.pause(self.looks[host.role, "digest"], timeout)
        self.reach(host)
        return self.written(host)

    def synchronize(self, source, destination, legs, timeout):
        """One pass: lists the source, then sends what the destination lacks over each leg. Returns bytes and time."""
        self.reach(source)
        self.reach(destination)
        started, copy = self.env.now, self.written(source)
        sent = self.difference(copy, destination.copy)
        leg = -(-sent * SECOND // self.transfer_rate)  # rounded up
        takes = next(self.looks[source.role, "scan"]) + legs * leg
        end = self.env.timeout(min(takes, timeout))
        if end not in (yield self.env.any_of([end, source.lost, destination.lost])):
            rest = started + min(takes, timeout) - self.env.now
            yield self.env.timeout(min(self.keep_alive, rest))
            raise CallFailed("unreachable")
        if takes > timeout:
            raise CallFailed("timed out")
        destination.copy = copy
        return sent, takes

    def difference(self, copy, older):
        """What a pass has to send: everything where there is no copy, otherwise what has changed, less what comparing
        saves."""
        if copy == older:
            return 0
        if older is None:
            return self.size
        changed = min(self.changed(copy, older), self.size)
        return changed - math.floor(changed * self.workspace.deltaReduction)
