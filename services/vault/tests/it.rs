//! Sealing and erasing against a real journal file.

use idesluss_domain::words::Scope;
use idesluss_domain::words::{CallId, Digest, EventId, IdeaId, OrganisationId};
use idesluss_domain::{SealedMember, bound_to};
use idesluss_journal::{Append, SqliteOptions, SqliteStore, Store, StreamAppend};
use idesluss_vault::{Ledger, MAX_FILE_BYTES, MasterKey, Opened, SealedParts, Vault, VaultError, Wrapping};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

const SECRET: &str = "Min mormor faller varje gång mattan glider på golvet i hallen";

struct Instance {
    folder: TempDir,
}

impl Instance {
    fn new() -> Self {
        Self {
            folder: TempDir::new().expect("a folder"),
        }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self, name: &str) -> Arc<dyn Store> {
        let options = SqliteOptions::new("fyrbodal", name, Arc::new(|| 1_790_000_000_000_000));
        Arc::new(SqliteStore::open(&self.path(&format!("{name}.db")), options).expect("a journal"))
    }

    async fn vault(&self, store: &Arc<dyn Store>) -> Vault {
        self.vault_with(store, &self.ledger()).await
    }

    async fn vault_with(&self, store: &Arc<dyn Store>, ledger: &Arc<Ledger>) -> Vault {
        let path = self.path("master.key");
        if !path.exists() {
            MasterKey::create(&path).expect("made");
        }
        let master = MasterKey::load(&path).expect("a key");
        Vault::open(Arc::clone(store), master, Arc::clone(ledger))
            .await
            .expect("a vault")
    }

    fn ledger(&self) -> Arc<Ledger> {
        Arc::new(Ledger::open(&self.path("erased")).expect("a ledger"))
    }
}

const TYPE: &str = "idesluss.submission.v1.IdeaSubmitted";

fn uddevalla() -> OrganisationId {
    "uddevalla".parse().expect("a short name")
}

fn trollhattan() -> OrganisationId {
    "trollhattan".parse().expect("a short name")
}

fn idea(number: u128) -> IdeaId {
    IdeaId(Uuid::from_u128(number))
}

async fn keep(store: &Arc<dyn Store>, parts: SealedParts) {
    let read = StreamAppend {
        stream: format!("idea/{}", Uuid::from_u128(1)),
        expected: 0,
        events: Vec::new(),
    };
    let SealedParts { keys, texts, claimed } = parts;
    store
        .append(Append {
            command: None,
            streams: vec![read],
            keys,
            texts,
            claimed,
        })
        .await
        .expect("kept");
}

async fn seal(vault: &Vault, store: &Arc<dyn Store>, scope: Scope, text: &str) -> SealedMember {
    seal_for(&uddevalla(), vault, store, scope, text).await
}

async fn seal_for(
    organisation: &OrganisationId,
    vault: &Vault,
    store: &Arc<dyn Store>,
    scope: Scope,
    text: &str,
) -> SealedMember {
    let mut sealer = vault.sealer(organisation);
    let event = EventId(Uuid::from_u128(9));
    let digest = sealer.text(&scope, event, TYPE, "title", text).await.expect("sealed");
    keep(store, sealer.finish()).await;
    SealedMember {
        digest: digest.0,
        bound_to: bound_to(event, TYPE, "title"),
    }
}

fn text(text: &str) -> Opened {
    Opened::Text(Arc::new(text.to_owned().into()))
}

async fn open(vault: &Vault, members: &[&SealedMember]) -> Vec<Opened> {
    let members: Vec<SealedMember> = members.iter().copied().cloned().collect();
    vault.open_texts(&members).await.expect("opened")
}

async fn erase(vault: &Vault, organisation: &OrganisationId, scope: Scope) -> Vec<Digest> {
    vault.erase(organisation, &[scope]).await.expect("erased")
}

fn bytes_under(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        all.extend(std::fs::read(entry.expect("an entry").path()).expect("readable"));
    }
    all
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn what_is_sealed_opens_again_and_lies_nowhere_in_the_open() {
    let instance = Instance::new();
    let store = instance.store("submission");
    let vault = instance.vault(&store).await;
    let first = seal(&vault, &store, Scope::Idea(idea(1)), SECRET).await;
    let again = seal(&vault, &store, Scope::Idea(idea(1)), SECRET).await;
    assert_ne!(first, again, "the same text never has the same digest twice");
    let keys = store.keys_of("uddevalla", &Scope::Idea(idea(1)).to_string()).await;
    assert_eq!(keys.expect("readable").len(), 1);
    let unknown = SealedMember {
        digest: Digest([0; 32]),
        ..first.clone()
    };
    let other = instance.vault(&store).await;
    let opened = open(&other, &[&again, &unknown, &first]).await;
    assert_eq!(opened, [text(SECRET), Opened::Unknown, text(SECRET)]);
    assert!(!holds(&bytes_under(instance.folder.path()), SECRET.as_bytes()));
    assert!(
        !format!("{opened:?}").contains("mormor"),
        "what is printed ends in logs"
    );
}

#[tokio::test]
async fn a_text_is_opened_as_the_member_that_it_was_sealed_for_and_as_no_other() {
    let instance = Instance::new();
    let store = instance.store("submission");
    let sealed = seal(&instance.vault(&store).await, &store, Scope::Idea(idea(1)), SECRET).await;
    let event = EventId(Uuid::from_u128(9));
    for elsewhere in [
        bound_to(EventId(Uuid::from_u128(8)), TYPE, "title"),
        bound_to(event, "idesluss.submission.v1.IdeaRegistered", "title"),
        bound_to(event, TYPE, "texts.title"),
        bound_to(event, TYPE, ""),
    ] {
        let misplaced = SealedMember {
            digest: sealed.digest,
            bound_to: elsewhere,
        };
        let vault = instance.vault(&store).await;
        // Before it is remembered, and after.
        assert_eq!(open(&vault, &[&misplaced]).await, [Opened::NotItsOwn]);
        assert_eq!(
            open(&vault, &[&sealed, &misplaced]).await,
            [text(SECRET), Opened::NotItsOwn]
        );
        assert_eq!(open(&vault, &[&misplaced]).await, [Opened::NotItsOwn]);
        let exported = vault
            .export_keys(&uddevalla(), &Scope::Idea(idea(1)), &[misplaced])
            .await;
        assert!(matches!(exported, Err(VaultError::NotItsOwn)));
        assert_eq!(
            vault.keeps(&[sealed.digest, Digest([0; 32])]).await.expect("readable"),
            [true, false]
        );
    }
}

#[tokio::test]
async fn nobody_erases_what_is_another_organisations() {
    let instance = Instance::new();
    let store = instance.store("submission");
    let vault = instance.vault(&store).await;
    // The same id in two organisations, and an id that stands for a call in one and for an idea in the other.
    let (scope, call) = (Scope::Idea(idea(1)), Scope::Call(CallId(idea(1).0)));
    let ours = seal(&vault, &store, scope, "ours").await;
    let invited = seal(&vault, &store, call, "invited").await;
    let theirs = seal_for(&trollhattan(), &vault, &store, scope, "theirs").await;
    assert_eq!(erase(&vault, &trollhattan(), call).await, []);
    assert_eq!(erase(&vault, &trollhattan(), scope).await, [theirs.digest]);
    let vault = instance.vault(&store).await;
    assert_eq!(
        open(&vault, &[&ours, &invited, &theirs]).await,
        [text("ours"), text("invited"), Opened::Erased]
    );
    assert_eq!(erase(&vault, &uddevalla(), scope).await, [ours.digest]);
    assert_eq!(open(&vault, &[&invited]).await, [text("invited")]);
    assert!(matches!(
        vault
            .export_keys(&trollhattan(), &call, std::slice::from_ref(&invited))
            .await,
        Err(VaultError::NotItsOwn)
    ));
}

#[tokio::test]
async fn an_erased_text_is_told_apart_and_neither_key_nor_ciphertext_remains() {
    let instance = Instance::new();
    let store = instance.store("submission");
    let vault = instance.vault(&store).await;
    let gone = seal(&vault, &store, Scope::Idea(idea(1)), SECRET).await;
    let kept = seal(&vault, &store, Scope::Idea(idea(2)), "stays").await;
    open(&vault, &[&gone]).await;
    let row = store
        .texts(&[gone.digest.0])
        .await
        .expect("readable")
        .remove(0)
        .expect("there");
    let key = store
        .keys(&[row.key])
        .await
        .expect("readable")
        .remove(0)
        .expect("there");
    assert_eq!(erase(&vault, &uddevalla(), Scope::Idea(idea(1))).await, [gone.digest]);
    assert_eq!(
        erase(&vault, &uddevalla(), Scope::Idea(idea(1))).await,
        [gone.digest],
        "repeatable"
    );
    assert_eq!(open(&vault, &[&gone, &kept]).await, [Opened::Erased, text("stays")]);
    let bytes = bytes_under(instance.folder.path());
    assert!(!holds(&bytes, &row.ciphertext), "a page still holds the ciphertext");
    assert!(!holds(&bytes, &key.wrapped), "a page still holds the key");
    assert!(
        !holds(&std::fs::read(instance.path("erased")).expect("a ledger"), b"idea"),
        "the ledger names no subject"
    );
    // A new text about the same idea gets a new key.
    let new = seal(&vault, &store, Scope::Idea(idea(1)), "new").await;
    assert_eq!(open(&vault, &[&new]).await, [text("new")]);
}

#[tokio::test]
async fn a_restored_backup_is_erased_again() {
    let instance = Instance::new();
    let store = instance.store("submission");
    let vault = instance.vault(&store).await;
    let gone = seal(&vault, &store, Scope::Idea(idea(1)), SECRET).await;
    store.close().await;
    drop((vault, store));
    let backup = std::fs::read(instance.path("submission.db")).expect("readable");
    let store = instance.store("submission");
    erase(&instance.vault(&store).await, &uddevalla(), Scope::Idea(idea(1))).await;
    store.close().await;
    drop(store);
    std::fs::write(instance.path("submission.db"), backup).expect("restored");
    let store = instance.store("submission");
    let vault = instance.vault(&store).await;
    assert_eq!(open(&vault, &[&gone]).await, [Opened::Erased]);
}

/// What a replica may hold that has been put back from a backup and has not yet erased again.
#[tokio::test]
async fn texts_files_and_exported_keys_ask_the_ledger_before_a_restored_key_is_used() {
    let instance = Instance::new();
    let (store, scope) = (instance.store("submission"), Scope::Brief(idea(1)));
    let vault = instance.vault(&store).await;
    let sealed = seal(&vault, &store, scope, SECRET).await;
    let mut writer = vault
        .receive_file(&uddevalla(), &scope, "event/file")
        .await
        .expect("begun");
    writer.write(&[7; 100_000]).await.expect("written");
    let file = writer.finish().await.expect("ended").digest;
    store.close().await;
    drop((vault, store));
    std::fs::copy(instance.path("submission.db"), instance.path("restored.db")).expect("a backup");
    let (store, ledger) = (instance.store("submission"), instance.ledger());
    let options = SqliteOptions::new("fyrbodal", "submission", Arc::new(|| 1_790_000_000_000_000));
    let restored = SqliteStore::open(&instance.path("restored.db"), options).expect("a journal");
    let restored: Arc<dyn Store> = Arc::new(restored);
    let stale = instance.vault_with(&restored, &ledger).await;
    let mut under_way = stale.open_file(file, "event/file").await.expect("not erased yet");
    assert!(under_way.next().await.expect("a chunk").is_some());
    erase(&instance.vault_with(&store, &ledger).await, &uddevalla(), scope).await;
    assert!(matches!(under_way.next().await, Err(VaultError::Erased)));
    assert!(matches!(
        stale.open_file(file, "event/file").await,
        Err(VaultError::Erased)
    ));
    assert!(matches!(
        stale
            .export_keys(&uddevalla(), &scope, std::slice::from_ref(&sealed))
            .await,
        Err(VaultError::Erased)
    ));
    assert_eq!(open(&stale, &[&sealed]).await, [Opened::Erased]);
}

#[tokio::test]
async fn another_master_key_opens_nothing_and_is_never_made_up() {
    let instance = Instance::new();
    let store = instance.store("submission");
    instance.vault(&store).await;
    let wrong = Vault::open(Arc::clone(&store), MasterKey::from_bytes(&[7; 32]), instance.ledger()).await;
    assert!(matches!(wrong, Err(VaultError::WrongMaster)));
    let missing = MasterKey::load(&instance.path("none.key"));
    assert!(matches!(missing, Err(VaultError::NoMaster(_))));
    std::fs::copy(instance.path("master.key"), instance.path("bad.key")).expect("copied with its mode");
    std::fs::write(instance.path("bad.key"), "not a key").expect("written");
    assert!(matches!(
        MasterKey::load(&instance.path("bad.key")),
        Err(VaultError::BadMaster(_))
    ));
}

#[tokio::test]
async fn a_services_texts_open_with_no_other_services_key() {
    let instance = Instance::new();
    let (store, file) = (instance.store("submission"), instance.path("master.key"));
    MasterKey::create(&file).expect("made");
    let open_as = async |service| {
        let master = MasterKey::load_for(&file, service).expect("a key");
        Vault::open(Arc::clone(&store), master, instance.ledger()).await
    };
    open_as("submission").await.expect("its own");
    open_as("submission").await.expect("the same again");
    assert!(matches!(open_as("evaluation").await, Err(VaultError::WrongMaster)));
    // Nor with the instance's, from which it is derived.
    let whole = MasterKey::load(&file).expect("a key");
    let opened = Vault::open(Arc::clone(&store), whole, instance.ledger()).await;
    assert!(matches!(opened, Err(VaultError::WrongMaster)));
}

#[tokio::test]
async fn a_master_key_is_changed_while_the_service_runs_and_the_old_one_opens_nothing() {
    let instance = Instance::new();
    let (store, file) = (instance.store("submission"), instance.path("master.key"));
    let vault = instance.vault(&store).await;
    let scope = Scope::Idea(idea(1));
    let sealed = seal(&vault, &store, scope, "hemligt").await;
    std::fs::copy(&file, instance.path("old.key")).expect("copied with its mode");
    let fingerprint = vault.fingerprint("SubmitIdea", b"body");
    assert_eq!(vault.wrapping().await.expect("looked"), Wrapping::Newest);
    assert_eq!(vault.wrap_anew().await.expect("nothing to do"), Wrapping::Newest);

    assert!(MasterKey::begin_rotation(&file).expect("begun"));
    assert!(
        !MasterKey::begin_rotation(&file).expect("begun already"),
        "one at a time"
    );
    // Between the two, either opens it, and who runs sees that there is something to do.
    let between = instance.vault(&store).await;
    assert_eq!(open(&between, &[&sealed]).await, [text("hemligt")]);
    assert_eq!(vault.wrapping().await.expect("looked"), Wrapping::Older);
    assert_eq!(vault.wrap_anew().await.expect("wrapped"), Wrapping::Older);
    assert_eq!(vault.wrapping().await.expect("looked"), Wrapping::Newest);
    MasterKey::end_rotation(&file).expect("ended");

    // Who ran on seals and opens as before, a repeat is still known as one, and who comes opens it all with the new key alone.
    let another = seal(&vault, &store, scope, "mer").await;
    let anew = instance.vault(&store).await;
    assert_eq!(open(&anew, &[&sealed, &another]).await, [text("hemligt"), text("mer")]);
    assert_eq!(anew.fingerprint("SubmitIdea", b"body"), fingerprint);
    let old = MasterKey::load(&instance.path("old.key")).expect("a key");
    let opened = Vault::open(Arc::clone(&store), old, instance.ledger()).await;
    assert!(matches!(opened, Err(VaultError::WrongMaster)));
    store.verify().await.expect("whole");
    // A file with neither of them: who runs goes on, and says so before it is too late.
    MasterKey::begin_rotation(&file).expect("begun");
    MasterKey::end_rotation(&file).expect("too early");
    assert_eq!(vault.wrap_anew().await.expect("looked"), Wrapping::Neither);
    assert_eq!(open(&vault, &[&sealed]).await, [text("hemligt")]);
}

#[cfg(unix)]
#[test]
fn a_master_key_that_others_may_read_is_refused_and_what_is_made_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let instance = Instance::new();
    let (key, ledger) = (instance.path("master.key"), instance.path("erased"));
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    MasterKey::create(&key).expect("made");
    instance.ledger();
    assert_eq!((mode(&key), mode(&ledger)), (0o600, 0o600));
    for (given, refused) in [
        (0o400, false),
        (0o640, true),
        (0o604, true),
        (0o620, true),
        (0o600, false),
    ] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(given)).expect("a mode");
        let read = MasterKey::load(&key);
        assert_eq!(matches!(read, Err(VaultError::Open(_))), refused, "{given:o}");
        assert_eq!(read.is_ok(), !refused, "{given:o}");
    }
}

#[tokio::test]
async fn an_exported_brief_is_the_same_ciphertext_under_a_key_wrapped_anew() {
    let instance = Instance::new();
    let (lender, importer) = (instance.store("submission"), instance.store("evaluation"));
    let (from, to) = (instance.vault(&lender).await, instance.vault(&importer).await);
    let scope = Scope::Brief(idea(1));
    let sealed = seal(&from, &lender, scope, "underlaget").await;
    let members = std::slice::from_ref(&sealed);
    for _ in 0..2 {
        let exported = from.export_keys(&uddevalla(), &scope, members).await.expect("exported");
        let taken_over = to.import_keys(&uddevalla(), &scope, members, exported).await;
        keep(&importer, taken_over.expect("it is what was asked for")).await;
    }
    assert_eq!(open(&to, &[&sealed]).await, [text("underlaget")]);
    let row = [sealed.digest.0];
    let texts = [lender.texts(&row).await, importer.texts(&row).await].map(|found| found.expect("found"));
    assert_eq!(texts[0], texts[1]);
    assert_eq!(erase(&to, &trollhattan(), scope).await, []);
    erase(&from, &uddevalla(), scope).await;
    assert!(matches!(
        from.export_keys(&uddevalla(), &scope, members).await,
        Err(VaultError::Erased)
    ));
    assert_eq!(erase(&to, &uddevalla(), scope).await, [sealed.digest]);
}

#[tokio::test]
async fn nothing_is_kept_of_an_export_that_is_not_what_was_asked_for() {
    let instance = Instance::new();
    let (lender, importer) = (instance.store("submission"), instance.store("evaluation"));
    let (from, to) = (instance.vault(&lender).await, instance.vault(&importer).await);
    let scope = Scope::Brief(idea(1));
    let asked = seal(&from, &lender, scope, "underlaget").await;
    let other = seal(&from, &lender, scope, "ett annat").await;
    for members in [vec![other.clone()], vec![asked.clone(), other], vec![]] {
        let exported = from
            .export_keys(&uddevalla(), &scope, std::slice::from_ref(&asked))
            .await;
        let adopted = to
            .import_keys(&uddevalla(), &scope, &members, exported.expect("exported"))
            .await;
        assert!(matches!(adopted, Err(VaultError::NotItsOwn)));
    }
    assert_eq!(open(&to, &[&asked]).await, [Opened::Unknown]);
    assert_eq!(store_keys(&importer, &scope).await, 0);
}

async fn store_keys(store: &Arc<dyn Store>, scope: &Scope) -> usize {
    let keys = store.keys_of("uddevalla", &scope.to_string()).await;
    keys.expect("readable").len()
}

#[tokio::test]
async fn files_of_every_size_come_back_and_larger_ones_are_refused() {
    let instance = Instance::new();
    let store = instance.store("submission");
    let vault = instance.vault(&store).await;
    let scope = Scope::Idea(idea(1));
    for size in [0, 1, 65_535, 65_536, 65_537, 200_000] {
        let content: Vec<u8> = (0..size).map(|byte| (byte % 251) as u8).collect();
        let mut writer = vault
            .receive_file(&uddevalla(), &scope, "event/file")
            .await
            .expect("begun");
        for piece in content.chunks(30_001) {
            writer.write(piece).await.expect("written");
        }
        let file = writer.finish().await.expect("ended");
        assert_eq!(file.plain_bytes, size);
        let mut reader = vault.open_file(file.digest, "event/file").await.expect("opened");
        let mut read = Vec::new();
        while let Some(chunk) = reader.next().await.expect("read") {
            read.extend_from_slice(&chunk);
        }
        assert_eq!(read, content);
        let mut elsewhere = vault.open_file(file.digest, "other/file").await.expect("opened");
        assert!(matches!(elsewhere.next().await, Err(VaultError::Altered(_))));
    }
    let mut writer = vault
        .receive_file(&uddevalla(), &scope, "event/file")
        .await
        .expect("begun");
    let large = vec![0; MAX_FILE_BYTES as usize + 1];
    assert!(matches!(writer.write(&large).await, Err(VaultError::TooLarge { .. })));
}

#[test]
fn a_ledger_that_was_cut_off_keeps_its_whole_lines() {
    let instance = Instance::new();
    let path = instance.path("erased");
    std::fs::write(&path, format!("{}\n{}", "ab".repeat(16), "cd".repeat(7))).expect("written");
    Ledger::open(&path).expect("opened");
    assert_eq!(
        std::fs::read_to_string(&path).expect("readable"),
        format!("{}\n", "ab".repeat(16))
    );
    std::fs::write(&path, "not hexadecimal\n").expect("written");
    assert!(matches!(Ledger::open(&path), Err(VaultError::File(..))));
}
