use crate::{EvidenceError, Journal, Services};
use idesluss_auditor::{Cut, Moment, Service};

/// The services' journals, each as long as it was when it was opened.
pub struct Journals(Vec<Journal>);

impl Journals {
    /// Asks each journal how many entries it has; what is written later is not read.
    pub async fn open(services: &Services) -> Result<Self, EvidenceError> {
        let mut journals = Vec::with_capacity(Service::ALL.len());
        for service in Service::ALL {
            journals.push(Journal::open(service, services.to(service).clone()).await?);
        }
        Ok(Self(journals))
    }

    /// That of one service.
    pub fn of(&self, service: Service) -> &Journal {
        // Opened in the order in which the services are declared.
        &self.0[service as usize]
    }

    /// All, in the order of the services.
    pub fn all(self) -> Vec<Journal> {
        self.0
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Journal> {
        self.0.iter()
    }

    /// How many entries all have together.
    pub fn entries(&self) -> u64 {
        self.iter().map(|journal| journal.size).sum()
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
