//! What vouches for the lines: signatures of the journals and of witnesses.
//!
//! The place on the audit page for everything that proves the lines themselves. It shows what is there and nothing more: what the newest
//! checkpoints say. The web checks no signature, since whoever trusts it would trust the operator; `idesluss-audit` does. Statuses of
//! verification and bundles to download go here as further parts.

use crate::door::Visitor;
use crate::view::{Part, Row, Table};
use idesluss_proto::pb::journal::GetCheckpointRequest;

/// The parts of the section.
pub(super) async fn parts(visitor: &Visitor) -> Vec<Part> {
    let l = visitor.lang;
    let mut rows = Vec::new();
    for (service, mut journal) in visitor.services().journals {
        let note = journal.get_checkpoint(GetCheckpointRequest {}).await;
        // Not signed just now, or not answering: said in the table, the rest of the page stands.
        let note = note.map(|answer| answer.into_inner().note).unwrap_or_default();
        rows.push(row(
            service,
            &note,
            l.t("inte undertecknad just nu", "not signed just now"),
        ));
    }
    let head = [
        l.t("Journal", "Journal"),
        l.t("Poster", "Entries"),
        l.t("Rot", "Root"),
        l.t("Undertecknad av", "Signed by"),
    ];
    let table = Table {
        caption: l
            .t(
                "Senaste kontrollpunkten för varje journal",
                "The newest checkpoint of each journal",
            )
            .to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows,
        empty: String::new(),
    };
    let note = l.t(
        "Webben kontrollerar inga underskrifter. Det gör du själv, på din egen dator, med programmet idesluss-audit.",
        "The web checks no signatures. You do that yourself, on your own computer, with the program idesluss-audit.",
    );
    vec![table.into(), Part::Note(note.to_owned())]
}

/// A checkpoint as its lines tell: origin, size, root, and after an empty line a signature a line. The journal's own and its witnesses'.
fn row(service: &str, note: &str, unsigned: &str) -> Row {
    let mut lines = note.lines();
    let origin = lines.next().filter(|origin| !origin.is_empty()).unwrap_or(service);
    let (size, root) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let signers: Vec<&str> = lines
        .filter_map(|line| line.strip_prefix("— ")?.split(' ').next())
        .collect();
    let signers = if signers.is_empty() {
        unsigned.to_owned()
    } else {
        signers.join(", ")
    };
    Row {
        href: String::new(),
        cells: vec![origin.to_owned(), size.to_owned(), root.to_owned(), signers],
        urgent: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_told_with_everybody_who_signed_it() {
        let note = "fyrbodal/evaluation/1\n42\nqqqq\n\n— fyrbodal/evaluation AAAA\n— witness.example BBBB\n";
        let told = row("evaluation", note, "inte");
        assert_eq!(
            told.cells,
            [
                "fyrbodal/evaluation/1",
                "42",
                "qqqq",
                "fyrbodal/evaluation, witness.example"
            ]
        );
        assert_eq!(row("evaluation", "", "inte").cells, ["evaluation", "", "", "inte"]);
    }
}
