//! How what was measured is told: absolute figures in tables, and each aim beside the figure that is held to it.

use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What was told so far, for programs.
static NOTED: Mutex<Vec<Value>> = Mutex::new(Vec::new());

/// Notes what was measured, for [`save`].
pub fn note(measured: Value) {
    NOTED.lock().unwrap_or_else(PoisonError::into_inner).push(measured);
}

/// Writes everything that was told and noted to `target/bench/<name>.json`, with the machine's cores and how long it takes to sync a small file.
pub fn save(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&folder).expect("a folder");
    let told = json!({
        "cores": std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        "fsync_ms": fsync_ms(&folder),
        "measured": std::mem::take(&mut *NOTED.lock().unwrap_or_else(PoisonError::into_inner)),
    });
    let file = folder.join(format!("{name}.json"));
    std::fs::write(&file, serde_json::to_string_pretty(&told).expect("JSON")).expect("written");
    println!("\nFor programs: target/bench/{name}.json");
}

/// Milliseconds that it takes to sync four KiB, in the middle of many times.
fn fsync_ms(folder: &Path) -> f64 {
    let path = folder.join("fsync");
    let mut file = std::fs::File::create(&path).expect("a file");
    let each = (0..32).map(|_| {
        file.write_all(&[7; 4_096]).expect("written");
        let began = Instant::now();
        file.sync_all().expect("synced");
        began.elapsed().as_secs_f64() * 1e3
    });
    let middle = median(each.collect());
    let _ = std::fs::remove_file(path);
    middle
}

/// The value in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How often something happened in a second.
pub fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// Times, from the shortest to the longest.
#[derive(Debug, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Sorts what was measured; there must be something.
    pub fn new(mut times: Vec<Duration>) -> Self {
        assert!(!times.is_empty(), "nothing was measured");
        times.sort();
        Self(times)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Milliseconds within which this many of a hundred lie.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let at = (self.0.len() * percent / 100).min(self.0.len() - 1);
        self.0[at].as_secs_f64() * 1e3
    }

    /// Milliseconds within which one half lies.
    pub fn p50_ms(&self) -> f64 {
        self.percentile_ms(50)
    }

    /// Milliseconds within which all but one in a hundred lie.
    pub fn p99_ms(&self) -> f64 {
        self.percentile_ms(99)
    }
}

/// What a figure is to reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// Not less.
    AtLeast(f64),
    /// Not more.
    AtMost(f64),
}

impl Aim {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(aim) => value >= aim,
            Self::AtMost(aim) => value <= aim,
        }
    }
}

/// One line on whether a figure reaches its aim; `unit` is that of both.
pub fn aim(what: &str, value: f64, unit: &str, aim: Aim) {
    let mark = if aim.is_met(value) { "met" } else { "NOT MET" };
    let wanted = match aim {
        Aim::AtLeast(aim) => format!("at least {aim:.2} {unit}"),
        Aim::AtMost(aim) => format!("at most {aim:.2} {unit}"),
    };
    note(json!({ "what": what, "value": value, "unit": unit, "aim": wanted, "met": aim.is_met(value) }));
    let value = format!("{value:.2} {unit}");
    println!("  {mark:<7}  {value:>10}  {wanted:<18}  {what}");
}

/// One line with a figure that nothing is aimed at.
pub fn figure(what: &str, value: f64, unit: &str) {
    note(json!({ "what": what, "value": value, "unit": unit }));
    let value = format!("{value:.2} {unit}");
    println!("  {:<7}  {value:>10}  {:<18}  {what}", "", "");
}
