//! What ideas are called, for pages about what came of them.

use crate::components::Wording;
use crate::session::User;
use crate::view::text;
use idesluss_proto::pb::submission::ReadIdeasRequest;
use std::collections::{BTreeMap, BTreeSet};

/// Ideas by their titles, or their references, asked for at once; those that the reader may not see are left out.
pub(super) async fn of_ideas<'a>(user: &User, ideas: impl Iterator<Item = &'a str>) -> BTreeMap<String, Wording> {
    let ideas: BTreeSet<&str> = ideas.filter(|idea| !idea.is_empty()).collect();
    if ideas.is_empty() || !user.may::<ReadIdeasRequest>() {
        return BTreeMap::new();
    }
    let request = ReadIdeasRequest {
        query: user.asks(None),
        ideas: ideas.into_iter().map(str::to_owned).collect(),
    };
    // The page goes on without them.
    let told = user.services().ask(request).await.unwrap_or_default();
    let titled = (told.ideas.into_iter()).map(|row| (row.idea, text(user.lang, row.title.as_ref()).or(&row.reference)));
    titled.collect()
}
