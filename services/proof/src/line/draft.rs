/// What an event's author knows of it before the journal's writer assigns the rest.
///
/// Every text member is written into the CloudEvents event as it stands; `data` is already JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// CloudEvents `id`, a UUID in text form, derived from the command (see the engine).
    pub id: String,
    /// The last part of `source`: `house`, `region`, or one partner's short name.
    pub audience: String,
    /// CloudEvents `type`, such as `idesluss.submission.v1.IdeaSubmitted`.
    pub kind: String,
    /// CloudEvents `time`: when it happened, as its author claims. UTC microseconds.
    pub time_micros: i64,
    /// Extension `organisation`.
    pub organisation: String,
    /// Extension `actor`, a pseudonym.
    pub actor: String,
    /// Extension `role`.
    pub role: String,
    /// Extension `grant`: by what right, such as `grant:<uuid>`, `service:submission` or `operator`.
    pub grant: Option<String>,
    /// Extension `assertion`, for decisions and erasures: what identity has asserted of whoever acts, for this command alone, in base64.
    pub assertion: Option<String>,
    /// Extension `mandate`, for decisions.
    pub mandate: Option<String>,
    /// Extension `commandid`.
    pub commandid: String,
    /// Extension `correlationid`: the idea that it is all about.
    pub correlationid: String,
    /// Extension `causationid`: the event that a reaction answered.
    pub causationid: Option<String>,
    /// Extension `traceparent`.
    pub traceparent: Option<String>,
    /// CloudEvents `data`: one JSON object without white space.
    pub data: String,
}
