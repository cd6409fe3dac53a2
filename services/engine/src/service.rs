//! What a service says of itself, and how it is built on what it is handed.
//!
//! A service library declares one [`Service`]. Whoever launches it, on a laptop or in a region, hands it an engine over its journal, the
//! directory, a folder and the ways to other services, and serves what comes of it. What every service has is added here: the view and the
//! rpcs of its audit, and its journal for others to follow.

use crate::rpcs::Admitting;
use crate::{
    ChangesView, CommandContext, Engine, Handles, Reaction, Rpcs, Timer, Unanswered, View, ViewError, ViewHandle,
    audit_rpcs, journal_server,
};
use futures_util::future::BoxFuture;
use idesluss_domain::Event;
use idesluss_domain::words::{Audience, OrganisationId};
use idesluss_runtime::{Directory, MemoryBounds, NoPeer, Peer, Peers};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use tonic::service::Routes;

/// The service that says who may; all others follow what it says of that.
pub(crate) const IDENTITY: &str = "identity";

/// The source of what identity says of who may, and how it is shown.
pub(crate) fn grants_source(instance: &OrganisationId) -> String {
    Audience::Grants.source(instance.as_str(), IDENTITY)
}

/// A service as its library declares it.
#[derive(Clone, Copy)]
pub struct Service {
    /// Its name: a part of its events' types and sources, and its name in settings.
    pub name: &'static str,
    /// The events of its aggregates, by type: what it decides, and writes.
    pub aggregates: &'static [&'static [&'static str]],
    /// The services whose events it takes in, and for which audience: which events those are, [`Event::audience`] says.
    pub follows: &'static [(&'static str, Audience)],
    /// Names its views, indexes, reactions, timers and rpcs.
    pub build: for<'a> fn(&'a mut Builder) -> BoxFuture<'a, Result<(), StartError>>,
}

/// What a service is built on, from whoever launches it.
pub struct Dependencies {
    /// The engine over its journal and its vault, with its clock.
    pub engine: Engine,
    /// The instance's name, and for identity who takes part at the beginning.
    pub directory: Arc<Directory>,
    /// Where views and search indexes lie; whatever is in it can be made again.
    pub folder: PathBuf,
    /// Ways to other services.
    pub peers: Peers,
}

/// A service that runs.
pub struct Running {
    /// What it answers, to be served over gRPC.
    pub routes: Routes,
    /// Its views, by name.
    pub views: Vec<(&'static str, ViewHandle)>,
}

/// Why a service can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A view can't be opened.
    #[error(transparent)]
    View(#[from] ViewError),
    /// Another service that it asks is not known.
    #[error(transparent)]
    Peer(#[from] NoPeer),
    /// Aggregates of its own that it does not name, or others' that it does: a mistake in the program.
    #[error("the aggregates of {0} are not those that it names")]
    Aggregates(&'static str),
    /// Rpcs of the contract that nobody answers.
    #[error(transparent)]
    Rpcs(#[from] Unanswered),
    /// Something of its own, such as a search index.
    #[error(transparent)]
    Part(Box<dyn std::error::Error + Send + Sync>),
}

impl Service {
    /// Those that it follows, each with the source of its events and the way to it: those that it names, and whoever says who may.
    /// Errors: there is no way to one.
    pub fn followed(&self, instance: &OrganisationId, peers: &Peers) -> Result<Vec<(String, Peer)>, NoPeer> {
        let named = self
            .follows
            .iter()
            .map(|(service, audience)| (audience.source(instance.as_str(), service), *service));
        let grants = (self.name != IDENTITY).then(|| (grants_source(instance), IDENTITY));
        let followed = named.chain(grants);
        followed
            .map(|(source, service)| Ok((source, peers.to(service)?)))
            .collect()
    }

    /// Whether it names just the aggregates whose events have its name in their types.
    fn names_its_own(&self) -> bool {
        let named: BTreeSet<&str> = self.aggregates.iter().copied().flatten().copied().collect();
        let own = format!("idesluss.{}.", self.name);
        named == Event::all_types().filter(|kind| kind.starts_with(&own)).collect()
    }

    /// Builds it: from now on its views, reactions and timers run. Reactions and timers begin when everything else is there.
    pub async fn start(&self, dependencies: Dependencies) -> Result<Running, StartError> {
        if !self.names_its_own() {
            return Err(StartError::Aggregates(self.name));
        }
        let Dependencies {
            engine,
            directory,
            folder,
            peers,
        } = dependencies;
        engine.watch_rights();
        engine
            .announce_policy()
            .map_err(|error| StartError::Part(error.into()))?;
        let mut builder = Builder {
            context: CommandContext {
                engine,
                instance: directory.instance.clone(),
            },
            directory,
            folder,
            peers,
            routes: Routes::default(),
            views: Vec::new(),
            beside: Vec::new(),
        };
        // The auditors' view beside the service's own: where both are built anew, each has a core.
        let (engine, views) = (builder.context.engine.clone(), builder.folder.join(VIEWS));
        let (built, changes) = tokio::join!((self.build)(&mut builder), engine.view::<ChangesView>(&views));
        built?;
        let changes = changes?;
        builder.views.push((ChangesView::NAME, changes.clone()));
        builder.rpcs(audit_rpcs(builder.context.clone(), changes))?;
        let context = builder.context.clone();
        for begin in builder.beside {
            begin(&builder.context.engine);
        }
        Ok(Running {
            routes: builder
                .routes
                .add_service(Admitting::new(context.clone(), journal_server(context.engine))),
            views: builder.views,
        })
    }
}

/// The folder of a service's views, in its own.
const VIEWS: &str = "views";

/// Begins a reaction or a timer.
type Begin = Box<dyn FnOnce(&Engine) + Send>;

/// What a service is built with.
pub struct Builder {
    context: CommandContext,
    directory: Arc<Directory>,
    folder: PathBuf,
    peers: Peers,
    routes: Routes,
    views: Vec<(&'static str, ViewHandle)>,
    beside: Vec<Begin>,
}

impl Builder {
    /// What handlers, reactions and timers act with.
    pub fn context(&self) -> CommandContext {
        self.context.clone()
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.context.engine
    }

    /// Who takes part at the beginning: for identity, which writes it down. All others hear from it.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.clone()
    }

    /// The folder of its search indexes.
    pub fn search_folder(&self) -> PathBuf {
        self.folder.join("search")
    }

    /// How many bytes an index may gather before it writes.
    pub fn index_bytes(&self) -> usize {
        MemoryBounds::in_force().index_bytes()
    }

    /// The way to another service. Errors: there is none.
    pub fn peer(&self, service: &str) -> Result<Peer, StartError> {
        Ok(self.peers.to(service)?)
    }

    /// Opens a view, which follows the journal from then on.
    pub async fn view<V: View>(&mut self) -> Result<ViewHandle, StartError> {
        let view = self.context.engine.view::<V>(&self.folder.join(VIEWS)).await?;
        self.views.push((V::NAME, view.clone()));
        Ok(view)
    }

    /// Answers events with commands of its own.
    pub fn reaction<R: Reaction>(&mut self, reaction: R) {
        self.beside.push(Box::new(|engine| engine.react(reaction)));
    }

    /// Does what comes due.
    pub fn timer<T: Timer>(&mut self, timer: T) {
        self.beside.push(Box::new(|engine| engine.timer(timer)));
    }

    /// Serves rpcs. Errors: the contract names others of theirs too.
    pub fn rpcs<H: Handles>(&mut self, rpcs: Rpcs<H>) -> Result<(), StartError> {
        self.routes = rpcs.serve(std::mem::take(&mut self.routes))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use idesluss_domain::sharing::{AdoptionEvent, SolutionEvent};

    #[test]
    fn a_service_names_all_of_its_aggregates_and_no_others() {
        let declared = |name, aggregates| Service {
            name,
            aggregates,
            follows: &[],
            build: |_| async { Ok(()) }.boxed(),
        };
        let both = &[SolutionEvent::TYPES, AdoptionEvent::TYPES];
        assert!(declared("sharing", both).names_its_own());
        assert!(!declared("sharing", &[SolutionEvent::TYPES]).names_its_own());
        assert!(!declared("submission", both).names_its_own());
        assert!(declared("example", &[]).names_its_own());
    }
}
