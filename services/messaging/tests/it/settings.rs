//! Streams and consumers that are not as they were asked for.

use crate::instance::{Direct, Instance, SOURCE, STREAM, config, published, status, until};
use crate::raw;
use async_nats::jetstream::{consumer, stream};
use idesluss_messaging::BrokerConfig;
use idesluss_servers::Nats;
use std::time::Duration;

fn existing() -> stream::Config {
    stream::Config {
        name: STREAM.into(),
        subjects: vec!["ev.fyrbodal.submission.house.*".into()],
        max_messages: 10,
        max_age: Duration::from_secs(3_600),
        ..stream::Config::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_with_other_limits_is_corrected() {
    let nats = Nats::start();
    let jetstream = raw::client(&nats).await;
    jetstream.create_stream(existing()).await.expect("made");
    let from = Instance::new("submission");
    from.write(1..101).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 100).await;
    let info = raw::info(&jetstream).await;
    assert_eq!(info.state.messages, 100);
    assert_eq!(info.config.max_age, Duration::from_secs(7 * 24 * 3_600));
    assert_eq!((info.config.max_messages, info.config.max_message_size), (-1, 65_536));
    assert!(info.config.deny_delete && info.config.deny_purge);
    assert_eq!(info.config.storage, stream::StorageType::File);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_can_not_be_corrected_is_named_with_the_member_and_not_used() {
    for (member, wrong) in [
        (
            "storage",
            stream::Config {
                storage: stream::StorageType::Memory,
                ..existing()
            },
        ),
        (
            "subjects",
            stream::Config {
                subjects: vec!["ev.fyrbodal.*.house.*".into()],
                ..existing()
            },
        ),
        (
            "retention",
            stream::Config {
                retention: stream::RetentionPolicy::WorkQueue,
                ..existing()
            },
        ),
    ] {
        let nats = Nats::start();
        let jetstream = raw::client(&nats).await;
        jetstream.create_stream(wrong).await.expect("made");
        let from = Instance::new("submission");
        from.write(1..11).await;
        let sender = from.start(config(nats.port()), Vec::new());
        let now = status(&sender, "named", |status| {
            status.relays.get(SOURCE).is_some_and(|relay| relay.problem.is_some())
        })
        .await;
        let problem = now.relays[SOURCE].problem.clone().expect("a problem");
        assert!(problem.contains(member) && problem.contains(STREAM), "{problem}");
        sender.stop().await;
        assert_eq!(raw::info(&jetstream).await.state.messages, 0, "{member}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_can_not_be_corrected_is_named_and_the_source_is_asked_instead() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..11).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 10).await;
    let wrong = consumer::pull::Config {
        durable_name: Some("fyrbodal-evaluation".into()),
        ack_policy: consumer::AckPolicy::None,
        deliver_policy: consumer::DeliverPolicy::New,
        ..consumer::pull::Config::default()
    };
    let jetstream = raw::client(&nats).await;
    jetstream.create_consumer_on_stream(wrong, STREAM).await.expect("made");
    let receiver = to.start(config(nats.port()), Direct::new(&from, true).list());
    to.receives(10).await;
    let now = status(&receiver, "named", |status| status.receivers[SOURCE].problem.is_some()).await;
    let problem = now.receivers[SOURCE].problem.clone().expect("a problem");
    assert!(
        problem.contains("deliver_policy") && problem.contains("fyrbodal-evaluation"),
        "{problem}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_only_small_messages_is_named() {
    let mut nats = Nats::absent();
    nats.configure("max_payload: 32768");
    nats.resume();
    let from = Instance::new("submission");
    from.write(1..2).await;
    let sender = from.start(config(nats.port()), Vec::new());
    let now = status(&sender, "named", |status| {
        status.relays.get(SOURCE).is_some_and(|relay| relay.problem.is_some())
    })
    .await;
    let problem = now.relays[SOURCE].problem.clone().expect("a problem");
    assert!(
        problem.contains("max_payload") && problem.contains("32768"),
        "{problem}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_read_from_its_file_at_every_connect() {
    let mut nats = Nats::absent();
    nats.configure("authorization { user: ada, password: right }");
    nats.resume();
    let from = Instance::new("submission");
    from.write(1..11).await;
    let file = from.folder.path().join("password");
    std::fs::write(&file, "wrong\n").expect("written");
    let mut with_password = config(nats.port());
    with_password.user = Some("ada".into());
    with_password.password_file = Some(file.clone());
    let sender = from.start(with_password, Vec::new());
    let now = status(&sender, "refused", |status| status.broker.problem.is_some()).await;
    assert!(!now.broker.problem.expect("a problem").contains("wrong"));
    std::fs::write(&file, "right\n").expect("written");
    published(&sender, 10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deployed_users_may_do_what_they_must_and_hear_no_answers_to_others() {
    let mut nats = Nats::absent();
    nats.configure(&Nats::deployed_users("secret"));
    nats.resume();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    let password = from.folder.path().join("password");
    std::fs::write(&password, "secret").expect("written");
    let as_user = |user: &str| BrokerConfig {
        user: Some(user.into()),
        password_file: Some(password.clone()),
        ..config(nats.port())
    };
    from.write(1..101).await;
    let sender = from.start(as_user("submission"), Vec::new());
    published(&sender, 100).await;
    let _receiver = to.start(as_user("evaluation"), Direct::new(&from, false).list());
    to.receives(100).await;
    to.holds_all_of(&from).await;
    assert!(!nats.log().contains("Violation"), "{}", nats.log());

    let sharing = async_nats::ConnectOptions::with_user_and_password("sharing".into(), "secret".into());
    let sharing = sharing.connect(nats.url()).await.expect("connected");
    for (count, subject) in ["_INBOX.>", "_INBOX.evaluation.>", "ev.>"].into_iter().enumerate() {
        let _listening = sharing.subscribe(subject).await.expect("asked");
        until("refused", || {
            nats.log().matches("Subscription Violation").count() > count
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_deployed_user_may_write_read_or_undo_what_is_anothers() {
    const USERS: [&str; 4] = ["submission", "evaluation", "sharing", "identity"];
    let mut nats = Nats::absent();
    nats.configure(&Nats::deployed_users("secret"));
    nats.resume();
    for user in USERS {
        let options = async_nats::ConnectOptions::with_user_and_password(user.into(), "secret".into());
        let client = options.connect(nats.url()).await.expect("connected");
        let own = format!("ev-fyrbodal-{user}-house");
        let mut tried: Vec<String> = ["DELETE", "PURGE", "MSG.DELETE"]
            .map(|call| format!("$JS.API.STREAM.{call}.{own}"))
            .into();
        tried.push("$JS.API.STREAM.CREATE.other".into());
        tried.push("$SYS.REQ.SERVER.PING".into());
        for other in USERS.into_iter().filter(|other| *other != user) {
            // What identity says of who holds roles has a stream of its own, and what submission says to sharing.
            for audience in ["house", "grants", "sharing"] {
                let theirs = format!("ev-fyrbodal-{other}-{audience}");
                tried.push(format!("ev.fyrbodal.{other}.{audience}.idea"));
                let calls = ["CREATE", "UPDATE", "DELETE", "PURGE", "MSG.GET"];
                tried.extend(calls.map(|call| format!("$JS.API.STREAM.{call}.{theirs}")));
            }
            // What it does not follow it may not begin to.
            for audience in ["house", "grants", "sharing"] {
                let follows = matches!(
                    (user, other, audience),
                    ("submission", "evaluation", "house")
                        | ("evaluation", "submission", "house")
                        | ("sharing", "submission", "sharing")
                ) || (other == "identity" && audience == "grants");
                if !follows {
                    let own = format!("ev-fyrbodal-{other}-{audience}.fyrbodal-{user}");
                    tried.extend(["CREATE", "MSG.NEXT"].map(|call| format!("$JS.API.CONSUMER.{call}.{own}")));
                }
            }
            // Its consumer of what somebody follows, and what it would take from it.
            let of_theirs = format!("ev-fyrbodal-submission-house.fyrbodal-{other}");
            tried.extend(["CREATE", "DELETE", "MSG.NEXT"].map(|call| format!("$JS.API.CONSUMER.{call}.{of_theirs}")));
            tried.push(format!("$JS.ACK.{of_theirs}.1.1.1.0.0"));
        }
        // A subject that is refused here and let through for its owner is no misspelt one.
        let own = [
            format!("ev.fyrbodal.{user}.house.idea"),
            format!("$JS.API.STREAM.UPDATE.{own}"),
        ];
        let refused = || nats.log().matches("Publish Violation").count();
        let before = refused();
        for subject in own {
            client.publish(subject, "{}".into()).await.expect("sent");
        }
        client.flush().await.expect("sent");
        assert_eq!(refused(), before, "{user} may do what is its own: {}", nats.log());
        for subject in tried {
            let before = refused();
            client.publish(subject.clone(), "{}".into()).await.expect("sent");
            client.flush().await.expect("sent");
            until(&format!("{user} is refused {subject}"), || refused() > before).await;
        }
    }
}
