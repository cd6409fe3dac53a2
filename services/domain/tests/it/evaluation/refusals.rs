//! How each refusal of evaluations, criteria and delegation orders comes about; the other tests say where else.

use super::opening::close;
use super::panel::recuse;
use super::*;
use crate::refusals::Provoke;
use idesluss_domain::evaluation::criteria::{AdoptCriteria, Criteria, CriteriaEvent, CriteriaRejection};
use idesluss_domain::evaluation::delegation_order as orders;
use idesluss_domain::evaluation::delegation_order::{
    DelegationOrderCommand, DelegationOrderEvent, DelegationOrderRejection, DelegationOrders, NoMandate, OrderAction,
};

impl Provoke for Evaluations {
    fn state(refusal: EvaluationRejection, given: &[EvaluationEvent]) -> Evaluation {
        let known = match refusal {
            EvaluationRejection::UnknownIdea => KnownIdea::default(),
            EvaluationRejection::EarlierDiffers | EvaluationRejection::EarlierInvalid => KnownIdea {
                imported: true,
                ..known_idea()
            },
            EvaluationRejection::FallsShort => KnownIdea {
                authors: [person(ANNA)].into(),
                ..known_idea()
            },
            _ => known_idea(),
        };
        fold::<Evaluations>(given).knowing(known)
    }

    fn provoke(refusal: EvaluationRejection) -> (Vec<EvaluationEvent>, EvaluationCommand) {
        use EvaluationRejection as No;
        let service = |action| (0, Role::Service, action);
        let coordinator = |action| (COORDINATOR, Role::Coordinator, action);
        let anna = |action| (ANNA, Role::Assessor, action);
        let decider = |action| (DECIDER, Role::DecisionMaker, action);
        let no_mandate = |none| decider(decide_by(Who::Actor(Err(none))));
        let decides = |change: fn(&mut Decide)| {
            let mut decision = decision(Outcome::Advance);
            change(&mut decision);
            decider(Action::Decide(Box::new(decision)))
        };
        let earlier =
            |scores: &[EarlierScore]| coordinator(Action::EarlierAssessment(super::earlier::scored("låda", scores)));
        let score = super::earlier::score;
        let (given, (who, role, action)) = match refusal {
            No::Unknown => (Given::nothing(), coordinator(assign(&[ANNA]))),
            No::UnknownIdea => (
                Given::earlier(),
                coordinator(Action::EarlierDecision(super::earlier::decision_of("låda"))),
            ),
            No::FallsShort => (Given::ready(), decides(|_| {})),
            No::OtherEvaluation => (Given::opened(), service(Action::Open(Box::new(open(Gate::Pilot))))),
            No::WrongId => (
                Given::earlier(),
                service(Action::Open(Box::new(open(Gate::Opportunity)))),
            ),
            No::WrongRole => (Given::opened(), (COORDINATOR, Role::Registrar, assign(&[ANNA]))),
            No::WrongOrganisation => {
                let elsewhere = Actor {
                    organisation: organisation("trollhattan"),
                    ..actor(COORDINATOR, Role::Coordinator)
                };
                let given = Given::opened();
                let command = given.command(elsewhere, assign(&[ANNA]));
                return (given.events, command);
            }
            No::Closed => (
                Given::opened().service(close(CloseReason::Withdrawn)),
                coordinator(assign(&[ANNA])),
            ),
            No::NeedOwned => (
                Given::opened().then(OWNER, Role::NeedOwner, Action::ConfirmNeedOwner),
                (DECIDER, Role::NeedOwner, Action::ConfirmNeedOwner),
            ),
            No::NoCriteria => {
                let open = Open {
                    criteria: vec![],
                    ..open(Gate::Opportunity)
                };
                (Given::nothing(), service(Action::Open(Box::new(open))))
            }
            No::NoBrief => {
                let mut open = open(Gate::Opportunity);
                open.brief.texts.clear();
                (Given::nothing(), service(Action::Open(Box::new(open))))
            }
            No::LoadCapReached => {
                let assign = Assign {
                    assessors: vec![(person(ANNA), 5)],
                    cap: 5,
                };
                (Given::opened(), coordinator(Action::Assign(assign)))
            }
            No::NobodyNamed => (Given::opened(), coordinator(assign(&[]))),
            No::NotAssigned => (Given::opened(), anna(Action::Submit(annas()))),
            No::SteppedAside => (
                Given::declared().coordinator(recuse(ANNA, None)),
                anna(Action::Submit(annas())),
            ),
            No::OwnIdea => (Given::opened(), coordinator(assign(&[COAUTHOR]))),
            No::ConflictOfInterest => (
                Given::assigned().then(ANNA, Role::Assessor, Action::DeclareConflict(None)),
                anna(Action::Submit(annas())),
            ),
            No::NotDeclared => (Given::assigned(), anna(Action::Submit(annas()))),
            No::DeclaredConflict => (
                Given::assigned().then(ANNA, Role::Assessor, Action::DeclareConflict(None)),
                anna(Action::DeclareNoConflict),
            ),
            No::ScoresDontFit => (Given::declared(), anna(Action::Submit(assessment(1, 6, 1)))),
            No::AlreadyAssessed => (Given::assessed(), anna(Action::Submit(assessment(1, 1, 1)))),
            No::NotAssessed => (Given::declared(), anna(Action::Revise(annas()))),
            No::AlreadyRevealed => (Given::revealed(), anna(Action::Revise(assessment(1, 1, 1)))),
            No::NotRevealed => (Given::assessed(), coordinator(Action::Recommend(recommend()))),
            No::AssessmentsMissing => (Given::declared(), coordinator(reveal())),
            No::TooFewAssessments => (Given::opened(), coordinator(reveal())),
            No::CommitmentBroken => (Given::assessed(), coordinator(Action::Reveal(vec![]))),
            No::NotOnPanel => (
                Given::revealed(),
                (CECILIA, Role::Assessor, Action::Recommend(recommend())),
            ),
            No::AlreadyRecommended => {
                let other = Issue {
                    proposal: Outcome::Reject,
                    ..recommend()
                };
                (
                    Given::revealed().coordinator(Action::Recommend(recommend())),
                    coordinator(Action::Recommend(other)),
                )
            }
            No::AlreadyDecided => (Given::decided(Outcome::Advance), decider(decide(Outcome::Reject))),
            No::NotDecided => (Given::ready(), decider(Action::Correct(text(1)))),
            No::AssessedThisGate => (Given::revealed(), (ANNA, Role::DecisionMaker, decide(Outcome::Advance))),
            No::NoNeedOwner => (
                Given::opened_at(Gate::Concept).with_everything_shown().then(
                    DECIDER,
                    Role::DecisionMaker,
                    Action::DeclareNoConflict,
                ),
                decider(decide(Outcome::Advance)),
            ),
            No::HomeNeedsAdvance => (
                Given::ready(),
                decides(|decide| (decide.outcome, decide.home) = (Outcome::Park, true)),
            ),
            No::SomethingNew => (
                Given::ready(),
                decides(|decide| decide.latest = Some(decide.basis.seen + 1)),
            ),
            No::SeenAhead => (Given::ready(), decides(|decide| decide.basis.seen = decide.basis.size)),
            No::DateAhead => {
                let tomorrow = Report {
                    board: "KS".into(),
                    meeting: day(25),
                    paragraph: None,
                };
                (Given::decided(Outcome::Park), decider(Action::Report(tomorrow)))
            }
            No::MeetingTooEarly => (
                Given::revealed(),
                decides(|decide| {
                    decide.who = Who::Board {
                        board: "KS".into(),
                        meeting: day(17),
                        paragraph: form("§ 1"),
                    };
                }),
            ),
            No::NotTakenOver => (
                Given::earlier(),
                coordinator(Action::EarlierDecision(super::earlier::decision_of("låda"))),
            ),
            No::DatesReversed => {
                let yesterday = Report {
                    board: "KS".into(),
                    meeting: day(23),
                    paragraph: None,
                };
                (Given::decided(Outcome::Park), decider(Action::Report(yesterday)))
            }
            No::NoDelegationOrder => (Given::ready(), no_mandate(NoMandate::NoOrder)),
            No::NoMandate => (Given::ready(), no_mandate(NoMandate::NotHeld)),
            No::NoMandateGate => (Given::ready(), no_mandate(NoMandate::Gate)),
            No::NoMandateAmount => (Given::ready(), no_mandate(NoMandate::Amount)),
            No::WrongMandate => (Given::ready(), decides(|decide| decide.cost_kronor = 500_001)),
            No::BoardDecided => {
                let report = Report {
                    board: "KS".into(),
                    meeting: day(24),
                    paragraph: None,
                };
                (Given::decided_by_board(), decider(Action::Report(report)))
            }
            No::NotAdvanced => {
                let support = Support {
                    partner: organisation("innovatum"),
                    kind: SupportKind::Testbed,
                    note: None,
                };
                (
                    Given::decided(Outcome::Park),
                    coordinator(Action::ArrangeSupport(support)),
                )
            }
            No::NothingCommitted => {
                let nothing = CommitResources {
                    amount_kronor: 0,
                    hours: 0,
                    until: None,
                    note: None,
                };
                (
                    Given::decided(Outcome::Advance),
                    decider(Action::CommitResources(nothing)),
                )
            }
            No::Full => {
                let arranged = |number| {
                    Action::ArrangeSupport(Support {
                        partner: organisation("innovatum"),
                        kind: SupportKind::Testbed,
                        note: Some(text(number)),
                    })
                };
                let twelve = (100..112).fold(Given::decided(Outcome::Advance), |given, number| {
                    given.coordinator(arranged(number))
                });
                (twelve, coordinator(arranged(112)))
            }
            No::PilotRunning => (
                Given::opened_at(Gate::Pilot).coordinator(super::afterwards::begin()),
                coordinator(super::afterwards::start(day(11), None)),
            ),
            No::NoPilot => (
                Given::opened_at(Gate::Pilot),
                coordinator(super::afterwards::complete(24)),
            ),
            No::NoPilotHere => (Given::opened(), coordinator(super::afterwards::begin())),
            No::EarlierDiffers => (
                Given::earlier().coordinator(Action::EarlierAssessment(super::earlier::scored(
                    "låda",
                    &[score("nytta", 1)],
                ))),
                earlier(&[score("nytta", 2)]),
            ),
            No::EarlierInvalid => (Given::earlier(), earlier(&[score("nytta", 6)])),
        };
        let command = given.command(actor(who, role), action);
        (given.events, command)
    }
}

impl Provoke for Criteria {
    fn provoke(refusal: CriteriaRejection) -> (Vec<CriteriaEvent>, AdoptCriteria) {
        use CriteriaRejection as No;
        let mut command = super::criteria::adopt();
        match refusal {
            No::WrongRole => command.actor.role = Role::Registrar,
            No::WrongOrganisation => command.organisation = organisation("trollhattan"),
            No::BadCriteria => command.criteria.clear(),
            No::BadNumbers => command.assessments_required = 0,
            No::EarlierDiffers => {
                let before = super::criteria::taken_over("idélådan");
                let given = Criteria::decide(&before, &fold::<Criteria>(&[])).expect("taken over");
                let other = AdoptCriteria {
                    load_cap: before.load_cap + 1,
                    ..before
                };
                return (given, other);
            }
        }
        (vec![], command)
    }
}

impl Provoke for DelegationOrders {
    fn provoke(refusal: DelegationOrderRejection) -> (Vec<DelegationOrderEvent>, DelegationOrderCommand) {
        use super::delegation_order::{Given, hand_on, order, take_back};
        use DelegationOrderRejection as No;
        let adopts = |change: fn(&mut orders::AdoptOrder)| {
            let mut order = order();
            change(&mut order);
            Given::command(REGISTRAR, Role::Registrar, OrderAction::Adopt(order))
        };
        let hands_on = |change: fn(&mut orders::Subdelegate)| {
            let mut hand_on = hand_on();
            change(&mut hand_on);
            Given::command(DECIDER, Role::DecisionMaker, OrderAction::Subdelegate(hand_on))
        };
        let (given, command) = match refusal {
            No::WrongRole => (
                Given::default(),
                Given::command(DECIDER, Role::DecisionMaker, OrderAction::Adopt(order())),
            ),
            No::WrongOrganisation => {
                let elsewhere = DelegationOrderCommand {
                    organisation: organisation("trollhattan"),
                    ..adopts(|_| ())
                };
                (Given::default(), elsewhere)
            }
            No::BadClauses => (Given::default(), adopts(|order| order.clauses.clear())),
            No::DatesReversed => (
                Given::default(),
                adopts(|order| (order.valid_from, order.valid_until) = (day(2), Some(day(1)))),
            ),
            No::DateAhead => (Given::default(), adopts(|order| order.adopted_on = day(25))),
            No::NoSuchMandate => (Given::default(), hands_on(|_| ())),
            No::NotYours => {
                let mut command = hands_on(|_| ());
                command.actor.person = person(OWNER);
                (Given::adopted(), command)
            }
            No::MayNotSubdelegate => (
                Given::adopted(),
                hands_on(|hand_on| hand_on.mandate = form("uddevalla/1/4.2")),
            ),
            No::MoreThanHeld => (Given::adopted(), hands_on(|hand_on| hand_on.up_to_kronor = 100_001)),
            No::NotInForce => (
                Given::adopted().then(REGISTRAR, Role::Registrar, take_back("uddevalla/1/4.1", day(24))),
                hands_on(|_| ()),
            ),
        };
        (given.0, command)
    }
}
