//! What a program may: what identity has said of it, as far as this journal has received it.
//!
//! A program is one stream, so that a command covers it as it covers a person's grant: a scope that was taken away, or a program that was shut out,
//! is worth nothing from the position on at which this journal has heard of it.

use super::{Known, Right};
use crate::loaded::Stream;
use crate::{Engine, ExecuteError, Loaded};
use idesluss_access::Granted;
use idesluss_domain::identity::{Organisations, Program, Programs};
use idesluss_domain::words::{Actor, AggregateId as _, ProgramId, StreamName};

/// Whether a program acts so, and does not wait to be confirmed after a restore of identity.
fn acts(organisations: &Organisations, program: &Program, actor: &Actor) -> bool {
    program.acts_as(actor) && organisations.counts_of_round(&actor.organisation, program.round())
}

impl Engine {
    async fn known_program(&self, id: ProgramId) -> Result<Known<Program>, ExecuteError> {
        let (known, forgotten) = self.0.programs.find(&id);
        if let Some(known) = known {
            return Ok(known);
        }
        let stream = id.stream();
        let loaded = self.load(std::slice::from_ref(&stream)).await?;
        let known = Known::of(&loaded, &stream, loaded.state::<Programs>(&stream));
        self.0.programs.keep(id, known.clone(), forgotten);
        Ok(known)
    }

    /// Where the last event of a program stands that acts so; None: it does not, or not any more.
    pub async fn program_acts(&self, id: ProgramId, actor: &Actor) -> Result<Option<Granted>, ExecuteError> {
        let known = self.known_program(id).await?;
        let organisations = self.known_organisations(&self.instance()?).await?;
        let acts = acts(&organisations.state, &known.state, actor);
        Ok(known.place.filter(|_| acts))
    }

    /// Whether a program that acts so may call an rpc, by its path.
    pub(crate) async fn program_may(&self, id: ProgramId, actor: &Actor, rpc: &str) -> Result<bool, ExecuteError> {
        let acts = self.program_acts(id, actor).await?.is_some();
        Ok(acts && self.known_program(id).await?.state.has_scope(rpc))
    }

    /// The same, read from the journal as it is now.
    pub(crate) async fn program_may_by_now(
        &self,
        id: ProgramId,
        actor: &Actor,
        rpc: &str,
    ) -> Result<bool, ExecuteError> {
        self.0.programs.forget(&id);
        self.program_may(id, actor, rpc).await
    }

    /// Adds a program to what its command covers. None: it does not act so, or may not do this.
    pub(super) async fn cover_program(
        &self,
        id: ProgramId,
        (actor, command): (&Actor, &str),
        loaded: &mut Loaded,
    ) -> Result<Option<Right>, ExecuteError> {
        let instance = self.instance()?;
        let (own, of_all) = (id.stream(), StreamName::organisations(&instance));
        loop {
            let (program, all) = (
                self.known_program(id).await?,
                self.known_organisations(&instance).await?,
            );
            let newer =
                |stream: &StreamName, version: u64| loaded.0.get(stream).is_some_and(|read| read.version > version);
            if newer(&own, program.version) || newer(&of_all, all.version) {
                self.0.programs.forget(&id);
                self.0.organisations.forget_all();
                continue;
            }
            if !acts(&all.state, &program.state, actor) || !program.state.has_command(self.service(), command) {
                return Ok(None);
            }
            loaded.0.entry(own).or_insert_with(|| Stream::at(program.version));
            if all.state.round > 0 {
                loaded.0.entry(of_all).or_insert_with(|| Stream::at(all.version));
            }
            return Ok(Some(Right::Program(id)));
        }
    }
}
