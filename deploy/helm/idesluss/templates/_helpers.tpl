{{- define "idesluss.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "idesluss.image" -}}
{{ .Values.image.repository }}@{{ required "image.digest: name the image by the digest that your registry gave it when it was pushed, sha256:…" .Values.image.digest }}
{{- end }}

{{/* Labels of one part: dict "root" $ "part" name */}}
{{- define "idesluss.selector" -}}
app.kubernetes.io/name: idesluss
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "idesluss.labels" -}}
{{ include "idesluss.selector" . }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* Ports: gRPC, ops and the signed log of a service. */}}
{{- define "idesluss.grpc" -}}
{{ get (dict "submission" 7101 "evaluation" 7102 "sharing" 7103 "identity" 7104) . }}
{{- end }}
{{- define "idesluss.ops" -}}
{{ get (dict "submission" 7201 "evaluation" 7202 "sharing" 7203 "identity" 7204 "gateway" 7200) . }}
{{- end }}

{{- define "idesluss.log" -}}
{{ get (dict "submission" 7301 "evaluation" 7302 "sharing" 7303 "identity" 7304) . }}
{{- end }}

{{/* Who opens connections to a service's gRPC: its own replicas, which pass commands on; whoever follows its journal or asks it; the gateway. */}}
{{- define "idesluss.callers" -}}
{{- $callers := dict
      "submission" (list "submission" "evaluation" "sharing" "gateway")
      "evaluation" (list "evaluation" "submission" "gateway")
      "sharing" (list "sharing" "gateway")
      "identity" (list "identity" "submission" "evaluation" "sharing" "gateway") -}}
{{- get $callers . | join "," -}}
{{- end }}

{{/* The addresses of all replicas of each service, as TOML. Every replica has its own name: a certificate for the service carries
     *.<release>-<service>.<namespace>.svc */}}
{{- define "idesluss.peers" -}}
[peers]
{{- range $service, $about := .Values.services }}
{{ $service }} = [
  {{- range $number := until (int $about.replicas) }}
  {{- if $number }}, {{ end }}
  {{- printf "https://%s-%s-%d.%s-%s.%s.svc:%s" (include "idesluss.name" $) $service $number (include "idesluss.name" $) $service $.Release.Namespace (include "idesluss.grpc" $service) | quote }}
  {{- end }}]
{{- end }}
{{- end }}

{{- define "idesluss.tls" -}}
[tls]
ca_file = "/etc/idesluss/tls/ca.crt"
cert_file = "/etc/idesluss/tls/tls.crt"
key_file = "/etc/idesluss/tls/tls.key"
{{- end }}

{{- define "idesluss.telemetry" -}}
[telemetry]
sampled = {{ .Values.telemetry.sampled | float64 | printf "%.6f" }}
{{- with .Values.telemetry.otlp }}
otlp = {{ . | quote }}
{{- end }}
{{- end }}

{{/* A database's URL: dict "root" $ "name" database "role" role */}}
{{- define "idesluss.url" -}}
postgres://{{ .role }}@{{ required "database.address is needed: host:port of PostgreSQL" .root.Values.database.address }}/{{ .name }}?sslmode={{ .root.Values.database.sslmode }}&sslrootcert={{ if .root.Values.database.existingCaSecret }}/etc/idesluss/database-ca/ca.crt{{ else }}/etc/idesluss/tls/ca.crt{{ end }}
{{- end }}

{{/* Whether a service speaks with the providers at which people sign in. */}}
{{- define "idesluss.asksProviders" -}}
{{ eq . "identity" }}
{{- end }}

{{/* What names the instance, for everybody; identity gets who takes part as well. dict "root" $ "service" its name */}}
{{- define "idesluss.directory" -}}
{{- if and (eq .service "identity") .root.Values.directory.existingSecret -}}
secret: {secretName: {{ .root.Values.directory.existingSecret }}, defaultMode: 0440}
{{- else -}}
configMap: {name: {{ include "idesluss.name" .root }}-instance}
{{- end }}
{{- end }}

{{- define "idesluss.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "idesluss.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "idesluss.probes" -}}
# Whether the loop turns; never the database, for which a restart does nothing.
startupProbe: {httpGet: {path: /livez, port: ops}, periodSeconds: 2, failureThreshold: 60}
livenessProbe: {httpGet: {path: /livez, port: ops}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}
readinessProbe: {httpGet: {path: /readyz, port: ops}, periodSeconds: 5, timeoutSeconds: 4, failureThreshold: 2}
{{- end }}
