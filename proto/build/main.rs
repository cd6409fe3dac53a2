//! Compiles the contract without protoc: protox parses, prost and tonic generate the messages, and what the contract says in its own options
//! becomes code here: every rpc's path, the domain's words for its enums, and for every request what it is once it has been read.

mod field;
mod forms;
mod requests;
mod rpcs;
mod rule;
mod words;

use prost_reflect::DescriptorPool;
use std::path::{Path, PathBuf};

/// The packages, each a folder below `idesluss` and a module below `pb`.
const PACKAGES: [&str; 8] = [
    "contract",
    "command",
    "journal",
    "audit",
    "submission",
    "evaluation",
    "sharing",
    "identity",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build");
    let mut files = Vec::new();
    for package in PACKAGES {
        let folder = PathBuf::from("idesluss").join(package).join("v1");
        println!("cargo::rerun-if-changed={}", folder.display());
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "proto") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut compiler = protox::Compiler::new(["."])?;
    compiler
        .include_source_info(true)
        .include_imports(true)
        .open_files(&files)?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    // With the options of our own, which the messages of prost-types would lose.
    std::fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    let pool = compiler.descriptor_pool();
    write(&out, "words.rs", words::generate(&pool)?)?;
    write(&out, "rpcs.rs", rpcs::generate(&pool)?)?;
    write(&out, "requests.rs", requests::generate(&pool)?)?;
    tonic_prost_build::configure()
        .build_transport(true)
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

fn write(folder: &Path, name: &str, code: proc_macro2::TokenStream) -> Result<(), Box<dyn std::error::Error>> {
    let file = syn::parse2(code).map_err(|error| format!("{name}: {error}"))?;
    Ok(std::fs::write(folder.join(name), prettyplease::unparse(&file))?)
}

/// The last part but one of a package's name: `idesluss.submission.v1` is `submission`.
fn package(full_name: &str) -> &str {
    full_name.split('.').nth(1).unwrap_or_default()
}

/// All messages of our own, package by package.
fn messages(pool: &DescriptorPool) -> impl Iterator<Item = prost_reflect::MessageDescriptor> {
    pool.all_messages()
        .filter(|message| message.package_name().starts_with("idesluss."))
}
