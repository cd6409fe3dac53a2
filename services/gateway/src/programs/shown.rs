//! What a request for a token shows of who sends it (RFC 6749, 2.3; RFC 7523, 2.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderMap, header};
use idesluss_proto::pb::identity::begin_program_session_request::Proof;
use percent_encoding::percent_decode_str;

/// What an assertion must be said to be.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// What is given here.
const CLIENT_CREDENTIALS: &str = "client_credentials";

/// Who asks for a token, and by what they show it.
#[derive(Debug, PartialEq)]
pub(super) struct Shown {
    /// The client id; empty: an assertion says it.
    pub(super) client: String,
    /// By what it shows that it is that one.
    pub(super) proof: Proof,
    /// What is to be granted; empty: all that the program may.
    pub(super) scopes: Vec<String>,
    /// It came in `Authorization`, where the answer says how it is to be shown.
    pub(super) by_header: bool,
}

/// What is wrong with a request, as the answer names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotShown {
    /// Something is missing, there twice, or said in two ways.
    Request,
    /// It asks for another kind of grant.
    Grant,
    /// It shows nothing.
    Client,
}

/// Reads what a form and the headers beside it show.
pub(super) fn read(headers: &HeaderMap, form: &[u8]) -> Result<Shown, NotShown> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(form).map_err(|_| NotShown::Request)?;
    let field = |name: &str| {
        let mut found = fields.iter().filter(|(field, _)| field == name);
        match (found.next(), found.next()) {
            (None, _) => Ok(String::new()),
            (Some((_, value)), None) => Ok(value.clone()),
            (Some(_), Some(_)) => Err(NotShown::Request),
        }
    };
    match field("grant_type")?.as_str() {
        "" => return Err(NotShown::Request),
        CLIENT_CREDENTIALS => {}
        _ => return Err(NotShown::Grant),
    }
    let scopes = field("scope")?.split_whitespace().map(str::to_owned).collect();
    let (client, secret) = (field("client_id")?, field("client_secret")?);
    let (assertion, kind) = (field("client_assertion")?, field("client_assertion_type")?);
    let basic = basic(headers)?;
    let (client, proof, by_header) = match (basic, secret.is_empty(), assertion.is_empty()) {
        (Some((own, secret)), true, true) if client.is_empty() || client == own => (own, Proof::Secret(secret), true),
        (None, false, true) => (client, Proof::Secret(secret), false),
        (None, true, false) if kind == JWT_BEARER => (client, Proof::Assertion(assertion), false),
        (None, true, true) => return Err(NotShown::Client),
        // In two ways at once, or in one that nobody knows.
        _ => return Err(NotShown::Request),
    };
    Ok(Shown {
        client,
        proof,
        scopes,
        by_header,
    })
}

/// Client id and secret in `Authorization: Basic`, each of them written as in a form. None: there is no such header. Errors: it is none of that kind.
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, NotShown> {
    let mut shown = headers.get_all(header::AUTHORIZATION).iter();
    let Some(only) = shown.next() else {
        return Ok(None);
    };
    if shown.next().is_some() {
        return Err(NotShown::Request);
    }
    let read = || {
        let (scheme, value) = only.to_str().ok()?.split_once(' ')?;
        let value = BASE64
            .decode(value.trim())
            .ok()
            .filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let value = String::from_utf8(value).ok()?;
        let (client, secret) = value.split_once(':')?;
        let decode = |text: &str| {
            let text = text.replace('+', " ");
            percent_decode_str(&text).decode_utf8().ok().map(String::from)
        };
        Some((decode(client)?, decode(secret)?)).filter(|(_, secret)| !secret.is_empty())
    };
    read().map(Some).ok_or(NotShown::Client)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(authorization: Option<&str>, form: &str) -> Result<Shown, NotShown> {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert(header::AUTHORIZATION, value.parse().expect("a header"));
        }
        read(&headers, form.as_bytes())
    }

    fn header_of(client: &str, secret: &str) -> String {
        format!("Basic {}", BASE64.encode(format!("{client}:{secret}")))
    }

    #[test]
    fn a_secret_comes_in_the_header_or_in_the_form_and_an_assertion_in_the_form() {
        const GRANT: &str = "grant_type=client_credentials";
        let by_header = of(Some(&header_of("a%20b", "c%2Bd")), GRANT).expect("a secret");
        let secret = |text: &str| Proof::Secret(text.to_owned());
        assert_eq!((&*by_header.client, by_header.by_header), ("a b", true));
        assert_eq!(by_header.proof, secret("c+d"));
        let by_form = of(None, &format!("{GRANT}&client_id=a&client_secret=b&scope=x+y")).expect("a secret");
        assert_eq!((&*by_form.client, by_form.proof), ("a", secret("b")));
        assert_eq!(by_form.scopes, ["x", "y"]);
        let kind = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
        let signed = of(None, &format!("{GRANT}&{kind}&client_assertion=a.b.c")).expect("an assertion");
        let assertion = Proof::Assertion("a.b.c".to_owned());
        assert_eq!((signed.proof, &*signed.client), (assertion, ""));
    }

    #[test]
    fn what_is_shown_twice_in_two_ways_or_not_at_all_is_refused_for_what_it_is() {
        const GRANT: &str = "grant_type=client_credentials";
        let header = header_of("a", "b");
        for (authorization, form, why) in [
            (None, "", NotShown::Request),
            (None, "grant_type=password&client_id=a&client_secret=b", NotShown::Grant),
            (None, GRANT, NotShown::Client),
            (None, &*format!("{GRANT}&{GRANT}&client_secret=b"), NotShown::Request),
            (
                None,
                &*format!("{GRANT}&client_secret=b&client_secret=c"),
                NotShown::Request,
            ),
            (
                Some(&*header),
                &*format!("{GRANT}&client_id=a&client_secret=b"),
                NotShown::Request,
            ),
            (Some(&*header), &*format!("{GRANT}&client_id=other"), NotShown::Request),
            (None, &*format!("{GRANT}&client_assertion=a.b.c"), NotShown::Request),
            (Some("Basic !"), GRANT, NotShown::Client),
            (Some("Bearer abc"), GRANT, NotShown::Client),
        ] {
            assert_eq!(of(authorization, form), Err(why), "{authorization:?} {form}");
        }
    }
}
