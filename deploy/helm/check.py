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
DIRECTORY = (CHART.parents[1] / "compose" / "instance.example.toml").read_text()
NEEDED = {"directory": {"text": DIRECTORY}, "database": {"address": "db.databases.svc:5432"}}
ALL = NEEDED | {
    "database": NEEDED["database"] | {"existingCaSecret": "db-ca"},
    "broker": {"urls": ["tls://nats.nats.svc:4222"], "existingCaSecret": "nats-ca", "replicas": 3},
    "views": {"persistence": {"enabled": True}},
    "telemetry": {"otlp": "http://collector.monitoring:4317", "sampled": 0.5},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "image": {"pullSecrets": ["registry"]},
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "nodeSelector": {"disk": "ssd"},
    "networkPolicy": {"databasePeers": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
}
LEAST = NEEDED | {
    "gateway": {"enabled": False},
    "networkPolicy": {"enabled": False},
    "podDisruptionBudget": {"enabled": False},
    "database": NEEDED["database"] | {"migrate": False},
    "services": {name: {"replicas": 1} for name in ("submission", "evaluation", "sharing")},
}
REFUSED = [
    {},  # no address, no directory
    NEEDED | {"services": {"submission": {"replicas": 0}}},
    NEEDED | {"brooker": {}},
    NEEDED | {"broker": {"replicas": 2}},
    NEEDED | {"broker": {"urls": ["nats://user:password@nats:4222"]}},
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
                security = container["securityContext"]
                assert security["readOnlyRootFilesystem"] and security["capabilities"]["drop"] == ["ALL"]
                mounted = {mount["name"] for mount in container["volumeMounts"]}
                owned = {volume["name"] for volume in pod["volumes"]}
                owned |= {claim["metadata"]["name"] for claim in document["spec"].get("volumeClaimTemplates", [])}
                assert mounted <= owned, (document["metadata"]["name"], mounted - owned)
    return kinds, pods


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
            print(f"{name}: {len(documents)} objects, {pods} kinds of pods, {sorted(set(kinds))}")
            for document in documents:
                for key, text in document.get("data", {}).items() if document["kind"] == "ConfigMap" else []:
                    tomllib.loads(text)
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
