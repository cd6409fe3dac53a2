//! Sealing and erasing against a real journal file.

use idesluss_domain::words::{Digest, EventId, IdeaId, OrganisationId};
use idesluss_journal::{Append, SqliteOptions, SqliteStore, Store, StreamAppend};
use idesluss_vault::{Ledger, MAX_FILE_BYTES, MasterKey, Opened, Scope, SealedParts, Vault, VaultError};
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
        let master = MasterKey::load_or_create(&self.path("master.key"), true).expect("a key");
        let ledger = Arc::new(Ledger::open(&self.path("erased")).expect("a ledger"));
        Vault::open(Arc::clone(store), master, ledger).await.expect("a vault")
    }
}

fn uddevalla() -> OrganisationId {
    "uddevalla".parse().expect("a short name")
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

async fn seal(vault: &Vault, store: &Arc<dyn Store>, scope: Scope, text: &str) -> Digest {
    let mut sealer = vault.sealer(&uddevalla());
    let event = EventId(Uuid::from_u128(9));
    let digest = sealer
        .text(&scope, event, "idesluss.submission.v1.IdeaSubmitted", "title", text)
        .await
        .expect("sealed");
    keep(store, sealer.finish()).await;
    digest
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
    assert_eq!(
        store
            .keys_of(&Scope::Idea(idea(1)).to_string())
            .await
            .expect("readable")
            .len(),
        1
    );
    let other = instance.vault(&store).await;
    let opened = other
        .open_texts(&[again, Digest([0; 32]), first])
        .await
        .expect("opened");
    assert_eq!(
        opened,
        [
            Opened::Text(SECRET.into()),
            Opened::Unknown,
            Opened::Text(SECRET.into())
        ]
    );
    assert!(!holds(&bytes_under(instance.folder.path()), SECRET.as_bytes()));
}

#[tokio::test]
async fn an_erased_text_is_told_apart_and_neither_key_nor_ciphertext_remains() {
    let instance = Instance::new();
    let store = instance.store("submission");
    let vault = instance.vault(&store).await;
    let gone = seal(&vault, &store, Scope::Idea(idea(1)), SECRET).await;
    let kept = seal(&vault, &store, Scope::Idea(idea(2)), "stays").await;
    vault.open_texts(&[gone]).await.expect("remembered");
    let row = store
        .texts(&[gone.0])
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
    assert_eq!(vault.erase(&[Scope::Idea(idea(1))]).await.expect("erased"), [gone]);
    assert_eq!(vault.erase(&[Scope::Idea(idea(1))]).await.expect("repeatable"), [gone]);
    let opened = vault.open_texts(&[gone, kept]).await.expect("opened");
    assert_eq!(opened, [Opened::Erased, Opened::Text("stays".into())]);
    let bytes = bytes_under(instance.folder.path());
    assert!(!holds(&bytes, &row.ciphertext), "a page still holds the ciphertext");
    assert!(!holds(&bytes, &key.wrapped), "a page still holds the key");
    assert!(
        !holds(&std::fs::read(instance.path("erased")).expect("a ledger"), b"idea"),
        "the ledger names no subject"
    );
    // A new text about the same idea gets a new key.
    let new = seal(&vault, &store, Scope::Idea(idea(1)), "new").await;
    assert_eq!(
        vault.open_texts(&[new]).await.expect("opened"),
        [Opened::Text("new".into())]
    );
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
    instance
        .vault(&store)
        .await
        .erase(&[Scope::Idea(idea(1))])
        .await
        .expect("erased");
    store.close().await;
    drop(store);
    std::fs::write(instance.path("submission.db"), backup).expect("restored");
    let store = instance.store("submission");
    let vault = instance.vault(&store).await;
    assert_eq!(vault.open_texts(&[gone]).await.expect("opened"), [Opened::Erased]);
}

#[tokio::test]
async fn another_master_key_opens_nothing_and_is_never_made_up() {
    let instance = Instance::new();
    let store = instance.store("submission");
    instance.vault(&store).await;
    let ledger = Arc::new(Ledger::open(&instance.path("erased")).expect("a ledger"));
    let wrong = Vault::open(Arc::clone(&store), MasterKey::from_bytes(&[7; 32]), ledger).await;
    assert!(matches!(wrong, Err(VaultError::WrongMaster)));
    let missing = MasterKey::load_or_create(&instance.path("none.key"), false);
    assert!(matches!(missing, Err(VaultError::NoMaster(_))));
    std::fs::write(instance.path("bad.key"), "not a key").expect("written");
    assert!(matches!(
        MasterKey::load_or_create(&instance.path("bad.key"), true),
        Err(VaultError::BadMaster(_))
    ));
}

#[tokio::test]
async fn a_lent_brief_is_the_same_ciphertext_under_a_key_wrapped_anew() {
    let instance = Instance::new();
    let (lender, importer) = (instance.store("submission"), instance.store("evaluation"));
    let (from, to) = (instance.vault(&lender).await, instance.vault(&importer).await);
    let digest = seal(&from, &lender, Scope::Brief(idea(1)), "underlaget").await;
    for _ in 0..2 {
        to.import_keys(&uddevalla(), from.export_keys(&[digest]).await.expect("lent"))
            .await
            .expect("adopted");
    }
    assert_eq!(
        to.open_texts(&[digest]).await.expect("opened"),
        [Opened::Text("underlaget".into())]
    );
    let texts = [lender.texts(&[digest.0]).await, importer.texts(&[digest.0]).await].map(|found| found.expect("found"));
    assert_eq!(texts[0], texts[1]);
    from.erase(&[Scope::Brief(idea(1))]).await.expect("erased");
    assert!(matches!(from.export_keys(&[digest]).await, Err(VaultError::Erased)));
    assert_eq!(to.erase(&[Scope::Brief(idea(1))]).await.expect("erased"), [digest]);
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
            read.extend(chunk);
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
