use crate::instance::{append, guard, journal, keys, notary};
use idesluss_journal::{Log as _, Store};
use idesluss_notary::{FolderGuard, Guard as _, Look, Notary, SigningError};
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::SignedNote;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// A replica beside the one in `folder`: the same key, a guard of its own.
fn beside(folder: &Path, store: Arc<dyn Store>, guard: Arc<FolderGuard>) -> Notary {
    Notary::new(store, keys(folder), guard)
}

fn note(notary: &Notary) -> SignedNote {
    notary.latest().borrow().as_ref().expect("signed").note.clone()
}

fn error(notary: &Notary) -> Option<Arc<SigningError>> {
    match &*notary.looked().borrow() {
        Look::SigningError(error) => Some(error.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn a_replica_that_does_not_write_shows_what_was_signed_and_remembers_it_when_it_takes_over() {
    let (folder, other, backup) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let store = journal(folder.path());
    append(&store).await;
    let older = journal(backup.path());
    let writer = notary(folder.path(), &store);
    let memory = guard(other.path());
    let standby = beside(folder.path(), store.clone(), memory.clone());
    writer.sign().await.expect("signed");
    let first = note(&writer);
    append(&store).await;
    writer.sign().await.expect("signed");
    for note in [note(&writer), first] {
        // The second is older: it comes too late.
        standby.follow(note).await;
    }
    assert_eq!(note(&standby), note(&writer));
    assert!(matches!(*standby.looked().borrow(), Look::NotYet), "it lets nothing in");
    let origin = writer.origin();
    assert_eq!(memory.last(&origin).expect("kept"), Some(note(&writer)));
    // Taking over where nothing is new it does not sign again; what comes is signed on top.
    standby.sign().await.expect("signed");
    assert_eq!(note(&standby), note(&writer));
    append(&store).await;
    standby.sign().await.expect("signed");
    let newest: Checkpoint = note(&standby).text().parse().expect("a checkpoint");
    assert_eq!(newest.size, 3);

    // With a database from a backup it signs nothing, though it has signed nothing of what is lost itself.
    append(&older).await;
    let late = guard(&other.path().join("late"));
    beside(folder.path(), store.clone(), late.clone())
        .follow(note(&standby))
        .await;
    let late = beside(folder.path(), older, late);
    let refused = late.sign().await.expect_err("not signed");
    assert!(
        refused.is_lasting() && refused.to_string().contains("fewer entries"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_checkpoint_of_another_key_or_of_another_history_is_not_passed_on() {
    let (folder, stranger, other) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let store = journal(folder.path());
    append(&store).await;
    let standby = notary(folder.path(), &store);
    let foreign = Notary::new(store.clone(), keys(stranger.path()), guard(stranger.path()));
    foreign.sign().await.expect("signed");
    standby.follow(note(&foreign)).await;
    let said = error(&standby).expect("told");
    assert!(
        !said.is_lasting() && said.to_string().contains("signing.key_file"),
        "{said}"
    );

    // The same key over other entries: what a forked database would show.
    let forked = journal(other.path());
    append(&forked).await;
    let fork = beside(folder.path(), forked, guard(other.path()));
    fork.sign().await.expect("signed");
    standby.follow(note(&fork)).await;
    let said = error(&standby).expect("told");
    assert!(
        said.is_lasting() && said.to_string().contains("signed other entries"),
        "{said}"
    );
    assert!(standby.latest().borrow().is_none() && error(&standby).is_some());

    // More entries than are read here yet are no news and no trouble; what is right takes the trouble back.
    append(&store).await;
    let writer = beside(folder.path(), store.clone(), guard(&folder.path().join("writer")));
    writer.sign().await.expect("signed");
    standby.follow(note(&writer)).await;
    assert!(error(&standby).is_none());
    assert_eq!(note(&standby), note(&writer));
    assert_eq!(store.head().borrow().size, 2);
}
