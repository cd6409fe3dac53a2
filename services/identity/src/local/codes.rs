//! Codes that are asked for after a password: an app's, one every half minute, and those on paper, each good once.

use crate::kept::Key;
use idesluss_domain::words::PersonId;
use idesluss_engine::ExecuteError;
use idesluss_vault::{Vault, VaultError};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use totp_rs::{Algorithm, Builder, Totp, TotpError};

/// So many codes on paper are made.
pub(crate) const ON_PAPER: usize = 10;
/// So many characters each has: 50 bits.
const CHARACTERS: usize = 10;
/// Which none is taken for another.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// How long a code of an app's is good, in seconds; the one before and the one after are taken too, for clocks that are not quite right.
const STEP: u64 = 30;
/// Who asks for a code, as it stands in the app.
const ISSUER: &str = "Idésluss";

/// What an app and this service have agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OneTimeCodes {
    secret: [u8; 20],
    /// The step of the last code that was used: it and those before are not taken again.
    last: u64,
}

fn totp(secret: [u8; 20], account: &str) -> Result<Totp, TotpError> {
    // In an app a colon would begin the name anew.
    let account = account.replace(':', " ");
    let builder = Builder::new()
        // The one that every app knows.
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP)
        .with_secret(secret)
        .with_issuer(Some(ISSUER))
        .with_account_name(account);
    builder.build()
}

impl OneTimeCodes {
    /// New ones.
    pub(crate) fn new() -> Result<Self, ExecuteError> {
        let mut secret = [0; 20];
        getrandom::fill(&mut secret).map_err(VaultError::Random)?;
        Ok(Self { secret, last: 0 })
    }

    /// What an app is given: the address in its picture, and the same to type.
    pub(crate) fn shown(&self, account: &str) -> Option<(String, String)> {
        let totp = totp(self.secret, account).ok()?;
        Some((totp.to_url().ok()?, totp.secret().to_base32()))
    }

    /// Uses a code up. Returns whether it was good, which it is once.
    pub(crate) fn takes(&mut self, code: &str, now_micros: i64) -> bool {
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let seconds = u64::try_from(now_micros / 1_000_000).unwrap_or_default();
        let step = totp(self.secret, "").ok().and_then(|totp| totp.check(&code, seconds));
        match step {
            Some(step) if step > self.last => {
                self.last = step;
                true
            }
            _ => false,
        }
    }

    /// The code of a moment.
    #[cfg(test)]
    pub(crate) fn code(&self, now_micros: i64) -> String {
        let seconds = u64::try_from(now_micros / 1_000_000).expect("after 1970");
        totp(self.secret, "").expect("a secret").generate(seconds).to_string()
    }
}

/// New codes on paper, as they are written.
pub(crate) fn on_paper() -> Result<Vec<String>, ExecuteError> {
    let mut random = [0; ON_PAPER * CHARACTERS];
    getrandom::fill(&mut random).map_err(VaultError::Random)?;
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
    let write = |bytes: &[u8]| {
        let (first, second) = bytes.split_at(CHARACTERS / 2);
        let part = |bytes: &[u8]| bytes.iter().map(letter).collect::<String>();
        format!("{}-{}", part(first), part(second))
    };
    Ok(random.chunks(CHARACTERS).map(write).collect())
}

/// What is kept of a code on paper: under a key of the instance, so that nobody tries all that there are.
pub(crate) fn kept(vault: &Vault, person: PersonId, code: &str) -> Key {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    let code: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    vault.fingerprint("recovery code", format!("{person}\n{code}").as_bytes())
}

/// Uses a code on paper up. Returns whether it was one of them.
pub(crate) fn take(codes: &mut Vec<Key>, code: Key) -> bool {
    let before = codes.len();
    codes.retain(|kept| !bool::from(kept.ct_eq(&code)));
    codes.len() < before
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const NOW: i64 = 1_790_000_000_000_000;
    const HALF_MINUTE: i64 = 30_000_000;

    #[test]
    fn a_code_is_good_once_and_half_a_minute_around_its_time() {
        let mut codes = OneTimeCodes::new().expect("random");
        let code = codes.code(NOW);
        assert_eq!(code.len(), 6);
        assert!(!codes.clone().takes(&code, NOW + 2 * HALF_MINUTE), "too late");
        assert!(!codes.clone().takes(&code, NOW - 2 * HALF_MINUTE), "too early");
        for clock in [-HALF_MINUTE, 0, HALF_MINUTE] {
            assert!(codes.clone().takes(&code, NOW + clock), "{clock}");
        }
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        assert!(codes.takes(&spaced, NOW));
        assert!(!codes.takes(&code, NOW), "once");
        assert!(!codes.takes(&code, NOW + HALF_MINUTE), "nor a moment later");
        let before = codes.code(NOW - HALF_MINUTE);
        assert!(!codes.takes(&before, NOW), "nor the one before it");
        let next = codes.code(NOW + HALF_MINUTE);
        assert!(codes.takes(&next, NOW + HALF_MINUTE));
        for nothing in ["", "000", "abcdef", "12345678901234567890"] {
            assert!(!codes.takes(nothing, NOW + 10 * HALF_MINUTE), "{nothing}");
        }
    }

    #[test]
    fn an_app_is_given_whose_codes_they_are() {
        let codes = OneTimeCodes::new().expect("random");
        let (address, typed) = codes.shown("maria@innovatum.example").expect("shown");
        assert!(address.starts_with("otpauth://totp/"), "{address}");
        assert!(
            address.contains(&typed) && address.contains("maria%40innovatum.example"),
            "{address}"
        );
        assert_eq!(typed.len(), 32);
    }

    #[test]
    fn codes_on_paper_are_ten_and_written_so_that_none_is_misread() {
        let codes = on_paper().expect("random");
        let all: BTreeSet<&String> = codes.iter().collect();
        assert_eq!(all.len(), ON_PAPER);
        for code in &codes {
            assert_eq!(code.len(), 11, "{code}");
            assert!(!code.contains(['0', 'O', '1', 'I']), "{code}");
        }
        let mut kept = vec![[1; 32], [2; 32]];
        assert!(take(&mut kept, [2; 32]) && !take(&mut kept, [2; 32]) && !take(&mut kept, [3; 32]));
        assert_eq!(kept, [[1; 32]]);
    }
}
