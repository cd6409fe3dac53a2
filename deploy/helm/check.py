#!/usr/bin/env python3
"""Lints and renders the chart with Helm's own library, and holds what comes out against Kubernetes' schemas.

Needs the packages helm-python-sdk, kubernetes-validate and PyYAML. usage: check.py [FOLDER]: writes the rendered settings there, for a
look by the binaries themselves.
"""
import pathlib
import sys
import tomllib

import helm_python as helm
import kubernetes_validate
import yaml

CHART = pathlib.Path(__file__).parent / "idesluss"
SERVICES = (CHART.parents[1] / "services").read_text().split()
# No image has this digest: nothing is pulled here.
DIGEST = "sha256:" + "0" * 64
NEEDED = {"instance": "fyrbodal", "database": {"address": "db.databases.svc:5432"}, "image": {"digest": DIGEST}}
ALL = NEEDED | {
    "database": NEEDED["database"] | {"existingCaSecret": "db-ca"},
    "broker": {"urls": ["tls://nats.nats.svc:4222"], "existingCaSecret": "nats-ca", "replicas": 3},
    "views": {"persistence": {"enabled": True}},
    "signing": {"witnesses": "witness orust orust/witness+00000000+BA== https://orust.example.se\nquorum none\n"},
    "telemetry": {"otlp": "http://collector.monitoring:4317", "sampled": 0.5},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "image": {"digest": DIGEST, "pullSecrets": ["registry"]},
    "directory": {"existingSecret": "people"},
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "nodeSelector": {"disk": "ssd"},
    "networkPolicy": {"databasePeers": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "webPeers": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
    "gateway": {
        "address": "https://idesluss.example.se",
        "proxies": ["10.1.0.0/16", "2001:db8::7"],
        "secrets": {"tls": "idesluss-gateway-tls", "web": "idesluss-web"},
    },
}
LEAST = NEEDED | {
    "gateway": {"enabled": False},
    "networkPolicy": {"enabled": False},
    "podDisruptionBudget": {"enabled": False},
    "database": NEEDED["database"] | {"migrate": False},
    "signing": {"enabled": False},
    "services": {name: {"replicas": 1} for name in SERVICES},
}
REFUSED = [
    {},  # no address, no instance
    NEEDED | {"directory": {"text": "in a ConfigMap, where everybody reads it"}},
    NEEDED | {"image": {}},  # no digest
    NEEDED | {"image": {"tag": "0.1.0"}},
    NEEDED | {"image": {"digest": "latest"}},
    NEEDED | {"services": {"submission": {"replicas": 0}}},
    NEEDED | {"brooker": {}},
    NEEDED | {"broker": {"replicas": 2}},
    NEEDED | {"signing": {"key": "in the values, where everybody reads it"}},
    NEEDED | {"broker": {"urls": ["nats://user:password@nats:4222"]}},
    NEEDED | {"gateway": {"address": "https://idesluss.example.se"}},  # nothing encrypts
    NEEDED | {"gateway": {"address": "http://idesluss.example.se", "proxies": ["10.1.0.0/16"]}},
    NEEDED | {"gateway": {"address": "https://idesluss.example.se", "proxies": ["10.1.0.0/16"], "demo": True}},
]


def check(documents):
    kinds, pods = [], 0
    for document in documents:
        kinds.append(document["kind"])
        if document["kind"] != "ServiceMonitor":
            kubernetes_validate.validate(document, "1.31", strict=True)
        pod = document.get("spec", {}).get("template", {}).get("spec")
        if pod:
            pods += 1
            assert pod["securityContext"]["runAsNonRoot"] and pod["enableServiceLinks"] is False
            for container in pod["containers"] + pod.get("initContainers", []):
                assert container["image"].endswith(f"@{DIGEST}"), container["image"]
                security = container["securityContext"]
                assert security["readOnlyRootFilesystem"] and security["capabilities"]["drop"] == ["ALL"]
                mounted = {mount["name"] for mount in container["volumeMounts"]}
                owned = {volume["name"] for volume in pod["volumes"]}
                owned |= {claim["metadata"]["name"] for claim in document["spec"].get("volumeClaimTemplates", [])}
                assert mounted <= owned, (document["metadata"]["name"], mounted - owned)
    return kinds, pods


def check_directory(values, documents):
    """Who takes part comes out of a secret, to identity and to nobody else."""
    secret = values.get("directory", {}).get("existingSecret")
    for document in documents:
        pod = document.get("spec", {}).get("template", {}).get("spec", {})
        for volume in pod.get("volumes", []):
            if volume["name"] == "directory":
                by_secret = volume.get("secret", {}).get("secretName")
                to = document["metadata"]["name"]
                assert by_secret == (secret if to.endswith("-identity") else None), (to, volume)


def check_callers(documents):
    """Each service is reached by whom it answers and by nobody else, and reaches whom it asks: both ends say the same."""
    policies = {}
    for document in documents:
        if document["kind"] == "NetworkPolicy":
            policies[document["metadata"]["labels"]["app.kubernetes.io/component"]] = document["spec"]
    reached = {}
    for service, spec in policies.items():
        for rule in spec["ingress"]:
            if any(at["port"] == "grpc" for at in rule["ports"]):
                (peer,) = rule["from"]
                (only,) = peer["podSelector"]["matchExpressions"]
                assert only["operator"] == "In" and service in only["values"] and "gateway" in only["values"], (service, only)
                reached[service] = set(only["values"]) - {"gateway"}
    for service in reached:
        asked = {
            to["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
            for rule in policies[service]["egress"]
            for to in rule.get("to", [])
            if "app.kubernetes.io/component" in to.get("podSelector", {}).get("matchLabels", {})
        }
        assert asked == {other for other, by in reached.items() if service in by}, (service, asked)
    assert not reached or reached["identity"] >= set(reached), reached


def check_signing(signing, name, documents):
    """What signs has its guard on a volume of its own, its key out of a secret, and a port that is named where it is let through."""
    if not signing:
        return
    of = {document["kind"]: document for document in documents if document["metadata"]["name"] == name}
    pod = of["StatefulSet"]["spec"]["template"]["spec"]
    mounts = {mount["mountPath"]: mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
    claims = [claim["metadata"]["name"] for claim in of["StatefulSet"]["spec"]["volumeClaimTemplates"]]
    guard, key = (mounts[str(pathlib.PurePath(signing[member]).parent)] for member in ("guard", "key_file"))
    assert guard in claims and list(mounts.values()).count(guard) == 1, (name, mounts)
    assert any(volume["name"] == key and "secret" in volume for volume in pod["volumes"]), (name, key)
    port = int(signing["listen"].rsplit(":")[-1])
    assert {"name": "log", "containerPort": port} in pod["containers"][0]["ports"], name
    assert any(at["name"] == "log" and at["port"] == port for at in of["Service"]["spec"]["ports"]), name
    if policy := of.get("NetworkPolicy"):
        assert any(at["port"] == "log" and rule["from"] for rule in policy["spec"]["ingress"] for at in rule["ports"]), name


def check_web(values, settings, name, documents):
    """The web is reached from elsewhere where it has an address, and not without."""
    if "web" not in settings:
        return
    web, of = settings["web"], {document["kind"]: document for document in documents if document["metadata"]["name"] == name}
    address = values.get("gateway", {}).get("address")
    assert web.get("address") == address and ("Service" in of) == bool(address) == (not web["listen"].startswith("127.")), web
    if not address:
        return
    assert "tls" in web or web["proxy"]["addresses"], web
    (container,) = of["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert {"name": "web", "containerPort": int(web["listen"].rsplit(":")[-1])} in container["ports"], container["ports"]
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert all(str(pathlib.PurePath(file).parent) in mounted for file in web.get("tls", {}).values()), mounted


def main():
    findings = helm.lint(str(CHART))
    print("lint:", *(f"{found['path']}: {found['error']}" for found in findings["messages"]))
    if findings["errors"]:
        sys.exit(f"lint: {findings['errors']}")
    with helm.Chart.load(str(CHART)) as chart:
        for name, values in {"needed": NEEDED, "all": ALL, "least": LEAST}.items():
            chart.validate_schema(values)
            rendered = chart.render(values, name="sluss", namespace="ideas")
            documents = [
                document
                for path, text in rendered.items()
                if path.endswith(".yaml")
                for document in yaml.safe_load_all(text)
                if document
            ]
            kinds, pods = check(documents)
            check_directory(values, documents)
            check_callers(documents)
            print(f"{name}: {len(documents)} objects, {pods} kinds of pods, {sorted(set(kinds))}")
            for document in documents:
                for key, text in document.get("data", {}).items() if document["kind"] == "ConfigMap" else []:
                    settings = tomllib.loads(text) if key.endswith(".toml") else {}
                    check_signing(settings.get("signing"), document["metadata"]["name"], documents)
                    check_web(values, settings, document["metadata"]["name"], documents)
                    if len(sys.argv) > 1:
                        at = pathlib.Path(sys.argv[1]) / name / f"{document['metadata']['name']}.{key}"
                        at.parent.mkdir(parents=True, exist_ok=True)
                        at.write_text(text)
        for values in REFUSED:
            try:
                chart.validate_schema(values)
                chart.render(values, name="sluss", namespace="ideas")
            except Exception:
                continue
            sys.exit(f"these values should be refused: {values}")


if __name__ == "__main__":
    main()
