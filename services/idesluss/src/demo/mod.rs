//! The sample region, played through the same gRPC as everyone uses. The same seed gives the same ideas, people and ids.

mod gates;
mod play;
mod region;
mod sharing;
mod stage;

pub(crate) use region::{INSTANCE, directory};
pub(crate) use stage::DemoError;

use crate::session::Session;
use futures_util::{TryStreamExt as _, stream};
use play::IdeaText;
use serde::Deserialize;
use stage::Stage;

/// How many ideas are played at once.
const AT_ONCE: usize = 8;

#[derive(Deserialize)]
struct Texts {
    idea: Vec<IdeaText>,
}

/// Plays the sample region. Begun before and interrupted, it goes on where it was.
pub(crate) async fn play(session: &Session) -> Result<(), DemoError> {
    let texts: Texts = toml::from_str(include_str!("ideas.toml"))?;
    let stage = Stage::new(session);
    gates::adopt_orders(&stage).await?;
    play::calls(&stage).await?;
    stream::iter(texts.idea.iter().map(Ok))
        .try_for_each_concurrent(AT_ONCE, |text| play::play(&stage, text))
        .await?;
    Ok(())
}
