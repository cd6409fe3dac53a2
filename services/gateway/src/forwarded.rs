//! What a proxy says of a request in `Forwarded` (RFC 7239). Only what the nearest one has added is read: that is ours, and all before it
//! may be anybody's.

use http::{HeaderMap, header};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// What the nearest proxy says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// From where it came; None: the proxy does not say, or by a name of its own.
    pub(crate) from: Option<IpAddr>,
    /// Whether it came over TLS.
    pub(crate) is_https: bool,
}

/// Why what a proxy says can't be gone by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotForwarded {
    #[error("the proxy has added no Forwarded")]
    Missing,
    #[error("what the proxy has added as Forwarded does not follow RFC 7239")]
    Form,
    #[error("the proxy's Forwarded does not say by for= and proto= from where and how the request came")]
    Incomplete,
}

impl Forwarded {
    /// What the last element of the last header says.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, NotForwarded> {
        let last = headers.get_all(header::FORWARDED).iter().next_back();
        let text = last.ok_or(NotForwarded::Missing)?.to_str();
        let pairs = last_element(text.map_err(|_| NotForwarded::Form)?).ok_or(NotForwarded::Form)?;
        let of = |name: &str| {
            let mut named = pairs.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
            match (named.next(), named.next()) {
                (Some((_, value)), None) => Ok(value.as_str()),
                (None, _) => Err(NotForwarded::Incomplete),
                // Whoever says something twice may mean either.
                (Some(_), Some(_)) => Err(NotForwarded::Form),
            }
        };
        let is_https = match of("proto")?.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(NotForwarded::Form),
        };
        let from = node(of("for")?).ok_or(NotForwarded::Form)?;
        Ok(Self { from, is_https })
    }
}

/// The names and values of the last element of a header; None: some of the header is not as it should be.
///
/// All of it is read, since where the last element begins depends on every quotation mark before it.
fn last_element(text: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_matches([' ', '\t']);
    loop {
        let (name, after) = token(rest)?;
        let after = after.strip_prefix('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted_string(quoted)?,
            None => token(after).map(|(value, after)| (value.to_owned(), after))?,
        };
        pairs.push((name.to_owned(), value));
        let after = after.trim_start_matches([' ', '\t']);
        match after.chars().next() {
            None => return Some(pairs),
            Some(';') => {}
            Some(',') => pairs.clear(),
            Some(_) => return None,
        }
        rest = after[1..].trim_start_matches([' ', '\t']);
    }
}

/// A token (RFC 9110, 5.6.2), and what follows it.
fn token(text: &str) -> Option<(&str, &str)> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    let ends = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    (ends > 0).then(|| text.split_at(ends))
}

/// What stands in quotation marks, of which the first is read already, and what follows them.
fn quoted_string(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(letters.next()?.1),
            _ => value.push(letter),
        }
    }
    None
}

/// The address of a node, without its port; `Some(None)`: it keeps it to itself. None: it is no node (RFC 7239, 6).
fn node(text: &str) -> Option<Option<IpAddr>> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(Some(address.ip()));
    }
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (six, rest) = rest.split_once(']')?;
            let address: Ipv6Addr = six.parse().ok()?;
            // A port may be one that the proxy has made up.
            let is_port = rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port);
            return is_port.then_some(Some(address.into()));
        }
        None => text
            .split_once(':')
            .map_or((text, None), |(name, port)| (name, Some(port))),
    };
    if !port.is_none_or(is_port) {
        return None;
    }
    match name.parse::<IpAddr>() {
        Ok(address) => Some(Some(address)),
        Err(_) => (name.eq_ignore_ascii_case("unknown") || is_obfuscated(name)).then_some(None),
    }
}

fn is_port(text: &str) -> bool {
    let is_number = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number || is_obfuscated(text)
}

fn is_obfuscated(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    text.len() > 1 && text.starts_with('_') && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn read(lines: &[&str]) -> Result<Forwarded, NotForwarded> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(
                header::FORWARDED,
                HeaderValue::from_bytes(line.as_bytes()).expect("a line"),
            );
        }
        Forwarded::read(&headers)
    }

    fn from(address: &str) -> Result<Forwarded, NotForwarded> {
        let address = address.parse().expect("an address");
        Ok(Forwarded {
            from: Some(address),
            is_https: true,
        })
    }

    #[test]
    fn the_nearest_proxys_word_counts_however_it_is_written() {
        for (lines, expected) in [
            (&["for=192.0.2.7;proto=https"][..], "192.0.2.7"),
            (
                &["For=\"192.0.2.7:4711\" ; PROTO=HTTPS;by=_us;host=\"a;b,c\""],
                "192.0.2.7",
            ),
            (&["for=\"192.0.2.7:_port\";proto=https"], "192.0.2.7"),
            (&["proto=\"https\";for=\"[2001:db8::7]:4711\""], "2001:db8::7"),
            (&["for=\"[2001:db8::7]\";proto=https"], "2001:db8::7"),
            (&["for=\"[2001:db8::7]:_p\";proto=https"], "2001:db8::7"),
            (&["for=\"192\\.0.2.7\";proto=https"], "192.0.2.7"),
            (&["for=1.1.1.1;proto=http, for=192.0.2.7;proto=https"], "192.0.2.7"),
            (&["for=1.1.1.1;proto=http", "for=192.0.2.7;proto=https"], "192.0.2.7"),
            (
                &["for=\"a, for=1.1.1.1\";proto=http,for=192.0.2.7;proto=https"],
                "192.0.2.7",
            ),
        ] {
            assert_eq!(read(lines), from(expected), "{lines:?}");
        }
        for hidden in ["unknown", "Unknown", "_gateway-1", "\"unknown:_7\""] {
            let kept = Forwarded {
                from: None,
                is_https: false,
            };
            assert_eq!(read(&[&format!("for={hidden};proto=http")]), Ok(kept), "{hidden}");
        }
    }

    #[test]
    fn what_is_missing_or_can_be_read_in_two_ways_is_not_gone_by() {
        assert_eq!(read(&[]), Err(NotForwarded::Missing));
        for line in [
            "for=192.0.2.7",
            "proto=https",
            "by=_us",
            "for=1.1.1.1;proto=https, by=_us",
        ] {
            assert_eq!(read(&[line]), Err(NotForwarded::Incomplete), "{line}");
        }
        for line in [
            "",
            ",",
            ";",
            "for",
            "for=",
            "=192.0.2.7",
            "for=192.0.2.7;proto=https,",
            "for=192.0.2.7;proto=https;",
            "for=192.0.2.7;;proto=https",
            "for= 192.0.2.7;proto=https",
            "for=192.0.2.7 proto=https",
            // A colon stands in quotation marks alone.
            "for=192.0.2.7:4711;proto=https",
            "for=192.0.2.7;proto=gopher",
            "for=192.0.2.7;for=192.0.2.8;proto=https",
            "for=192.0.2.7;proto=https;Proto=http",
            "for=[2001:db8::7];proto=https",
            "for=\"[2001:db8::7\";proto=https",
            "for=\"2001:db8::7:x\";proto=https",
            "for=\"[]\";proto=https",
            "for=\"192.0.2.7:99999999\";proto=https",
            "for=\"192.0.2.7:\";proto=https",
            "for=somebody;proto=https",
            "for=_;proto=https",
            "for=\"192.0.2.7;proto=https",
            "for=\"192.0.2.7\\",
            "for=\"192.0.2.7\"x;proto=https",
            "for=1.1.1.1;proto=https, nonsense",
            // An open quotation mark of somebody before must not swallow what the proxy has added.
            "for=\"1.1.1.1, for=192.0.2.7;proto=https",
            "för=192.0.2.7;proto=https",
        ] {
            assert_eq!(read(&[line]), Err(NotForwarded::Form), "{line}");
        }
    }
}
