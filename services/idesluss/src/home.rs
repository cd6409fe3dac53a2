//! The data folder: what lies where, and that only one process uses it.

use idesluss_runtime::make_private_folder;
use serde::Serialize;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Why a data folder can't be used. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HomeError {
    /// The folder can't be made or written to.
    #[error(
        "the folder {folder} can't be used: {reason}. Choose another with --data, or give this user the right to write there"
    )]
    Unusable {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// Somebody else could have laid something there.
    #[error(
        "{0} belongs to another user: run this as the user whose folder it is, or choose another folder with --data"
    )]
    Another(PathBuf),
    /// It is no folder.
    #[error("{0} is a file: name a folder with --data")]
    File(PathBuf),
    /// Another process runs on it.
    #[error("another idesluss already runs on {0}. Stop it first, or choose another folder with --data")]
    Taken(PathBuf),
}

/// A data folder that this process alone uses until it is dropped.
#[derive(Debug)]
pub(crate) struct Home {
    root: PathBuf,
    _lock: File,
}

/// Where a running process listens, for whoever looks for it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Addresses {
    /// The web.
    pub(crate) web: SocketAddr,
    /// Checkpoints and tiles over HTTP, of each service below its name.
    pub(crate) logs: SocketAddr,
    /// Health and metrics for operators; None: nobody asked for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ops: Option<SocketAddr>,
}

impl Home {
    /// Takes the folder, making it if it is not there.
    pub(crate) fn take(root: &Path) -> Result<Self, HomeError> {
        let unusable = |reason| HomeError::Unusable {
            folder: root.to_owned(),
            reason,
        };
        check(root)?;
        make_private_folder(root).map_err(unusable)?;
        // One that was made beforehand may be open to others.
        fs::set_permissions(root, Permissions::from_mode(0o700)).map_err(unusable)?;
        is_own(root)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(root.join("lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(HomeError::Taken(root.to_owned())),
            Err(TryLockError::Error(reason)) => return Err(unusable(reason)),
        }
        let home = Self {
            root: root.to_owned(),
            _lock: lock,
        };
        // Left behind by a process that was killed, it would say that this one answers already.
        let _ = fs::remove_file(addresses_file(root));
        fs::create_dir_all(home.keys()).map_err(unusable)?;
        Ok(home)
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Who the instance is, its organisations and people.
    pub(crate) fn directory_file(&self) -> PathBuf {
        self.root.join("instance.toml")
    }

    /// The folder of the master key and of the ledger of erasures.
    pub(crate) fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The instance's master key, from which each service's own is derived.
    pub(crate) fn master_key(&self) -> PathBuf {
        master_key(&self.root)
    }

    /// The folder that remembers what was signed last of a service's journal.
    pub(crate) fn signed(&self, service: &str) -> PathBuf {
        self.root.join("signed").join(service)
    }

    /// The socket through which other commands of this user reach a service.
    pub(crate) fn socket(&self, service: &str) -> PathBuf {
        socket(&self.root, service)
    }

    /// The file with a service's journal, whether it has one yet or not.
    pub(crate) fn journal(&self, service: &str) -> PathBuf {
        self.root.join(service).join("journal.db")
    }

    /// A service's own folder, made if it is not there.
    pub(crate) fn service(&self, name: &str) -> Result<PathBuf, HomeError> {
        let folder = self.root.join(name);
        fs::create_dir_all(&folder).map_err(|reason| HomeError::Unusable {
            folder: folder.clone(),
            reason,
        })?;
        Ok(folder)
    }

    /// Tells other commands where this process listens.
    pub(crate) fn publish(&self, addresses: &Addresses) -> Result<(), HomeError> {
        let unusable = |reason| HomeError::Unusable {
            folder: self.root.clone(),
            reason,
        };
        let text = serde_json::to_string(addresses).map_err(|error| unusable(std::io::Error::other(error)))?;
        let draft = self.root.join("addresses.json.new");
        let mut file = File::create(&draft).map_err(unusable)?;
        file.write_all(text.as_bytes()).map_err(unusable)?;
        fs::rename(&draft, addresses_file(&self.root)).map_err(unusable)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_file(addresses_file(&self.root));
    }
}

/// The master key of the folder `root`, also while another process uses it.
pub(crate) fn master_key(root: &Path) -> PathBuf {
    root.join("keys").join("master.key")
}

/// The socket of a service of the process that runs on `root`.
pub(crate) fn socket(root: &Path, service: &str) -> PathBuf {
    root.join("run").join(format!("{service}.sock"))
}

/// Errors: there is a file of this name, so nothing can lie in it, or the folder is another user's.
pub(crate) fn check(root: &Path) -> Result<(), HomeError> {
    if root.is_file() {
        return Err(HomeError::File(root.to_owned()));
    }
    match fs::metadata(root) {
        Ok(about) if about.uid() != rustix::process::geteuid().as_raw() => Err(HomeError::Another(root.to_owned())),
        _ => Ok(()),
    }
}

/// Errors: something in the folder, or in that of the keys and of the sockets, is another user's: what was laid there while
/// others could write to it would be taken for ours.
fn is_own(root: &Path) -> Result<(), HomeError> {
    let own = rustix::process::geteuid().as_raw();
    for folder in [root.to_owned(), root.join("keys"), root.join("run")] {
        // What is not there yet is made by this process.
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let about = entry.path().symlink_metadata();
            if about.is_ok_and(|about| about.uid() != own) {
                return Err(HomeError::Another(entry.path()));
            }
        }
    }
    Ok(())
}

/// Whether a process runs on `root`, and has come so far that it answers.
pub(crate) async fn is_running(root: &Path) -> bool {
    let Ok(lock) = File::open(root.join("lock")) else {
        return false;
    };
    // It tells where it listens a moment after it takes the lock; another command's services, which take nobody in, never do.
    for _ in 0..100 {
        match lock.try_lock_shared() {
            Err(TryLockError::WouldBlock) => {}
            _ => return false,
        }
        if addresses_file(root).exists() {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    false
}

fn addresses_file(root: &Path) -> PathBuf {
    root.join("addresses.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_open_to_others_is_taken_for_this_user_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("data");
        fs::create_dir(&root).expect("made");
        fs::set_permissions(&root, Permissions::from_mode(0o755)).expect("opened");
        let home = Home::take(&root).expect("taken");
        let mode = fs::metadata(home.root()).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn what_another_user_has_laid_into_a_folder_is_not_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("data");
        fs::create_dir_all(root.join("keys")).expect("made");
        let key = root.join("keys").join("master.key");
        fs::write(&key, "0".repeat(64)).expect("written");
        assert!(is_own(&root).is_ok());
        // Only root can give a file away; for anybody else there is nothing to try.
        if std::os::unix::fs::chown(&key, Some(65_534), None).is_ok() {
            let refused = Home::take(&root).expect_err("refused").to_string();
            assert!(
                refused.contains("master.key") && refused.contains("another user"),
                "{refused}"
            );
            std::os::unix::fs::chown(&root, Some(65_534), None).expect("given away");
            assert!(matches!(check(&root), Err(HomeError::Another(_))));
        }
    }
}
