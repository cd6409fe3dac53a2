//! What goes wrong, as a page that says what to do.

use crate::components::{Texts, Wording};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::origin::Origin;
use crate::posted::Posted;
use crate::refusals;
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use idesluss_domain::words::MAX_FILE_MEBIBYTES;
use idesluss_proto::status::{FieldRefusal, Reason, Refusal};
use tonic::{Code, Status};

/// What went wrong before any service was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// The form was drawn for another session.
    OldForm,
    /// A form came from somebody who is not signed in, or no longer in that role.
    NotSignedIn,
    /// There is no such page.
    NoPage,
    /// The link has been used, or never was one.
    NoLink,
    /// Whoever had come by a private link has been away for too long, or the link has ended.
    LinkClosed,
    /// The file is too large, or not whole.
    BadFile,
    /// The form is larger than any form of ours.
    TooLarge,
    /// The page is there, but not for this method.
    NoSuchWay,
    /// An address or a form that can't be read.
    Unreadable,
    /// The page could not be drawn.
    Ours,
    /// The server was asked under a name that is not its own.
    OtherName,
    /// A proxy that is not known has handed the request on.
    Forwarded,
    /// A proxy that is known does not say from where and how the request came.
    NotForwarded,
    /// The request came to the proxy, or past it, in plain.
    Plain,
    /// The form was sent from another site's page.
    CrossSite,
}

impl ErrorKind {
    /// What a bare status, as the framework answers with, stands for; None: no failure.
    pub(crate) fn of(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::NOT_FOUND => Some(Self::NoPage),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Self::TooLarge),
            StatusCode::METHOD_NOT_ALLOWED => Some(Self::NoSuchWay),
            status if status.is_client_error() => Some(Self::Unreadable),
            status if status.is_server_error() => Some(Self::Ours),
            _ => None,
        }
    }
}

/// The HTTP status that a service's status becomes.
pub(crate) fn http_status(status: &Status) -> StatusCode {
    match status.code() {
        Code::InvalidArgument | Code::OutOfRange => StatusCode::UNPROCESSABLE_ENTITY,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::PermissionDenied | Code::Unauthenticated => StatusCode::FORBIDDEN,
        Code::FailedPrecondition | Code::Aborted | Code::AlreadyExists => StatusCode::CONFLICT,
        // It is theirs to wait; what watches the service is not to take it for away.
        Code::ResourceExhausted if waits(&Refusal::from(status)).is_some() => StatusCode::TOO_MANY_REQUESTS,
        Code::ResourceExhausted | Code::Unavailable | Code::DeadlineExceeded => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// For how many seconds whoever was refused is to wait; None: it is not for that.
fn waits(refusal: &Refusal) -> Option<u64> {
    let is_it = refusal.reason == Reason::TriedTooOften.name();
    refusal.parameters.get("max").filter(|_| is_it)?.parse().ok()
}

/// A page that says why nothing was done.
pub(crate) fn refused_with(mut page: Response, status: &Status) -> Response {
    *page.status_mut() = http_status(status);
    if let Some(seconds) = waits(&Refusal::from(status)) {
        page.headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    page
}

/// Whether the address of a page ends in something that can't be any thing's id.
fn names_nothing(problem: &FieldRefusal) -> bool {
    let things = ["idea", "evaluation", "solution", "adoption", "attachment"];
    things.contains(&problem.field.as_str()) && problem.code == "NOT_AN_ID"
}

/// A failed request.
#[derive(Debug, Clone)]
pub(crate) struct WebError {
    lang: Lang,
    status: StatusCode,
    sentence: String,
    fields: Vec<(String, String)>,
    /// Whether the same form may well be taken when it is sent once more.
    passes: bool,
    /// Whether it comes of nobody being signed in.
    pub(crate) is_signed_out: bool,
    /// The form is kept for whoever sent it, who goes on with it once they have signed in.
    is_kept: bool,
    given_back: Option<GivenBack>,
}

/// What somebody had filled in.
#[derive(Debug, Clone)]
pub(crate) struct GivenBack {
    /// Where it was sent.
    pub(crate) action: String,
    pub(crate) posted: Posted,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    sentence: &'a str,
    fields: &'a [(String, String)],
    /// What was filled in, by its name as people know it.
    written: Texts,
    /// Whether whoever was sent away comes back in another tab.
    beside: bool,
    /// Whether the form is kept until they have signed in.
    is_kept: bool,
    /// The form, to be sent once more.
    again: Option<&'a GivenBack>,
}

impl WebError {
    pub(crate) fn new(lang: Lang, kind: ErrorKind) -> Self {
        Self::saying(lang, kind, "")
    }

    /// The same of a request that was not meant for this web, which says where it is.
    pub(crate) fn elsewhere(lang: Lang, kind: ErrorKind, origin: &Origin) -> Self {
        Self::saying(lang, kind, &origin.to_string())
    }

    fn saying(lang: Lang, kind: ErrorKind, address: &str) -> Self {
        let (status, name) = match kind {
            ErrorKind::OldForm => (StatusCode::FORBIDDEN, "error-the-form-was-opened-in"),
            ErrorKind::NotSignedIn => (StatusCode::FORBIDDEN, "error-you-are-not-signed-in"),
            ErrorKind::NoPage => (StatusCode::NOT_FOUND, "error-there-is-no-such-page"),
            ErrorKind::NoLink => (StatusCode::FORBIDDEN, "error-the-link-has-been-used"),
            ErrorKind::LinkClosed => (StatusCode::FORBIDDEN, "error-open-your-link-again"),
            ErrorKind::BadFile => (StatusCode::PAYLOAD_TOO_LARGE, "error-the-file-could-not-be"),
            ErrorKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "error-the-text-is-too-long"),
            ErrorKind::NoSuchWay => (StatusCode::METHOD_NOT_ALLOWED, "error-the-page-cant-be-used"),
            ErrorKind::Unreadable => (StatusCode::BAD_REQUEST, "error-the-address-or-the-form"),
            ErrorKind::Ours => (StatusCode::INTERNAL_SERVER_ERROR, "error-something-went-wrong-here-try"),
            ErrorKind::OtherName => (StatusCode::MISDIRECTED_REQUEST, "error-this-server-answers-on-this"),
            ErrorKind::Forwarded => (StatusCode::FORBIDDEN, "error-a-proxy-has-handed-this"),
            ErrorKind::NotForwarded => (StatusCode::FORBIDDEN, "error-the-proxy-does-not-say"),
            ErrorKind::Plain => (StatusCode::FORBIDDEN, "error-the-request-came-in-plain"),
            ErrorKind::CrossSite => (StatusCode::FORBIDDEN, "error-this-form-was-sent-from"),
        };
        Self {
            lang,
            status,
            // Some speak of how large a file may be, some of where the web is.
            sentence: lang.say(name, &[("max", &MAX_FILE_MEBIBYTES.to_string()), ("address", address)]),
            fields: Vec::new(),
            passes: matches!(kind, ErrorKind::Ours),
            is_signed_out: kind == ErrorKind::NotSignedIn,
            is_kept: false,
            given_back: None,
        }
    }

    /// Somebody asks more often than one may; they may again after so many seconds.
    pub(crate) fn too_often(lang: Lang, seconds: u64) -> Self {
        let sentence = lang.say("error-too-many-requests", &[("seconds", &seconds.to_string())]);
        Self {
            lang,
            status: StatusCode::TOO_MANY_REQUESTS,
            sentence,
            fields: Vec::new(),
            passes: true,
            is_signed_out: false,
            is_kept: false,
            given_back: None,
        }
    }

    /// What a service said, in the page's language.
    pub(crate) fn from_status(lang: Lang, status: &Status) -> Self {
        let refusal = Refusal::from(status);
        if !refusal.fields.is_empty() && refusal.fields.iter().all(names_nothing) {
            return Self::new(lang, ErrorKind::NoPage);
        }
        let web = http_status(status);
        let field = |problem: &FieldRefusal| {
            let name = refusals::field(lang, &problem.field);
            (name, refusals::problem(lang, problem))
        };
        Self {
            lang,
            status: web,
            sentence: refusals::refusal(lang, &refusal),
            fields: refusal.fields.iter().map(field).collect(),
            passes: web.is_server_error(),
            is_signed_out: false,
            is_kept: false,
            given_back: None,
        }
    }

    /// In which language it is said.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// The form is kept, and whoever sent it goes on with it once they have signed in.
    pub(crate) fn kept(mut self) -> Self {
        self.sentence = self.lang.t("error-signed-out-and-kept").to_owned();
        self.is_kept = true;
        self
    }

    /// Gives people back what they wrote.
    pub(crate) fn giving_back(mut self, form: GivenBack) -> Self {
        self.given_back = Some(form);
        self
    }
}

impl WebError {
    /// The page, within what stands around all of somebody's pages.
    pub(crate) fn within(self, frame: Frame) -> Response {
        let form = self.given_back.as_ref();
        let page = ErrorPage {
            frame,
            sentence: &self.sentence,
            fields: &self.fields,
            written: form.map(|form| written(self.lang, &form.posted)).unwrap_or_default(),
            beside: form.is_some(),
            is_kept: self.is_kept,
            again: form.filter(|_| self.passes),
        };
        let mut response = match page.render() {
            Ok(html) => (self.status, Html(html)).into_response(),
            Err(_) => (self.status, self.sentence.clone()).into_response(),
        };
        // Whoever has the form that led here gives it back.
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let frame = Frame::bare(self.lang);
        self.within(frame)
    }
}

/// What somebody wrote or chose in words; ids and numbers of choices tell nobody anything.
pub(crate) fn written(lang: Lang, posted: &Posted) -> Texts {
    let told = posted.written();
    let told = told.map(|(name, value)| (refusals::field(lang, name), Wording::written(value)));
    Texts(told.collect())
}
