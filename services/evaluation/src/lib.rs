//! Ideas at their gates: who assesses, what was recommended, who decided with which mandate on what basis.
//!
//! `grpc` takes commands and queries in, `reactions` open and close evaluations as ideas move in submission and erase what is to go,
//! `views` are what lists show.

mod grpc;
mod reactions;
mod views;

pub use crate::views::EvaluationsView;
use futures_util::FutureExt as _;
use idesluss_domain::evaluation::{CriteriaEvent, DelegationOrderEvent, EvaluationEvent};
use idesluss_domain::words::Audience;
use idesluss_engine::{Builder, Service, StartError};

/// The service.
pub const SERVICE: Service = Service {
    name: "evaluation",
    aggregates: &[
        EvaluationEvent::TYPES,
        CriteriaEvent::TYPES,
        DelegationOrderEvent::TYPES,
    ],
    follows: &[("submission", Audience::House)],
    build: |builder| build(builder).boxed(),
};

async fn build(builder: &mut Builder) -> Result<(), StartError> {
    let evaluations = builder.view::<EvaluationsView>().await?;
    let context = builder.context();
    // Briefs are submission's: they are asked for when an evaluation opens.
    let submission = builder.peer("submission")?;
    builder.reaction(reactions::FollowIdeas::new(context.clone(), submission));
    builder.reaction(reactions::Erase(context.clone()));
    builder.rpcs(grpc::rpcs(grpc::Service { context, evaluations }))
}
