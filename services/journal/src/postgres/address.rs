use crate::StoreError;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::str::FromStr;
use url::Url;

/// Where a journal's database is, and as which role it is opened. Never shows a password.
#[derive(Clone)]
pub struct DatabaseAddress {
    options: PgConnectOptions,
    holds_password: bool,
}

/// Why an address can't be used. Says what is wrong with it, never what it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It can't be read.
    #[error("it is no address of a database ({0}): postgres://user@host:port/database")]
    Form(String),
    /// The role would be whoever runs the process.
    #[error("it names no user: postgres://user@host/database")]
    NoUser,
}

impl DatabaseAddress {
    /// The role under which the database is opened.
    pub fn role(&self) -> &str {
        self.options.get_username()
    }

    /// Whether the address itself holds a password, for whoever reads it to see.
    pub fn holds_password(&self) -> bool {
        self.holds_password
    }

    /// The same, opened with this password.
    pub fn with_password(mut self, password: &str) -> Self {
        self.options = self.options.password(password);
        self
    }

    /// Where the database is, with nothing said about how it is used.
    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.options
    }
}

impl FromStr for DatabaseAddress {
    type Err = AddressError;

    /// Reads `postgres://role[:password]@host:5432/database?sslmode=verify-full`.
    fn from_str(address: &str) -> Result<Self, AddressError> {
        let url = Url::parse(address).map_err(|error| AddressError::Form(error.to_string()))?;
        let named = |member: &str| url.query_pairs().any(|(name, _)| name == member);
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(AddressError::Form("it begins otherwise".to_owned()));
        }
        if url.username().is_empty() && !named("user") {
            return Err(AddressError::NoUser);
        }
        let options = PgConnectOptions::from_url(&url).map_err(|error| AddressError::Form(error.to_string()))?;
        Ok(Self {
            options: options.disable_statement_logging(),
            holds_password: url.password().is_some() || named("password"),
        })
    }
}

impl fmt::Debug for DatabaseAddress {
    // The options would show the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseAddress")
            .field("host", &self.options.get_host())
            .field("role", &self.role())
            .finish_non_exhaustive()
    }
}

impl From<AddressError> for StoreError {
    fn from(error: AddressError) -> Self {
        Self::Unavailable(format!("the database's address is not right: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_its_role_and_whether_it_shows_a_password() {
        let read = |text: &str| text.parse::<DatabaseAddress>();
        let plain = read("postgres://submission@db:5432/submission?sslmode=verify-full").expect("an address");
        assert_eq!((plain.role(), plain.holds_password()), ("submission", false));
        for shown in ["postgres://a:b@h/d", "postgres://a@h/d?password=b"] {
            assert!(read(shown).expect(shown).holds_password(), "{shown}");
        }
        let with = plain.with_password("å:@/ %");
        assert!(!format!("{with:?}").contains('å'), "{with:?}");
        for (text, wrong) in [
            ("postgres://h/d", "no user"),
            ("not an address", "no address"),
            ("https://a@h/d", "no address"),
            ("postgres://a@h/d?port=x", "no address"),
        ] {
            let said = read(text).expect_err(text).to_string();
            assert!(said.contains(wrong), "{text}: {said}");
        }
    }
}
