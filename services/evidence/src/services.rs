use idesluss_runtime::Peer;

/// Ways to the three services. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// To submission.
    pub submission: Peer,
    /// To evaluation.
    pub evaluation: Peer,
    /// To sharing.
    pub sharing: Peer,
}
