//! A panel recommends; one person with a mandate, or a board, decides.

use super::{Answer, Around, Service, act, rejected};
use idesluss_domain::Decider as _;
use idesluss_domain::evaluation::delegation_order::{DelegationOrders, find_mandate};
use idesluss_domain::evaluation::evaluation::{
    Action, Basis, Decide, Dissent, EvaluationCommand, EvaluationRejection, Evaluations, Issue, SourceSeen, Who,
};
use idesluss_domain::words::{Citation, Date, Digest, EvaluationId, Outcome, SealedText, StreamName};
use idesluss_engine::{CommandContext, Decided, ExecuteError, Loaded, PendingCommand};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::{
    self as read, IssueRecommendation, MakeDecision, ReconsiderDecision, RecordBoardDecision,
};
use idesluss_runtime::date_in_sweden;
use tonic::Status;

pub(super) async fn recommend(
    _: Service,
    pending: PendingCommand,
    command: IssueRecommendation,
) -> Answer<pb::IssueRecommendationRequest> {
    let dissent = |voice: read::Dissent| Dissent {
        assessor: voice.assessor,
        reasons: voice.reasons,
    };
    let issue = Issue {
        proposal: command.proposal,
        reasons: command.reasons,
        panel: command.panel,
        dissent: command.dissent.into_iter().map(dissent).collect(),
    };
    Ok(act(pending, command.evaluation, Action::Recommend(issue)).await?.into())
}

/// What a decision says, whoever makes it.
struct Says {
    evaluation: EvaluationId,
    outcome: Outcome,
    home: bool,
    reasons: SealedText,
    conditions: Option<SealedText>,
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

/// Makes a decision. The idea and the delegation order are covered by the append: if either moves, it is decided anew.
async fn rule(
    mut pending: PendingCommand,
    says: Says,
    decider: Decider,
    action: fn(Box<Decide>) -> Action,
) -> Result<Token, Status> {
    let around = Around::of(&mut pending, says.evaluation).await?;
    let loaded = pending.load(std::slice::from_ref(&around.own)).await?;
    let opened = loaded.state::<Evaluations>(&around.own).opened;
    let about = opened.ok_or_else(|| rejected(EvaluationRejection::Unknown))?;
    let basis = basis(pending.context(), says.seen).await?;
    let (own, idea) = (&around.own, &around.idea);
    let order = StreamName::delegation_order(&about.organisation);
    let (actor, today) = (pending.actor().clone(), pending.today());
    let mut streams = around.streams();
    streams.push(order.clone());
    let decide = |loaded: &Loaded| {
        let (who, mandate) = match &decider {
            Decider::Actor => {
                let orders = loaded.state::<DelegationOrders>(&order);
                let found = find_mandate(&orders, actor.person, about.gate, says.cost_kronor, today);
                let reference = found.as_ref().ok().map(|mandate| mandate.reference.to_string());
                (Who::Actor(found), reference)
            }
            Decider::Board(board, meeting, paragraph) => {
                let (board, meeting, paragraph) = (board.clone(), *meeting, paragraph.clone());
                let who = Who::Board {
                    board,
                    meeting,
                    paragraph,
                };
                (who, None)
            }
        };
        let decide = Box::new(Decide {
            outcome: says.outcome,
            home: says.home,
            reasons: says.reasons,
            conditions: says.conditions,
            cost_kronor: says.cost_kronor,
            who,
            basis: basis.clone(),
            opened_on: loaded
                .entries(own)
                .first()
                .map_or(today, |entry| date_in_sweden(entry.recorded)),
            latest: loaded.position_of_last(own).max(loaded.position_of_last(idea)),
        });
        let command = EvaluationCommand {
            id: says.evaluation,
            actor: actor.clone(),
            today,
            action: action(decide),
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

macro_rules! says {
    ($command:ident) => {
        Says {
            evaluation: $command.evaluation,
            outcome: $command.outcome,
            home: $command.home,
            reasons: $command.reasons,
            conditions: $command.conditions,
            cost_kronor: $command.cost_kronor,
            seen: $command.seen,
        }
    };
}

pub(super) async fn make(
    _: Service,
    pending: PendingCommand,
    command: MakeDecision,
) -> Answer<pb::MakeDecisionRequest> {
    Ok(rule(pending, says!(command), Decider::Actor, Action::Decide)
        .await?
        .into())
}

pub(super) async fn record_board(
    _: Service,
    pending: PendingCommand,
    command: RecordBoardDecision,
) -> Answer<pb::RecordBoardDecisionRequest> {
    let says = says!(command);
    let board = Decider::Board(command.board, command.meeting, command.paragraph);
    Ok(rule(pending, says, board, Action::Decide).await?.into())
}

pub(super) async fn reconsider(
    _: Service,
    pending: PendingCommand,
    command: ReconsiderDecision,
) -> Answer<pb::ReconsiderDecisionRequest> {
    Ok(rule(pending, says!(command), Decider::Actor, Action::Reconsider)
        .await?
        .into())
}
