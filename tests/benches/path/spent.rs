//! Processor time by part of the installation.

use idesluss_tests::Apart;
use std::time::Duration;

/// The parts, in the order in which they are told.
pub(crate) const PARTS: [&str; 9] = [
    "client",
    "submission",
    "its PostgreSQL",
    "evaluation",
    "its PostgreSQL",
    "sharing and gateway",
    "its PostgreSQL",
    "PostgreSQL's own",
    "NATS",
];

/// What each part has used since it began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent([Duration; PARTS.len()]);

impl Spent {
    /// Reads what the system has counted, in steps of 10 ms a process.
    pub(crate) fn now(apart: &Apart) -> Self {
        let service = |name: &str| apart.pid(name).map_or(Duration::ZERO, |pid| Process::read(pid).own);
        let postgres = Process::read(apart.postgres.pid());
        let mut databases = [Duration::ZERO; 3];
        // Those that have ended are counted with the one that they came from.
        let mut rest = postgres.own + postgres.waited_for;
        for pid in children(apart.postgres.pid()) {
            let of = ["submission", "evaluation", "sharing"].map(|service| &*apart.databases[service].name);
            let title = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let used = Process::read(pid).own;
            match of.iter().position(|name| title.contains(&format!(" {name} "))) {
                Some(at) => databases[at] += used,
                None => rest += used,
            }
        }
        Self([
            Process::read(std::process::id()).own,
            service("submission-1"),
            databases[0],
            service("evaluation-1"),
            databases[1],
            service("sharing-1") + service("gateway"),
            databases[2],
            rest,
            apart.nats.pid().map_or(Duration::ZERO, |pid| Process::read(pid).own),
        ])
    }

    /// What was used since `earlier`.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at].saturating_sub(earlier.0[at])))
    }

    /// One more stretch of time.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] + other.0[at]))
    }

    /// Nothing.
    pub(crate) fn nothing() -> Self {
        Self(Default::default())
    }

    /// How many microseconds a part took for one of `count` things.
    pub(crate) fn of(&self, part: &str, count: usize) -> f64 {
        let at = PARTS.iter().position(|name| *name == part);
        at.map_or(0.0, |at| self.0[at].as_secs_f64() * 1e6 / count as f64)
    }

    /// How many microseconds all but the client took for one of `count` things.
    pub(crate) fn served(&self, count: usize) -> f64 {
        let all: Duration = self.0.iter().sum();
        all.as_secs_f64() * 1e6 / count as f64 - self.of("client", count)
    }

    /// Tells how many microseconds each part took for one of `count` things.
    pub(crate) fn print(&self, what: &str, count: usize) {
        let each = |time: &Duration| time.as_secs_f64() * 1e6 / count as f64;
        let parts = PARTS.iter().zip(&self.0);
        let parts: Vec<_> = parts.map(|(part, time)| format!("{part} {:.0}", each(time))).collect();
        let whole: Duration = self.0.iter().sum();
        println!("  processor µs {what}: {:.0} = {}", each(&whole), parts.join(" + "));
    }
}

/// What a process has used.
struct Process {
    parent: u32,
    own: Duration,
    /// By its children that have ended.
    waited_for: Duration,
}

impl Process {
    /// From `/proc/<pid>/stat`; nothing for one that has ended.
    fn read(pid: u32) -> Self {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The second field is a name in brackets, which may hold anything.
        let fields = text.rsplit_once(") ").map_or("", |(_, fields)| fields);
        let fields: Vec<u64> = fields.split(' ').map(|field| field.parse().unwrap_or(0)).collect();
        let field = |number: usize| fields.get(number - 3).copied().unwrap_or(0);
        let ticks = rustix::param::clock_ticks_per_second();
        let time = |first: usize| Duration::from_micros((field(first) + field(first + 1)) * 1_000_000 / ticks);
        Self {
            parent: u32::try_from(field(4)).unwrap_or(0),
            own: time(14),
            waited_for: time(16),
        }
    }
}

fn children(of: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").expect("Linux tells its processes").flatten();
    let pids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
    pids.filter(|pid| Process::read(*pid).parent == of).collect()
}
