//! The sample region with as many ideas more as are asked for: the 700 proposals taken over again and again, each time under references of their
//! own, with what was decided of them then; and for each hundred of them one idea of today, with what becomes of it.

use crate::lives;
use idesluss_tests::{Server, run};
use std::path::{Path, PathBuf};
use std::time::Instant;

const PROPOSALS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/proposals.csv");
/// How many are imported at a time: so many rows lie in memory.
const AT_ONCE: usize = 35_000;

/// Raise it with every change of what is made: what was kept is then made anew.
const FORM: u32 = 4;

/// The columns of a proposal that name one.
const REFERENCE: usize = 0;
const SUPERSEDED_BY: usize = 10;
/// And those of its texts.
const TITLE: usize = 3;
const PROBLEM: usize = 4;

/// A folder with that region, made once and kept under `target/bench`.
pub(crate) fn folder(ideas: usize) -> PathBuf {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../target/bench/region-{FORM}-{ideas}"));
    if kept.join("whole").exists() {
        return kept;
    }
    let data = kept.join("data");
    if !kept.join("imported").exists() {
        import(&kept, &data, ideas);
        std::fs::write(kept.join("imported"), "").expect("written");
    }
    let began = Instant::now();
    lives::live(&data, &kept.join("lived"), ideas, &texts());
    println!(
        "as many hundredths of ideas of today lived in {:.0} s",
        began.elapsed().as_secs_f64()
    );
    std::fs::write(kept.join("whole"), "").expect("written");
    kept
}

/// Takes ideas over into a new folder. One that was left half-made is made anew.
fn import(kept: &Path, data: &Path, ideas: usize) {
    let _ = std::fs::remove_dir_all(kept);
    std::fs::create_dir_all(kept).expect("a folder");
    let stopped = Server::start_saying(data, &["--demo"], "warn").stop();
    assert!(stopped.success(), "{stopped}");
    let (mut told, began) = (0, Instant::now());
    while told < ideas {
        let number = AT_ONCE.min(ideas - told);
        let file = kept.join("ideas.csv");
        write(&file, told, number);
        let (data, file) = (data.to_string_lossy(), file.to_string_lossy());
        let imported = run(&[
            "import",
            "--quiet",
            "--data",
            &data,
            "--organisation",
            "uddevalla",
            "--ideas",
            &file,
        ]);
        let said = String::from_utf8_lossy(&imported.stderr);
        let said: Vec<&str> = said.lines().take(5).collect();
        assert!(imported.status.success(), "{said:?}");
        told += number;
    }
    println!(
        "{ideas} ideas taken over in {:.0} s, with a start for each {AT_ONCE}",
        began.elapsed().as_secs_f64()
    );
}

/// The titles and problems of the proposals.
fn texts() -> Vec<[String; 2]> {
    let mut proposals = csv::Reader::from_path(PROPOSALS).expect("the proposals");
    let text = |row: csv::StringRecord| [TITLE, PROBLEM].map(|column| row[column].to_owned());
    proposals.records().map(|row| text(row.expect("a row"))).collect()
}

/// A number in letters: a reference with more digits would look like a telephone number.
fn letters(number: usize) -> String {
    let letter = |number: usize| char::from(b'A' + u8::try_from(number % 26).expect("a letter"));
    [number / 676, number / 26, number].map(letter).iter().collect()
}

/// Writes `number` proposals, from the `first`-th of all repetitions on.
fn write(file: &Path, first: usize, number: usize) {
    let mut proposals = csv::Reader::from_path(PROPOSALS).expect("the proposals");
    let header = proposals.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = proposals.records().map(|row| row.expect("a row")).collect();
    let mut out = csv::Writer::from_path(file).expect("a file");
    out.write_record(&header).expect("written");
    for index in first..first + number {
        let (row, again) = (&rows[index % rows.len()], index / rows.len());
        let own = |reference: &str| format!("{reference}-{}", letters(again));
        let cell = |(column, cell): (usize, &str)| match column {
            REFERENCE => own(cell),
            SUPERSEDED_BY => cell
                .split(';')
                .filter(|one| !one.is_empty())
                .map(own)
                .collect::<Vec<_>>()
                .join(";"),
            _ => cell.to_owned(),
        };
        out.write_record(row.iter().enumerate().map(cell)).expect("written");
    }
    out.flush().expect("written");
}
