//! Finds the languages: one file each in `languages/`, called after the language's code in HTML. Swedish first.

use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=languages");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("languages");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(code) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".ftl")) {
            files.push((code != "sv", code.to_owned(), path.display().to_string()));
        }
    }
    files.sort();
    let rows = files
        .iter()
        .map(|(_, code, path)| format!("    ({code:?}, include_str!({path:?})),\n"));
    let written = format!(
        "const FILES: [(&str, &str); {}] = [\n{}];\n",
        files.len(),
        rows.collect::<String>()
    );
    fs::write(Path::new(&env::var("OUT_DIR")?).join("languages.rs"), written)?;
    Ok(())
}
