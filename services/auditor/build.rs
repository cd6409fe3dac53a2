//! Lists the tables of rights of this version and those before it, which stand beside the crate that writes them: an auditor knows all.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("by cargo")).join("../access/policies");
    println!("cargo:rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(&folder).expect("services/access/policies can be read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
        .collect();
    files.sort();
    let mut list = "/// The texts by their digests.\nconst TABLES: &[(&str, &str)] = &[\n".to_owned();
    for file in files {
        let digest = file.file_stem().and_then(|name| name.to_str()).expect("a digest");
        writeln!(
            list,
            "    ({digest:?}, include_str!({:?})),",
            file.display().to_string()
        )
        .expect("written");
    }
    list.push_str("];\n");
    let target = Path::new(&env::var("OUT_DIR").expect("by cargo")).join("policies.rs");
    fs::write(target, list).expect("written");
}
