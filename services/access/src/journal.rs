use crate::{Rule, rpcs};

pub(crate) const RPCS: &[Rule] = rpcs! { "journal.v1.JournalService" {
    GetHead => journal ();
    GetTile => journal ();
    GetCheckpoint => journal ();
    ReadRange => journal ();
    Follow => journal ();
    PullGap => journal ();
}};
