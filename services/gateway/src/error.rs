//! What goes wrong, as a page that says what to do.

use crate::lang::Lang;
use crate::posted::Posted;
use crate::refusals;
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use idesluss_proto::status::{FieldRefusal, Refusal};
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
    /// The server was asked under a name that is not this machine's.
    OtherName,
    /// A proxy has handed the request on.
    Forwarded,
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
        Code::ResourceExhausted | Code::Unavailable | Code::DeadlineExceeded => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
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
    l: Lang,
    sentence: &'a str,
    fields: &'a [(String, String)],
    /// What was filled in, by its name as people know it.
    written: Vec<(String, &'a str)>,
    /// Whether whoever was sent away comes back in another tab.
    beside: bool,
    /// The form, to be sent once more.
    again: Option<&'a GivenBack>,
}

impl WebError {
    pub(crate) fn new(lang: Lang, kind: ErrorKind) -> Self {
        let (status, sentence) = match kind {
            ErrorKind::OldForm => (
                StatusCode::FORBIDDEN,
                lang.t(
                    "Formuläret öppnades i en annan inloggning än den som gäller nu. Öppna sidan igen och fyll i det där.",
                    "The form was opened in another session than the one that you have now. Open the page again and fill it in there.",
                ),
            ),
            ErrorKind::NotSignedIn => (
                StatusCode::FORBIDDEN,
                lang.t(
                    "Du är inte inloggad längre, eller har inte kvar rollen. Låt den här sidan stå öppen, öppna startsidan i en ny flik, kom in igen, och fyll i formuläret på nytt.",
                    "You are not signed in any more, or do not hold the role any more. Leave this page open, open the start page in a new tab, come in again, and fill the form in anew.",
                ),
            ),
            ErrorKind::NoPage => (
                StatusCode::NOT_FOUND,
                lang.t("Sidan finns inte.", "There is no such page."),
            ),
            ErrorKind::NoLink => (
                StatusCode::FORBIDDEN,
                lang.t(
                    "Länken har redan använts. Starta om programmet för att få en ny.",
                    "The link has been used. Start the program again to get a new one.",
                ),
            ),
            ErrorKind::BadFile => (
                StatusCode::PAYLOAD_TOO_LARGE,
                lang.t(
                    "Filen kunde inte tas emot. Den får vara högst 10 MB, och behöver ett namn.",
                    "The file could not be taken in. It may have at most 10 MB, and needs a name.",
                ),
            ),
            ErrorKind::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                lang.t(
                    "Texten är för lång. Gå tillbaka och korta den, eller lägg till den som en fil.",
                    "The text is too long. Go back and shorten it, or add it as a file.",
                ),
            ),
            ErrorKind::NoSuchWay => (
                StatusCode::METHOD_NOT_ALLOWED,
                lang.t(
                    "Så kan sidan inte användas. Gå till startsidan.",
                    "The page can't be used like that. Go to the start page.",
                ),
            ),
            ErrorKind::Unreadable => (
                StatusCode::BAD_REQUEST,
                lang.t(
                    "Adressen eller formuläret gick inte att läsa. Gå tillbaka, ladda om sidan och försök igen.",
                    "The address or the form could not be read. Go back, reload the page and try again.",
                ),
            ),
            ErrorKind::Ours => (
                StatusCode::INTERNAL_SERVER_ERROR,
                lang.t(
                    "Något gick fel hos oss. Försök igen om en stund.",
                    "Something went wrong here. Try again in a moment.",
                ),
            ),
            ErrorKind::OtherName => (
                StatusCode::MISDIRECTED_REQUEST,
                lang.t(
                    "Servern svarar bara på den här maskinens egen adress.",
                    "This server answers on this machine's own address only.",
                ),
            ),
            ErrorKind::Forwarded => (
                StatusCode::FORBIDDEN,
                lang.t(
                    "En proxy har skickat förfrågan vidare. Tills inloggningen finns är webben bara för den här maskinen: nå den genom SSH.",
                    "A proxy has handed this request on. Until people sign in here, the web is for this machine alone: reach it through SSH.",
                ),
            ),
            ErrorKind::CrossSite => (
                StatusCode::FORBIDDEN,
                lang.t(
                    "Formuläret skickades från en sida som inte är vår. Öppna sidan här och försök igen.",
                    "This form was sent from a page that is not one of ours. Open the page here and try again.",
                ),
            ),
        };
        Self {
            lang,
            status,
            sentence: sentence.to_owned(),
            fields: Vec::new(),
            passes: matches!(kind, ErrorKind::Ours),
            given_back: None,
        }
    }

    /// Somebody asks more often than one may; they may again after so many seconds.
    pub(crate) fn too_often(lang: Lang, seconds: u64) -> Self {
        let sentence = match lang {
            Lang::Swedish => format!("Det kom för många förfrågningar på kort tid. Vänta {seconds} s och försök igen."),
            Lang::English => format!("Too many requests came in a short time. Wait {seconds} s and try again."),
        };
        Self {
            lang,
            status: StatusCode::TOO_MANY_REQUESTS,
            sentence,
            fields: Vec::new(),
            passes: true,
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
            given_back: None,
        }
    }

    /// What somebody wrote or chose in words; ids and numbers of choices tell nobody anything.
    fn written<'a>(&self, posted: &'a Posted) -> Vec<(String, &'a str)> {
        let told = posted.written();
        told.map(|(name, value)| (refusals::field(self.lang, name), value))
            .collect()
    }

    /// Gives people back what they wrote.
    pub(crate) fn giving_back(mut self, form: GivenBack) -> Self {
        self.given_back = Some(form);
        self
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let form = self.given_back.as_ref();
        let page = ErrorPage {
            l: self.lang,
            sentence: &self.sentence,
            fields: &self.fields,
            written: form.map(|form| self.written(&form.posted)).unwrap_or_default(),
            beside: form.is_some(),
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
