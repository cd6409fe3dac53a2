use super::Facts;
use crate::object::Object;
use idesluss_auditor::Service;
use idesluss_domain::submission::{CallEvent, DisclosureEvent, IdeaEvent, QuotaEvent, RegisterEvent};
use idesluss_domain::words::OrganisationId;

/// What happens to an idea.
pub(super) fn of_idea(event: &IdeaEvent, idea: &Object, facts: &mut Facts) {
    use IdeaEvent as E;
    match event {
        E::IdeaSubmitted(event) => {
            facts.says("imported", event.imported.is_some());
            facts
                .links(idea, "organisation", &event.organisation)
                .links(idea, "submitter", event.submitter);
            if let Some(call) = event.call {
                facts.links(idea, "call", call);
            }
            facts.born(idea, "organisation", &event.organisation);
        }
        E::TermsAccepted(event) => {
            facts.says("owner", event.owner);
        }
        E::ReceiptSent(event) => {
            facts
                .says("answer_due", event.answer_due)
                .says("decision_due", event.decision_due);
        }
        E::AnswerDueMoved(event) => {
            facts.says("answer_due", event.answer_due);
        }
        E::AnswerOverdue(event) => {
            facts.says("answer_due", event.answer_due);
        }
        E::CoordinatorAssigned(event) => {
            facts.about("coordinator", event.coordinator);
        }
        E::IdeaRegistered(event) => {
            facts.says("secret", event.secrecy.is_some());
        }
        E::AttachmentAdded(event) => {
            facts.says("bytes", event.bytes);
        }
        E::CoauthorProposed(event) => {
            facts.about("asked", event.coauthor);
        }
        E::CoauthorAdded(event) => {
            facts.links(idea, "coauthor", event.coauthor);
        }
        E::CoauthorDeclined(event) => {
            facts.about("person", event.coauthor);
        }
        E::AuthorClaimed(event) => {
            facts
                .about("link-holder", event.link)
                .links(idea, "submitter", event.author);
        }
        E::AuthorsExcluded(event) => {
            facts
                .about_each("of", [event.of])
                .about_each("excluded", event.people.iter().copied());
        }
        E::SupportExpressed(event) => {
            facts.about("supporter", event.supporter);
        }
        E::ConsentGiven(event) => {
            facts.about("person", event.person);
        }
        E::ConsentWithdrawn(event) => {
            facts.about("person", event.person);
        }
        E::SimilarIdeasSuggested(event) => {
            facts.about_each("similar", event.ideas.iter().copied());
        }
        E::IdeaLinkedAsDuplicate(event) => {
            facts.links(idea, "duplicate-of", event.of);
        }
        E::IdeaSuperseded(event) => {
            for by in &event.by {
                facts.links(idea, "superseded-by", *by);
            }
        }
        E::BriefApproved(event) => {
            facts.says("brief_version", event.version);
        }
        E::BriefReplaced(event) => {
            facts.says("brief_version", event.version);
        }
        E::IdeaReactivated(event) => {
            facts.about_each("call", event.call);
        }
        E::ErasureRequested(event) => {
            facts.about("requested-by", event.requested_by);
        }
        E::ErasureDecided(event) => {
            facts.says("services", event.services.len());
        }
        E::TextsErased(event) => {
            let service = event.service.as_str().parse::<Service>().ok();
            facts.says_if("erased_in", service.map(Service::as_str));
        }
        E::ClarificationRequested(_)
        | E::ClarificationProvided(_)
        | E::FeedbackDelivered(_)
        | E::PersonalDataErased(_)
        | E::ErasureRefused(_) => {}
        E::IdeaAccepted(event) => {
            facts.says_if("gate", event.gate).says("round", event.round);
            facts.says("brief_version", event.brief_version);
        }
        E::EvaluationStarted(event) => {
            facts.says("gate", event.gate).says("round", event.round);
            let evaluation = Object::from(event.evaluation);
            facts
                .about("evaluation", event.evaluation)
                .links
                .push((evaluation, "idea", idea.clone()));
        }
        E::GateDecided(event) => {
            facts
                .says("gate", event.gate)
                .says("round", event.round)
                .says("outcome", event.outcome);
            facts
                .says("home", event.home)
                .says_if("next_gate", event.next.map(|next| next.gate));
            facts.about("evaluation", event.evaluation);
        }
        E::IdeaHandedToLine(event) => {
            facts.says("due", event.due);
        }
        E::IdeaImplemented(event) => {
            facts.says("shareable", event.shareable);
        }
        E::SharingProposed(event) => {
            facts.about_each("evaluation", event.decided_in);
        }
        E::IdeaReferred(event) => {
            facts
                .says("secrecy_check", event.secrecy_check)
                .says("brief_version", event.brief_version);
            facts
                .about("receiver", &event.receiver)
                .about_each("author", event.authors.iter().copied());
            facts.links(idea, "referred-as", event.received_as);
        }
        E::IdeaReceived(event) => {
            facts
                .links(idea, "organisation", &event.organisation)
                .links(idea, "origin", event.origin);
            facts.about("origin", &event.origin_organisation);
            facts.about_each("author", event.authors.iter().copied());
            facts.born(idea, "organisation", &event.organisation);
        }
        E::ReferralAnswered(event) => {
            facts.says("answer", event.answer).about("receiver", &event.receiver);
        }
        E::IdeaReturned(event) => {
            facts.about("receiver", &event.receiver);
        }
        E::IdeaDeclined(event) => {
            facts.says_if("reason", event.reason);
        }
        E::IdeaReopened(_) | E::IdeaParked(_) | E::IdeaWithdrawn(_) | E::IdeaClosed(_) => {}
    }
}

/// What happens to a call.
pub(super) fn of_call(event: &CallEvent, call: &Object, facts: &mut Facts) {
    match event {
        CallEvent::CallOpened(event) => {
            facts
                .says_if("until", event.until)
                .about("need-owner", event.need_owner);
            facts.links(call, "organisation", &event.organisation);
            facts.born(call, "organisation", &event.organisation);
        }
        CallEvent::CallClosed(_) => {}
    }
}

/// What happens to a register.
pub(super) fn of_register(event: &RegisterEvent, register: &Object, organisation: &OrganisationId, facts: &mut Facts) {
    let RegisterEvent::ReferenceAssigned(event) = event;
    facts
        .about("idea", event.idea)
        .links(register, "organisation", organisation);
}

/// What comes by private links on a day.
pub(super) fn of_quota(event: &QuotaEvent, quota: &Object, organisation: &OrganisationId, facts: &mut Facts) {
    let QuotaEvent::QuotaUsed(event) = event;
    facts
        .says("number", u32::from(event.number))
        .about("idea", event.idea)
        .links(quota, "organisation", organisation);
}

/// What is disclosed of an idea.
pub(super) fn of_disclosure(event: &DisclosureEvent, idea: &Object, facts: &mut Facts) {
    let DisclosureEvent::TextsDisclosed(event) = event;
    facts
        .about("to", event.to)
        .links(idea, "organisation", &event.organisation);
}
