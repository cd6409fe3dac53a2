//! What the disk takes to make something durable: beside it every figure of a durable write must be read.

use idesluss_tests::Times;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

const SYNCS: usize = 300;

/// Appends a page and syncs it, again and again, in `folder`, and tells how long that takes.
pub(crate) fn tell(folder: &Path) {
    let path = folder.join("synced");
    let mut file = File::create(&path).expect("the folder can be written to");
    let times = (0..SYNCS).map(|_| {
        let began = Instant::now();
        file.write_all(&[7; 4_096]).expect("written");
        file.sync_data().expect("synced");
        began.elapsed()
    });
    let times = Times::new(times.collect());
    std::fs::remove_file(&path).expect("removed");
    println!(
        "  a page of this disk is synced in p50 {:.2} ms, p99 {:.2} ms",
        times.p50_ms(),
        times.p99_ms()
    );
}
