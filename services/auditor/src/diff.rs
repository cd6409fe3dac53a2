use crate::happened::Happened;
use crate::instance::Things;
use crate::{MergeError, Moment, Reading};
use serde::Serialize;
use std::collections::HashMap;

/// What changed in an instance between two moments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// After this moment …
    pub from: Moment,
    /// … up to and with this one.
    pub to: Moment,
    /// How many own events of all services lie between them.
    pub events: u64,
    /// What changed, in the order in which it first did.
    pub changed: Vec<Changed>,
}

/// One thing to which something happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// What, such as `idea/…` or `delegation-order/uddevalla`.
    pub subject: String,
    /// Whose; empty: not known, or the journal's own.
    pub organisation: String,
    /// The idea that it is about; None: none, or itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idea: Option<String>,
    /// Where it stood before; empty: it did not exist, or has no states.
    pub before: String,
    /// Where it stood afterwards.
    pub after: String,
    /// What happened to it, in order.
    pub events: Vec<Happened>,
}

/// Says what changed after `from`, up to and with `to`.
///
/// `events` are those of [`merge`](fn@crate::merge). Memory: that of [`instance`](fn@crate::instance) for what lies before, and about a
/// kilobyte for each event between the two moments. Errors: those of the merge.
pub fn diff(
    events: impl IntoIterator<Item = Result<Reading, MergeError>>,
    from: Moment,
    to: Moment,
) -> Result<Diff, MergeError> {
    let mut things = Things::default();
    let mut changed: Vec<Changed> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut count = 0;
    for reading in events {
        let reading = reading?;
        if from.covers(&reading) {
            things.take(&reading);
            continue;
        }
        if !to.covers(&reading) {
            continue;
        }
        let (before, after) = things.take(&reading);
        count += 1;
        let place = *places.entry(reading.subject.clone()).or_insert_with(|| {
            changed.push(Changed {
                subject: reading.subject.clone(),
                organisation: String::new(),
                idea: idea_of(&reading),
                before,
                after: String::new(),
                events: Vec::new(),
            });
            changed.len() - 1
        });
        changed[place].after = after;
        changed[place].organisation = things.organisation(&reading.subject);
        changed[place].events.push(Happened::of(&reading));
    }
    Ok(Diff {
        from,
        to,
        events: count,
        changed,
    })
}

/// The idea that an evaluation, a solution, an adoption or a reference is about.
fn idea_of(reading: &Reading) -> Option<String> {
    let (kind, id) = reading.subject.split_once('/')?;
    let about = matches!(kind, "evaluation" | "solution" | "adoption" | "register");
    (about && id != reading.correlation).then(|| reading.correlation.clone())
}
