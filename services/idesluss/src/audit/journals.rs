//! The journals of the three services, read by `ReadRange` in bounded memory.

use super::AuditError;
use crate::session::Session;
use idesluss_auditor::mining::{Merge, merge};
use idesluss_auditor::{Entry, Service};
use idesluss_proto::pb::journal::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::journal::{GetHeadRequest, ReadRangeRequest};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use tokio::sync::mpsc;
use tonic::Status;
use tonic::transport::Channel;

/// How many messages of a journal wait to be looked at; each has a mebibyte of lines at the most.
const WAITING: usize = 2;

/// Where the journals stood when it was asked, and the way to them.
pub(super) struct Journals {
    clients: BTreeMap<Service, (JournalServiceClient<Channel>, u64)>,
}

/// The entries of one journal, for a thread that may block.
pub(super) struct Lines {
    service: Service,
    messages: mpsc::Receiver<Result<Vec<Vec<u8>>, String>>,
    waiting: std::vec::IntoIter<Vec<u8>>,
    bar: ProgressBar,
}

fn unread(service: Service) -> impl Fn(Status) -> AuditError {
    move |status| AuditError::Journal {
        service: service.as_str(),
        reason: status.message().to_owned(),
    }
}

impl Journals {
    /// Asks each journal how many entries it has; what is written later is not read.
    pub(super) async fn open(session: &Session) -> Result<Self, AuditError> {
        let mut clients = BTreeMap::new();
        for (service, channel) in [
            (Service::Submission, &session.submission),
            (Service::Evaluation, &session.evaluation),
            (Service::Sharing, &session.sharing),
        ] {
            let mut client = JournalServiceClient::new(channel.clone());
            let head = client.get_head(GetHeadRequest {}).await.map_err(unread(service))?;
            clients.insert(service, (client, head.into_inner().size));
        }
        Ok(Self { clients })
    }

    /// How many entries all journals have together.
    pub(super) fn entries(&self) -> u64 {
        self.clients.values().map(|(_, size)| size).sum()
    }

    /// One entry's line.
    pub(super) async fn line(&mut self, service: Service, position: u64) -> Result<Vec<u8>, AuditError> {
        let (client, size) = self.client(service);
        if position >= size {
            return Err(AuditError::NoSuchPosition {
                service: service.as_str(),
                position,
                size,
            });
        }
        let request = ReadRangeRequest {
            from: position,
            to: position + 1,
        };
        let failed = unread(service);
        let mut stream = client.clone().read_range(request).await.map_err(&failed)?.into_inner();
        let message = stream.message().await.map_err(&failed)?;
        let entry = message.and_then(|message| message.entries.into_iter().next());
        entry.map(|entry| entry.line).ok_or_else(|| AuditError::Journal {
            service: service.as_str(),
            reason: format!("it did not give entry {position}"),
        })
    }

    /// All entries of one journal, lazily.
    pub(super) fn lines(&self, service: Service, bar: &ProgressBar) -> Lines {
        let (mut client, size) = self.client(service);
        let (send, messages) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let read = read(&mut client, size, &send).await;
            if let Err(status) = read {
                let _ = send.send(Err(status.message().to_owned())).await;
            }
        });
        Lines {
            service,
            messages,
            waiting: Vec::new().into_iter(),
            bar: bar.clone(),
        }
    }

    /// The own events of all journals as one history.
    pub(super) fn events(&self, bar: &ProgressBar) -> Merge<Lines> {
        merge(
            self.clients
                .keys()
                .map(|service| self.lines(*service, bar))
                .collect::<Vec<_>>(),
        )
    }

    fn client(&self, service: Service) -> (JournalServiceClient<Channel>, u64) {
        let found = self.clients.get(&service);
        found.cloned().unwrap_or_else(|| unreachable!("all three are opened"))
    }
}

async fn read(
    client: &mut JournalServiceClient<Channel>,
    size: u64,
    send: &mpsc::Sender<Result<Vec<Vec<u8>>, String>>,
) -> Result<(), Status> {
    // A range up to 0 would mean the present end.
    if size == 0 {
        return Ok(());
    }
    let range = ReadRangeRequest { from: 0, to: size };
    let mut stream = client.read_range(range).await?.into_inner();
    let mut next = 0;
    while let Some(message) = stream.message().await? {
        next += message.entries.len() as u64;
        let lines = message.entries.into_iter().map(|entry| entry.line).collect();
        if send.send(Ok(lines)).await.is_err() {
            return Ok(());
        }
    }
    if next == size {
        Ok(())
    } else {
        Err(Status::data_loss(format!("it ended after {next} of {size} entries")))
    }
}

impl Iterator for Lines {
    type Item = Result<Entry, String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(line) = self.waiting.next() {
                self.bar.inc(1);
                return Some(Ok(Entry {
                    service: self.service,
                    line,
                    texts: BTreeMap::new(),
                }));
            }
            match self.messages.blocking_recv()? {
                Ok(lines) => self.waiting = lines.into_iter(),
                Err(reason) => return Some(Err(format!("{}: {reason}", self.service.as_str()))),
            }
        }
    }
}

/// A bar with rate and time left, on the error stream.
pub(super) fn progress(entries: u64, quiet: bool) -> ProgressBar {
    let target = if quiet {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let bar = ProgressBar::with_draw_target(Some(entries), target);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} entries  {per_sec}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
