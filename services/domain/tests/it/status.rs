//! Where things stand in a word, held against the rules' own states, event by event.

use crate::ids::{day, form, idea, organisation, text};
use crate::submission::coordinating::in_every_phase;
use crate::{evaluation, sharing, submission};
use idesluss_domain::evaluation::evaluation::{EvaluationEvent, Evaluations};
use idesluss_domain::instance::{EpochOpened, RestoreReason};
use idesluss_domain::sharing::adoption::{AdoptionEvent, AdoptionPhase};
use idesluss_domain::sharing::solution::{SolutionEvent, Visibility};
use idesluss_domain::sharing::{Adoptions, Solutions};
use idesluss_domain::submission::call::{CallClosed, CallEvent, CallOpened};
use idesluss_domain::submission::idea::{IdeaEvent, Ideas};
use idesluss_domain::submission::register::ReferenceAssigned;
use idesluss_domain::words::{CallId, Gate, Outcome, Role};
use idesluss_domain::{AggregateStatus, CallStatus, Decider, Event, SolutionStatus, fold, home};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Holds the standing after each of these events against what the rules' state says.
fn holds<D: Decider>(events: &[D::Event], expected: impl Fn(&D::State) -> Option<AggregateStatus>)
where
    D::Event: Clone + Into<Event> + std::fmt::Debug,
{
    let mut standing = None;
    for (index, event) in events.iter().enumerate() {
        standing = AggregateStatus::after(standing, &event.clone().into());
        let state = fold::<D>(&events[..=index]);
        assert_eq!(standing, expected(&state), "after {event:?}");
    }
}

#[test]
fn an_idea_stands_where_its_phase_says() {
    let idea = |events: &[IdeaEvent]| holds::<Ideas>(events, |idea| idea.phase.map(AggregateStatus::Idea));
    for given in in_every_phase() {
        idea(&given.0);
    }
    // A decision that arrived after a withdrawal changes nothing.
    let withdrawn = submission::Given::accepted()
        .service(submission::started(1))
        .then(
            1,
            Role::Submitter,
            idesluss_domain::submission::idea::Action::Withdraw(None),
        )
        .service(submission::decision(1, Outcome::Advance));
    idea(&withdrawn.0);
}

#[test]
fn an_evaluation_stands_where_it_has_come_to() {
    use evaluation::Given;
    use idesluss_domain::evaluation::evaluation::{Action, Close, CloseReason};
    let close = || {
        Action::Close(Close {
            reason: CloseReason::Withdrawn,
        })
    };
    let recommended = Given::revealed().coordinator(Action::Recommend(evaluation::recommend()));
    let reconsidered = Given::decided(Outcome::Advance).then(
        evaluation::DECIDER,
        Role::DecisionMaker,
        Action::Reconsider(Box::new(evaluation::decision(Outcome::Reject))),
    );
    let earlier = Given::earlier().coordinator(Action::EarlierAssessment(evaluation::earlier::scored(
        "idélådan",
        &[evaluation::earlier::score("nytta", 3)],
    )));
    let said = Given::earlier().coordinator(Action::EarlierDecision(evaluation::earlier::decision_of("idélådan")));
    for given in [
        Given::decided_at(Gate::Concept, Outcome::Advance).service(close()),
        recommended.service(close()),
        reconsidered,
        earlier,
        said,
    ] {
        holds::<Evaluations>(&given.events, |state| state.status().map(AggregateStatus::Evaluation));
    }
}

#[test]
fn solutions_and_adoptions_and_calls_stand_where_they_have_come_to() {
    let mut solution: Vec<SolutionEvent> = sharing::published(Visibility::Region);
    solution.extend(sharing::retired(&solution));
    holds::<Solutions>(&solution, |solution| solution.status().map(AggregateStatus::Solution));
    let adoption: Vec<AdoptionEvent> = sharing::history(sharing::steps());
    holds::<Adoptions>(&adoption, |adoption| adoption.phase.map(AggregateStatus::Adoption));
    let opened: Event = CallEvent::from(call()).into();
    let closed: Event = CallEvent::from(CallClosed { outcome: None }).into();
    let (open, over) = (
        Some(AggregateStatus::Call(CallStatus::Open)),
        Some(AggregateStatus::Call(CallStatus::Closed)),
    );
    assert_eq!(AggregateStatus::after(None, &opened), open);
    assert_eq!(AggregateStatus::after(open, &closed), over);
    assert_eq!(AggregateStatus::after(open, &opened), open);
    // However they are read, an end stays an end.
    assert_eq!(AggregateStatus::after(over, &opened), over);
    let retired = Some(AggregateStatus::Solution(SolutionStatus::Retired));
    assert_eq!(AggregateStatus::after(retired, &solution[0].clone().into()), retired);
    let in_use = Some(AggregateStatus::Adoption(AdoptionPhase::InUse));
    assert_eq!(AggregateStatus::after(in_use, &opened_epoch()), in_use);
}

fn call() -> CallOpened {
    CallOpened {
        call: CallId(Uuid::from_u128(7)),
        organisation: organisation("uddevalla"),
        need_owner: crate::ids::person(3),
        texts: [].into(),
        until: Some(day(30)),
    }
}

fn opened_epoch() -> Event {
    let opened = EpochOpened {
        epoch: 2,
        kept: [].into(),
        size: 1,
        root: text(1).0,
        reason: RestoreReason::Exercise,
    };
    idesluss_domain::instance::InstanceEvent::from(opened).into()
}

#[test]
fn what_has_no_states_stands_nowhere() {
    let assigned = ReferenceAssigned {
        idea: idea(1),
        number: 1,
        reference: form("UDD-2026-0001"),
    };
    let register: Event = idesluss_domain::submission::RegisterEvent::from(assigned).into();
    assert_eq!(AggregateStatus::after(None, &register), None);
    assert_eq!(AggregateStatus::after(None, &opened_epoch()), None);
}

/// The events with which a thing begins tell whose it is; the later ones do not.
#[test]
fn whose_a_thing_is_stands_in_its_first_event() {
    let beginnings = [
        "IdeaSubmitted",
        "IdeaReceived",
        "CallOpened",
        "TextsDisclosed",
        "EvaluationOpened",
        "EarlierDecisionRecorded",
        "EarlierAssessmentRecorded",
        "CriteriaAdopted",
        "DelegationOrderAdopted",
        "SolutionDrafted",
        "InterestRegistered",
        "PersonRegistered",
        "RoleGranted",
        "ProgramRegistered",
    ];
    for (type_name, _, event) in crate::golden::all().iter() {
        let name = type_name.rsplit('.').next().expect("a name");
        let stored: serde_json::Value = serde_json::from_str(&event.to_data()).expect("JSON");
        let told = home(event).map(|organisation| organisation.as_str().to_owned());
        let owner = stored["organisation"].as_str().filter(|_| beginnings.contains(&name));
        assert_eq!(told.as_deref(), owner, "{type_name}");
        assert_eq!(told.is_some(), beginnings.contains(&name), "{type_name}");
    }
}

/// What an aggregate's own event is found as among all.
#[test]
fn an_event_is_one_of_its_aggregates_and_of_no_other() {
    use idesluss_domain::AggregateEvent as _;
    let event: Event = CallEvent::from(call()).into();
    assert_eq!(CallEvent::of(&event), Some(&CallEvent::from(call())));
    assert_eq!(IdeaEvent::of(&event), None);
    assert_eq!(EvaluationEvent::of(&event), None);
}

/// What can't be taken back names the assertion of whoever did it, and nothing else does.
#[test]
fn what_was_decided_and_erased_for_good_is_bound_to_whoever_did_it() {
    let bound: BTreeSet<&str> = (crate::golden::all().iter())
        .filter(|(_, _, event)| event.is_bound())
        .map(|(type_name, _, _)| type_name)
        .collect();
    let expected = [
        "idesluss.evaluation.v1.DecisionMade",
        "idesluss.evaluation.v1.DecisionReconsidered",
        "idesluss.submission.v1.ErasureDecided",
    ];
    assert_eq!(bound, BTreeSet::from(expected));
}

/// Every service follows who may do what, and none of them who somebody is: that stays with identity. Of an evaluation nobody else keeps who was
/// assigned, what was assessed or who recommended what; of submission only ideas go on, and to sharing one type of event.
#[test]
fn each_follower_takes_in_what_it_acts_on_and_nothing_else() {
    use idesluss_domain::words::Audience;
    for (type_name, _, event) in crate::golden::all().iter() {
        let expected = match type_name.split('.').collect::<Vec<_>>()[..] {
            [_, "identity", _, name]
                if ["Person", "SignIn", "InvitationMade", "Account", "Mapping"]
                    .iter()
                    .any(|kind| name.starts_with(kind)) =>
            {
                Audience::Service
            }
            [_, "identity", ..] => Audience::Grants,
            [_, "submission", _, "SharingProposed"] => Audience::Sharing,
            [_, "submission", ..] if matches!(event, Event::Idea(_)) => Audience::House,
            [_, "submission", ..] => Audience::Service,
            [
                _,
                "evaluation",
                _,
                "EvaluationOpened"
                | "ConflictDeclared"
                | "AssessorRecused"
                | "DecisionMade"
                | "DecisionReconsidered"
                | "TextsErased",
            ] => Audience::House,
            [_, "evaluation", ..] => Audience::Service,
            _ => Audience::House,
        };
        assert_eq!(event.audience(), expected, "{type_name}");
        let source = expected.source("fyrbodal", "submission");
        assert_eq!(Audience::of_source(&source), Some(expected), "{source}");
    }
    for none in [
        "/fyrbodal/submission/partners",
        "/fyrbodal/submission/x/house",
        "/fyrbodal/submission//house",
        "submission/house",
    ] {
        assert_eq!(Audience::of_source(none), None, "{none}");
    }
    assert_eq!(Audience::of("idesluss.submission.v1.SomethingNew"), Audience::Service);
    let written = |service: &str| Vec::from_iter(Audience::written_by(service));
    use Audience::{Grants, House, Service, Sharing};
    assert_eq!(written("submission"), [House, Sharing, Service]);
    assert_eq!(written("identity"), [House, Grants, Service]);
    assert_eq!(written("example"), [House]);
}
