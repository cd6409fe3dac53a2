//! Lists page by page: nothing twice, nothing left out, and a token of the one is none of the other.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_tests::{Instance, Someone, eventually};
use std::collections::BTreeSet;
use tonic::Code;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_told_page_by_page_the_open_ones_first() {
    let instance = Instance::start();
    let mut submission = instance.submission();
    let owner = Someone::who("uddevalla", Role::NeedOwner);
    let mut opened = Vec::new();
    let mut token = None;
    for title in ["Måltider", "Resor", "Larm", "Lokaler"] {
        let call = Uuid::new_v4().to_string();
        let open = sub::OpenCallRequest {
            command: owner.command(),
            call: call.clone(),
            title: title.into(),
            need: "Vi behöver idéer.".into(),
            resources: "Tre veckor.".into(),
            until: String::new(),
        };
        token = submission
            .open_call(owner.says(open))
            .await
            .expect("opened")
            .into_inner()
            .token;
        opened.push(call);
    }
    for call in [&opened[3], &opened[1]] {
        let close = sub::CloseCallRequest {
            command: owner.command(),
            call: call.clone(),
            outcome: String::new(),
        };
        token = submission
            .close_call(owner.says(close))
            .await
            .expect("closed")
            .into_inner()
            .token;
    }

    let mut told = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = sub::ListCallsRequest {
            query: owner.asks_after(token.clone()),
            page_size: 1,
            page_token,
        };
        let page = instance
            .ideas()
            .list_calls(owner.says(request))
            .await
            .expect("calls")
            .into_inner();
        assert_eq!(page.total, 4);
        told.extend(page.calls.into_iter().map(|call| (call.call, call.closed)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let in_order = [(2, false), (0, false), (3, true), (1, true)];
    assert_eq!(told, in_order.map(|(call, closed)| (opened[call].clone(), closed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_the_word_in_its_title_is_found_before_what_has_it_further_down() {
    let instance = Instance::start();
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    let submit = async |title: &str, problem: &str| {
        let request = sub::SubmitIdeaRequest {
            title: title.into(),
            problem: problem.into(),
            ..submitter.idea()
        };
        instance.submit(submitter.says(request)).await.expect("submitted")
    };
    for number in 0..4 {
        submit(&format!("Tryggare boende {number}"), "Sätt upp larmknappar vid dörren.").await;
    }
    let titled = submit("Larmknapp vid ytterdörren", "Den som ramlar når ingen telefon.").await;
    submit("Säkrare hem", "En larmknapp i varje hall.").await;
    let first = eventually(|| async {
        let request = sub::SearchIdeasRequest {
            query: coordinator.asks(),
            words: "larmknapp".into(),
            ..sub::SearchIdeasRequest::default()
        };
        let found = instance
            .ideas()
            .search_ideas(coordinator.says(request))
            .await?
            .into_inner();
        Ok((found.total == 6).then(|| found.ideas[0].idea.clone()))
    })
    .await;
    assert_eq!(first, titled);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_search_finds_is_told_page_by_page() {
    let instance = Instance::start();
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    let mut submitted = BTreeSet::new();
    for _ in 0..5 {
        submitted.insert(
            instance
                .submit(submitter.says(submitter.idea()))
                .await
                .expect("submitted"),
        );
    }
    let search = async |page_token: String| {
        let request = sub::SearchIdeasRequest {
            query: coordinator.asks(),
            words: "kylen stannar".into(),
            page_size: 2,
            page_token,
        };
        instance
            .ideas()
            .search_ideas(coordinator.says(request))
            .await
            .map(tonic::Response::into_inner)
    };
    eventually(|| async { Ok((search(String::new()).await?.total == 5).then_some(())) }).await;

    let (mut found, mut sizes, mut page_token) = (BTreeSet::new(), Vec::new(), String::new());
    loop {
        let page = search(page_token).await.expect("found");
        sizes.push(page.ideas.len());
        found.extend(page.ideas.into_iter().map(|row| row.idea));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!((found, sizes), (submitted, vec![2, 2, 1]));

    let mine = sub::ListInboxRequest {
        query: coordinator.asks(),
        page_size: 2,
        ..sub::ListInboxRequest::default()
    };
    let inbox = instance
        .ideas()
        .list_inbox(coordinator.says(mine))
        .await
        .expect("the inbox")
        .into_inner();
    let refused = search(inbox.next_page_token).await.expect_err("a list's token");
    assert_eq!(refused.code(), Code::InvalidArgument);
}
