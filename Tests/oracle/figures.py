"""The figures of one replication, read off its events."""
import statistics
from collections import Counter


class Incident:
    def __init__(self, fault):
        self.fault = fault
        self.detected = self.degraded = self.full = self.last_sync = None

    def figures(self):
        ends = {"mttd": self.detected, "mttrDegraded": self.degraded, "mttrFull": self.full}
        spans = {name: end - self.fault for name, end in ends.items() if end is not None}
        if self.last_sync is not None:
            spans["rpo"] = self.fault - self.last_sync
        return spans


def incidents(events):
    """One for each GPU that was lost while users were on it, or that they were sent to although it was lost."""
    found, open_incident, serving, lost = [], None, None, {}
    for time, kind, fields in events:
        if kind == "primaryAdopted" or kind == "failbackCompleted" and serving is None:
            serving = fields["instance"]
        elif kind == "interrupted":
            lost[fields["instance"]] = Incident(time)
            if fields["instance"] == serving and open_incident is None:
                open_incident = lost[serving]
                found.append(open_incident)
        elif open_incident is None:
            continue
        elif kind == "faultDetected":
            open_incident.detected, open_incident.last_sync = time, fields.get("lastSyncStarted")
        elif kind == "endpointSwitched" and fields["role"] == "standby":
            open_incident.degraded = open_incident.degraded or time
        elif kind == "endpointSwitched":
            open_incident.full = time
        elif kind == "recoveryStarted":
            # What an earlier attempt had reached does not count.
            open_incident.full = None
        elif kind == "warmFailoverFailed":
            open_incident.full = None
        elif kind in ("failbackCompleted", "warmFailoverCompleted"):
            serving = fields.get("instance", fields.get("to"))
            open_incident = lost.get(serving)
            if open_incident:
                found.append(open_incident)
    return found


def counts(events):
    """How often each kind of event happened in one replication."""
    return Counter(kind for _, kind, _ in events)


def means(events):
    """The mean of each figure over the incidents of one replication, in nanoseconds; none where there is nothing."""
    values = {}
    for incident in incidents(events):
        for name, span in incident.figures().items():
            values.setdefault(name, []).append(span)
    return {name: statistics.fmean(spans) for name, spans in values.items()}
