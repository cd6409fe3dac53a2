"""A gRPC client that is not ours: it calls what it is told to and tells what it heard.

usage: foreign_client.py DESCRIPTORS

DESCRIPTORS is a file with the contract as a FileDescriptorSet. Each line of standard input is one instruction, an object of JSON; each gets
one line of JSON on standard output. Members of an instruction:

  address       "host:port", or "unix:" and a path
  method        "/idesluss.journal.v1.JournalService/GetHead"
  request       the message in protobuf's JSON form; a list of messages where the client streams
  tls           {"ca": FILE, "cert": FILE, "key": FILE}; without it no TLS; without cert and key no certificate is shown
  metadata      [["name", "value"], ...]; the value of a name that ends in "-bin" is bytes in base64, with or without its padding
  seconds       how long a call may take; 10
  most          so many messages are read of a stream, then the call is cancelled; 1000
  connections   so many connections of its own, each of which makes the calls below; 1
  calls         so many calls at once on each connection; 1

The answer is {"answers": [...]}, one for each call: the code's name, the sentence, the details of google.rpc.Status, and the messages that
came before.
"""

import base64
import concurrent.futures
import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.rpc import error_details_pb2, status_pb2

DETAILS = {
    message.DESCRIPTOR.full_name: message
    for message in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo)
}


def contract(path):
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


def open_channel(told):
    # Without a pool of its own a channel would share its connection with the others to the same address.
    options = [("grpc.use_local_subchannel_pool", 1)]
    if told["address"].startswith("unix:"):
        # gRPC's C core makes an authority of the socket's path, which is none by RFC 3986, and HTTP/2 servers refuse.
        options.append(("grpc.default_authority", "localhost"))
    files = told.get("tls")
    if not files:
        return grpc.insecure_channel(told["address"], options)

    def read(name):
        if name not in files:
            return None
        with open(files[name], "rb") as file:
            return file.read()

    credentials = grpc.ssl_channel_credentials(read("ca"), read("key"), read("cert"))
    return grpc.secure_channel(told["address"], credentials, options)


def as_json(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def details(error):
    found = []
    for name, value in error.trailing_metadata() or ():
        if name != "grpc-status-details-bin":
            continue
        for detail in status_pb2.Status.FromString(value).details:
            name = detail.type_url.rsplit("/", 1)[-1]
            told = as_json(DETAILS[name].FromString(detail.value)) if name in DETAILS else {}
            found.append({"@type": name, **told})
    return found


def metadata(told):
    def read(name, value):
        # What lacks to a multiple of four is padding.
        return base64.b64decode(value + "=" * (-len(value) % 4), validate=True) if name.endswith("-bin") else value

    return [(name, read(name, value)) for name, value in told.get("metadata", [])]


def call(pool, channel, told):
    service, name = told["method"].strip("/").split("/")
    method = pool.FindServiceByName(service).methods_by_name[name]
    asks = message_factory.GetMessageClass(method.input_type)
    answers = message_factory.GetMessageClass(method.output_type)
    request = told.get("request", {})
    if method.client_streaming:
        request = iter([json_format.ParseDict(one, asks()) for one in request])
    else:
        request = json_format.ParseDict(request, asks())
    kind = ("stream" if method.client_streaming else "unary") + "_" + ("stream" if method.server_streaming else "unary")
    rpc = getattr(channel, kind)(told["method"], asks.SerializeToString, answers.FromString)
    heard = []
    try:
        answer = rpc(request, timeout=told.get("seconds", 10), metadata=metadata(told))
        if method.server_streaming:
            for message in answer:
                heard.append(as_json(message))
                if len(heard) >= told.get("most", 1000):
                    answer.cancel()
                    break
        else:
            heard.append(as_json(answer))
    except grpc.RpcError as error:
        return {"code": error.code().name, "message": error.details() or "", "details": details(error), "responses": heard}
    return {"code": "OK", "message": "", "details": [], "responses": heard}


def carry_out(pool, told):
    connections, calls = told.get("connections", 1), told.get("calls", 1)
    channels = [open_channel(told) for _ in range(connections)]
    try:
        with concurrent.futures.ThreadPoolExecutor(connections * calls) as threads:
            under_way = [threads.submit(call, pool, channel, told) for channel in channels for _ in range(calls)]
            return {"answers": [one.result() for one in under_way]}
    finally:
        for channel in channels:
            channel.close()


def main():
    pool = contract(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(carry_out(pool, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
