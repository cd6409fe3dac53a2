//! Ideas from their submission to their end: receipts, screening, briefs, referral, feedback, erasure.
//!
//! `grpc` takes commands and queries in, `reactions` answer what happened here and in evaluation, `timers` note promises that
//! were not kept and sweep what nobody claimed, `views` are what lists show, `search` finds ideas by their words.

mod grpc;
mod reactions;
mod search;
mod timers;
mod views;

pub use crate::views::IdeasView;
use futures_util::FutureExt as _;
use idesluss_domain::submission::{CallEvent, DisclosureEvent, IdeaEvent, QuotaEvent, RegisterEvent};
use idesluss_domain::words::{Audience, Label};
use idesluss_engine::{Builder, Service, StartError};
use idesluss_search::Search;

/// The service.
pub const SERVICE: Service = Service {
    name: "submission",
    aggregates: &[
        IdeaEvent::TYPES,
        CallEvent::TYPES,
        RegisterEvent::TYPES,
        QuotaEvent::TYPES,
        DisclosureEvent::TYPES,
    ],
    follows: &[("evaluation", Audience::House)],
    build: |builder| build(builder).boxed(),
};

/// A service's name as events hold it.
pub(crate) fn service(name: &str) -> Label {
    name.parse().expect("a service's name is a label")
}

async fn build(builder: &mut Builder) -> Result<(), StartError> {
    let ideas = builder.view::<IdeasView>().await?;
    let search = Search::open(builder, search::IDEAS)?;
    let briefs = Search::open(builder, search::BRIEFS)?;
    let identity = builder.peer("identity")?;
    let context = builder.context();
    builder.reaction(reactions::SendReceipt::new(context.clone()));
    builder.reaction(reactions::SuggestSimilar {
        context: context.clone(),
        briefs: briefs.clone(),
    });
    builder.reaction(reactions::FollowEvaluation(context.clone()));
    builder.reaction(reactions::Referral(context.clone()));
    builder.reaction(reactions::PrivateLinks::new(context.clone(), identity));
    builder.reaction(reactions::Erase {
        context: context.clone(),
        indexes: [search.clone(), briefs.clone()],
    });
    builder.timer(timers::Overdue {
        context: context.clone(),
        ideas: ideas.clone(),
    });
    builder.timer(timers::Sweeper {
        context: context.clone(),
    });
    builder.rpcs(grpc::rpcs(grpc::Submission {
        context,
        ideas,
        search,
        briefs,
    }))
}
