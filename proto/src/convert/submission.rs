use crate::pb::submission as pb;
use idesluss_domain::submission::idea::Erasure;

impl From<Option<&Erasure>> for pb::ErasureState {
    fn from(erasure: Option<&Erasure>) -> Self {
        match erasure {
            None => Self::Unspecified,
            Some(Erasure::Requested(_)) => Self::Requested,
            Some(Erasure::Waiting(_)) => Self::Decided,
            Some(Erasure::Done) => Self::Done,
            Some(Erasure::Refused) => Self::Refused,
        }
    }
}
