//! Where the web is reached: the one place that knows its address, makes links of it, names its cookies, and says which requests are meant for it.

use crate::own_path::own_path;
use cookie::{Cookie, CookieBuilder, SameSite};
use http::Uri;
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// This machine's own names.
const LOCAL: [&str; 3] = ["127.0.0.1", LOCALHOST, "[::1]"];
const LOCALHOST: &str = "localhost";

/// The origin under which people reach the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    is_https: bool,
    /// Its host and port as links have them: without a port that goes without saying.
    authority: String,
    port: u16,
    /// The hosts under which it may be asked.
    hosts: Vec<String>,
}

/// Why something is no origin of ours. Every sentence says what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoOrigin {
    /// It is no address of a web.
    #[error("{0:?} is no address of a web: write it as https://idesluss.example.se, in plain letters")]
    Form(String),
    /// It says more than scheme, host and port.
    #[error(
        "{0:?} says more than where the web is: write https://, its name and, if it is not the usual one, its port, and nothing after it"
    )]
    More(String),
    /// What people send would be read by whoever stands in between.
    #[error("{0:?} is not encrypted: write https://. http:// is for this machine's loopback alone")]
    Plain(String),
}

impl FromStr for Origin {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let wrong = || NoOrigin::Form(text.to_owned());
        let read: Uri = text.parse().map_err(|_| wrong())?;
        let is_https = match read.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let authority = read.authority().ok_or_else(wrong)?;
        let names_somebody = authority.as_str().contains('@');
        if names_somebody || read.path() != "/" || read.query().is_some() || text.contains('#') {
            return Err(NoOrigin::More(text.to_owned()));
        }
        let host = authority.host().to_ascii_lowercase();
        let usual = usual_port(is_https);
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            None if authority.as_str().len() == host.len() => usual,
            None => return Err(wrong()),
        };
        if !is_name(&host) || port == 0 {
            return Err(wrong());
        }
        if !is_https && !LOCAL.contains(&host.as_str()) {
            return Err(NoOrigin::Plain(text.to_owned()));
        }
        Ok(Self {
            is_https,
            authority: if port == usual {
                host.clone()
            } else {
                format!("{host}:{port}")
            },
            port,
            hosts: vec![host],
        })
    }
}

fn usual_port(is_https: bool) -> u16 {
    if is_https { 443 } else { 80 }
}

/// Whether it is a host as browsers ask for it: a name of plain letters, or an address, one of IPv6 in brackets.
fn is_name(host: &str) -> bool {
    if let Some(six) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return six.parse::<Ipv6Addr>().is_ok();
    }
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !host.is_empty() && host.bytes().all(is_letter)
}

impl Origin {
    /// Of a web that is reached on this machine alone, under any of its names.
    pub fn local(listens: SocketAddr) -> Self {
        Self {
            is_https: false,
            // As whoever starts it has written it.
            authority: listens.to_string(),
            port: listens.port(),
            hosts: LOCAL.map(str::to_owned).to_vec(),
        }
    }

    /// The same, called by this machine's name where links are made of it: passkeys are good for names, and not for digits.
    #[must_use]
    pub fn by_name(mut self) -> Self {
        if self.hosts.iter().any(|host| host == LOCALHOST) {
            self.authority = format!("{LOCALHOST}:{}", self.port);
        }
        self
    }

    /// Whether people reach it over TLS, its own or a proxy's.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// An absolute link to a path, which begins with a slash.
    pub fn link(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }

    /// Whether a request's `Host` is this web.
    pub(crate) fn is_host(&self, asked: &str) -> bool {
        let usual = usual_port(self.is_https);
        let Some((host, port)) = split(asked) else {
            return false;
        };
        let is_port = match port {
            Some(digits) => digits == self.port.to_string(),
            None => self.port == usual,
        };
        is_port && self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    }

    /// Whether a page of this origin, as a browser says it in `Origin`, is one of ours.
    pub(crate) fn is_origin(&self, origin: &str) -> bool {
        let own = origin.split_once("://").filter(|(scheme, _)| *scheme == self.scheme());
        own.is_some_and(|(_, host)| self.is_host(host))
    }

    /// The origin under which a browser has asked, as it says it to passkeys, which are good for a name and not for digits. None: it has asked for digits,
    /// or elsewhere.
    pub(crate) fn of_passkeys(&self, asked: &str) -> Option<String> {
        let (host, _) = split(asked).filter(|_| self.is_host(asked))?;
        let is_name = host.parse::<IpAddr>().is_err() && !host.starts_with('[');
        let host = host.to_ascii_lowercase();
        let scheme = self.scheme();
        is_name.then(|| match self.port == usual_port(self.is_https) {
            true => format!("{scheme}://{host}"),
            false => format!("{scheme}://{host}:{}", self.port),
        })
    }

    /// The path of an address of ours, as a browser says it in `Referer`, with which a browser comes back here; None: it is none.
    pub(crate) fn path_of<'a>(&self, address: &'a str) -> Option<&'a str> {
        let begins = address.find("://")? + 3;
        let ends = begins + address[begins..].find('/')?;
        let (origin, path) = address.split_at(ends);
        own_path(path).filter(|_| self.is_origin(origin))
    }

    /// The name of a cookie here. Over TLS a browser takes one of this name from this host alone, over TLS, for all of it.
    pub(crate) fn cookie_name(&self, name: &'static str) -> Cow<'static, str> {
        if self.is_https {
            Cow::Owned(format!("__Host-{name}"))
        } else {
            Cow::Borrowed(name)
        }
    }

    /// A cookie of the whole web that is never sent along from elsewhere, nor in plain where people come over TLS.
    pub(crate) fn cookie<'a>(&self, name: &'static str, value: impl Into<Cow<'a, str>>) -> CookieBuilder<'a> {
        Cookie::build((self.cookie_name(name), value.into()))
            .path("/")
            .secure(self.is_https)
            .same_site(SameSite::Strict)
    }
}

/// As a browser writes it: without a path.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.authority)
    }
}

/// A host and its port, which may be left out; None: neither. An address of IPv6 keeps its brackets.
fn split(authority: &str) -> Option<(&str, Option<&str>)> {
    let ends = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at(ends);
    match rest.strip_prefix(':') {
        Some(port) => Some((host, Some(port))),
        None => rest.is_empty().then_some((host, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn an_address_is_read_and_what_is_none_is_told_apart() {
        for (text, written) in [
            ("https://idesluss.fyrbodal.example", "https://idesluss.fyrbodal.example"),
            ("HTTPS://Idesluss.Example/", "https://idesluss.example"),
            ("https://idesluss.example:443", "https://idesluss.example"),
            ("https://idesluss.example:8443", "https://idesluss.example:8443"),
            ("https://192.0.2.7", "https://192.0.2.7"),
            ("https://[2001:db8::7]:8443", "https://[2001:db8::7]:8443"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]", "http://[::1]"),
        ] {
            assert_eq!(origin(text).to_string(), written);
        }
        let form = |text: &str| NoOrigin::Form(text.to_owned());
        for text in [
            "",
            "idesluss.example",
            "ftp://idesluss.example",
            "https://",
            "https://:443",
            "https://a b",
            "https://[2001:db8::7",
            "https://idésluss.example",
            "https://idesluss.example:",
            "https://a%41.example",
            "https://[]",
            "https://2001:db8::7",
            "https://idesluss.example:0",
            "https://idesluss.example:99999",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(form(text)));
        }
        for text in [
            "https://idesluss.example/web",
            "https://a@idesluss.example",
            "https://idesluss.example?x",
            "https://idesluss.example/#x",
            "https://idesluss.example//",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(NoOrigin::More(text.to_owned())));
        }
        let plain = "http://idesluss.example";
        assert_eq!(plain.parse::<Origin>(), Err(NoOrigin::Plain(plain.to_owned())));
    }

    #[test]
    fn it_is_asked_under_its_own_name_and_port_and_no_other() {
        let usual = origin("https://idesluss.example");
        let other = origin("https://idesluss.example:8443");
        let six = origin("https://[2001:db8::7]");
        let local = Origin::local("127.0.0.1:8080".parse().expect("an address"));
        let eighty = Origin::local("127.0.0.1:80".parse().expect("an address"));
        for (origin, host, is_ours) in [
            (&usual, "idesluss.example", true),
            (&usual, "IDESLUSS.example:443", true),
            (&usual, "idesluss.example:8443", false),
            (&usual, "idesluss.example:0443", false),
            (&usual, "idesluss.example:", false),
            (&usual, "idesluss.example.", false),
            (&usual, "ond.example", false),
            (&usual, "ond.idesluss.example", false),
            (&usual, "127.0.0.1", false),
            (&usual, "localhost", false),
            (&usual, "", false),
            (&other, "idesluss.example:8443", true),
            (&other, "idesluss.example", false),
            (&six, "[2001:db8::7]", true),
            (&six, "[2001:db8::7]:443", true),
            (&six, "[2001:db8::7]x", false),
            (&six, "[2001:db8::7", false),
            (&local, "127.0.0.1:8080", true),
            (&local, "localhost:8080", true),
            (&local, "[::1]:8080", true),
            (&local, "localhost", false),
            (&local, "ond.example:8080", false),
            (&eighty, "localhost", true),
            (&eighty, "localhost:80", true),
        ] {
            assert_eq!(origin.is_host(host), is_ours, "{host} at {origin}");
        }
        assert!(usual.is_origin("https://idesluss.example"));
        assert!(local.is_origin("http://localhost:8080"));
        for foreign in [
            "http://idesluss.example",
            "https://ond.example",
            "null",
            "idesluss.example",
        ] {
            assert!(!usual.is_origin(foreign), "{foreign}");
        }
    }

    #[test]
    fn passkeys_are_asked_for_under_the_name_that_the_browser_has_asked_for() {
        let usual = origin("https://idesluss.example");
        let other = origin("https://idesluss.example:8443");
        let local = Origin::local("127.0.0.1:8080".parse().expect("an address"));
        for (origin, host, expected) in [
            (&usual, "Idesluss.example", Some("https://idesluss.example")),
            (&usual, "idesluss.example:443", Some("https://idesluss.example")),
            (&usual, "ond.example", None),
            (&other, "idesluss.example:8443", Some("https://idesluss.example:8443")),
            (&local, "localhost:8080", Some("http://localhost:8080")),
            (&local, "127.0.0.1:8080", None),
            (&local, "[::1]:8080", None),
        ] {
            assert_eq!(origin.of_passkeys(host).as_deref(), expected, "{host} at {origin}");
        }
    }

    #[test]
    fn links_lead_here_and_whoever_comes_from_here_goes_back_to_where_they_were() {
        let ours = origin("https://idesluss.example:8443");
        assert_eq!(ours.link("/in/abc"), "https://idesluss.example:8443/in/abc");
        let path = ours.path_of("https://idesluss.example:8443/ideer?sida=2");
        assert_eq!(path, Some("/ideer?sida=2"));
        for foreign in [
            "",
            "https://idesluss.example:8443",
            "https://ond.example/ideer",
            "https://idesluss.example:8443.ond.example/ideer",
            "https://idesluss.example:8443@ond.example/ideer",
            "https://idesluss.example:8443//ond.example",
            "https://idesluss.example:8443/\\ond.example",
            "https://idesluss.example:8443/a\nb",
            "http://idesluss.example:8443/ideer",
        ] {
            assert_eq!(ours.path_of(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn cookies_over_tls_are_of_this_host_alone_and_never_sent_in_plain() {
        let written = |origin: &Origin| origin.cookie("idesluss", "x").http_only(true).to_string();
        assert_eq!(
            written(&origin("https://idesluss.example")),
            "__Host-idesluss=x; HttpOnly; SameSite=Strict; Secure; Path=/"
        );
        assert_eq!(
            written(&origin("http://localhost:8080")),
            "idesluss=x; HttpOnly; SameSite=Strict; Path=/"
        );
    }
}
