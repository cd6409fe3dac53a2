//! What people look for in other words than it was written in.

use crate::demo::who;
use idesluss_domain::words::Role as HeldRole;
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use idesluss_tests::{Server, Someone, Way, eventually};
use serde::Deserialize;
use std::collections::BTreeMap;
use tempfile::TempDir;

const IDEAS: &str = include_str!("../../../services/idesluss/src/demo/ideas.toml");
const PARAPHRASES: &str = include_str!("../../data/paraphrases.tsv");

#[derive(Deserialize)]
struct Ideas {
    idea: Vec<Idea>,
}

#[derive(Deserialize)]
struct Idea {
    key: String,
    home: String,
    title: String,
}

/// How often what was meant stood among the first one, three and five, of how many.
#[derive(Debug, Default)]
struct Hits {
    asked: usize,
    first: usize,
    three: usize,
    five: usize,
    missed: Vec<String>,
}

impl Hits {
    fn note(&mut self, words: &str, place: Option<usize>) {
        self.asked += 1;
        let within = |bound: usize| usize::from(place.is_some_and(|place| place < bound));
        self.first += within(1);
        self.three += within(3);
        self.five += within(5);
        if place.is_none_or(|place| place >= 5) {
            self.missed.push(words.to_owned());
        }
    }

    fn share(&self, hits: usize) -> f64 {
        hits as f64 / self.asked as f64
    }
}

async fn found(
    ideas: &mut SubmissionQueryServiceClient<Way>,
    coordinator: &Someone,
    words: &str,
) -> sub::SearchIdeasResponse {
    let request = sub::SearchIdeasRequest {
        query: coordinator.asks(),
        words: words.to_owned(),
        ..sub::SearchIdeasRequest::default()
    };
    let told = ideas.search_ideas(coordinator.says(request)).await;
    told.expect("an answer").into_inner()
}

fn titles(found: &sub::SearchIdeasResponse) -> Vec<String> {
    let titles = found.ideas.iter().map(|row| row.title.clone().unwrap_or_default().text);
    titles.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_is_found_by_other_words_by_parts_of_words_and_by_its_reference() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let mut client = SubmissionQueryServiceClient::new(server.way("submission"));
    let all: Ideas = toml::from_str(IDEAS).expect("ideas");
    let all: BTreeMap<&str, &Idea> = all.idea.iter().map(|idea| (idea.key.as_str(), idea)).collect();
    let coordinator = |home: &str| who(&folder, home, HeldRole::Coordinator, Role::Coordinator);
    // The index follows the journal.
    for home in ["uddevalla", "trollhattan", "vanersborg", "fyrbodal"] {
        let last = all.values().rfind(|idea| idea.home == home).expect("an idea");
        eventually(|| {
            let (mut client, coordinator) = (client.clone(), coordinator(home));
            async move {
                let told = found(&mut client, &coordinator, &last.title).await;
                Ok(titles(&told).contains(&last.title).then_some(()))
            }
        })
        .await;
    }
    let mut hits: BTreeMap<&str, Hits> = BTreeMap::new();
    for line in PARAPHRASES.lines() {
        let [set, key, words] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let idea = all[key];
        let told = found(&mut client, &coordinator(&idea.home), words).await;
        let place = titles(&told).iter().position(|title| *title == idea.title);
        hits.entry(set).or_default().note(words, place);
    }
    for (set, hits) in &hits {
        let share = |found| hits.share(found);
        println!(
            "{set}: {} asked, at 1 {:.2}, at 3 {:.2}, at 5 {:.2}; missed {:?}",
            hits.asked,
            share(hits.first),
            share(hits.three),
            share(hits.five),
            hits.missed,
        );
    }
    let report = &hits["report"];
    assert_eq!(report.asked, 50);
    let shares = [report.first, report.three, report.five].map(|found| report.share(found));
    assert!(
        shares[0] >= 0.76 && shares[1] >= 0.84 && shares[2] >= 0.86,
        "{shares:?}"
    );

    // Its reference, however it is written, is that idea alone.
    let home = coordinator("uddevalla");
    let told = found(&mut client, &home, "cykelpool").await;
    let idea = told.ideas.first().expect("an idea");
    let bare: String = idea
        .reference
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    for reference in [
        idea.reference.clone(),
        bare,
        idea.reference.to_lowercase().replace('-', " "),
    ] {
        let told = found(&mut client, &home, &reference).await;
        assert_eq!((told.total, told.nearest), (1, 0), "{reference}");
        assert_eq!(told.ideas[0].idea, idea.idea, "{reference}");
    }
    // While it is typed, a word is its beginning.
    for typed in ["cy", "cyk", "cyke", "cykelp", "cykelpoo"] {
        let told = found(&mut client, &home, typed).await;
        assert!(told.ideas.iter().any(|found| found.idea == idea.idea), "{typed}");
    }
    // What nobody wrote is found nowhere, and what has not all the words says so.
    assert_eq!(found(&mut client, &home, "xyzzyqvart").await.total, 0);
    let told = found(&mut client, &home, "cykelpool xyzzyqvart").await;
    assert!(told.total > 0 && told.nearest == told.total, "{told:?}");
}
