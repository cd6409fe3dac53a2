use idesluss_proto::status::invalid_field;
use idesluss_proto::{PageToken, Problem};
use tonic::Status;

/// Which part of a list whose rows are told apart, and ordered, by a position each: where it began, or where it changed last.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page {
    /// How many rows it has at the most.
    pub size: u32,
    from: Option<u64>,
}

impl Page {
    /// The part that is asked for. Errors: INVALID_ARGUMENT for the token of a search, which is none of a list.
    pub fn of(size: u32, token: Option<PageToken>) -> Result<Self, Status> {
        if token.and_then(PageToken::found).is_some() {
            return Err(invalid_field("page_token", Problem::NotAPage));
        }
        let from = token.map(|token| token.0);
        Ok(Self { size, from })
    }

    /// The first so many.
    pub fn first(size: u32) -> Self {
        Self { size, from: None }
    }

    /// Where the oldest come first: the page has rows above this position.
    pub fn after(self) -> i64 {
        self.from.map_or(-1, u64::cast_signed)
    }

    /// Where the newest come first: the page has rows below this position.
    pub fn before(self) -> i64 {
        self.from.map_or(i64::MAX, u64::cast_signed)
    }
}
