#!/usr/bin/env python3
"""Tries every user of nats.conf against a running server: what it must be allowed, and what it must not.

usage: try-permissions.py HOST:PORT SECRETS     SECRETS is what compose/secrets.sh made. Speaks NATS' own protocol; needs nothing but Python.
"""
import json
import pathlib
import socket
import ssl
import sys

INSTANCE = "fyrbodal"
# Whose events each takes in: a service and one of its audiences.
GRANTS = ("identity", "grants")
FOLLOWS = {
    "submission": [("evaluation", "house"), GRANTS],
    "evaluation": [("submission", "house"), GRANTS],
    "sharing": [("submission", "sharing"), GRANTS],
    "identity": [],
}
AUDIENCES = {"identity": ["house", "grants"], "submission": ["house", "sharing"]}


def needs(service):
    durable = f"{INSTANCE}-{service}"
    for audience in AUDIENCES.get(service, ["house"]):
        yield f"ev.{INSTANCE}.{service}.{audience}.idea"
        for call in ("CREATE", "UPDATE", "INFO", "MSG.GET"):
            yield f"$JS.API.STREAM.{call}.ev-{INSTANCE}-{service}-{audience}"
    for other, audience in FOLLOWS[service]:
        followed = f"ev-{INSTANCE}-{other}-{audience}"
        yield f"$JS.API.STREAM.INFO.{followed}"
        for call in ("CREATE", "INFO", "MSG.NEXT"):
            yield f"$JS.API.CONSUMER.{call}.{followed}.{durable}"
        yield f"$JS.ACK.{followed}.{durable}.1.1.1.0.0"


def must_not(service):
    own = f"ev-{INSTANCE}-{service}-house"
    for other in FOLLOWS:
        if other != service:
            yield f"ev.{INSTANCE}.{other}.house.idea"
            yield f"$JS.API.STREAM.UPDATE.ev-{INSTANCE}-{other}-house"
            yield f"$JS.API.CONSUMER.DELETE.ev-{INSTANCE}-{other}-house.{INSTANCE}-{service}"
            yield f"$JS.API.CONSUMER.MSG.NEXT.ev-{INSTANCE}-submission-house.{INSTANCE}-{other}"
            for audience in AUDIENCES.get(other, ["house"]):
                if (other, audience) not in FOLLOWS[service]:
                    yield f"$JS.API.CONSUMER.CREATE.ev-{INSTANCE}-{other}-{audience}.{INSTANCE}-{service}"
                    yield f"$JS.API.CONSUMER.MSG.NEXT.ev-{INSTANCE}-{other}-{audience}.{INSTANCE}-{service}"
    for call in ("DELETE", "PURGE", "MSG.DELETE"):
        yield f"$JS.API.STREAM.{call}.{own}"
    yield "$JS.API.STREAM.CREATE.other"
    yield "$SYS.REQ.SERVER.PING"


class Link:
    def __init__(self, address, secrets, service, with_certificate=True):
        host, port = address.rsplit(":", 1)
        self.raw = socket.create_connection((host, int(port)), timeout=5)
        self.buffer = b""
        self.line()  # INFO
        about = ssl.create_default_context(cafile=secrets / service / "ca.pem")
        if with_certificate:
            about.load_cert_chain(secrets / service / "cert.pem", secrets / service / "key.pem")
        self.raw = about.wrap_socket(self.raw, server_hostname=host)

    def line(self):
        while b"\r\n" not in self.buffer:
            more = self.raw.recv(65536)
            if not more:
                raise ConnectionError("the server has hung up")
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode()

    def enter(self, user, password):
        about = {"verbose": False, "pedantic": False, "user": user, "pass": password, "lang": "python", "version": "1", "headers": True}
        self.raw.sendall(f"CONNECT {json.dumps(about)}\r\n".encode())
        try:
            return self.refusals()
        except OSError:
            return ["the server has hung up"]

    def refusals(self, text=""):
        """Sends, and gives what was refused of it."""
        self.raw.sendall(text.encode() + b"PING\r\n")
        refused = []
        while (line := self.line()) != "PONG":
            if line.startswith("-ERR"):
                refused.append(line)
                if "Violation" not in line:
                    return refused
        return refused


def main(address, secrets):
    secrets, wrong = pathlib.Path(secrets), []
    for service in FOLLOWS:
        password = (secrets / service / "broker-password").read_text().strip()
        link = Link(address, secrets, service)
        if refused := link.enter(service, password):
            sys.exit(f"{service} is not let in: {refused}")
        for subject in needs(service):
            # No answer is asked for, and an empty body does nothing: only the server's word on the subject counts.
            if subject.startswith("ev."):
                continue  # the service itself has published by now; an empty event would only stand in the stream
            if link.refusals(f"PUB {subject} 0\r\n\r\n"):
                wrong.append(f"{service} needs {subject}, and may not")
        for subject in must_not(service):
            if not link.refusals(f"PUB {subject} 0\r\n\r\n"):
                wrong.append(f"{service} may {subject}, and must not")
        if not link.refusals("SUB ev.> 1\r\n"):
            wrong.append(f"{service} may listen to ev.>, and must not")
        if not Link(address, secrets, service).enter(service, "wrong"):
            wrong.append(f"{service} is let in with a wrong password")
    try:
        if not Link(address, secrets, "submission", with_certificate=False).enter("submission", "wrong"):
            wrong.append("without a certificate somebody is let in")
    except OSError:
        pass
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])
