//! The rpcs: what each command leads to, and what each question is answered with.

mod access;
mod assess;
mod criteria;
mod decide;
mod declared;
mod dossier;
mod earlier;
mod lists;
mod mandates;
mod page;
mod panel;
mod terms;

use idesluss_domain::Decider as _;
use idesluss_domain::evaluation::evaluation::{
    Action, CommitResources, CompletePilot, Evaluation, EvaluationRejection, Evaluations, KnownIdea, Report,
    StartPilot, Support,
};
use idesluss_domain::submission::Ideas;
use idesluss_domain::words::{EvaluationId, IdeaId, StreamName};
use idesluss_engine::{Acts, CommandContext, Decided, Loaded, PendingCommand, Rpcs, ViewHandle, rejected};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation as read;
use idesluss_proto::status::invalid_field;
use idesluss_proto::{Problem, Rpc};
use tonic::Status;

/// The largest request: twenty rationales with room for three-byte characters.
const MAX_REQUEST: usize = 2 * 1024 * 1024;

/// What the rpcs are answered with.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) context: CommandContext,
    pub(crate) evaluations: ViewHandle,
}

impl AsRef<CommandContext> for Service {
    fn as_ref(&self) -> &CommandContext {
        &self.context
    }
}

/// What an rpc answers.
type Answer<R> = Result<<R as Rpc>::Response, Status>;

/// All rpcs of the service.
pub(crate) fn rpcs(service: Service) -> Rpcs<Service> {
    Rpcs::new(service, MAX_REQUEST)
        // What an organisation assesses by, and who may decide in it.
        .command(criteria::adopt)
        .command(mandates::adopt)
        .command(mandates::subdelegate)
        .command(mandates::revoke)
        // Who takes part.
        .act::<Evaluations, _>(|c: read::ConfirmNeedOwner| (c.evaluation, Action::ConfirmNeedOwner))
        .command(panel::assign)
        .act::<Evaluations, _>(|c: read::DeclareNoConflict| (c.evaluation, Action::DeclareNoConflict))
        .act::<Evaluations, _>(|c: read::DeclareConflict| (c.evaluation, Action::DeclareConflict(c.reason)))
        .command(panel::recuse)
        // Assessing, and showing it.
        .checked_command(assess::check_submitted, assess::submit)
        .checked_command(assess::check_revised, assess::revise)
        .command(assess::reveal)
        // Deciding.
        .command(decide::recommend)
        .command(decide::make)
        .command(decide::record_board)
        .command(decide::reconsider)
        // What comes after a decision.
        .act::<Evaluations, _>(|c: read::ReportDecision| {
            let (board, meeting, paragraph) = (c.board, c.meeting, c.paragraph);
            (
                c.evaluation,
                Action::Report(Report {
                    board,
                    meeting,
                    paragraph,
                }),
            )
        })
        .act::<Evaluations, _>(|c: read::CorrectDecision| (c.evaluation, Action::Correct(c.correction)))
        .act::<Evaluations, _>(|c: read::CommitResources| {
            let (amount_kronor, hours, until, note) = (c.amount_kronor, c.hours, c.until, c.note);
            let resources = CommitResources {
                amount_kronor,
                hours,
                until,
                note,
            };
            (c.evaluation, Action::CommitResources(resources))
        })
        .command(arrange_support)
        .act::<Evaluations, _>(|c: read::StartPilot| {
            let (hypothesis, metric, starts_on, ends_on) = (c.hypothesis, c.metric, c.starts_on, c.ends_on);
            let pilot = StartPilot {
                hypothesis,
                metric,
                starts_on,
                ends_on,
            };
            (c.evaluation, Action::StartPilot(pilot))
        })
        .act::<Evaluations, _>(|c: read::CompletePilot| {
            let (verdict, result, completed_on) = (c.verdict, c.result, c.completed_on);
            (
                c.evaluation,
                Action::CompletePilot(CompletePilot {
                    verdict,
                    result,
                    completed_on,
                }),
            )
        })
        // What an older idea box had.
        .plain_command::<read::RecordEarlierDecision, _, _>(earlier::decision)
        .plain_command::<read::RecordEarlierAssessment, _, _>(earlier::assessment)
        // Questions.
        .query(lists::to_assess)
        .query(lists::to_decide)
        .query(lists::overview)
        .query(lists::of_idea)
        .query(lists::criteria_sets)
        .query(lists::delegation_order)
        .query(lists::loads)
        .query(page::get)
        .query(dossier::page)
        .query(dossier::decision)
        .query(terms::get)
        .streamed_query(dossier::history)
}

/// Support comes from one of the organisations here.
async fn arrange_support(
    service: Service,
    pending: PendingCommand,
    command: read::ArrangeSupport,
) -> Answer<pb::ArrangeSupportRequest> {
    if service.context.organisation(&command.partner).await?.is_none() {
        return Err(invalid_field("partner", Problem::UnknownOrganisation));
    }
    let (partner, kind, note) = (command.partner, command.kind, command.note);
    let action = Action::ArrangeSupport(Support { partner, kind, note });
    Ok(act(pending, command.evaluation, action).await?.into())
}

impl Acts<Evaluations> for Service {
    async fn act(pending: PendingCommand, evaluation: EvaluationId, action: Action) -> Result<Token, Status> {
        act(pending, evaluation, action).await
    }
}

/// Does something with an evaluation. What its rules rest on is covered by the append: who becomes a co-author meanwhile is an author to
/// the decision.
async fn act(mut pending: PendingCommand, evaluation: EvaluationId, action: Action) -> Result<Token, Status> {
    let act = pending.act(evaluation, action);
    let around = Around::of(&mut pending, evaluation).await?;
    let decide = |loaded: &Loaded| {
        let events = Evaluations::decide(&act, &around.state(loaded))?;
        Ok(vec![Decided::of(&around.own, around.about.0, events)])
    };
    pending.run(&around.streams(), decide).await
}

/// More rounds than an idea ever has: so that no list of them grows without end, whatever was received.
const MOST_ROUNDS: u32 = 1_000;

/// What an evaluation's rules rest on: its own stream, what was received of its idea, and the idea's other rounds, since a conflict
/// of interest is a person's and the idea's, not a round's.
struct Around {
    about: IdeaId,
    own: StreamName,
    idea: StreamName,
    others: Vec<StreamName>,
}

impl Around {
    /// Around the evaluation of a command. Errors: NOT_FOUND.
    async fn of(pending: &mut PendingCommand, evaluation: EvaluationId) -> Result<Self, Status> {
        let own = StreamName::evaluation(evaluation);
        let loaded = pending.load(std::slice::from_ref(&own)).await?;
        let guessed = Self::guessed(evaluation, &loaded.state::<Evaluations>(&own))?;
        let loaded = pending.load(&guessed.streams()).await?;
        Ok(Self::known(evaluation, guessed.about, loaded))
    }

    /// As far as the evaluation itself tells: rounds may have followed. So that one look is enough for nearly all. Errors: NOT_FOUND.
    fn guessed(evaluation: EvaluationId, own: &Evaluation) -> Result<Self, Status> {
        let about = own.about();
        let about = about.ok_or_else(|| rejected(EvaluationRejection::Unknown))?;
        let round = own.opened.as_ref().map_or(0, |opened| opened.round);
        Ok(Self::with_rounds(evaluation, about, round))
    }

    /// Around an evaluation of this idea, whose own stream was loaded.
    fn known(evaluation: EvaluationId, about: IdeaId, loaded: &Loaded) -> Self {
        let rounds = loaded.state::<Ideas>(&StreamName::idea(about)).rounds;
        Self::with_rounds(evaluation, about, rounds)
    }

    fn with_rounds(evaluation: EvaluationId, about: IdeaId, rounds: u32) -> Self {
        let (own, idea) = (StreamName::evaluation(evaluation), StreamName::idea(about));
        // The one that is still to come too: should it open meanwhile, the append is refused and decided anew.
        let others =
            (1..=rounds.min(MOST_ROUNDS) + 1).map(|round| StreamName::evaluation(EvaluationId::derive(about, round)));
        let others = others.filter(|other| *other != own).collect();
        Self {
            about,
            own,
            idea,
            others,
        }
    }

    /// All of them, to be loaded, and covered by the append.
    fn streams(&self) -> Vec<StreamName> {
        let own = [self.own.clone(), self.idea.clone()];
        own.into_iter().chain(self.others.iter().cloned()).collect()
    }

    /// The evaluation with what is known around it. All of the streams are loaded.
    fn state(&self, loaded: &Loaded) -> Evaluation {
        let known = loaded.state::<Ideas>(&self.idea);
        let others = self.others.iter().map(|other| loaded.state::<Evaluations>(other));
        loaded.state::<Evaluations>(&self.own).knowing(KnownIdea {
            organisation: known.organisation().cloned(),
            imported: known.is_imported(),
            authors: known.all_excluded(),
            in_conflict: others.flat_map(|other| other.conflicted).collect(),
        })
    }
}
