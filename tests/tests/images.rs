//! Images of others: whatever `deploy/` names, it names by digest, and `images.sh` is what sees to it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

/// `deploy/images.sh` on a copy of what it looks at, with a `docker` that answers as it is told.
struct Images(TempDir);

impl Images {
    fn copied() -> Self {
        let folder = TempDir::new().expect("a folder");
        for file in ["images.txt", "Containerfile", "compose/compose.yaml"] {
            let to = folder.path().join(file);
            std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            std::fs::copy(deploy().join(file), to).expect("copied");
        }
        for file in std::fs::read_dir(deploy().join("helm/idesluss/templates")).expect("the chart") {
            let file = file.expect("a file").path();
            let to = folder.path().join("helm/idesluss/templates");
            std::fs::create_dir_all(&to).expect("a folder");
            std::fs::copy(&file, to.join(file.file_name().expect("a name"))).expect("copied");
        }
        Self(folder)
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.0.path().join(file);
        let text = std::fs::read_to_string(&path).expect("the file");
        assert!(text.contains(from), "{file} holds no {from}");
        std::fs::write(path, text.replace(from, to)).expect("written");
    }

    /// Runs one of its commands where `docker` answers with `digest`. Returns whether it went well, and what it said.
    fn run(&self, command: &str, digest: &str) -> (bool, String) {
        let programs = self.0.path().join("programs");
        std::fs::create_dir_all(&programs).expect("a folder");
        let docker = programs.join("docker");
        std::fs::write(&docker, format!("#!/bin/sh\necho '{digest}'\n")).expect("written");
        std::fs::set_permissions(&docker, std::fs::Permissions::from_mode(0o755)).expect("executable");
        let path = std::env::var("PATH").expect("a path");
        let output = Command::new(deploy().join("images.sh"))
            .arg(command)
            .env("IMAGES", self.0.path())
            .env("PATH", format!("{}:{path}", programs.display()))
            .output()
            .expect("it can be run");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    fn written(&self) -> Option<String> {
        std::fs::read_to_string(self.0.path().join("images.env")).ok()
    }
}

fn digest(of: char) -> String {
    format!("sha256:{}", of.to_string().repeat(64))
}

#[test]
fn images_of_others_are_written_down_by_digest_and_renewed_whole_or_not_at_all() {
    let images = Images::copied();
    let (refused, said) = images.run("arguments", "");
    assert!(!refused && said.contains("images.sh renew"), "{said}");
    let (done, said) = images.run("renew", &digest('a'));
    assert!(
        done && said.contains(&format!("none -> postgres:17-bookworm@{}", digest('a'))),
        "{said}"
    );
    let (done, said) = images.run("arguments", "");
    let wanted = format!("--build-arg RUST_IMAGE=rust:1-bookworm@{}\n", digest('a'));
    assert!(done && said.starts_with(&wanted), "{said}");
    let (done, said) = images.run("check", "");
    assert!(done, "{said}");

    let before = images.written();
    for answer in ["", "latest", "sha256:abc"] {
        let (done, said) = images.run("renew", answer);
        assert!(!done && said.contains("nothing was changed"), "{said}");
        assert_eq!(images.written(), before);
    }
    let (done, said) = images.run("renew", &digest('b'));
    assert!(done && said.contains(&format!("@{} -> ", digest('a'))), "{said}");
    let kept = images.written().expect("written");
    assert!(kept.contains(&digest('b')) && !kept.contains(&digest('a')), "{kept}");
}

#[test]
fn an_image_without_a_digest_is_refused_wherever_it_is_named() {
    let refused = |images: &Images, because: &str| {
        let (done, said) = images.run("check", "");
        assert!(!done && said.contains(because), "{said}");
    };
    let tag = Images::copied();
    tag.change(
        "compose/compose.yaml",
        "image: \"${NATS_IMAGE:?",
        "image: \"${NATS_IMAGE:-nats:2.12-alpine} #",
    );
    refused(&tag, "names an image by itself");
    let unknown = Images::copied();
    unknown.change("compose/compose.yaml", "${NATS_IMAGE:?", "${BROKER_IMAGE:?");
    refused(&unknown, "BROKER_IMAGE is not in images.txt");
    let built = Images::copied();
    built.change("Containerfile", "FROM ${BASE_IMAGE}", "FROM debian:bookworm-slim");
    refused(&built, "FROM debian:bookworm-slim");
    let default = Images::copied();
    default.change(
        "Containerfile",
        "\nARG BASE_IMAGE\n\n",
        "\nARG BASE_IMAGE=debian:bookworm-slim\n\n",
    );
    refused(&default, "BASE_IMAGE has a default");
    let chart = Images::copied();
    chart.change("helm/idesluss/templates/_helpers.tpl", "@{{ required", ":{{ required");
    refused(&chart, "digest that must be given");
    let init = Images::copied();
    init.change(
        "helm/idesluss/templates/gateway.yaml",
        "include \"idesluss.image\" .",
        "\"busybox:1\"",
    );
    refused(&init, "the chart names an image by itself");

    let own = Images::copied();
    std::fs::write(own.0.path().join("compose/.env"), "NATS_IMAGE=nats:latest\n").expect("written");
    refused(&own, "NATS_IMAGE is nats:latest, without a digest");

    let written = Images::copied();
    assert!(written.run("renew", &digest('a')).0);
    written.change(
        "images.env",
        &format!("nats:2.12-alpine@{}", digest('a')),
        "nats:2.12-alpine",
    );
    refused(&written, "NATS_IMAGE is nats:2.12-alpine");
    let another = Images::copied();
    assert!(another.run("renew", &digest('a')).0);
    another.change("images.txt", "nats:2.12-alpine", "nats:2.13-alpine");
    refused(&another, "and not nats:2.13-alpine by its digest");
}
