pub(crate) use idesluss_phrases::Language as Lang;

/// The attributes of an element in which stands what somebody wrote, as it is on pages in every language: the language in which people here
/// write, and a direction of its own, so that nothing in it turns around what stands beside it.
pub(crate) const WRITTEN: &str = r#"lang="sv" dir="auto""#;

#[cfg(test)]
mod tests {
    use crate::components::{Matrix, MatrixCell, MatrixRow, Message, Prose, Row, Table, Texts, Thread};
    use askama::Template as _;

    /// What older journals may hold.
    const TURNED: &str = "Idé \u{202e}tetttuls";

    /// The attributes of what stands around a text, from the inside.
    fn around<'a>(html: &'a str, text: &str) -> Vec<&'a str> {
        let (before, _) = html.split_once(text).expect("it is drawn");
        let mut open: Vec<&str> = Vec::new();
        for tag in before.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            match tag.starts_with('/') {
                true => drop(open.pop()),
                false => open.push(tag),
            }
        }
        open.reverse();
        open
    }

    #[test]
    fn what_somebody_wrote_has_a_direction_of_its_own() {
        let text = || TURNED.to_owned();
        let message = Message {
            text: Prose(text()),
            ..Message::default()
        };
        let matrix = Matrix {
            columns: vec!["Eva".to_owned()],
            rows: vec![MatrixRow {
                name: "Nytta".to_owned(),
                cells: vec![MatrixCell {
                    said: "4".to_owned(),
                    why: text(),
                }],
                apart: String::new(),
            }],
            ..Matrix::default()
        };
        let table = Table::new("Idéer", ["Idé", "Läge"])
            .rows([Row::of([text(), "Inlämnad".to_owned()])])
            .written_in(&[0]);
        let drawn = [
            Prose(text()).render(),
            Texts(vec![("Problem".to_owned(), text())]).render(),
            Thread(vec![message]).render(),
            matrix.render(),
            table.render(),
        ];
        for html in drawn.map(|html| html.expect("it is drawn")) {
            let around = around(&html, TURNED);
            let own = around.iter().take(2).any(|tag| tag.contains(super::WRITTEN));
            assert!(own, "{around:?}: {html}");
        }
    }
}
