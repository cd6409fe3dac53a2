//! What vouches for the lines: how each journal stands with what was signed of it, who witnessed it, and bundles to take home.
//!
//! The web says what the installation itself can tell. Whoever trusts that trusts the operator, so the page says so, and hands out what
//! `idesluss-audit` verifies anywhere.

use crate::error::WebError;
use crate::session::User;
use crate::view::{Form, Part, Row, Table, moment};
use idesluss_evidence::{EvidenceError, JournalStatus};
use idesluss_proto::status::{Reason, refuse};

/// The parts of the section. `action` is where the form for a bundle goes.
pub(super) async fn parts(user: &User, action: &str) -> Vec<Part> {
    let l = user.lang;
    let mut parts = Vec::new();
    parts.push(match user.web.journals.at(&user.services().evidence).await {
        Some(statuses) => table(user, &statuses).into(),
        // Said here; the rest of the page stands.
        None => Part::Note(
            l.t(
                "Journalernas underskrifter kan inte läsas just nu. Försök igen om en stund.",
                "What was signed of the journals can't be read just now. Try again in a while.",
            )
            .to_owned(),
        ),
    });
    parts.push(Part::Note(
        l.t(
            "Det här är vad anläggningen säger om sig själv. För att slippa lita på den: hämta ett paket och kontrollera det på din egen dator med programmet idesluss-audit.",
            "This is what the installation says of itself. Not to have to trust it, download a bundle and verify it on your own computer with the program idesluss-audit.",
        )
        .to_owned(),
    ));
    parts.push(Part::Form(bundle_form(user, action)));
    parts
}

/// The form for a bundle, with texts if somebody says what for.
pub(super) fn bundle_form(user: &User, action: &str) -> Form {
    let l = user.lang;
    let form = Form::folded(
        action,
        l.t("Hämta ett paket att kontrollera", "Download a bundle to verify"),
        l.t("Hämta paketet", "Download the bundle"),
    );
    form.line("purpose", l.t("Vad texterna ska användas till", "What the texts are for"))
        .optional()
        .help(l.t(
            "Lämna tomt för ett paket utan texter. Om du skriver något följer texterna med som du får läsa, och det antecknas i varje idé att du har fått dem.",
            "Leave it empty for a bundle without texts. If you write something, the texts that you may read come along, and each idea notes that you got them.",
        ))
}

fn table(user: &User, statuses: &[JournalStatus]) -> Table {
    let l = user.lang;
    let head = [
        l.t("Journal", "Journal"),
        l.t("Poster", "Entries"),
        l.t("Läge", "State"),
        l.t("Bevittnad av", "Witnessed by"),
        l.t("Rot", "Root"),
    ];
    Table {
        caption: l
            .t(
                "Senaste kontrollpunkten för varje journal",
                "The newest checkpoint of each journal",
            )
            .to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: statuses.iter().map(|status| row(user, status)).collect(),
        empty: String::new(),
    }
}

fn row(user: &User, status: &JournalStatus) -> Row {
    let l = user.lang;
    let service = status.service.as_str();
    let (origin, root) = match &status.signed {
        Some(signed) => (
            signed.checkpoint.origin.clone(),
            signed.note.text().lines().nth(2).unwrap_or_default().to_owned(),
        ),
        None => (service.to_owned(), String::new()),
    };
    let witnesses = status.witnesses.iter().map(|witness| match witness.on {
        Some(on) => format!("{}, {}", witness.name, moment(&on.to_string())),
        None => witness.name.clone(),
    });
    let witnesses: Vec<String> = witnesses.collect();
    let (said, urgent) = verdict(status);
    Row {
        href: String::new(),
        cells: vec![
            origin,
            status.size.to_string(),
            l.t(said.0, said.1).to_owned(),
            if witnesses.is_empty() {
                l.t("ingen", "nobody").to_owned()
            } else {
                witnesses.join("; ")
            },
            root,
        ],
        urgent,
    }
}

/// What is said of a journal in Swedish and English, and whether somebody must act.
fn verdict(status: &JournalStatus) -> ((&'static str, &'static str), bool) {
    let Some(signed) = &status.signed else {
        return (("inte undertecknad just nu", "not signed just now"), true);
    };
    if !status.keys_fit {
        let said = (
            "underskriften stämmer inte med tjänstens nycklar",
            "the signature does not fit the service's keys",
        );
        return (said, true);
    }
    if !status.tree_fits {
        let said = (
            "journalen stämmer inte med det som undertecknades",
            "the journal does not fit what was signed",
        );
        return (said, true);
    }
    if signed.checkpoint.size < status.size {
        let said = (
            "undertecknad, utom de allra senaste posterna",
            "signed but for the very last entries",
        );
        return (said, false);
    }
    (
        (
            "undertecknad i sin helhet, och trädet stämmer",
            "signed as a whole, and the tree fits",
        ),
        false,
    )
}

/// A bundle that can't be made, told as the services tell theirs.
pub(super) fn failed(user: &User, error: EvidenceError) -> WebError {
    let status = match error {
        EvidenceError::Refused(status) => status,
        EvidenceError::NoSuchIdea(_) => refuse(Reason::NoSuchIdea),
        other => {
            tracing::warn!(error = %other, "a bundle can't be made");
            refuse(Reason::NoBundle)
        }
    };
    user.web_error(&status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_auditor::Service;
    use idesluss_evidence::Signed;
    use idesluss_proof::checkpoint::Checkpoint;
    use idesluss_proof::note::SignedNote;

    fn status(size: u64, keys_fit: bool, tree_fits: bool) -> JournalStatus {
        let checkpoint = Checkpoint::new("fyrbodal/evaluation/1", 42, [7; 32]);
        let note = SignedNote::new(checkpoint.to_string()).expect("a note");
        JournalStatus {
            service: Service::Evaluation,
            size,
            signed: Some(Signed {
                note,
                checkpoint,
                keys: Vec::new(),
            }),
            keys_fit,
            tree_fits,
            witnesses: Vec::new(),
        }
    }

    #[test]
    fn whatever_does_not_fit_is_said_and_urgent() {
        let said = |status: &JournalStatus| verdict(status).0.1;
        assert!(!verdict(&status(42, true, true)).1);
        assert!(said(&status(42, true, true)).starts_with("signed as a whole"));
        assert!(said(&status(43, true, true)).starts_with("signed but for"));
        for wrong in [status(42, false, true), status(42, true, false)] {
            assert!(verdict(&wrong).1, "{}", said(&wrong));
        }
        let mut unsigned = status(42, true, true);
        unsigned.signed = None;
        assert_eq!(said(&unsigned), "not signed just now");
    }
}
