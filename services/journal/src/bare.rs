/// The statement without the remarks above it: it is looked up by its text at every use.
pub(crate) const fn bare(file: &'static str) -> &'static str {
    let mut rest = file;
    while let [b'-', b'-', ..] = rest.as_bytes() {
        let bytes = rest.as_bytes();
        let mut end = 0;
        while end < bytes.len() && bytes[end] != b'\n' {
            end += 1;
        }
        rest = rest.split_at(end + 1).1;
    }
    rest
}
