//! Where mail reaches somebody.

/// The longest one, in characters (RFC 5321).
pub const MAX_MAIL_ADDRESS: usize = 254;

/// Whether something is the address of somebody's mail, as browsers take one into a field for it (HTML, "valid email address"): whoever signs in by it
/// can write it there.
pub fn is_mail_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        (1..=63).contains(&bytes.len())
            && bytes.iter().all(is_plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= MAX_MAIL_ADDRESS
        && !local.is_empty()
        && local.bytes().all(is_letter)
        && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_a_browser_takes_for_one() {
        for good in [
            "maria@innovatum.example",
            "maria.lindqvist+ideer@xn--rda-sna.se",
            "o'hara@a-b.c",
            "x@localhost",
        ] {
            assert!(is_mail_address(good), "{good}");
        }
        for wrong in [
            "",
            "inte en adress",
            "bo utan snabela",
            "@innovatum.example",
            "maria@",
            "maria@innovatum..example",
            "maria@-a.se",
            "maria@a-.se",
            "maria lind@a.se",
            "maria@a@b.se",
            "\u{1f600}@innovatum.example",
            "åsa@innovatum.example",
        ] {
            assert!(!is_mail_address(wrong), "{wrong}");
        }
        assert!(!is_mail_address(&format!("{}@a.se", "x".repeat(250))));
    }
}
