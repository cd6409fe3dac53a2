use crate::components::Prose;
use askama::Template;

/// What was said to and fro, in order.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/thread.html")]
pub(crate) struct Thread(pub(crate) Vec<Message>);

/// One message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Message {
    /// What it is: a question, an answer, a decision.
    pub(crate) heading: String,
    /// Who wrote it, and when; empty: that is not told.
    pub(crate) by: String,
    /// In our words, before what was written; empty: nothing.
    pub(crate) note: String,
    pub(crate) text: Prose,
    /// Whoever reads it wrote it.
    pub(crate) own: bool,
}

impl Thread {
    /// One more, unless nothing was said.
    pub(crate) fn and(mut self, message: Message) -> Self {
        if !message.text.is_empty() || !message.note.is_empty() {
            self.0.push(message);
        }
        self
    }
}
