use super::{CommandContext, PendingCommand};
use idesluss_domain::words::{Date, InvalidForm, OrganisationId};
use idesluss_proto::pb::command as pb;
use idesluss_proto::status::Problems;
use idesluss_proto::{CommandHead, read_command};
use std::ops::RangeInclusive;
use std::str::FromStr;
use tonic::Status;

/// A command being read: everything that is wrong with it is told at once.
pub struct RequestReader {
    context: CommandContext,
    method: &'static str,
    body: Vec<u8>,
    head: Option<CommandHead>,
    problems: Problems,
}

impl RequestReader {
    pub(super) fn new(
        context: CommandContext,
        method: &'static str,
        body: Vec<u8>,
        command: Option<&pb::Command>,
    ) -> Self {
        let mut problems = Problems::default();
        let head = read_command(command, &mut problems);
        Self {
            context,
            method,
            body,
            head,
            problems,
        }
    }

    /// The organisation that is acted for; None: the command does not say it rightly.
    pub fn acts_for(&self) -> Option<&OrganisationId> {
        self.head.as_ref().map(|head| &head.actor.organisation)
    }

    /// Notes that `field` is wrong; `sentence` says what to do.
    pub fn problem(&mut self, field: &str, sentence: &str) {
        self.problems.add(field, sentence);
    }

    /// A UUID.
    pub fn id<T: FromStr>(&mut self, field: &str, text: &str) -> Option<T> {
        self.problems.parse(field, text, "give a UUID")
    }

    /// A UUID, or nothing.
    pub fn id_if_any<T: FromStr>(&mut self, field: &str, text: &str) -> Option<T> {
        if text.is_empty() { None } else { self.id(field, text) }
    }

    /// Several UUIDs.
    pub fn ids<T: FromStr>(&mut self, field: &str, texts: &[String], count: RangeInclusive<usize>) -> Option<Vec<T>> {
        if !count.contains(&texts.len()) {
            self.problem(field, &format!("give {} to {} of them", count.start(), count.end()));
            return None;
        }
        texts.iter().map(|text| self.id(field, text)).collect()
    }

    /// Something in a form of its own.
    pub fn parse<T: FromStr>(&mut self, field: &str, text: &str, sentence: &str) -> Option<T> {
        self.problems.parse(field, text, sentence)
    }

    /// A text of a bounded form, which may stand unsealed in a line; spaces around it are no part of it.
    pub fn form<T: FromStr<Err = InvalidForm>>(&mut self, field: &str, text: &str) -> Option<T> {
        let form = text.trim().parse::<T>();
        form.map_err(|wrong| self.problem(field, &wrong.to_string())).ok()
    }

    /// The same, or nothing.
    pub fn form_if_any<T: FromStr<Err = InvalidForm>>(&mut self, field: &str, text: &str) -> Option<T> {
        if text.trim().is_empty() {
            None
        } else {
            self.form(field, text)
        }
    }

    /// An organisation's short name.
    pub fn organisation<T: FromStr>(&mut self, field: &str, text: &str) -> Option<T> {
        let sentence = "give the organisation's short name, such as uddevalla";
        self.problems.parse(field, text, sentence)
    }

    /// A day.
    pub fn date(&mut self, field: &str, text: &str) -> Option<Date> {
        self.problems.parse(field, text, "write the day like 2026-11-23")
    }

    /// A day, or nothing.
    pub fn date_if_any(&mut self, field: &str, text: &str) -> Option<Date> {
        if text.is_empty() { None } else { self.date(field, text) }
    }

    /// A text, trimmed, of so many characters.
    pub fn text(&mut self, field: &str, text: &str, lengths: RangeInclusive<usize>) -> String {
        self.problems.text(field, text, lengths)
    }

    /// One of several; None was none of them.
    pub fn chosen<T>(&mut self, field: &str, choice: Option<T>) -> Option<T> {
        if choice.is_none() {
            self.problem(field, "choose one of those that there are");
        }
        choice
    }

    /// A number within a range.
    pub fn number(&mut self, field: &str, number: u64, range: RangeInclusive<u64>) -> u64 {
        if !range.contains(&number) {
            self.problem(
                field,
                &format!("give a number from {} to {}", range.start(), range.end()),
            );
        }
        number
    }

    /// Ends the reading. Errors: INVALID_ARGUMENT with every field, or PERMISSION_DENIED for a role that is not held.
    pub fn finish<T>(self, value: Option<T>) -> Result<(PendingCommand, T), Status> {
        let (head, value) = self.problems.finish(self.head.zip(value))?;
        self.context.check(&head.actor)?;
        Ok((PendingCommand::new(self.context, self.method, self.body, head), value))
    }
}
