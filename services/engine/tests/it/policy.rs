//! By which table of rights a service writes stands in its journal before anything that it writes.

use crate::{Instance, assign, execute, stream, uddevalla};
use idesluss_access::policy;
use idesluss_domain::instance::{InstanceEvent, PolicyInForce};
use idesluss_domain::submission::Registers;
use idesluss_domain::words::{CommandId, Digest, StreamName};
use idesluss_domain::{Decider as _, Event};
use idesluss_engine::{Call, Decided, Engine, ExecuteError, Recorded};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The events of a journal, and of those that say by which table it is written that table.
async fn journal(engine: &Engine) -> Vec<Result<Digest, String>> {
    let entries = engine.store().read(0, 100).await.expect("entries");
    let said = entries
        .iter()
        .map(|entry| Recorded::read(&entry.line).expect("an event"));
    said.map(|entry| match entry.event {
        Some(Event::Instance(InstanceEvent::PolicyInForce(policy))) => {
            assert_eq!(
                (entry.meta.subject.as_str(), entry.meta.role.as_str()),
                ("journal/submission", "service")
            );
            assert_eq!(entry.meta.grant.as_deref(), Some("service:submission"));
            Ok(policy.table)
        }
        _ => Err(entry.meta.kind.rsplit('.').next().unwrap_or_default().to_owned()),
    })
    .collect()
}

fn assigned() -> Result<Digest, String> {
    Err("ReferenceAssigned".to_owned())
}

/// What a version with another table has said.
async fn another_version(engine: &Engine, table: Digest) {
    let own = StreamName::journal("submission");
    let id = CommandId(Uuid::new_v4());
    let call = Call::by_service("announce-policy", &uddevalla(), id, None);
    let version = "0.3.0".parse().expect("a label");
    let event = InstanceEvent::from(PolicyInForce { version, table });
    let decide = |_: &_| Ok(vec![Decided::of(&own, id.0, vec![event.clone()])]);
    engine
        .execute(call, std::slice::from_ref(&own), decide)
        .await
        .expect("written");
}

#[tokio::test]
async fn it_is_said_before_the_first_command_and_again_only_where_another_was_said_since() {
    let instance = Instance::new();
    let announcing = async || {
        let engine = instance.engine("submission").await;
        engine.announce_policy().expect("it is told");
        engine
    };
    let (ours, other) = (policy::digest(), Digest([7; 32]));
    let engine = announcing().await;
    assert!(
        journal(&engine).await.is_empty(),
        "nothing is written before there is something to write"
    );
    execute(&engine, 1, b"1", 1).await.expect("written");
    execute(&engine, 2, b"2", 2).await.expect("written");
    engine.close().await;

    // The same after a restart.
    let engine = announcing().await;
    execute(&engine, 3, b"3", 3).await.expect("written");
    let before = vec![Ok(ours), assigned(), assigned(), assigned()];
    assert_eq!(journal(&engine).await, before);
    engine.close().await;

    // Whoever looks after a journal says nothing of it.
    let engine = instance.engine("submission").await;
    another_version(&engine, other).await;
    engine.close().await;

    let engine = announcing().await;
    let call = Call::by_service("AssignReference", &uddevalla(), CommandId(Uuid::from_u128(4)), None);
    let loaded = engine.load(&[stream()]).await.expect("loaded");
    let events = Registers::decide(&assign(4), &loaded.state::<Registers>(&stream())).expect("decided");
    let decided = vec![Decided::of(&stream(), Uuid::from_u128(4), events)];
    let versions = [(&stream(), loaded.version(&stream()))];
    let prepared = engine.pipelined(&call, &versions, decided).expect("prepared");
    assert_eq!(engine.append_pipelined(vec![prepared]).await, 1);
    let after = [before, vec![Ok(other), Ok(ours), assigned()]].concat();
    assert_eq!(journal(&engine).await, after);
    engine.close().await;
}

#[tokio::test]
async fn another_version_that_announces_its_table_meanwhile_is_followed_by_ours_before_our_next_event() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    engine.announce_policy().expect("it is told");
    execute(&engine, 1, b"1", 1).await.expect("written");
    // On the same store, as a replica of another version that had the lease for a while.
    let (vault, clock) = (engine.vault().clone(), engine.clock().clone());
    let other = Engine::new(
        "submission",
        engine.store().clone(),
        vault,
        clock,
        CancellationToken::new(),
    );
    let theirs = Digest([7; 32]);
    another_version(&other, theirs).await;
    execute(&other, 2, b"2", 2).await.expect("written");
    execute(&engine, 3, b"3", 3).await.expect("written");
    let ours = policy::digest();
    let wanted = [Ok(ours), assigned(), Ok(theirs), assigned(), Ok(ours), assigned()];
    assert_eq!(journal(&engine).await, wanted);
    engine.close().await;
}

#[tokio::test]
async fn nothing_is_written_in_a_role_that_the_table_does_not_name() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    engine.announce_policy().expect("it is told");
    let call = Call::at_the_machine("AssignReference", &uddevalla(), CommandId(Uuid::from_u128(1)));
    let decide = |loaded: &idesluss_engine::Loaded| {
        let events = Registers::decide(&assign(1), &loaded.state::<Registers>(&stream()))?;
        Ok(vec![Decided::of(&stream(), Uuid::from_u128(1), events)])
    };
    let refused = engine.execute(call, &[stream()], decide).await.expect_err("refused");
    assert!(matches!(refused, ExecuteError::NotInPolicy(..)), "{refused}");
    execute(&engine, 2, b"2", 2).await.expect("written");
    assert_eq!(journal(&engine).await, [Ok(policy::digest()), assigned()]);
    engine.close().await;
}
