use idesluss_proto::PageToken;

/// Which part of a list whose rows are told apart by the position at which each began.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page {
    /// How many rows it has at the most.
    pub size: u32,
    from: Option<u64>,
}

impl Page {
    /// The part that is asked for.
    pub fn of(size: u32, token: Option<PageToken>) -> Self {
        let from = token.map(|token| token.0);
        Self { size, from }
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
