//! Who may read a file that holds a secret.

use std::fs::Metadata;

/// Whether somebody else may read or change this file.
///
/// One that belongs to somebody else is handed to this process, by systemd or Kubernetes, through its group or through an access list,
/// which is shown as the group's rights: that its group may read it is the only way.
#[cfg(unix)]
pub fn is_open_to_others(about: &Metadata) -> bool {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    is_open(
        about.permissions().mode(),
        about.uid() == rustix::process::geteuid().as_raw(),
    )
}

/// Whether somebody else may read or change this file: not to be told from its mode here.
#[cfg(not(unix))]
pub fn is_open_to_others(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn is_open(mode: u32, is_own: bool) -> bool {
    mode & if is_own { 0o077 } else { 0o037 } != 0
}

#[cfg(all(test, unix))]
mod tests {
    use super::is_open;

    #[test]
    fn a_key_that_is_handed_over_may_be_read_through_its_group_and_an_own_one_may_not() {
        for (mode, is_own, open) in [
            (0o600, true, false),
            (0o400, true, false),
            (0o440, true, true),
            (0o440, false, false),
            (0o460, false, true),
            (0o444, false, true),
        ] {
            assert_eq!(is_open(0o100_000 | mode, is_own), open, "{mode:o} {is_own}");
        }
    }
}
