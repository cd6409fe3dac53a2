//! What `deploy/` says of the services, held against the services: names of metrics, settings, and a heading for each alert.

use idesluss_domain::SERVICES;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Metrics that dashboards and the manual may name before the code keeps them. Empty is best.
const TO_COME: &[&str] = &[];

/// What Prometheus adds to a histogram's name.
const OF_HISTOGRAMS: [&str; 3] = ["_bucket", "_sum", "_count"];

/// Where a process's settings begin, and which files say what they are.
const SERVICE: &str = "services/launch/src/settings.rs";
const GATEWAY: &str = "services/gateway/src/settings.rs";
const SHARED: [&str; 3] = [
    "services/runtime/src/memory.rs",
    "services/runtime/src/settings.rs",
    "services/runtime/src/tls.rs",
];

/// A variable that names the file of settings; it is none itself.
const FILE_VARIABLE: &str = "IDESLUSS_CONFIG";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder, without what an operator has made there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !matches!(name, "secrets" | "backups" | "target") {
                found.extend(files(&path));
            }
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every word of `text` that begins with `prefix`, as long as its letters go on.
fn words(text: &str, prefix: &str, goes_on: impl Fn(char) -> bool) -> BTreeSet<String> {
    let starts = text.match_indices(prefix).filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        !before.is_some_and(|before| goes_on(before) || matches!(before, '-' | '/' | '.'))
    });
    starts
        .map(|(at, _)| text[at..].chars().take_while(|letter| goes_on(*letter)).collect())
        .collect()
}

fn metrics_in(text: &str) -> BTreeSet<String> {
    words(text, "idesluss_", |letter| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
    })
}

/// The metrics that the code keeps: `const NAME: &str = "idesluss_…"`, where the name is used too.
fn kept() -> BTreeSet<String> {
    let mut sources = String::new();
    let crates = std::fs::read_dir(root().join("services")).expect("services/");
    for entry in crates {
        let folder = entry.expect("a entry").path().join("src");
        if folder.is_dir() {
            for file in files(&folder)
                .iter()
                .filter(|file| file.extension().is_some_and(|kind| kind == "rs"))
            {
                sources.push_str(&read(file));
            }
        }
    }
    let mut kept = BTreeSet::new();
    for line in sources.lines() {
        let Some((before, value)) = line.split_once(": &str = \"idesluss_") else {
            continue;
        };
        let Some((_, name)) = before.split_once("const ") else {
            continue;
        };
        let used = sources.matches(&format!("{name},")).count() + sources.matches(&format!("{name})")).count();
        assert!(used > 0, "the metric {name} is named and nowhere kept");
        let value = value.split('"').next().unwrap_or_default();
        kept.insert(format!("idesluss_{value}"));
    }
    assert!(kept.len() > 20, "the metrics were not found: {kept:?}");
    kept
}

/// The first cells of the table under a heading of the manual that begin with a backtick, each with its row.
fn table(manual: &str, heading: &str) -> BTreeMap<String, Vec<String>> {
    let (_, section) = manual
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("deploy/README.md has no part {heading}"));
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| {
        let cells: Vec<String> = line
            .strip_prefix("| ")?
            .split(" | ")
            .map(|cell| cell.trim_matches([' ', '|']).to_owned())
            .collect();
        let first = cells.first()?.strip_prefix('`')?.strip_suffix('`')?.to_owned();
        Some((first, cells))
    });
    rows.collect()
}

/// A struct's fields and their types, by its name, out of a source file.
fn structs(source: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let mut found = BTreeMap::new();
    let mut inside: Option<(String, Vec<(String, String)>)> = None;
    for line in source.lines() {
        let code = line.trim();
        let code = code
            .strip_prefix("pub(crate) ")
            .or_else(|| code.strip_prefix("pub "))
            .unwrap_or(code);
        if let Some(name) = code.strip_prefix("struct ").and_then(|rest| rest.strip_suffix(" {")) {
            inside = Some((name.to_owned(), Vec::new()));
        } else if line == "}" {
            found.extend(inside.take());
        } else if let Some((_, fields)) = &mut inside
            && !code.starts_with(['/', '#'])
            && let Some((name, kind)) = code.trim_end_matches(',').split_once(": ")
        {
            let kind = kind
                .strip_prefix("Option<")
                .and_then(|kind| kind.strip_suffix('>'))
                .unwrap_or(kind);
            fields.push((name.to_owned(), kind.to_owned()));
        }
    }
    found
}

/// The keys of all settings that a file's `Settings` knows, such as `database.url`.
fn settings(file: &str) -> BTreeSet<String> {
    let mut known = structs(&SHARED.map(read).concat());
    known.extend(structs(&read(file)));
    let mut keys = BTreeSet::new();
    let mut todo = vec![(String::new(), "Settings".to_owned())];
    while let Some((prefix, kind)) = todo.pop() {
        for (field, kind) in &known[&kind] {
            let key = format!("{prefix}{field}");
            if kind == "PeerAddresses" {
                keys.extend(SERVICES.iter().map(|service| format!("{key}.{service}")));
            } else if known.contains_key(kind) {
                todo.push((format!("{key}."), kind.clone()));
            } else {
                keys.insert(key);
            }
        }
    }
    assert!(
        keys.contains("directory") && keys.contains("tls.ca_file"),
        "the settings were not understood: {keys:?}"
    );
    keys
}

fn variable(key: &str) -> String {
    format!("IDESLUSS_{}", key.to_uppercase().replace('.', "__"))
}

/// The keys that a file of settings sets.
fn keys_of(prefix: &str, table: &toml::Table) -> BTreeSet<String> {
    let each = table.iter().map(|(key, value)| match value {
        toml::Value::Table(inner) => keys_of(&format!("{prefix}{key}."), inner),
        _ => BTreeSet::from([format!("{prefix}{key}")]),
    });
    each.flatten().collect()
}

#[test]
fn dashboard_and_alerts_name_no_metric_that_nobody_keeps() {
    let mut known = kept();
    known.extend(TO_COME.iter().map(|name| (*name).to_owned()));
    let mut unknown = Vec::new();
    let folder = root().join("deploy/observability");
    let mut seen = BTreeSet::new();
    for file in files(&folder) {
        for name in metrics_in(&read(&file)) {
            let bare = OF_HISTOGRAMS
                .iter()
                .find_map(|suffix| name.strip_suffix(suffix))
                .unwrap_or(&name);
            if known.contains(bare) || known.contains(&name) {
                seen.insert(bare.to_owned());
            } else {
                unknown.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(seen.len() > 20, "few metrics are shown: {seen:?}");
    let dashboard: Value =
        serde_json::from_str(&read("deploy/observability/dashboard.json")).expect("the dashboard is JSON");
    assert!(dashboard["panels"].as_array().is_some_and(|panels| panels.len() > 10));
}

#[test]
fn nobody_is_told_to_run_a_program_that_there_is_not() {
    let mut told = files(&root().join("deploy"));
    told.extend(["README.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root().join(name)));
    for folder in ["services", "tests/src"] {
        let sources = files(&root().join(folder)).into_iter();
        told.extend(sources.filter(|file| file.extension().is_some_and(|kind| kind == "rs")));
    }
    for file in told {
        let text = read(&file);
        let before = text.match_indices("-service ").map(|(at, _)| &text[..at]);
        let gone = before.filter(|text| {
            SERVICES.iter().any(|service| text.ends_with(service))
                || text.ends_with(['}', '>'])
                || text.ends_with("$service")
        });
        assert_eq!(
            gone.count(),
            0,
            "{}: the programs are idesluss and idesluss-server --services",
            file.display()
        );
    }
}

#[test]
fn every_metric_stands_in_the_manual_and_on_the_dashboard() {
    let manual: BTreeSet<_> = table(&read("deploy/README.md"), "Metrics").into_keys().collect();
    let shown = metrics_in(&read("deploy/observability/dashboard.json"));
    let mut known = kept();
    let missing: Vec<_> = known.iter().filter(|name| !manual.contains(*name)).collect();
    assert!(missing.is_empty(), "deploy/README.md, Metrics, lacks {missing:?}");
    let is_shown = |name: &&String| shown.iter().any(|one| one.starts_with(name.as_str()));
    let missing: Vec<_> = known.iter().filter(|name| !is_shown(name)).collect();
    assert!(missing.is_empty(), "the dashboard lacks {missing:?}");
    known.extend(TO_COME.iter().map(|name| (*name).to_owned()));
    let unknown: Vec<_> = manual.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "deploy/README.md, Metrics, tells of {unknown:?}, which nobody keeps"
    );
}

#[test]
fn every_setting_stands_in_the_manual_with_its_variable_and_whose_it_is() {
    let manual = table(&read("deploy/README.md"), "Settings");
    let (service, gateway) = (settings(SERVICE), settings(GATEWAY));
    for key in service.union(&gateway) {
        let row = manual
            .get(key)
            .unwrap_or_else(|| panic!("deploy/README.md, Settings, lacks {key}"));
        assert_eq!(row.len(), 5, "{row:?}");
        assert_eq!(row[1], format!("`{}`", variable(key)), "{key}");
        let mut of = Vec::new();
        if service.contains(key) {
            of.push("S");
        }
        if gateway.contains(key) {
            of.push("G");
        }
        assert_eq!(row[2], of.join(" "), "{key}");
        assert!(!row[3].is_empty() && row[4].len() > 3, "{key}: default and meaning");
    }
    let unknown: Vec<_> = manual
        .keys()
        .filter(|key| !service.contains(*key) && !gateway.contains(*key))
        .collect();
    assert!(
        unknown.is_empty(),
        "deploy/README.md tells of settings that there are not: {unknown:?}"
    );
}

#[test]
fn no_example_sets_what_its_process_does_not_know() {
    let (service, gateway) = (settings(SERVICE), settings(GATEWAY));
    let examples = files(&root().join("deploy/systemd/settings"));
    assert_eq!(examples.len(), SERVICES.len() + 1);
    for file in examples {
        let text: toml::Table = read(&file)
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let known = if file.ends_with("gateway.toml") {
            &gateway
        } else {
            &service
        };
        let unknown: Vec<_> = keys_of("", &text).difference(known).cloned().collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", file.display());
    }
    let variables: BTreeSet<_> = service.union(&gateway).map(|key| variable(key)).collect();
    let goes_on = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    for file in files(&root().join("deploy")) {
        for name in words(&read(&file), "IDESLUSS_", goes_on) {
            // `IDESLUSS_` alone, the tools' folder, and the example of what Kubernetes would set.
            let is_told_of = matches!(
                name.as_str(),
                "IDESLUSS_" | FILE_VARIABLE | "IDESLUSS_TOOLS" | "IDESLUSS_SUBMISSION_SERVICE_HOST"
            );
            // What is one member's own in a process that runs several.
            let own = SERVICES.iter().find_map(|service| {
                name.strip_prefix(&format!("IDESLUSS_SERVICES__{}__", service.to_uppercase()))
                    .map(|setting| format!("IDESLUSS_{setting}"))
            });
            let name = own.unwrap_or(name);
            // A script goes on with a service's name.
            let is_begun = name.ends_with("__") && variables.iter().any(|known| known.starts_with(&name));
            assert!(
                is_told_of || is_begun || variables.contains(&name),
                "{}: there is no setting {name}",
                file.display()
            );
        }
    }
}

#[test]
fn whatever_names_one_service_names_them_all() {
    let listed = read("deploy/services");
    assert_eq!(listed.lines().collect::<Vec<_>>(), SERVICES);
    // One as an example of any, or what is tried with one of them alone.
    let of_one = [
        "Containerfile",
        "backup/try.sh",
        "check.sh",
        "helm/check.py",
        "helm/idesluss/templates/NOTES.txt",
        "systemd/idesluss-migrate@.service",
        "systemd/idesluss-restored@.service",
        "try.sh",
    ];
    let deploy = root().join("deploy");
    for file in files(&deploy) {
        let text = read(&file);
        let named: Vec<&str> = SERVICES.into_iter().filter(|service| text.contains(service)).collect();
        let name = file.strip_prefix(&deploy).expect("a file of deploy");
        let is_of_one = of_one.iter().any(|one| name == Path::new(one));
        assert!(
            named.is_empty() || named == SERVICES || is_of_one,
            "{}: {named:?}",
            file.display()
        );
    }
}

#[test]
fn every_example_signs_with_a_secret_key_and_keeps_the_guard_apart_from_everything_else() {
    let compose = read("deploy/compose/compose.yaml");
    let unit = read("deploy/systemd/idesluss@.service");
    let secrets = read("deploy/compose/secrets.sh");
    assert!(unit.contains("\nLoadCredential=signing.key:/etc/idesluss/secrets/%i/signing.key\n"));
    assert!(secrets.contains("/$service/signing.key"), "secrets.sh makes the key");
    assert!(compose.contains("IDESLUSS_SIGNING__KEY_FILE: /run/secrets/signing.key"));
    assert!(compose.contains("IDESLUSS_SIGNING__GUARD: /var/lib/idesluss-guard/"));
    for (service, number) in [("submission", 1), ("evaluation", 2), ("sharing", 3), ("identity", 4)] {
        let port = format!("730{number}");
        let text: toml::Table = read(format!("deploy/systemd/settings/{service}.toml"))
            .parse()
            .expect("settings");
        let said = |member: &str| text["signing"][member].as_str().expect("text").to_owned();
        assert_eq!(
            said("key_file"),
            format!("/run/credentials/idesluss@{service}.service/signing.key")
        );
        let folder = said("guard");
        let folder = folder.strip_prefix("/var/lib/").expect("a state directory");
        let kept = format!("{}/%i", folder.split('/').next().expect("its name"));
        let state = unit.lines().find_map(|line| line.strip_prefix("StateDirectory="));
        assert!(
            state.is_some_and(|state| state.split(' ').any(|one| one == kept)),
            "{kept}"
        );
        assert_eq!(said("listen"), format!("0.0.0.0:{port}"));
        // On this machine's loopback, as its gRPC; and the volume in one container, not where backups are taken.
        assert!(compose.contains(&format!("IDESLUSS_SIGNING__LISTEN: 0.0.0.0:{port}")));
        assert!(compose.contains(&format!("\"127.0.0.1:{port}:{port}\"")));
        assert_eq!(
            compose
                .matches(&format!("- {service}-guard:/var/lib/idesluss-guard\n"))
                .count(),
            1
        );
        assert_eq!(
            compose.matches(&format!("{service}-guard:")).count(),
            2,
            "mounted, and named"
        );
    }
}

#[test]
fn every_alert_has_a_test_and_says_where_it_is_told_what_to_do() {
    let alerts = read("deploy/observability/alerts.yaml");
    let tests = read("deploy/observability/alerts-test.yaml");
    let manual = read("deploy/README.md");
    let headings: BTreeSet<String> = manual
        .lines()
        .filter_map(|line| {
            line.trim_start_matches('#')
                .strip_prefix(' ')
                .filter(|_| line.starts_with('#'))
        })
        .map(anchor)
        .collect();
    let mut count = 0;
    for rule in alerts.split("- alert: ").skip(1) {
        let name = rule.lines().next().unwrap_or_default().trim();
        let link = rule
            .lines()
            .find_map(|line| line.trim().strip_prefix("runbook: deploy/README.md#"));
        let link = link.unwrap_or_else(|| panic!("{name} names no runbook"));
        assert!(
            headings.contains(link),
            "{name}: deploy/README.md has no heading #{link}"
        );
        assert_eq!(link, anchor(name), "{name} leads to another alert's heading");
        assert!(
            rule.contains("severity: page") || rule.contains("severity: ticket"),
            "{name}"
        );
        let tried = tests.matches(&format!("alertname: {name}")).count();
        assert!(
            tried >= 2,
            "{name} is tried {tried} times: once in trouble, once without"
        );
        count += 1;
    }
    assert!(count > 10, "{count} alerts were found");
    for link in manual.split("](#").skip(1) {
        let link = link.split(')').next().unwrap_or_default();
        assert!(
            headings.contains(link),
            "deploy/README.md leads to #{link}, which is not there"
        );
    }
}

/// How a heading is linked to.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}
