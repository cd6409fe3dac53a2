//! Sessions and keys on a journal of their own, by a clock that is moved.

use crate::keys::Keys;
use crate::sessions::{Sessions, Way};
use idesluss_domain::instance::RestoreReason;
use idesluss_domain::words::{Actor, Role, Timestamp};
use idesluss_engine::{CommandContext, Engine, Timer as _};
use idesluss_journal::{Credential, SqliteOptions, SqliteStore, Store};
use idesluss_runtime::{Clock as _, FixedClock};
use idesluss_vault::{Ledger, MasterKey, Vault};
use sha2::Digest as _;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub(crate) const BEGUN: i64 = 1_790_000_000_000_000;
pub(crate) const MINUTE: i64 = 60 * 1_000_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) struct Setup {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) context: CommandContext,
    pub(crate) folder: TempDir,
}

async fn open(folder: &Path, master: u8, clock: &Arc<FixedClock>) -> CommandContext {
    let by = clock.clone();
    let options = SqliteOptions::new("fyrbodal", "identity", Arc::new(move || by.now().as_micros()));
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder.join("journal.db"), options).expect("a journal"));
    let ledger = Arc::new(Ledger::open(&folder.join("erased")).expect("a ledger"));
    let vault = Vault::open(store.clone(), MasterKey::from_bytes(&[master; 32]), ledger).await;
    let engine = Engine::new(
        "identity",
        store,
        vault.expect("a vault"),
        clock.clone(),
        CancellationToken::new(),
    );
    CommandContext {
        engine,
        instance: "fyrbodal".parse().expect("a name"),
    }
}

impl Setup {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let clock = Arc::new(FixedClock::at(moment(BEGUN)));
        Self {
            context: open(folder.path(), 1, &clock).await,
            clock,
            folder,
        }
    }

    pub(crate) fn sessions(&self) -> Sessions {
        Sessions::new(self.context.clone())
    }

    pub(crate) fn at(&self, after: i64) {
        self.clock.set(moment(BEGUN + after));
    }
}

fn moment(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("a moment")
}

fn maria() -> Actor {
    Actor {
        person: "018f0000-0000-7000-8000-000000000001".parse().expect("an id"),
        organisation: "uddevalla".parse().expect("a name"),
        role: Role::Coordinator,
    }
}

async fn begin(sessions: &Sessions) -> [u8; 32] {
    let begun = sessions.begin(maria(), (Way::Trusted, String::new()), None).await;
    begun.expect("kept").secret
}

#[tokio::test]
async fn a_session_is_found_by_its_secret_alone_and_says_who_acts_in_it() {
    let setup = Setup::new().await;
    let sessions = setup.sessions();
    let secret = begin(&sessions).await;
    let found = sessions.find(&secret).await.expect("readable").expect("a session");
    assert_eq!(found.actor, maria());
    let other = begin(&sessions).await;
    assert_ne!(
        sessions.find(&other).await.expect("readable").map(|it| it.id),
        Some(found.id)
    );
    for wrong in [&[][..], &[0; 32], &secret[1..], found.id.0.as_bytes()] {
        assert_eq!(sessions.find(wrong).await.expect("readable"), None);
    }
}

#[tokio::test]
async fn a_session_ends_with_the_working_day_however_often_it_is_renewed_or_used() {
    let setup = Setup::new().await;
    let sessions = setup.sessions();
    let mut secret = begin(&sessions).await;
    for hours in 1..12 {
        setup.at(hours * HOUR);
        assert!(sessions.keep(&secret).await.expect("kept"), "{hours}");
        let next = sessions
            .change_role(maria(), &secret)
            .await
            .expect("kept")
            .expect("it goes on")
            .secret;
        assert_eq!(
            sessions.find(&secret).await.expect("readable"),
            None,
            "the one before opens nothing"
        );
        assert_eq!(sessions.change_role(maria(), &secret).await.expect("readable"), None);
        secret = next;
    }
    setup.at(12 * HOUR - 1);
    assert!(sessions.find(&secret).await.expect("readable").is_some());
    setup.at(12 * HOUR);
    assert_eq!(sessions.find(&secret).await.expect("readable"), None);
    assert!(!sessions.keep(&secret).await.expect("readable"));
    assert_eq!(sessions.change_role(maria(), &secret).await.expect("readable"), None);
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_after_two_hours_and_is_swept() {
    let setup = Setup::new().await;
    let sessions = setup.sessions();
    let secret = begin(&sessions).await;
    let found = sessions.find(&secret).await.expect("readable").expect("a session");
    setup.at(10 * MINUTE);
    assert!(!sessions.wants_keeping(&found));
    setup.at(10 * MINUTE + 1);
    assert!(sessions.wants_keeping(&found));
    assert!(sessions.keep(&secret).await.expect("kept"));
    setup.at(2 * HOUR);
    assert!(
        sessions.find(&secret).await.expect("readable").is_some(),
        "it was used since"
    );
    assert_eq!(sessions.fire_due().await.expect("swept"), 0);
    setup.at(2 * HOUR + 10 * MINUTE + 1);
    assert_eq!(sessions.find(&secret).await.expect("readable"), None);
    // For an hour it is known whose it was.
    assert!(sessions.find_ended(&secret).await.expect("readable").is_some());
    setup.at(3 * HOUR + 10 * MINUTE);
    assert_eq!(sessions.fire_due().await.expect("swept"), 0);
    setup.at(3 * HOUR + 10 * MINUTE + 2);
    assert_eq!(sessions.find_ended(&secret).await.expect("readable"), None);
    assert_eq!(sessions.fire_due().await.expect("swept"), 1);
}

#[tokio::test]
async fn a_session_that_was_ended_stands_in_the_journal_and_is_found_no_more() {
    let setup = Setup::new().await;
    let sessions = setup.sessions();
    let secret = begin(&sessions).await;
    let id = sessions.find(&secret).await.expect("readable").expect("a session").id;
    assert!(!setup.context.engine.has_ended(id).await.expect("readable"));
    let (ended, _) = sessions.end(&secret).await.expect("ended").expect("where it stands");
    assert_eq!(ended.source, "/fyrbodal/identity/grants");
    assert_eq!(sessions.find(&secret).await.expect("readable"), None);
    assert_eq!(sessions.end(&secret).await.expect("readable"), None);
    // Whatever else forgets it: the journal does not.
    let fresh = setup
        .context
        .engine
        .state::<idesluss_domain::identity::Sessions>(id)
        .await;
    assert!(fresh.expect("readable").ended);
}

#[tokio::test]
async fn a_session_that_somebody_wrote_into_the_table_is_none() {
    let setup = Setup::new().await;
    let (sessions, store) = (setup.sessions(), setup.context.engine.store().clone());
    let secret = begin(&sessions).await;
    let hash = |secret: &[u8]| -> [u8; 32] { sha2::Sha256::digest(secret).into() };
    let kept = store.credential(hash(&secret)).await.expect("readable").expect("a row");
    // Another's under one's own secret, and one's own with another role.
    let mine = [7; 32];
    let moved = Credential {
        hash: hash(&mine),
        ..kept.clone()
    };
    store.keep_credential(moved, None).await.expect("written");
    assert_eq!(sessions.find(&mine).await.expect("readable"), None);
    let mut value = kept.value.clone();
    value[40] ^= 1;
    store
        .keep_credential(Credential { value, ..kept.clone() }, None)
        .await
        .expect("written");
    assert_eq!(sessions.find(&secret).await.expect("readable"), None);
    // Nor is it kept for longer than it was meant to last, or as somebody else's.
    let owner = "018f0000-0000-7000-8000-000000000002".to_owned();
    store
        .keep_credential(Credential { owner, ..kept.clone() }, None)
        .await
        .expect("written");
    assert_eq!(sessions.find(&secret).await.expect("readable"), None);
    let expires_micros = i64::MAX;
    store
        .keep_credential(Credential { expires_micros, ..kept }, None)
        .await
        .expect("written");
    setup.at(13 * HOUR);
    assert_eq!(sessions.find(&secret).await.expect("readable"), None);
}

#[tokio::test]
async fn after_a_restore_no_session_of_before_is_found_and_another_key_is_announced() {
    let setup = Setup::new().await;
    let (sessions, keys) = (setup.sessions(), Keys::new(setup.context.clone()));
    assert_eq!(keys.fire_due().await.expect("announced"), 1);
    let secret = begin(&sessions).await;
    let engine = &setup.context.engine;
    let operator = Actor::operator(&setup.context.instance);
    engine
        .open_epoch(&operator, RestoreReason::Exercise, 0)
        .await
        .expect("opened");
    assert_eq!(sessions.find(&secret).await.expect("readable"), None);
    assert_eq!(keys.fire_due().await.expect("announced"), 1);
    assert_eq!(keys.fire_due().await.expect("nothing is due"), 0);
    assert_eq!(keys.held_numbers().await.expect("readable"), [1, (1 << 16) + 1]);
}

#[tokio::test]
async fn each_key_is_retired_by_the_age_of_the_one_that_came_after_it() {
    let setup = Setup::new().await;
    let keys = Keys::new(setup.context.clone());
    assert_eq!(keys.fire_due().await.expect("announced"), 1);
    let rotate = async |step: &str| {
        let actor = Actor::service(&setup.context.instance);
        let id = format!("018f0000-0000-7000-8000-00000000000{step}")
            .parse()
            .expect("an id");
        let call = idesluss_engine::Call::by_service("Rotate", &setup.context.instance, id, None);
        let stream = keys.stream();
        let done = setup
            .context
            .engine
            .execute(call, std::slice::from_ref(&stream), |loaded| keys.next(&actor, loaded));
        done.await.expect("announced");
    };
    setup.at(MINUTE);
    rotate("1").await;
    setup.at(9 * MINUTE);
    rotate("2").await;
    // Whoever keeps rotating does not keep the first alive.
    setup.at(11 * MINUTE + 1);
    assert_eq!(keys.fire_due().await.expect("retired"), 1);
    assert_eq!(keys.held_numbers().await.expect("readable"), [2, 3]);
}

#[tokio::test]
async fn a_key_is_announced_once_changed_with_time_and_retired_when_nothing_holds_that_it_signed() {
    let setup = Setup::new().await;
    let numbers = async || {
        let loaded = Keys::new(setup.context.clone()).held_numbers().await;
        loaded.expect("readable")
    };
    let keys = Keys::new(setup.context.clone());
    assert!(keys.newest().await.expect("readable").is_none());
    assert_eq!(keys.fire_due().await.expect("announced"), 1);
    assert_eq!(keys.fire_due().await.expect("nothing is due"), 0);
    assert_eq!(numbers().await, [1]);
    setup.at(90 * DAY);
    assert_eq!(keys.fire_due().await.expect("nothing is due"), 0);
    setup.at(90 * DAY + 1);
    assert_eq!(keys.fire_due().await.expect("announced"), 1);
    assert_eq!(numbers().await, [1, 2]);
    setup.at(90 * DAY + 1 + 10 * MINUTE);
    assert_eq!(keys.fire_due().await.expect("nothing is due"), 0);
    setup.at(90 * DAY + 2 + 10 * MINUTE);
    assert_eq!(keys.fire_due().await.expect("retired"), 1);
    assert_eq!(numbers().await, [2]);
    let again = Keys::new(setup.context.clone());
    assert_eq!(
        again.private(2).to_bytes(),
        keys.private(2).to_bytes(),
        "every replica has it"
    );
    assert_ne!(keys.private(1).to_bytes(), keys.private(2).to_bytes());
}
