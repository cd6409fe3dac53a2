//! Two services over real journals, speaking real gRPC over loopback.

mod news;
mod policy;
mod reactions;
mod sources;

use idesluss_domain::submission::call::CallClosed;
use idesluss_domain::submission::idea::IdeaClosed;
use idesluss_domain::submission::register::{AssignReference, RegisterEvent};
use idesluss_domain::submission::{CallEvent, IdeaEvent, Registers};
use idesluss_domain::words::Scope;
use idesluss_domain::words::{
    Actor, CallId, CommandId, IdeaId, OrganisationId, PersonId, Role, SealedText, StreamName,
};
use idesluss_domain::{Decider as _, Event};
use idesluss_engine::{
    CachedState, Call, Decided, Engine, ExecuteError, Loaded, QueryError, Recorded, View, ViewHandle, journal_server,
};
use idesluss_journal::{AppendError, SqliteOptions, SqliteStore, Store};
use idesluss_proto::pb::command::Token;
use idesluss_runtime::{Clock, SystemClock};
use idesluss_vault::{Ledger, MasterKey, Vault};
use rusqlite::Transaction;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint, Server};
use uuid::Uuid;

struct Instance {
    folder: TempDir,
}

impl Instance {
    fn new() -> Self {
        Self {
            folder: TempDir::new().expect("a folder"),
        }
    }

    fn views(&self, service: &str) -> PathBuf {
        self.folder.path().join(service)
    }

    async fn engine(&self, service: &'static str) -> Engine {
        let path = self.folder.path().join(format!("{service}.db"));
        let options = SqliteOptions::new("fyrbodal", service, Arc::new(|| SystemClock.now().as_micros()));
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path, options).expect("a journal"));
        let ledger = Arc::new(Ledger::open(&self.folder.path().join(format!("{service}.erased"))).expect("a ledger"));
        let vault = Vault::open(Arc::clone(&store), MasterKey::from_bytes(&[1; 32]), ledger)
            .await
            .expect("a vault");
        Engine::new(service, store, vault, Arc::new(SystemClock), CancellationToken::new())
    }
}

fn uddevalla() -> OrganisationId {
    "uddevalla".parse().expect("a short name")
}

fn stream() -> StreamName {
    StreamName::register(&uddevalla(), 2026)
}

fn assign(idea: u128) -> AssignReference {
    let actor = Actor {
        person: PersonId(Uuid::nil()),
        organisation: uddevalla(),
        role: Role::Service,
    };
    AssignReference {
        actor,
        organisation: uddevalla(),
        prefix: "UDD".into(),
        year: 2026,
        idea: IdeaId(Uuid::from_u128(idea)),
    }
}

async fn execute(engine: &Engine, command: u128, body: &[u8], idea: u128) -> Result<Token, ExecuteError> {
    let mut call = Call::by_service(
        "AssignReference",
        &uddevalla(),
        CommandId(Uuid::from_u128(command)),
        None,
    );
    call.body = body.to_vec().into();
    let streams = [stream()];
    engine
        .execute(call, &streams, |loaded| {
            let events = Registers::decide(&assign(idea), &loaded.state::<Registers>(&stream()))?;
            let events = events.into_iter().map(Event::from).collect();
            Ok(vec![Decided {
                stream: stream(),
                correlation: Uuid::from_u128(idea),
                events,
                mandate: None,
            }])
        })
        .await
}

/// Closes an idea: an event that other services take in.
async fn close_idea(engine: &Engine, idea: u128) -> Result<Token, ExecuteError> {
    let id = CommandId(Uuid::from_u128(idea));
    let call = Call::by_service("CloseIdea", &uddevalla(), id, None);
    let stream = StreamName::idea(IdeaId(id.0));
    let streams = [stream.clone()];
    engine
        .execute(call, &streams, |_| {
            Ok(vec![Decided::of(&stream, id.0, vec![IdeaEvent::from(IdeaClosed {})])])
        })
        .await
}

/// The references that were given, and the ideas that were closed.
struct Numbers;

impl View for Numbers {
    const NAME: &'static str = "numbers";
    const VERSION: u32 = 1;

    fn schema() -> &'static str {
        "CREATE TABLE numbers (reference TEXT PRIMARY KEY, idea TEXT NOT NULL) STRICT"
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()> {
        for entry in batch {
            let name = match &entry.event {
                Some(Event::Register(RegisterEvent::ReferenceAssigned(assigned))) => assigned.reference.as_str(),
                Some(Event::Idea(_)) => &entry.meta.subject,
                _ => continue,
            };
            tx.prepare_cached("INSERT INTO numbers VALUES (?1, ?2)")?
                .execute((name, entry.meta.correlation.to_string()))?;
        }
        Ok(())
    }
}

async fn count(view: &ViewHandle, after: Option<&Token>) -> Result<i64, QueryError> {
    view.query_whole(after, |conn| {
        conn.query_row("SELECT count(*) FROM numbers", [], |row| row.get(0))
    })
    .await
    .map(|(n, _)| n)
}

/// Serves the engine's journal. Returns a channel to it.
async fn serve(engine: &Engine) -> Channel {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = Server::builder().add_service(journal_server(engine.clone()));
    let stopped = engine.shutdown().clone().cancelled_owned();
    tokio::spawn(server.serve_with_incoming_shutdown(TcpListenerStream::new(listener), stopped));
    Endpoint::from_shared(format!("http://{address}"))
        .expect("an endpoint")
        .connect_lazy()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_is_decided_once_also_when_many_send_it_at_the_same_time() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..40 {
        let engine = engine.clone();
        // Each command comes four times.
        waiting.spawn(async move {
            loop {
                match execute(&engine, number / 4, b"", number / 4).await {
                    Err(ExecuteError::Append(AppendError::Conflict { .. })) => {}
                    other => return other.expect("carried out"),
                }
            }
        });
    }
    let mut tokens: Vec<_> = waiting
        .join_all()
        .await
        .into_iter()
        .map(|token| token.position)
        .collect();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens, (0..10).collect::<Vec<_>>());
    let reused = execute(&engine, 3, b"another body", 3).await;
    assert!(
        matches!(reused, Err(ExecuteError::Append(AppendError::CommandReused))),
        "{reused:?}"
    );
    assert_eq!(engine.store().verify().await.expect("whole"), 10);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_decided_on_a_course_is_appended_only_if_nothing_has_come_since() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    let mut state = CachedState::<Registers>::new(stream());
    for number in 0..3 {
        execute(&engine, number, b"", number).await.expect("carried out");
    }
    state.follow(&engine).await.expect("read");
    assert_eq!((state.version(), state.state().last), (3, 3));
    execute(&engine, 3, b"", 3).await.expect("carried out");
    for is_behind in [true, false] {
        let name = stream();
        let call = Call::by_service("AssignReference", &uddevalla(), CommandId(Uuid::from_u128(4)), None);
        let numbers = state.state();
        let decide = |_: &Loaded| {
            let events = Registers::decide(&assign(4), numbers)?;
            Ok(vec![Decided::of(&name, Uuid::from_u128(4), events)])
        };
        let beside = Some((&name, state.version()));
        let executed = engine.execute_beside(call, &[], beside, decide).await;
        match executed {
            Err(ExecuteError::Append(AppendError::Conflict { .. })) => assert!(is_behind),
            executed => assert_eq!((executed.expect("carried out").position, is_behind), (4, false)),
        }
        state.follow(&engine).await.expect("read");
    }
    assert_eq!((state.version(), state.state().last), (5, 5));
    let loaded = engine.load(&[stream()]).await.expect("read");
    assert_eq!(loaded.state::<Registers>(&stream()), *state.state());
    let mut last = CachedState::<Registers>::new(stream());
    last.follow_last(&engine).await.expect("read");
    assert_eq!((last.version(), last.state()), (5, state.state()));
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_shows_what_its_reader_has_done_and_is_the_same_when_built_anew() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    let view = engine
        .view::<Numbers>(&instance.views("submission"))
        .await
        .expect("a view");
    // Nothing of what nobody follows here will ever come.
    let of_others = Token {
        source: "/fyrbodal/sharing/house".into(),
        epoch: 1,
        sequence: 99,
        position: 98,
    };
    assert_eq!(count(&view, Some(&of_others)).await.expect("an answer"), 0);
    for number in 0..20 {
        let token = execute(&engine, number, b"", number).await.expect("carried out");
        assert_eq!(
            count(&view, Some(&token)).await.expect("an answer"),
            i64::try_from(number).expect("small") + 1
        );
    }
    let before = view.fingerprint().await.expect("a fingerprint");
    view.rebuild().await.expect("built");
    assert_eq!(view.fingerprint().await.expect("a fingerprint"), before);
    let ahead = Token {
        source: "/fyrbodal/submission/house".into(),
        epoch: 1,
        sequence: 99,
        position: 98,
    };
    assert!(matches!(count(&view, Some(&ahead)).await, Err(QueryError::Stale)));
    engine.close().await;
    drop((view, engine));
    // Opened again it goes on; a damaged file is built anew.
    for damaged in [false, true] {
        let engine = instance.engine("submission").await;
        if damaged {
            for file in std::fs::read_dir(instance.views("submission")).expect("a folder") {
                std::fs::write(file.expect("a file").path(), "not a database at all").expect("written");
            }
        }
        let view = engine
            .view::<Numbers>(&instance.views("submission"))
            .await
            .expect("a view");
        assert_eq!(
            view.fingerprint().await.expect("a fingerprint"),
            before,
            "damaged: {damaged}"
        );
        engine.close().await;
    }
}

/// A view on a disk that is full: neither it nor a new one can be written as often as these say.
struct OnFullDisk;

static UNWRITTEN: AtomicU32 = AtomicU32::new(0);
static UNBUILT: AtomicU32 = AtomicU32::new(0);

/// Whether one of the failures that are left was used up.
fn fails(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
        .is_ok()
}

impl View for OnFullDisk {
    const NAME: &'static str = "full";
    const VERSION: u32 = 1;

    fn schema() -> &'static str {
        if fails(&UNBUILT) {
            return "CREATE TABLE";
        }
        // No key: what is applied twice stands in it twice.
        "CREATE TABLE numbers (position INTEGER NOT NULL) STRICT"
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()> {
        for entry in batch {
            tx.execute("INSERT INTO numbers VALUES (?1)", [entry.position.cast_signed()])?;
        }
        if fails(&UNWRITTEN) {
            return Err(rusqlite::Error::InvalidQuery);
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_view_could_not_write_stands_in_it_once_when_there_is_room_again() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    let view = engine
        .view::<OnFullDisk>(&instance.views("submission"))
        .await
        .expect("a view");
    UNWRITTEN.store(1, Ordering::SeqCst);
    UNBUILT.store(1, Ordering::SeqCst);
    let token = execute(&engine, 1, b"", 1).await.expect("carried out");
    let shown = async {
        loop {
            match count(&view, Some(&token)).await {
                Err(QueryError::Stale) => {}
                shown => return shown,
            }
        }
    };
    let shown = tokio::time::timeout(Duration::from_secs(30), shown).await;
    assert_eq!(shown.expect("in time").expect("an answer"), 1);
    assert_eq!(
        (UNWRITTEN.load(Ordering::SeqCst), UNBUILT.load(Ordering::SeqCst)),
        (0, 0)
    );
    let before = view.fingerprint().await.expect("a fingerprint");
    view.rebuild().await.expect("built");
    assert_eq!(view.fingerprint().await.expect("a fingerprint"), before);
    engine.close().await;
}

/// A view whose second version means something else by the same table, and whose third has another.
struct Meant<const VERSION: u32>;

/// Whether a second version may not be begun yet.
static HELD: AtomicBool = AtomicBool::new(false);

/// While it lives, none is begun: what fails meanwhile is not to wait for it.
struct Held;

impl Held {
    fn hold() -> Self {
        HELD.store(true, Ordering::SeqCst);
        Self
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        HELD.store(false, Ordering::SeqCst);
    }
}

impl<const VERSION: u32> View for Meant<VERSION> {
    const NAME: &'static str = "meant";
    const VERSION: u32 = VERSION;

    fn schema() -> &'static str {
        match VERSION {
            3 => "CREATE TABLE meant (position INTEGER PRIMARY KEY, version INTEGER NOT NULL, more INTEGER) STRICT",
            _ => "CREATE TABLE meant (position INTEGER PRIMARY KEY, version INTEGER NOT NULL) STRICT",
        }
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()> {
        let is_from_the_beginning = batch.first().is_some_and(|entry| entry.position == 0);
        while VERSION > 1 && is_from_the_beginning && HELD.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        for entry in batch {
            tx.execute(
                "INSERT INTO meant (position, version) VALUES (?1, ?2)",
                (entry.position.cast_signed(), VERSION),
            )?;
        }
        Ok(())
    }
}

/// How many rows were written by each version.
async fn meant(view: &ViewHandle, after: Option<&Token>) -> (i64, i64) {
    let ask = |conn: &rusqlite::Connection| {
        conn.query_row(
            "SELECT count(*) FILTER (WHERE version = 1), count(*) FILTER (WHERE version = 2) FROM meant",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    };
    view.query_whole(after, ask).await.expect("an answer").0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_view_of_an_earlier_version_answers_and_follows_while_the_new_one_is_built() {
    let instance = Instance::new();
    let folder = instance.views("submission");
    let engine = instance.engine("submission").await;
    let view = engine.view::<Meant<1>>(&folder).await.expect("a view");
    for number in 0..3 {
        execute(&engine, number, b"", number).await.expect("carried out");
    }
    view.catch_up().await.expect("caught up");
    assert_eq!(meant(&view, None).await, (3, 0));
    engine.close().await;
    drop((view, engine));
    // One that was left half-built is begun anew.
    std::fs::write(folder.join("meant.v2.building"), "half a file").expect("written");
    let held = Held::hold();
    let engine = instance.engine("submission").await;
    let opened = tokio::time::timeout(Duration::from_secs(10), engine.view::<Meant<2>>(&folder)).await;
    let view = opened.expect("without waiting for the new one").expect("a view");
    for number in 3..5 {
        let token = execute(&engine, number, b"", number).await.expect("carried out");
        assert_eq!(
            meant(&view, Some(&token)).await,
            (3, i64::try_from(number).expect("small") - 2)
        );
    }
    drop(held);
    let built = async {
        while meant(&view, None).await != (0, 5) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), built)
        .await
        .expect("built");
    only(&folder, "meant.v2.1.").await;
    engine.close().await;
    drop((view, engine));

    // One with another table does not answer in the place of this one, and goes as well.
    let engine = instance.engine("submission").await;
    let view = engine.view::<Meant<3>>(&folder).await.expect("a view");
    let all = view.query_whole(None, |conn| {
        conn.query_row("SELECT version FROM meant ORDER BY position DESC LIMIT 1", [], |row| {
            row.get::<_, i64>(0)
        })
    });
    assert_eq!(all.await.expect("an answer").0, 3);
    only(&folder, "meant.v3.1.").await;
    engine.close().await;
}

/// Waits until no other file of a view is in its folder.
async fn only(folder: &Path, begins: &str) {
    let others = || {
        let files = std::fs::read_dir(folder).expect("a folder");
        let names = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
        names.filter(|name| !name.starts_with(begins)).collect::<Vec<_>>()
    };
    let gone = async {
        while !others().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let gone = tokio::time::timeout(Duration::from_secs(10), gone).await;
    assert!(gone.is_ok(), "{:?}", others());
}

const CLOSED: &str = "idesluss.submission.v1.CallClosed";

/// Closes a call with a text, which the sealed parts are said to hold.
async fn close(engine: &Engine, call: Call, outcome: SealedText) -> Result<Token, ExecuteError> {
    let stream = StreamName::call(CallId(call.head().id.0));
    let streams = [stream.clone()];
    engine
        .execute(call, &streams, |_| {
            let closed = CallClosed { outcome: Some(outcome) };
            Ok(vec![Decided::of(&stream, Uuid::nil(), vec![CallEvent::from(closed)])])
        })
        .await
}

fn closing(number: u128) -> Call {
    Call::by_service("CloseCall", &uddevalla(), CommandId(Uuid::from_u128(number)), None)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_is_written_with_a_text_that_was_sealed_for_anything_else() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    let scope = Scope::Call(CallId(Uuid::from_u128(1)));
    let mut call = closing(1);
    let event = engine.event_id(call.head(), CLOSED, 0);
    let mut sealer = engine.vault().sealer(&uddevalla());
    let outcome = sealer
        .text(&scope, event, CLOSED, "outcome", "klart")
        .await
        .expect("sealed");
    let unused = sealer
        .text(&scope, event, CLOSED, "aside", "bredvid")
        .await
        .expect("sealed");
    call.sealed = sealer.finish();
    close(&engine, call.clone(), outcome).await.expect("carried out");
    let kept = engine.vault().keeps(&[outcome.0, unused.0]).await.expect("readable");
    assert_eq!(kept, [true, false], "what no event holds is not kept");

    // The digest of another event's text, and the right one under another member's name.
    let size = engine.store().head().borrow().size;
    let stolen = close(&engine, closing(2), outcome).await;
    assert!(matches!(stolen, Err(ExecuteError::NotSealed(_))), "{stolen:?}");
    let mut misnamed = closing(3);
    let event = engine.event_id(misnamed.head(), CLOSED, 0);
    let mut sealer = engine.vault().sealer(&uddevalla());
    let text = sealer
        .text(&scope, event, CLOSED, "utfall", "klart")
        .await
        .expect("sealed");
    misnamed.sealed = sealer.finish();
    let refused = close(&engine, misnamed, text).await;
    assert!(matches!(refused, Err(ExecuteError::NotSealed(_))), "{refused:?}");
    assert_eq!(engine.store().head().borrow().size, size);
    engine.close().await;
}
