//! A panel recommends; one person with a mandate, or a board, decides.

use super::commands::Commands;
use super::{Around, LONG, MAYBE_LONG, SHORT, act, command, on_evaluation, opened, sealing};
use idesluss_domain::Decider as _;
use idesluss_domain::evaluation::delegation_order::{DelegationOrders, find_mandate};
use idesluss_domain::evaluation::evaluation::{
    Action, Basis, Decide, Dissent, EvaluationCommand, Evaluations, Issue, SourceSeen, Who,
};
use idesluss_domain::words::{Citation, Date, Digest, EvaluationId, Outcome, PersonId, StreamName};
use idesluss_engine::{CommandContext, Decided, ExecuteError, Loaded, RequestReader};
use idesluss_proto::evaluation::read_outcome;
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::evaluation as pb;
use idesluss_runtime::date_in_sweden;
use tonic::Status;

pub(super) async fn recommend(
    commands: &Commands,
    request: pb::IssueRecommendationRequest,
) -> Result<pb::IssueRecommendationResponse, Status> {
    let head = request.command.as_ref();
    let (mut reader, evaluation) = on_evaluation(
        &commands.context,
        "IssueRecommendation",
        &request,
        head,
        &request.evaluation,
    );
    let proposal = reader.chosen("proposal", read_outcome(request.proposal()));
    let reasons = reader.text("reasons", &request.reasons, LONG);
    let panel = reader.ids("panel", &request.panel, 1..=20);
    let mut dissent: Vec<(Option<PersonId>, String)> = Vec::new();
    for (index, voice) in request.dissent.iter().enumerate() {
        let assessor = reader.id(&format!("dissent[{index}].assessor"), &voice.assessor);
        let reasons = reader.text(&format!("dissent[{index}].reasons"), &voice.reasons, LONG);
        dissent.push((assessor, reasons));
    }
    let (mut pending, ((evaluation, proposal), panel)) = reader.finish(evaluation.zip(proposal).zip(panel))?;
    let (scope, name) = (sealing(&mut pending, evaluation).await?, "RecommendationIssued");
    let reasons = pending.seal(&scope, name, "reasons", &reasons).await?;
    let mut voices = Vec::new();
    for (assessor, reasons) in dissent
        .into_iter()
        .filter_map(|(assessor, reasons)| Some((assessor?, reasons)))
    {
        let reasons = pending
            .seal(&scope, name, &format!("dissent.{}.reasons", voices.len()), &reasons)
            .await?;
        voices.push(Dissent { assessor, reasons });
    }
    let issue = Issue {
        proposal,
        reasons,
        panel,
        dissent: voices,
    };
    let token = Some(act(pending, evaluation, Action::Recommend(issue)).await?);
    Ok(pb::IssueRecommendationResponse { token })
}

/// What a decision says, whoever makes it.
struct Says<'a> {
    outcome: pb::Outcome,
    home: bool,
    reasons: &'a str,
    conditions: &'a str,
    cost_kronor: u64,
    seen: u64,
}

/// Who is said to decide.
enum Decider {
    /// The one who acts.
    Actor,
    /// A board: its name, day of meeting and paragraph.
    Board(String, Date, Citation),
}

/// The events that a decision is written as.
#[derive(Clone, Copy)]
enum Written {
    First,
    Anew,
}

/// Reads, seals and makes a decision. The idea and the delegation order are covered by the append: if either moves, it is decided anew.
async fn rule(
    context: &CommandContext,
    mut reader: RequestReader,
    evaluation: Option<EvaluationId>,
    says: Says<'_>,
    decider: Option<Decider>,
    written: Written,
) -> Result<Token, Status> {
    let outcome: Option<Outcome> = reader.chosen("outcome", read_outcome(says.outcome));
    let reasons = reader.text("reasons", says.reasons, LONG);
    let conditions = reader.text("conditions", says.conditions, MAYBE_LONG);
    let (mut pending, ((evaluation, outcome), decider)) = reader.finish(evaluation.zip(outcome).zip(decider))?;
    let scope = sealing(&mut pending, evaluation).await?;
    let (event, [says_why, says_how]) = match written {
        Written::First => ("DecisionMade", ["reasons", "conditions"]),
        Written::Anew => ("DecisionReconsidered", ["decision.reasons", "decision.conditions"]),
    };
    let reasons = pending.seal(&scope, event, says_why, &reasons).await?;
    let conditions = pending.seal_if_any(&scope, event, says_how, &conditions).await?;
    let about = opened(context, evaluation).await?;
    let basis = basis(context, says.seen).await?;
    let around = Around::of(context, evaluation, about.idea).await?;
    let (own, idea) = (&around.own, &around.idea);
    let order = StreamName::delegation_order(&about.organisation);
    let person = pending.actor().person;
    let frame = command(&pending, evaluation, Action::ConfirmNeedOwner);
    let mut streams = around.streams();
    streams.push(order.clone());
    let decide = |loaded: &Loaded| {
        let (who, mandate) = match &decider {
            Decider::Actor => {
                let orders = loaded.state::<DelegationOrders>(&order);
                let found = find_mandate(&orders, person, about.gate, says.cost_kronor, frame.today);
                let reference = found.as_ref().ok().map(|mandate| mandate.reference.to_string());
                (Who::Actor(found), reference)
            }
            Decider::Board(board, meeting, paragraph) => {
                let (board, paragraph) = (board.clone(), paragraph.clone());
                let meeting = *meeting;
                (
                    Who::Board {
                        board,
                        meeting,
                        paragraph,
                    },
                    None,
                )
            }
        };
        let decide = Box::new(Decide {
            outcome,
            home: says.home,
            reasons,
            conditions,
            cost_kronor: says.cost_kronor,
            who,
            basis: basis.clone(),
            opened_on: loaded
                .entries(own)
                .first()
                .map_or(frame.today, |entry| date_in_sweden(entry.recorded)),
            latest: loaded.position_of_last(own).max(loaded.position_of_last(idea)),
        });
        let command = EvaluationCommand {
            action: match written {
                Written::First => Action::Decide(decide),
                Written::Anew => Action::Reconsider(decide),
            },
            ..frame.clone()
        };
        let events = Evaluations::decide(&command, &around.state(loaded))?;
        let mut decided = Decided::of(own, about.idea.0, events);
        decided.mandate = mandate;
        Ok(vec![decided])
    };
    pending.run(&streams, decide).await
}

/// What has been received at this moment, and what the decider says to have seen.
async fn basis(context: &CommandContext, seen: u64) -> Result<Basis, Status> {
    let store = context.engine.store();
    let head = store.head().borrow().clone();
    let root = store.root(head.size).await.map_err(ExecuteError::from)?;
    let source = |(source, state): (String, idesluss_journal::SourceState)| SourceSeen {
        source,
        epoch: state.epoch,
        sequence: state.sequence,
        from_position: state.from_position,
    };
    Ok(Basis {
        seen,
        size: head.size,
        root: Digest(root),
        sources: head.received.into_iter().map(source).collect(),
        // The rules take it from the evaluation.
        brief_version: 0,
    })
}

pub(super) async fn make(
    commands: &Commands,
    request: pb::MakeDecisionRequest,
) -> Result<pb::MakeDecisionResponse, Status> {
    let (context, head) = (&commands.context, request.command.as_ref());
    let (reader, evaluation) = on_evaluation(context, "MakeDecision", &request, head, &request.evaluation);
    let says = Says {
        outcome: request.outcome(),
        home: request.home,
        reasons: &request.reasons,
        conditions: &request.conditions,
        cost_kronor: request.cost_kronor,
        seen: request.seen,
    };
    let token = Some(rule(context, reader, evaluation, says, Some(Decider::Actor), Written::First).await?);
    Ok(pb::MakeDecisionResponse { token })
}

pub(super) async fn record_board(
    commands: &Commands,
    request: pb::RecordBoardDecisionRequest,
) -> Result<pb::RecordBoardDecisionResponse, Status> {
    let (context, head) = (&commands.context, request.command.as_ref());
    let (mut reader, evaluation) = on_evaluation(context, "RecordBoardDecision", &request, head, &request.evaluation);
    let board = reader.text("board", &request.board, SHORT);
    let meeting = reader.date("meeting", &request.meeting);
    let paragraph = reader.form::<Citation>("paragraph", &request.paragraph);
    let decider = (meeting.zip(paragraph)).map(|(meeting, paragraph)| Decider::Board(board, meeting, paragraph));
    let says = Says {
        outcome: request.outcome(),
        home: request.home,
        reasons: &request.reasons,
        conditions: &request.conditions,
        cost_kronor: request.cost_kronor,
        seen: request.seen,
    };
    let token = Some(rule(context, reader, evaluation, says, decider, Written::First).await?);
    Ok(pb::RecordBoardDecisionResponse { token })
}

pub(super) async fn reconsider(
    commands: &Commands,
    request: pb::ReconsiderDecisionRequest,
) -> Result<pb::ReconsiderDecisionResponse, Status> {
    let (context, head) = (&commands.context, request.command.as_ref());
    let (reader, evaluation) = on_evaluation(context, "ReconsiderDecision", &request, head, &request.evaluation);
    let says = Says {
        outcome: request.outcome(),
        home: request.home,
        reasons: &request.reasons,
        conditions: &request.conditions,
        cost_kronor: request.cost_kronor,
        seen: request.seen,
    };
    let token = Some(rule(context, reader, evaluation, says, Some(Decider::Actor), Written::Anew).await?);
    Ok(pb::ReconsiderDecisionResponse { token })
}
