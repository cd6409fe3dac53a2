use crate::{EvidenceError, Journal, Services};
use idesluss_auditor::{Cut, Moment, Service};

/// The journals of the three services, each as long as it was when it was opened.
pub struct Journals {
    /// Submission's.
    pub submission: Journal,
    /// Evaluation's.
    pub evaluation: Journal,
    /// Sharing's.
    pub sharing: Journal,
}

impl Journals {
    /// Asks each journal how many entries it has; what is written later is not read.
    pub async fn open(services: &Services) -> Result<Self, EvidenceError> {
        Ok(Self {
            submission: Journal::open(Service::Submission, services.submission.clone()).await?,
            evaluation: Journal::open(Service::Evaluation, services.evaluation.clone()).await?,
            sharing: Journal::open(Service::Sharing, services.sharing.clone()).await?,
        })
    }

    /// That of one service.
    pub fn of(&self, service: Service) -> &Journal {
        match service {
            Service::Submission => &self.submission,
            Service::Evaluation => &self.evaluation,
            Service::Sharing => &self.sharing,
        }
    }

    /// All, in the order submission, evaluation, sharing.
    pub fn all(self) -> [Journal; 3] {
        [self.submission, self.evaluation, self.sharing]
    }

    /// How many entries all have together.
    pub fn entries(&self) -> u64 {
        self.submission.size + self.evaluation.size + self.sharing.size
    }

    /// The moment of a cut: a position's is told by the entry that stands there.
    pub async fn moment(&self, cut: Cut) -> Result<Moment, EvidenceError> {
        match cut {
            Cut::Time(time) => Ok(Moment::at(time)),
            Cut::Position(service, position) => {
                let line = self.of(service).line(position).await?;
                Ok(Moment::of(service, &line)?)
            }
        }
    }
}
