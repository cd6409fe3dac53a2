//! A bundle's members, to be changed by hand and packed again with a true last line.

use sha2::{Digest as _, Sha256};
use std::io::Read as _;

/// The bytes of a bundle with the line that belongs to them.
pub(crate) fn with_trailer(mut bytes: Vec<u8>) -> Vec<u8> {
    let digest = hex::encode(Sha256::digest(&bytes));
    bytes.extend_from_slice(format!("sha256:{digest}\n").as_bytes());
    bytes
}

/// Members by name.
pub(crate) type Members = Vec<(String, Vec<u8>)>;

/// Packs a bundle's members again after a change.
pub(crate) fn edit(bundle: &[u8], change: impl FnOnce(&mut Members)) -> Vec<u8> {
    let mut archive = tar::Archive::new(bundle);
    let mut members: Members = Vec::new();
    for entry in archive.entries().expect("an archive") {
        let mut entry = entry.expect("a member");
        let name = entry.path().expect("a name").to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        members.push((name, bytes));
    }
    change(&mut members);
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in &members {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).expect("a name");
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, &**bytes).expect("it is written");
    }
    with_trailer(tar.into_inner().expect("an archive"))
}

/// Changes the text of one member.
pub(crate) fn edit_text(bundle: &[u8], name: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    edit(bundle, |members| {
        let (_, bytes) = members.iter_mut().find(|(of, _)| of == name).expect("such a member");
        let text = String::from_utf8(std::mem::take(bytes)).expect("text");
        *bytes = change(text).into_bytes();
    })
}
