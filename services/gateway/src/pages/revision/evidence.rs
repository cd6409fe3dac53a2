//! What vouches for the lines: how each journal stands with what was signed of it, who witnessed it, and bundles to take home.
//!
//! The web says what the installation itself can tell. Whoever trusts that trusts the operator, so the page says so, and hands out what
//! `idesluss-audit` verifies anywhere.

use crate::components::{Row, Table, Traced};
use crate::error::WebError;
use crate::form::Form;
use crate::lang::Lang;
use crate::session::User;
use crate::view::moment;
use idesluss_evidence::{EvidenceError, JournalStatus};
use idesluss_proto::status::{Reason, refuse};

/// What the section says.
pub(super) struct Evidence {
    /// None: it can't be read just now; the rest of the page stands.
    pub(super) journals: Option<Traced>,
    pub(super) bundle: Form,
}

impl Evidence {
    /// `action` is where the form for a bundle goes.
    pub(super) async fn of(user: &User, action: &str) -> Self {
        let statuses = user.web.journals.at(&user.services().evidence).await;
        Self {
            journals: statuses.map(|statuses| table(user, &statuses)),
            bundle: bundle_form(user, action),
        }
    }
}

/// The form for a bundle, with texts if somebody says what for.
pub(super) fn bundle_form(user: &User, action: &str) -> Form {
    let l = user.lang;
    let form = Form::new(action, l.t("revision-evidence-download-the-bundle"))
        .folded(l.t("revision-evidence-download-a-bundle-to-verify"));
    form.line("purpose", l.t("revision-evidence-what-the-texts-are-for"))
        .optional()
        .help(l.t("revision-evidence-leave-it-empty-for-a"))
}

fn table(user: &User, statuses: &[JournalStatus]) -> Traced {
    let l = user.lang;
    let head = [
        l.t("revision-evidence-journal"),
        l.t("revision-evidence-entries"),
        l.t("common-state"),
        l.t("revision-evidence-witnessed-by"),
        l.t("revision-evidence-root"),
    ];
    let table = Table::new(l.t("revision-evidence-the-newest-checkpoint-of-each"), head);
    Traced::new(l, table.rows(statuses.iter().map(|status| row(user, status))), &[4])
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
        Some(on) => format!("{}, {}", witness.name, moment(l, &on.to_string())),
        None => witness.name.clone(),
    });
    let witnesses: Vec<String> = witnesses.collect();
    let (said, urgent) = verdict(l, status);
    let witnesses = match witnesses.is_empty() {
        true => l.t("revision-evidence-nobody").to_owned(),
        false => witnesses.join("; "),
    };
    Row {
        urgent,
        ..Row::of([origin, l.grouped(status.size), said.to_owned(), witnesses, root])
    }
}

/// What is said of a journal, and whether somebody must act.
fn verdict(l: Lang, status: &JournalStatus) -> (&'static str, bool) {
    let Some(signed) = &status.signed else {
        return (l.t("revision-evidence-not-signed-just-now"), true);
    };
    if !status.keys_fit {
        return (l.t("revision-evidence-keys-do-not-fit"), true);
    }
    if !status.tree_fits {
        return (l.t("revision-evidence-tree-does-not-fit"), true);
    }
    if signed.checkpoint.size < status.size {
        return (l.t("revision-evidence-signed-but-for-the-last"), false);
    }
    (l.t("revision-evidence-signed-as-a-whole"), false)
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
        let said = |status: &JournalStatus| verdict(Lang::ENGLISH, status).0;
        assert!(!verdict(Lang::ENGLISH, &status(42, true, true)).1);
        assert!(said(&status(42, true, true)).starts_with("signed as a whole"));
        assert!(said(&status(43, true, true)).starts_with("signed but for"));
        for wrong in [status(42, false, true), status(42, true, false)] {
            assert!(verdict(Lang::ENGLISH, &wrong).1, "{}", said(&wrong));
        }
        let mut unsigned = status(42, true, true);
        unsigned.signed = None;
        assert_eq!(said(&unsigned), "not signed just now");
    }
}
