//! How each refusal of ideas, calls, registers, quotas and disclosures comes about; the other tests say where else.

use super::*;
use crate::ids::{form, person};
use crate::refusals::Provoke;
use idesluss_domain::submission::call::{Call, CallAction, CallCommand, CallEvent, CallRejection};
use idesluss_domain::submission::disclosure::{DiscloseTexts, DisclosureEvent, DisclosureRejection};
use idesluss_domain::submission::quota::{QuotaEvent, QuotaRejection, QuotaUsed, UseQuota};
use idesluss_domain::submission::register::{AssignReference, ReferenceAssigned, RegisterEvent, RegisterRejection};
use idesluss_domain::submission::{Calls, Disclosures, Quotas, Registers};
use idesluss_domain::words::{Actor, CallId};
use std::collections::BTreeSet;
use uuid::Uuid;

const REGISTRAR: u128 = 9;
const STRANGER: u128 = 5;

fn submit_with(change: fn(&mut Submit)) -> (u128, Role, Action) {
    let mut submit = submit();
    change(&mut submit);
    (SUBMITTER, Role::Submitter, Action::Submit(submit))
}

fn refer_with(change: fn(&mut Refer)) -> (u128, Role, Action) {
    let Action::Refer(mut refer) = refer() else {
        unreachable!("it refers")
    };
    change(&mut refer);
    (COORDINATOR, Role::Coordinator, Action::Refer(refer))
}

fn receipt(reference: &str) -> Action {
    Action::SendReceipt(Receipt {
        reference: form(reference),
        answer_due: day(30),
        decision_due: day(30),
    })
}

pub(super) fn erase(basis: &str) -> Action {
    Action::DecideErasure(DecideErasure {
        basis: form(basis),
        services: vec![form("submission")],
        origin_erased: false,
    })
}

fn asked_to_erase() -> Given {
    Given::submitted().then(
        SUBMITTER,
        Role::Submitter,
        Action::RequestErasure { origin_erased: false },
    )
}

impl Provoke for Ideas {
    fn state(refusal: IdeaRejection, given: &[IdeaEvent]) -> Idea {
        let in_conflict = match refusal {
            IdeaRejection::ConflictOfInterest => [person(COORDINATOR)].into(),
            _ => BTreeSet::new(),
        };
        fold::<Ideas>(given).knowing(in_conflict)
    }

    fn provoke(refusal: IdeaRejection) -> (Vec<IdeaEvent>, IdeaCommand) {
        use IdeaRejection as No;
        let coordinator = |action| (COORDINATOR, Role::Coordinator, action);
        let service = |action| (0, Role::Service, action);
        let registrar = |action| (REGISTRAR, Role::Registrar, action);
        let hand = |due| {
            Action::HandToLine(HandToLine {
                unit: text(4),
                responsible: text(5),
                due,
            })
        };
        let (given, (who, role, action)) = match refusal {
            No::Unknown => (Given::default(), coordinator(Action::Accept)),
            No::OtherIdea => (Given::submitted(), submit_with(|submit| submit.texts = texts(7))),
            No::WrongRole => (Given::submitted(), (COORDINATOR, Role::Registrar, Action::Accept)),
            No::WrongOrganisation => {
                let command = IdeaCommand {
                    id: idea(1),
                    actor: Actor {
                        organisation: organisation("trollhattan"),
                        ..actor(COORDINATOR, Role::Coordinator)
                    },
                    today: day(24),
                    action: Action::Accept,
                };
                return (Given::submitted().0, command);
            }
            No::NotYours => (Given::submitted(), (STRANGER, Role::Submitter, Action::Withdraw(None))),
            No::OwnIdea => (Given::submitted(), (SUBMITTER, Role::Coordinator, Action::Ask(text(3)))),
            No::ConflictOfInterest => (Given::submitted(), coordinator(Action::Ask(text(3)))),
            No::OtherAttachment => (
                Given::submitted().then(SUBMITTER, Role::Submitter, Action::Attach(super::intake::attach(1))),
                (SUBMITTER, Role::Submitter, Action::Attach(super::intake::attach(1))),
            ),
            No::TooManyAttachments => (
                (1..=50).fold(Given::submitted(), |given, number| {
                    given.then(
                        SUBMITTER,
                        Role::Submitter,
                        Action::Attach(super::intake::attach(number)),
                    )
                }),
                (SUBMITTER, Role::Submitter, Action::Attach(super::intake::attach(51))),
            ),
            No::TermsChanged => (
                Given::default(),
                submit_with(|submit| submit.terms_in_force = Some(form("3"))),
            ),
            No::DateAhead => {
                let ahead = Submit {
                    imported: Some(Imported {
                        import: form("idélådan"),
                        reference: form("P-1"),
                        submitted: Some("2099".parse().expect("a year")),
                    }),
                    terms: None,
                    ..submit()
                };
                (Given::default(), coordinator(Action::Submit(ahead)))
            }
            No::NoSuchOriginal => {
                let link = Action::LinkAsDuplicate {
                    of: idea(2),
                    home: None,
                    consented: true,
                };
                (Given::submitted(), coordinator(link))
            }
            No::AskOrigin => (
                super::own::received(),
                (
                    COORDINATOR,
                    Role::Coordinator,
                    Action::RequestErasure { origin_erased: false },
                ),
            ),
            No::NotProposed => (
                Given::submitted(),
                (STRANGER, Role::Submitter, Action::AnswerCoauthorship(true)),
            ),
            No::CoauthorDeclined => (
                Given::submitted()
                    .then(SUBMITTER, Role::Submitter, Action::ProposeCoauthor(person(STRANGER)))
                    .then(STRANGER, Role::Submitter, Action::AnswerCoauthorship(false)),
                (SUBMITTER, Role::Submitter, Action::ProposeCoauthor(person(STRANGER))),
            ),
            No::IsAuthor => (
                Given::submitted(),
                (SUBMITTER, Role::Submitter, Action::AnswerCoauthorship(false)),
            ),
            No::TooManyAuthors => {
                let others = 100..100 + MOST_AUTHORS as u128 - 1;
                let propose = |number| Action::ProposeCoauthor(person(number));
                let given = others.fold(Given::submitted(), |given, number| {
                    given.then(SUBMITTER, Role::Submitter, propose(number))
                });
                (given, (SUBMITTER, Role::Submitter, propose(STRANGER)))
            }
            No::OwnErasure => (
                Given::submitted().then(
                    REGISTRAR,
                    Role::Registrar,
                    Action::RequestErasure { origin_erased: false },
                ),
                registrar(erase("gallringsplan 4.2")),
            ),
            No::TextsMissing => (Given::default(), submit_with(|submit| submit.texts.clear())),
            No::TermsMissing => (Given::default(), submit_with(|submit| submit.terms = None)),
            No::WrongState => (Given::submitted(), coordinator(Action::Close)),
            No::Ended => (
                Given::submitted().then(SUBMITTER, Role::Submitter, Action::Withdraw(None)),
                coordinator(Action::AssignCoordinator(person(COORDINATOR))),
            ),
            No::ReceiptSent => (
                Given::submitted().service(receipt("UDD-2026-0001")),
                service(receipt("UDD-2026-0002")),
            ),
            No::NoReceipt => (Given::imported(), service(receipt("UDD-2026-0001"))),
            No::DatePast => (Given::submitted(), coordinator(hand(day(23)))),
            No::NothingAsked => (
                Given::submitted(),
                (SUBMITTER, Role::Submitter, Action::Answer(text(1))),
            ),
            No::NoBrief => (Given::submitted(), coordinator(Action::Accept)),
            No::NotDeidentified => {
                let named = Brief {
                    deidentified: false,
                    ..brief(1)
                };
                (Given::submitted(), coordinator(Action::ApproveBrief(named)))
            }
            No::BriefInUse => (Given::accepted(), coordinator(Action::ApproveBrief(brief(3)))),
            No::NoConsent => {
                let link = Action::LinkAsDuplicate {
                    of: idea(2),
                    home: Some(organisation("uddevalla")),
                    consented: false,
                };
                (Given::submitted(), coordinator(link))
            }
            No::Itself => (
                Given::submitted(),
                coordinator(Action::SuggestSimilar(vec![idea(2), idea(1)])),
            ),
            No::SubmitterNotTold => (Given::with_brief(), refer_with(|refer| refer.submitter_told = false)),
            No::SameOrganisation => (
                Given::with_brief(),
                refer_with(|refer| refer.receiver = organisation("uddevalla")),
            ),
            No::OtherEvaluation => (Given::submitted(), service(started(1))),
            No::NotReferred => (Given::submitted(), service(Action::Return(organisation("fyrbodal")))),
            No::NotFedBack => (Given::decided(Outcome::Reject), coordinator(Action::Close)),
            No::NotImported => (Given::submitted(), coordinator(Action::TakeOver(EarlierStatus::Parked))),
            No::NoErasure => (Given::submitted(), registrar(erase("arkivlagen 10 §"))),
            No::ErasureDecided => (
                asked_to_erase().then(REGISTRAR, Role::Registrar, erase("arkivlagen 10 §")),
                registrar(erase("arkivlagen 10 §")),
            ),
        };
        let command = IdeaCommand {
            id: idea(1),
            actor: actor(who, role),
            today: day(24),
            action,
        };
        (given.0, command)
    }
}

pub(super) fn call(role: Role, action: CallAction) -> CallCommand {
    CallCommand {
        id: CallId(Uuid::from_u128(7)),
        actor: actor(3, role),
        today: day(24),
        action,
    }
}

pub(super) fn invite(until: Option<idesluss_domain::words::Date>) -> CallAction {
    let texts = ["title", "need", "resources"].map(|field| (field.to_owned(), text(1)));
    CallAction::Open {
        texts: texts.into(),
        until,
    }
}

impl Provoke for Calls {
    fn provoke(refusal: CallRejection) -> (Vec<CallEvent>, CallCommand) {
        use CallRejection as No;
        let opened = Calls::decide(&call(Role::NeedOwner, invite(None)), &Call::default()).expect("opened");
        match refusal {
            No::Unknown => (vec![], call(Role::NeedOwner, CallAction::Close(None))),
            No::OtherCall => (opened, call(Role::NeedOwner, invite(Some(day(27))))),
            No::WrongRole => (opened, call(Role::Submitter, CallAction::Close(None))),
            No::WrongOrganisation => {
                let mut elsewhere = call(Role::NeedOwner, CallAction::Close(None));
                elsewhere.actor.organisation = organisation("trollhattan");
                (opened, elsewhere)
            }
            No::TextsMissing => {
                let bare = CallAction::Open {
                    texts: BTreeMap::new(),
                    until: None,
                };
                (vec![], call(Role::NeedOwner, bare))
            }
            No::DatePast => (vec![], call(Role::NeedOwner, invite(Some(day(23))))),
            No::Closed => {
                let closed = Calls::decide(&call(Role::NeedOwner, CallAction::Close(None)), &fold::<Calls>(&opened));
                let given = opened.into_iter().chain(closed.expect("closed")).collect();
                (given, call(Role::NeedOwner, CallAction::Close(None)))
            }
        }
    }

    /// An idea that answers a call asks it too.
    fn refused(state: &Call, command: &CallCommand) -> Option<CallRejection> {
        let refused = Calls::decide(command, state).err();
        refused.or_else(|| state.takes_ideas(command.today).err())
    }
}

pub(super) fn assign() -> AssignReference {
    AssignReference {
        actor: actor(0, Role::Service),
        organisation: organisation("uddevalla"),
        prefix: "UDD".into(),
        year: 2026,
        idea: idea(1),
    }
}

impl Provoke for Registers {
    fn provoke(refusal: RegisterRejection) -> (Vec<RegisterEvent>, AssignReference) {
        use RegisterRejection as No;
        let mut command = assign();
        let mut given = vec![];
        match refusal {
            No::WrongRole => command.actor.role = Role::Registrar,
            No::WrongOrganisation => command.organisation = organisation("trollhattan"),
            No::WrongPrefix => command.prefix = "Udd".into(),
            // No sequence of commands that anybody could wait for gets there.
            No::Full => given.push(
                ReferenceAssigned {
                    idea: idea(2),
                    number: u32::MAX,
                    reference: form("UDD-2026-4294967295"),
                }
                .into(),
            ),
        }
        (given, command)
    }
}

/// An idea that comes by a private link, of which the organisation takes two a day.
pub(super) fn use_quota(number: u128) -> UseQuota {
    UseQuota {
        actor: actor(7, Role::LinkHolder),
        organisation: organisation("uddevalla"),
        ideas_per_day: Some(2),
        idea: idea(number),
    }
}

impl Provoke for Quotas {
    fn provoke(refusal: QuotaRejection) -> (Vec<QuotaEvent>, UseQuota) {
        use QuotaRejection as No;
        let mut command = use_quota(1);
        let mut given = vec![];
        match refusal {
            No::WrongRole => command.actor.role = Role::Submitter,
            No::WrongOrganisation => command.organisation = organisation("trollhattan"),
            No::NoPrivateLinks => command.ideas_per_day = None,
            No::DayFull => given.push(
                QuotaUsed {
                    idea: idea(2),
                    number: 2,
                }
                .into(),
            ),
        }
        (given, command)
    }
}

impl Provoke for Disclosures {
    fn provoke(refusal: DisclosureRejection) -> (Vec<DisclosureEvent>, DiscloseTexts) {
        use DisclosureRejection as No;
        let mut command = DiscloseTexts {
            actor: actor(7, Role::Auditor),
            idea: idea(1),
            home: Some(organisation("uddevalla")),
            aside: [person(8)].into(),
            purpose: text(9),
        };
        match refusal {
            No::Unknown => command.home = None,
            No::TakesNoPart => command.actor.person = person(8),
            No::WrongRole => command.actor.role = Role::Coordinator,
            No::WrongOrganisation => command.home = Some(organisation("trollhattan")),
        }
        (vec![], command)
    }
}
