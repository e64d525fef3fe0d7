"""Signs requests with botocore, Amazon's own library, for comparison with ours.

Reads one request in JSON a line and writes one answer in JSON a line.
"""

import datetime
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import percent_encode


def sign(request):
    now = datetime.datetime.fromtimestamp(request["time"], datetime.timezone.utc).replace(tzinfo=None)

    class Frozen(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return now

        @classmethod
        def now(cls, tz=None):
            return now

    # Older versions ask the clock by the one name, newer by the other.
    if hasattr(botocore.auth, "get_current_datetime"):
        botocore.auth.get_current_datetime = lambda *_, **__: now
    botocore.auth.datetime = type("datetime", (), {"datetime": Frozen, "timezone": datetime.timezone})

    path = percent_encode(request["path"], safe="/~")
    prepared = AWSRequest(
        method=request["method"],
        url="http://" + request["host"] + path,
        params=dict(request["query"]),
        headers=dict(request["headers"]),
        data=request["body"].encode(),
    )
    credentials = Credentials(request["key"], request["secret"])
    botocore.auth.S3SigV4Auth(credentials, "s3", request["region"]).add_auth(prepared)
    return {"path": path, "authorization": prepared.headers["Authorization"]}


for line in sys.stdin:
    print(json.dumps(sign(json.loads(line))))
