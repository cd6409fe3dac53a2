//! The pictures in the README: what the main pages look like, taken from the sample region in a real browser.

use idesluss_tests::{Chromium, Server};
use serde_json::json;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A picture: its name, whose page it is, in which role, how it is come to, and how wide the window is.
struct Picture {
    name: &'static str,
    who: (&'static str, &'static str),
    page: &'static str,
    /// The link to follow from there; empty: the page itself.
    follow: &'static str,
    size: (u32, u32),
    theme: &'static str,
}

const PICTURES: [Picture; 6] = [
    Picture {
        name: "submit",
        who: ("Maria Lindqvist", "idégivare"),
        page: "/ideer/ny",
        follow: "",
        size: (390, 844),
        theme: "light",
    },
    Picture {
        name: "my-ideas",
        who: ("Maria Lindqvist", "idégivare"),
        page: "/ideer",
        follow: "",
        size: (1200, 900),
        theme: "light",
    },
    Picture {
        name: "idea",
        who: ("Anders Holm", "slussledare"),
        page: "/inkorg",
        follow: "Bytesdag för leksaker mellan förskolorna",
        size: (1200, 900),
        theme: "light",
    },
    Picture {
        name: "decide",
        who: ("Karin Åkesson", "beslutsfattare"),
        page: "/besluta",
        follow: "Visa lediga parkeringsplatser vid sjukhuset",
        size: (1200, 900),
        theme: "dark",
    },
    Picture {
        name: "solution",
        who: ("Daniel Kvist", "införare"),
        page: "/losningar",
        follow: "Cykelpool med tjänstekort",
        size: (1200, 900),
        theme: "light",
    },
    Picture {
        name: "audit",
        who: ("Birgitta Wallin", "revisor"),
        page: "/revision",
        follow: "",
        size: (1200, 900),
        theme: "light",
    },
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Takes every picture, and lays them beside the README where `PICTURES=write` says so.
#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_in_the_readme_are_of_pages_that_there_are() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let browser = Chromium::start(server.addresses.web).await;
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let write = std::env::var("PICTURES").is_ok_and(|word| word == "write");
    for picture in PICTURES {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": picture.theme }] });
        browser.tell("Emulation.setEmulatedMedia", media).await;
        let (width, height) = picture.size;
        browser.client.set_window_size(width, height).await.expect("a window");
        browser.become_person(picture.who.0, picture.who.1).await;
        browser.open(picture.page).await;
        if !picture.follow.is_empty() {
            browser.follow(picture.follow).await;
        }
        let taken = browser.client.screenshot().await.expect("a picture");
        let path = format!("tests/pictures/{}.png", picture.name);
        assert!(readme.contains(&path), "the README shows no {path}");
        let file = root().join(&path);
        if write {
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(&file, &taken).expect("written");
        }
        let kept = std::fs::read(&file).unwrap_or_else(|_| panic!("{path}: PICTURES=write makes it"));
        // Another machine draws letters a little otherwise, and days go by: a page that has become another one is seen all the same.
        let (kept, taken) = (kept.len() as f64, taken.len() as f64);
        assert!(
            (0.5..2.0).contains(&(taken / kept)),
            "{path} shows another page: PICTURES=write makes it anew"
        );
    }
    browser.client.clone().close().await.expect("closed");
}
