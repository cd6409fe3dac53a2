//! What is left of an evaluation for somebody who takes no part in it: why, and what they declared themselves.

use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::{Aside, Evaluation};
use idesluss_domain::words::{EvaluationId, SealedText, StreamName};
use idesluss_engine::{Asker, CommandContext, Loaded, members_in};
use idesluss_proto::pb::evaluation as pb;
use tonic::Status;

/// Which evaluation it is, without its idea, and the asker's own declaration.
pub(super) async fn draw(
    context: &CommandContext,
    asker: &Asker,
    id: EvaluationId,
    loaded: &Loaded,
    state: &Evaluation,
    aside: Aside,
) -> Result<pb::Evaluation, Status> {
    let person = asker.actor().person;
    let (mut at, mut reason): (String, Option<SealedText>) = (String::new(), None);
    for entry in loaded.entries(&StreamName::evaluation(id)) {
        match &entry.event {
            Some(Event::Evaluation(EvaluationEvent::ConflictDeclared(declared))) if declared.person == person => {
                (at, reason) = (entry.recorded.to_string(), declared.reason);
            }
            Some(Event::Evaluation(EvaluationEvent::AssessorRecused(recused)))
                if recused.assessor == person && at.is_empty() =>
            {
                at = entry.recorded.to_string();
            }
            _ => {}
        }
    }
    let texts = context
        .open(
            &asker.permit,
            members_in(loaded.entries(&StreamName::evaluation(id)), reason),
        )
        .await?;
    let opened = state.opened.as_ref();
    Ok(pb::Evaluation {
        summary: Some(pb::EvaluationSummary {
            evaluation: id.to_string(),
            organisation: opened.map(|opened| opened.organisation.to_string()).unwrap_or_default(),
            gate: opened.map_or(0, |opened| pb::Gate::from(opened.gate) as i32),
            round: opened.map_or(0, |opened| opened.round),
            ..pb::EvaluationSummary::default()
        }),
        own_declaration: Some(pb::OwnDeclaration {
            conflict: state.is_in_conflict(person),
            recused: state.assessors.get(&person).is_some_and(|assessor| assessor.recused),
            author: aside == Aside::Author,
            at,
            reason: texts.get(reason),
        }),
        ..pb::Evaluation::default()
    })
}
