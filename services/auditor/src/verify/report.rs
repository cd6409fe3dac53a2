use super::{Code, Severity};
use crate::bundle::Manifest;
use serde::Serialize;
use std::fmt;

/// How many findings are told one by one.
const TOLD: usize = 1_000;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// What the bundle says that it holds; None: that could not be read.
    pub manifest: Option<Manifest>,
    /// What was found of each log.
    pub logs: Vec<LogReport>,
    /// What is wrong, and what could not be judged, in the order in which it was found; at most 1,000.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub further: u64,
    /// How many of all findings tell of something broken.
    pub broken: u64,
    /// How many texts came along. They are told, not proved.
    pub texts: u64,
}

/// What was found of one log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LogReport {
    /// Its service.
    pub service: String,
    /// How many entries were read, line by line.
    pub lines: u64,
    /// How many stand there as a hash only.
    pub hidden: u64,
    /// How many decisions were judged.
    pub decisions: u64,
    /// How many received entries were held against their source's own.
    pub compared: u64,
    /// How many witnesses of the policy have cosigned its checkpoint.
    pub cosigned: u64,
    /// The size of the checkpoint's tree.
    pub size: u64,
    /// The root of the checkpoint's tree, 64 hexadecimal digits.
    pub root: String,
}

/// One thing that is wrong, or could not be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Counted from 1.
    pub number: u64,
    /// Which rule.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// In which log; None: it is about the file.
    pub log: Option<String>,
    /// At which position of the log.
    pub position: Option<u64>,
    /// What was found, for a person.
    pub text: String,
}

impl Report {
    /// 0: nothing is broken; 1: something is. (2, that it could not be checked, is an error instead of a report.)
    pub fn exit_code(&self) -> u8 {
        u8::from(self.broken > 0)
    }

    pub(super) fn add(
        &mut self,
        code: Code,
        severity: Severity,
        log: Option<&str>,
        position: Option<u64>,
        text: String,
    ) {
        if severity == Severity::Broken {
            self.broken += 1;
        }
        if self.findings.len() >= TOLD {
            self.further += 1;
            return;
        }
        self.findings.push(Finding {
            number: self.findings.len() as u64 + 1,
            code,
            severity,
            log: log.map(str::to_owned),
            position,
            text,
        });
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, code, text, .. } = self;
        write!(f, "{number}. {code}")?;
        match (&self.log, self.position) {
            (Some(log), Some(position)) => write!(f, " {log}, entry {position}: ")?,
            (Some(log), None) => write!(f, " {log}: ")?,
            _ => f.write_str(": ")?,
        }
        match self.severity {
            Severity::Broken => write!(f, "{}: {text}", code.title()),
            Severity::Note => write!(f, "not judged: {text}"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for log in &self.logs {
            write!(f, "{}: {} entries read", log.service, log.lines)?;
            if log.hidden > 0 {
                write!(f, ", {} as a hash only", log.hidden)?;
            }
            let (size, root, cosigned) = (log.size, &log.root, log.cosigned);
            writeln!(f, "; checkpoint of {size} entries, root {root}, {cosigned} witnesses")?;
            let (decisions, compared) = (log.decisions, log.compared);
            writeln!(
                f,
                "  {decisions} decisions judged, {compared} received entries held against their source's own"
            )?;
        }
        if self.texts > 0 {
            writeln!(
                f,
                "{} texts came along; that they are what was sealed is told, not proved",
                self.texts
            )?;
        }
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        if self.further > 0 {
            writeln!(f, "… and {} more", self.further)?;
        }
        match self.broken {
            0 => write!(f, "Nothing is broken in what this bundle holds."),
            1 => write!(f, "1 thing is broken."),
            many => write!(f, "{many} things are broken."),
        }
    }
}
